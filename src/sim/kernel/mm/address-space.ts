/**
 * A file or a shared segment as the page cache sees it: struct address_space and its inode. Pages are found by their
 * index in page clusters.
 */
import type { KAddr } from '../../base/units.ts';
import type { SpacePolicy } from '../policy/mempolicy.ts';

export type BackingKind = 'file' | 'shm' | 'hugetlb' | 'swap';

/** A named part of a segment: what reports of locality tell apart. */
export interface SegmentRange {
  readonly name: string;
  /** First page (4 KiB). */
  readonly first: number;
  /** Its number in the machine's locality counts. */
  readonly tag: number;
}

export class AddressSpace {
  /** Index (page clusters) to page + 1. */
  readonly pages = new Map<number, number>();
  /** Size of the file, bytes. */
  bytes: number;
  /** Indices of its dirty pages (dirty_pages), in the order in which they became so. */
  readonly dirty = new Set<number>();
  /** vmas that map it: list or tree, by the reverse map. */
  vmas: unknown = undefined;
  /** Where the inode with its address_space lies: i_shared_sem, page_lock. */
  at: KAddr = 0 as KAddr;
  object = -1;
  /** A task has it open or mapped; an inode without may be pruned. */
  users = 0;
  /** shmbind(), membind() or mbind() of the segment. */
  policy: SpacePolicy | undefined;
  /** Somebody maps it, or has: shmbind() comes too late. */
  attached = false;
  /** A segment that its users may not write to (shm_perm of shmget()). */
  readOnly = false;
  /** Parts of a segment with a name, by their first page (4 KiB), lowest first; empty: one part. */
  ranges: readonly SegmentRange[] = [];

  constructor(
    /** From 1; 0 is none. */
    readonly id: number,
    readonly kind: BackingKind,
    readonly name: string,
    bytes: number,
    /** Disk that holds it; undefined for shm and hugetlb. */
    readonly device: number | undefined,
    /** Where it begins on the disk, in 4 KiB blocks. */
    readonly firstBlock: number,
  ) {
    this.bytes = bytes;
  }
}
