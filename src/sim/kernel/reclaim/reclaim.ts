/** What the rest of the memory manager asks of page replacement, whichever it is. */
import type { KernelCpu } from '../cpu.ts';
import type { Zone } from '../zone.ts';
import type { Writeback } from './writeback.ts';

export interface Reclaim {
  readonly kind: '2.4.22' | 'rmap15' | '2.6.0';
  /** A new page joins the lists: lru_cache_add() or lru_cache_add_active(), as the kernel does for its kind. */
  add(on: KernelCpu, page: number): void;
  /** The page is being freed: off the lists (or out of the pagevec). */
  remove(on: KernelCpu, page: number): void;
  /** The same of the first `count` of `pages`, all of them under as few holds of the lock as their zones allow (release_pages()). */
  removeMany(on: KernelCpu, pages: Int32Array, count: number): void;
  /** mark_page_accessed(): read() and write(), and faults that find the page in the cache. */
  markAccessed(on: KernelCpu, page: number): void;
  /**
   * try_to_free_pages(): direct reclaim for a request that failed, for zones from `classZone` downwards. Returns how many pages
   * it freed; where it freed none, how many came nearer to it (have lost a pte, or are being written): 0 means that
   * there is nothing left to take.
   */
  tryToFreePages(on: KernelCpu, classZone: Zone, order: number): number;
  /** A page of a zone in rmap15's inactive_clean list, taken off and unhashed to be used at once, or -1. Other kinds: -1. */
  takeClean(on: KernelCpu, zone: Zone): number;
  /** Clusters that count as free beside the buddy's (rmap15's inactive_clean). */
  cleanPages(zone: Zone): number;
  /** wakeup_kswapd(): a request found this zone below its mark. */
  wakeKswapd(on: KernelCpu, zone: Zone): void;
  /** balance_dirty_pages_ratelimited(): a writer has made a page dirty; it may have to write some, and wait. */
  throttle(on: KernelCpu): void;
  /** Pages under write: whoever submits a page's write without waiting for it says so there. */
  readonly writeback: Writeback;
  /** Page counts of a zone's lists by name, for zoneinfo and meminfo: active, inactive, ... */
  census(zone: Zone): Readonly<Record<string, number>>;
}

/** Kernel threads that reclaim: one piece of work at a time. */
export interface KernelThread {
  readonly name: string;
  /** CPUs it may run on. */
  readonly cpus: readonly number[];
  /** True when it has something to do at virtual time `now`. */
  ready(now: number): boolean;
  /** The next time at which it wakes by itself, ns; Infinity for never. */
  readonly wakesAt: number;
  /** Does one piece of work (some tens of pages). */
  step(on: KernelCpu): void;
}
