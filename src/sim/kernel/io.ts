/** How the kernel reaches disks: requests of whole pages, booked on the device's own time, bounced where it cannot reach the page. */
import type { KernelCpu } from './cpu.ts';
import type { ReadyZonelist } from './page-alloc.ts';

export interface BlockIo {
  /**
   * submit_bio(): `page` (a whole cluster, or `bytes` of it) from or to block `block` (4 KiB) of device `device`. Returns the virtual
   * time at which it is done, ns; the caller waits for it or not. Counts pgpgin or pgpgout.
   */
  submit(on: KernelCpu, device: number, block: number, page: number, write: boolean, bytes?: number): number;
  /** True while the device's queue is full enough that writers should wait (queue congestion). */
  congested(device: number, now: number): boolean;
  /**
   * try_to_free_buffers(): the page's buffer heads (PG_private) go back to their slab, with their reference to the page; false
   * where a write still needs them. Whoever takes a page out of the page cache calls it first.
   */
  releaseBuffers(on: KernelCpu, page: number): boolean;
  /** Number of disks. */
  readonly devices: number;
}

export interface Swap {
  /** Pages of swap space in all, and free, in page clusters. */
  readonly total: number;
  readonly free: number;
  /** get_swap_page(): an entry, or -1 when swap is full; count 1. */
  allocate(on: KernelCpu): number;
  /** swap_duplicate() and swap_free(): one for each pte that holds the entry, and one of the swap cache. */
  duplicate(on: KernelCpu, entry: number): void;
  release(on: KernelCpu, entry: number): void;
  /** Page of the entry in the swap cache, or -1. */
  lookup(entry: number): number;
  /** add_to_swap(): the page joins the swap cache under a new entry; false when swap is full. */
  add(on: KernelCpu, page: number): boolean;
  /** Takes a page out of the swap cache. */
  remove(on: KernelCpu, page: number): void;
  /** Writes a page of the swap cache out; the time at which it is done. */
  write(on: KernelCpu, page: number): number;
  /**
   * read_swap_cache_async() with read-ahead: the page of the entry in the swap cache, read from disk where it is not there (a
   * major fault: the task waits), for which `list` is asked. Returns the page with a reference held.
   */
  read(on: KernelCpu, entry: number, list: ReadyZonelist): number;
  /** can_share_swap_page(): the only user of the page is the caller. */
  exclusive(page: number): boolean;
  /**
   * remove_exclusive_swap_page(): takes a page out of the swap cache when no pte holds its entry and it is not under write. Whoever
   * drops what may be the last pte of a page calls it first (free_page_and_swap_cache()).
   */
  removeExclusive(on: KernelCpu, page: number): boolean;
  /** References of an entry: ptes that hold it, and one of the swap cache. */
  users(entry: number): number;
  /** Pages in the swap cache. */
  readonly cached: number;
}
