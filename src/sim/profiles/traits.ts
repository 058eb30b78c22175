/**
 * What a kernel flavour and a profile's switches come to: the only thing that boot and the memory manager know of a
 * flavour. A flavour is data (flavours.ts): a base and its differences; traitsOf() folds them and the switches together.
 */

/** sizeof(struct page) and how it came about. */
export interface StructPage {
  readonly bytes: number;
  /** One sentence: what makes it this size, or that it was set by hand. */
  readonly why: string;
  readonly assumed: boolean;
}

export interface KernelTraits {
  readonly flavour: string;
  /** Which watermark rule: mechanisms of 2.4.22, of 2.4.21-rhel3 (2.4.22 plus NORMAL extra and plenty), of 2.6.0, of 2.6.11. */
  readonly watermarks: '2.4.22' | 'rhel3' | '2.6.0' | '2.6.11';
  /** Which order zonelists have: own node only with an outer loop over nodes, rotation, or by distance. */
  readonly zonelistOrder: '2.4.22' | '2.6.0' | '2.6.11';
  /**
   * Which half of a split block goes on being split, while the other goes on the free list: the upper until W. L. Irwin's
   * change to expand() between 2.6.7 and 2.6.11, then the lower.
   */
  readonly splitGives: 'upper' | 'lower';
  /** MAX_ORDER: the largest block is order maxOrder - 1. */
  readonly maxOrder: 10 | 11;
  /** Per-CPU page sets (hot and cold). */
  readonly perCpuSets: boolean;
  /** mem_maps of nodes >= 1 on their node, in windows of low memory's address space. False: one flat mem_map on node 0. */
  readonly kvaRemap: boolean;
  readonly highpte: boolean;
  readonly structPage: StructPage;
  /** PAGE_MMUSHIFT. */
  readonly mmuShift: number;
  /** Virtual addresses of the kernel's map. */
  readonly pkmapBase: number;
  readonly lastPkmap: number;
  readonly fixmapBase: number;
  /** What this kernel never had, yet is switched on: shown as `assumed: patch`. */
  readonly patches: readonly string[];
}
