/**
 * shrink_list(): what becomes of each page that was isolated from an inactive list; mm/vmscan.c of 2.6.0, step by step.
 * Writing starts here for a dirty page and is not waited for: the page stays until its write is done and it is met again.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { PG_ACTIVE, PG_DIRTY, PG_PRIVATE, PG_RECLAIM, PG_SWAPCACHE, PG_WRITEBACK } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Batch } from './batch.ts';
import { dropFromCache, hasMapping, inUse, lockPage, pageReferenced, unlockPage, writePage } from './page-state.ts';

type Fate = 'free' | 'keep' | 'activate';

export class ShrinkList {
  /** Mapped and swap-cache pages met, which put more pressure on the slab caches. */
  mapped = 0;

  constructor(private readonly parts: KernelParts) {}

  /**
   * Frees what it can of the pages in `batch`, on each of which the caller holds a reference; the others stay in it, in
   * their order, with PG_ACTIVE where they are to go to the active list. Returns how many it freed.
   */
  shrink(on: KernelCpu, batch: Batch, kswapd: boolean): number {
    const outer = on.enter(FN.shrink_list);
    const { memMap, pages } = this.parts;
    const { pages: list, size } = batch;
    let freed = 0;
    let activated = 0;
    batch.clear();
    for (let i = 0; i < size; i++) {
      const page = list[i];
      const fate = lockPage(on, memMap, page) ? this.look(on, page, kswapd) : 'locked';
      if (fate !== 'locked') unlockPage(on, memMap, page);
      if (fate === 'free') {
        // __pagevec_release_nonlru() of a pagevec that was made cold.
        pages.putCold(on, page);
        freed++;
        continue;
      }
      if (fate === 'activate') {
        memMap.flags[page] |= PG_ACTIVE;
        activated++;
      }
      batch.push(page);
    }
    on.count(C.PGSTEAL, freed);
    if (kswapd) on.count(C.KSWAPD_STEAL, freed);
    on.count(C.PGACTIVATE, activated);
    on.leave(outer);
    return freed;
  }

  /** One locked page. `free`: it is out of its cache, and only the caller holds it. */
  private look(on: KernelCpu, page: number, kswapd: boolean): Fate {
    const { memMap, rmap, swap, block } = this.parts;
    const { flags, mapcount, count } = memMap;
    if (mapcount[page] > 0 || (flags[page] & PG_SWAPCACHE) !== 0) this.mapped++;
    if ((flags[page] & PG_WRITEBACK) !== 0) return 'keep';
    const referenced = pageReferenced(on, this.parts, page);
    if (referenced && inUse(memMap, page)) return 'activate';
    if (mapcount[page] > 0) {
      if (!hasMapping(memMap, page) && !swap.add(on, page)) return 'activate';
      const result = rmap.tryToUnmap(on, page);
      if (result === 'fail') return 'activate';
      if (result === 'again') return 'keep';
    }
    if ((flags[page] & PG_DIRTY) !== 0) {
      // is_page_cache_freeable(): the cache and the caller hold it.
      if (count[page] - (flags[page] & PG_PRIVATE ? 1 : 0) !== 2 || !hasMapping(memMap, page)) return 'keep';
      if (!kswapd && block.congested(this.deviceOf(page), on.now)) return 'keep';
      flags[page] |= PG_RECLAIM;
      writePage(on, this.parts, page);
      if ((flags[page] & PG_WRITEBACK) === 0) flags[page] &= ~PG_RECLAIM;
      return 'keep';
    }
    if ((flags[page] & PG_PRIVATE) !== 0 && !block.releaseBuffers(on, page)) return 'activate';
    on.read(memMap.addressOf(page));
    if (count[page] !== 2 || !hasMapping(memMap, page) || (flags[page] & PG_DIRTY) !== 0) return 'keep';
    dropFromCache(on, this.parts, page);
    return 'free';
  }

  private deviceOf(page: number): number {
    const { memMap, spaces } = this.parts;
    return spaces.get(memMap.mapping[page])?.device ?? 0;
  }
}
