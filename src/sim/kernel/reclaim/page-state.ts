/**
 * What page replacement reads off a struct page, and the page lock; the same tests in every version. A page that boot or a
 * driver holds is on no LRU list, so it is never asked about.
 */
import type { KernelCpu } from '../cpu.ts';
import type { MemMap } from '../mem-map.ts';
import { PG_LOCKED, PG_REFERENCED, PG_SWAPCACHE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';

/** TestSetPageLocked(): true where the page was not locked and is now. */
export function lockPage(on: KernelCpu, memMap: MemMap, page: number): boolean {
  on.atomic(memMap.addressOf(page));
  if ((memMap.flags[page] & PG_LOCKED) !== 0) return false;
  memMap.flags[page] |= PG_LOCKED;
  return true;
}

export function unlockPage(on: KernelCpu, memMap: MemMap, page: number): void {
  memMap.flags[page] &= ~PG_LOCKED;
  on.atomic(memMap.addressOf(page));
}

/** page->mapping: a file, a segment, or the swap cache. */
export function hasMapping(memMap: MemMap, page: number): boolean {
  return memMap.mapping[page] !== 0 || (memMap.flags[page] & PG_SWAPCACHE) !== 0;
}

/**
 * page_mapping_inuse(): somebody's ptes map it, or 2.6.0's reluctance to take swap cache. Left out: a file of which any
 * page is mapped (the list of its vmas is the reverse map's own), so an unmapped page of such a file counts as unused.
 */
export function inUse(memMap: MemMap, page: number): boolean {
  return memMap.mapcount[page] > 0 || (memMap.flags[page] & PG_SWAPCACHE) !== 0;
}

/** page_referenced(): PG_referenced and the accessed bits of all ptes, tested and cleared. */
export function pageReferenced(on: KernelCpu, parts: KernelParts, page: number): boolean {
  const { memMap, rmap } = parts;
  const marked = (memMap.flags[page] & PG_REFERENCED) !== 0;
  if (marked) {
    memMap.flags[page] &= ~PG_REFERENCED;
    on.atomic(memMap.addressOf(page));
  }
  return rmap.referenced(on, page) > 0 || marked;
}

/** writepage() of whatever the page belongs to: its write begins. */
export function writePage(on: KernelCpu, parts: KernelParts, page: number): void {
  const { memMap, swap, pageCache, reclaim } = parts;
  if ((memMap.flags[page] & PG_SWAPCACHE) !== 0) {
    swap.write(on, page);
    return;
  }
  const done = pageCache.write(on, page);
  if (done > on.now) reclaim.writeback.started(on, page, done);
}

/** Takes a page that nobody but its cache and the caller holds out of it; the caller's reference stays. */
export function dropFromCache(on: KernelCpu, parts: KernelParts, page: number): void {
  if ((parts.memMap.flags[page] & PG_SWAPCACHE) !== 0) parts.swap.remove(on, page);
  else parts.pageCache.remove(on, page);
}
