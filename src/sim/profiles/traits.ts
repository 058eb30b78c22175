/**
 * What a kernel flavour and a profile's switches come to: the only thing that boot and the memory manager know of a
 * flavour. A flavour is data (flavours.ts): a base and its differences; traitsOf() folds them and the switches together.
 */
import type { bindings } from './kernel-schema.ts';

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
  /** Requests begin at the node of the CPU that asks; false: memory is one flat node for every CPU. */
  readonly localAllocation: boolean;
  /** Calls that bind memory. */
  readonly binding: (typeof bindings)[number];
  /** 2.4: one runqueue and goodness(); o1: runqueues of CPUs with arrays. */
  readonly scheduler: '2.4' | 'o1';
  /** Balancing between nodes, by the rates of that kernel; none: every CPU balances with all others. */
  readonly nodeBalance: 'none' | '2.5.59' | '2.6.0';
  /** 2.4: task_struct lies at the bottom of the kernel stack; later in a slab of its own. */
  readonly taskInStack: boolean;
  /** When a task is placed on a CPU, beside balancing. */
  readonly taskPlacement: 'none' | 'exec' | 'fork' | 'predicted' | 'told';
  /** Copies of kernel text: one, or one a node; as posted the others' page tables still map the first. */
  readonly kernelText: 'one' | 'per-node' | 'per-node-as-posted';
  /** Per-CPU page sets (hot and cold). */
  readonly perCpuSets: boolean;
  /** mem_maps of nodes >= 1 on their node, in windows of low memory's address space. False: one flat mem_map on node 0. */
  readonly kvaRemap: boolean;
  readonly highpte: boolean;
  readonly structPage: StructPage;
  /** Reverse map of file pages, and of anonymous ones; none: 2.4's swap_out() scans address spaces. */
  readonly rmap: 'none' | 'pte_chain' | 'objrmap' | 'prio_tree';
  readonly anonRmap: 'none' | 'pte_chain' | 'anonmm' | 'anon_vma';
  /** NRPTE: slots of a pte_chain element, one L1 line. */
  readonly chainSlots: number;
  readonly reclaim: '2.4.22' | 'rmap15' | '2.6.0';
  /** One pagemap_lru_lock and lists for all, or a lock and lists a zone. */
  readonly lruLock: 'global' | 'zone';
  /** LRU additions go through per-CPU pagevecs of 16. */
  readonly pagevecs: boolean;
  readonly kswapd: 'global' | 'node';
  /** Shared page tables; with `rule` only address spaces of more than three pte pages share at fork. */
  readonly sharedPageTables: 'off' | 'rule' | 'always';
  /** How page-cache pages are found. */
  readonly pageCache: 'hash' | 'radix';
  /** Kernel and user have an address space of 4 GiB each: CR3 is loaded at every door. */
  readonly split4g: boolean;
  /** A window in user space for the own page tables, of the address space or of the task. */
  readonly ukva: 'off' | 'mm' | 'task';
  /** kmap(): one pool with a global flush, or a pool of atomic slots a CPU. */
  readonly kmap: 'pool' | 'per-cpu';
  /** Where the persistent kmap of a page is found: in page->virtual, or in a hash. */
  readonly pageAddress: 'virtual' | 'hash';
  /** Pte pages in highmem are reached through persistent kmaps, not atomic ones. */
  readonly ptesByKmap: boolean;
  /** read() and write() map highmem pages with kmap() (2.4), not with atomic kmaps. */
  readonly copiesByKmap: boolean;
  /** What a disk request is made of: one buffer head a block, or a bio; and the pages kept for bouncing it. */
  readonly requests: 'buffer_head' | 'bio';
  readonly bouncePages: number;
  /** sizeof(struct buffer_head). */
  readonly bufferHeadBytes: number;
  /** How `mem=` cuts memory: at an address, or after so much RAM. */
  readonly memLimit: 'address' | 'size';
  /** Words of the command line that not every kernel reads. */
  readonly readsVmalloc: boolean;
  readonly readsMemfrac: boolean;
  /** kswapd maps highmem pages in its own user space. */
  readonly kswapdWindow: boolean;
  /** With page clusters: several pte pages in one cluster. */
  readonly packPtePages: boolean;
  /** PAGE_MMUSHIFT. */
  readonly mmuShift: number;
  /** Virtual addresses of the kernel's map. */
  readonly pkmapBase: number;
  readonly lastPkmap: number;
  readonly fixmapBase: number;
  /** What this kernel never had, yet is switched on: boot calls it a patch, and assumed. */
  readonly patches: readonly string[];
}
