/**
 * Pages as the rest of the kernel asks for them: alloc_pages() and __free_pages(), get_page() and put_page(). Page
 * numbers are of mem_map. Implemented by PageSource (page-source.ts).
 */
import type { KernelCpu } from '../cpu.ts';
import type { ReadyZonelist } from '../page-alloc.ts';
import type { Gfp, GfpZone } from './gfp.ts';

export interface Pages {
  /**
   * 2^order page clusters: the first one's page number, count 1, owner as given; or -1 where the kernel would return
   * NULL. `list`: the zonelist, where it is not that of the CPU's node (Placement's for a program's page). Does not clear the
   * memory. A request that may wait reclaims first; when that ends in out of memory, InputError with the kernel's report.
   */
  alloc(on: KernelCpu, gfp: Gfp, order: number, owner: number, list?: ReadyZonelist): number;
  /** __free_pages(): the block goes back whole. Its pages are on no list any more. */
  free(on: KernelCpu, page: number, order: number): void;
  get(on: KernelCpu, page: number): void;
  /** put_page(): the last reference takes it off its LRU list and frees it. */
  put(on: KernelCpu, page: number): void;
  /** release_pages(): a reference less for each of the first `count` of `pages`, 16 at most. */
  putMany(on: KernelCpu, pages: Int32Array, count: number): void;
  /** The same to the cold list, for pages that reclaim frees (free_cold_page(), pagevecs). */
  putCold(on: KernelCpu, page: number): void;
  /** The zonelist of a class for a node (its place) as a CPU goes through it. */
  listOf(zone: GfpZone, place: number, cpu: number): ReadyZonelist;
  /** The page's use changes (a page of a file becomes a process's own): for the reports alone. */
  retag(page: number, owner: number): void;
  /** clear_page() of a whole cluster (or of `frames` 4 KiB from its start). The caller maps it (kmap_atomic). */
  clear(on: KernelCpu, page: number, frames?: number): void;
  /** copy_page() of a whole cluster (or some frames). The caller maps both (kmap_atomic). */
  copy(on: KernelCpu, from: number, to: number, frames?: number): void;
}
