/** What binds memory, as plain data: policies of tasks, mappings and segments, and what a call that sets one returns. */

/** Modes of set_mempolicy() and mbind(): the first four of 2.6.7, the others much later. */
export type BindMode = 'default' | 'preferred' | 'bind' | 'interleave' | 'preferred-many' | 'weighted-interleave';

/** How shmbind() (an RFC of 2003) places a page: on the node of the first reference, or node after node. */
export type ShmPlacement = 'firstref' | 'stripe' | 'mostfree';

/** 0, or why the kernel refuses. */
export type CallResult = 0 | 'EINVAL' | 'EPERM' | 'ENODEV' | 'EFAULT' | 'EIO' | 'ENOSYS' | 'ESRCH';

/** struct mempolicy: nodes by id, ascending, each once; empty with preferred: the local node. */
export interface MemPolicy {
  readonly mode: Exclude<BindMode, 'default'>;
  readonly nodes: readonly number[];
}

/** mpol_equal(): vmas with such policies may be joined. */
export function samePolicy(a: MemPolicy | undefined, b: MemPolicy | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.mode !== b.mode || a.nodes.length !== b.nodes.length) return false;
  return a.nodes.every((node, at) => node === b.nodes[at]);
}

/** What mbind() sets, and on what: `pages` pages (4 KiB) from `vpn` on, which is not whole where the address is none of a page. */
export interface MbindRequest {
  readonly vpn: number;
  readonly pages: number;
  readonly mode: BindMode;
  readonly nodes: readonly number[];
  /** MPOL_MF_STRICT. */
  readonly strict: boolean;
}

/** What shmbind() sets: a placement, MEM_HARDBIND or MEM_SOFTBIND, and the nodes. */
export interface ShmBinding {
  readonly placement: ShmPlacement;
  readonly hard: boolean;
  readonly nodes: readonly number[];
}

/** mem_setbinding() of 2002: where all memory of a task may lie. */
export interface TaskBinding {
  readonly nodes: readonly number[];
  readonly strict: boolean;
}

/** What a segment is bound by: a call of one of three generations. */
export type SpacePolicy =
  | ({ readonly kind: 'shmbind' } & ShmBinding)
  /** Nodes of a CPU mask, ascending. */
  | { readonly kind: 'membind'; readonly nodes: readonly number[] }
  /** The shared policy of an inode: ranges of pages (4 KiB), sorted, ends exclusive. */
  | { readonly kind: 'mbind'; readonly ranges: readonly PolicyRange[] };

export interface PolicyRange {
  readonly start: number;
  readonly end: number;
  readonly policy: MemPolicy;
}
