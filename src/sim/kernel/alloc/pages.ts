/**
 * Pages as the rest of the kernel asks for them: alloc_pages() and __free_pages(), get_page() and put_page(). Page
 * numbers are of mem_map. Implemented by PageSource (page-source.ts).
 */
import type { KernelCpu } from '../cpu.ts';
import type { ReadyZonelist } from '../page-alloc.ts';
import type { Gfp } from './gfp.ts';

export interface Pages {
  /**
   * 2^order page clusters: the first one's page number, count 1, owner as given; or -1 where the kernel would return
   * NULL. `list`: the zonelist, where it is not that of the CPU's node (a policy's). Does not clear the memory. A request that
   * may wait reclaims first; when that ends in out of memory, InputError with the report, as the machine has no more.
   */
  alloc(on: KernelCpu, gfp: Gfp, order: number, owner: number, list?: ReadyZonelist): number;
  /** __free_pages(): the block goes back whole. Its pages are on no list any more. */
  free(on: KernelCpu, page: number, order: number): void;
  get(on: KernelCpu, page: number): void;
  /** put_page(): the last reference takes it off its LRU list and frees it. */
  put(on: KernelCpu, page: number): void;
  /** clear_page() of a whole cluster (or of `frames` 4 KiB from its start), through the caches and buses. */
  clear(on: KernelCpu, page: number, frames?: number): void;
  /** copy_page() of a whole cluster (or some frames). */
  copy(on: KernelCpu, from: number, to: number, frames?: number): void;
}
