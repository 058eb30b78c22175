/**
 * rmap15's laundry: launder_page() takes a page off inactive_dirty, unmaps it, begins its write; rebalance_laundry_zone()
 * moves what is written to inactive_clean, from which reclaim_page() hands pages out; mm/vmscan.c of 2.4.21-rhel3.
 *
 * Left out: RSS limits, wired pages. Deviation: kswapd does not sleep on a page, as there.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import {
  PG_DIRTY,
  PG_INACTIVE_LAUNDRY,
  PG_LOCKED,
  PG_PRIVATE,
  PG_REFERENCED,
  PG_SWAPCACHE,
  PG_WRITEBACK,
} from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import { type AgedLists, INITIAL_AGE } from './aged-lists.ts';
import type { LruLock } from './lru-lock.ts';
import { dropFromCache, hasMapping, lockPage, pageReferenced, unlockPage, writePage } from './page-state.ts';
import { BATCH, CACHE_LIMITS, cacheRatio, needsDirtyWork, needsLaundryWork, type ZonePages } from './rmap15-limits.ts';
import { sleepUntil, type Writeback } from './writeback.ts';

const SECOND = 1e9;
/** wait_on_page_timeout(), and how long a page may be under write before it goes back to the dirty list. */
const TIMEOUT = 5 * SECOND;
const MOST_SECONDS = 30;

export class Launder {
  constructor(
    private readonly parts: KernelParts,
    private readonly lists: AgedLists,
    private readonly lock: LruLock,
    private readonly writeback: Writeback,
    private readonly pagesOf: (zone: Zone) => ZonePages,
  ) {}

  /** rebalance_dirty_zone(): up to `most` pages go to the laundry. Returns how many did. */
  rebalanceDirty(on: KernelCpu, zone: Zone, most: number): number {
    const outer = on.enter(FN.rebalance_dirty_zone);
    const { number } = zone;
    let done = 0;
    this.lock.lock(on, number);
    for (let loops = Math.max(BATCH, this.lists.dirtyPages(number)); loops > 0; loops--) {
      const page = this.lists.lastDirty(on, number);
      if (page < 0) break;
      on.count(C.PGSCAN);
      if (!this.launder(on, zone, page)) continue;
      if (++done > most || (done > BATCH && !needsDirtyWork(this.pagesOf(zone), zone.marks.high))) break;
    }
    this.lock.unlock(on, number);
    on.leave(outer);
    return done;
  }

  /**
   * rebalance_laundry_zone(): written pages go to inactive_clean, up to `most`. `wait`: sleeps on pages under write.
   * Returns how many did, and those that still may.
   */
  rebalanceLaundry(on: KernelCpu, zone: Zone, most: number, wait: boolean): number {
    const outer = on.enter(FN.rebalance_laundry_zone);
    const { lists } = this;
    const { memMap } = this.parts;
    const { number } = zone;
    let done = 0;
    let loops = Math.max(BATCH, most);
    this.writeback.settle(on);
    this.lock.lock(on, number);
    while (loops-- > 0) {
      const page = lists.lastLaundry(on, number);
      if (page < 0) break;
      on.read(memMap.addressOf(page));
      const { flags } = memMap;
      if ((flags[page] & (PG_LOCKED | PG_WRITEBACK)) !== 0) {
        if (!wait || done >= most) break;
        if (this.await(on, zone, page)) loops++;
        continue;
      }
      if ((flags[page] & PG_PRIVATE) !== 0 && this.releaseBuffers(on, zone, page)) continue;
      lists.remove(on, page);
      if (this.isBusy(on, page)) {
        lists.addDirty(on, page);
        loops++;
        continue;
      }
      lists.addClean(on, page);
      done++;
      if (done > BATCH && !needsLaundryWork(this.pagesOf(zone))) break;
    }
    this.lock.unlock(on, number);
    on.leave(outer);
    return done + lists.laundryPages(number);
  }

  /** reclaim_page(): a page of inactive_clean, out of its cache and with one reference, or -1. */
  reclaimPage(on: KernelCpu, zone: Zone, kswapd: boolean): number {
    const outer = on.enter(FN.reclaim_page);
    const { lists } = this;
    const { memMap, pages } = this.parts;
    let found = -1;
    this.lock.lock(on, zone.number);
    for (let left = lists.cleanPages(zone.number); left > 0 && found < 0; left--) {
      const page = lists.lastClean(on, zone.number);
      lists.remove(on, page);
      if (this.isBusy(on, page) || !hasMapping(memMap, page)) lists.addDirty(on, page);
      else found = page;
    }
    this.lock.unlock(on, zone.number);
    if (found >= 0) {
      pages.get(on, found);
      dropFromCache(on, this.parts, found);
      on.count(C.PGSTEAL);
      if (kswapd) on.count(C.KSWAPD_STEAL);
    }
    on.leave(outer);
    return found;
  }

  /** Used again since it was laundered: mapped, dirty, referenced, with buffers, or held by somebody. */
  private isBusy(on: KernelCpu, page: number): boolean {
    const { memMap } = this.parts;
    on.read(memMap.addressOf(page));
    return (
      memMap.mapcount[page] > 0 ||
      (memMap.flags[page] & (PG_PRIVATE | PG_REFERENCED | PG_DIRTY | PG_LOCKED)) !== 0 ||
      memMap.count[page] > 1
    );
  }

  /** Sleeps on a page under write, 5 s at most; true when it is written. One that takes over 30 s goes back to the dirty list. */
  private await(on: KernelCpu, zone: Zone, page: number): boolean {
    const { memMap } = this.parts;
    this.lists.rotate(on, page);
    this.lock.unlock(on, zone.number);
    const done = this.writeback.doneAt(page);
    sleepUntil(on, Math.min(done, on.now + TIMEOUT));
    this.writeback.settle(on);
    this.lock.lock(on, zone.number);
    if ((memMap.flags[page] & PG_WRITEBACK) === 0) return true;
    const seconds = (Math.floor(on.now / SECOND) - memMap.age[page]) & 255;
    if (seconds > MOST_SECONDS && (memMap.flags[page] & PG_INACTIVE_LAUNDRY) !== 0) {
      this.lists.remove(on, page);
      this.lists.addDirty(on, page);
    }
    return false;
  }

  /** launder_page(): the lock is held, and dropped on the way. False where the page did not go to the laundry. */
  private launder(on: KernelCpu, zone: Zone, page: number): boolean {
    const outer = on.enter(FN.launder_page);
    const { pages } = this.parts;
    pages.get(on, page);
    const went = this.wash(on, zone, page);
    this.lock.unlock(on, zone.number);
    pages.put(on, page);
    this.lock.lock(on, zone.number);
    on.leave(outer);
    return went;
  }

  private wash(on: KernelCpu, zone: Zone, page: number): boolean {
    const { lists, lock } = this;
    const { memMap, swap, rmap } = this.parts;
    const { flags, mapcount } = memMap;
    const { number } = zone;
    lists.remove(on, page);
    const state = this.pagesOf(zone);
    // The page cache is over its share, and memory not very short: spare processes.
    if (cacheRatio(state) > CACHE_LIMITS.max && lists.isAnon(page) && state.free + state.clean > zone.marks.min) {
      lists.addActive(on, page, INITIAL_AGE);
      return false;
    }
    lists.addLaundry(on, page, Math.floor(on.now / SECOND));
    if ((flags[page] & PG_WRITEBACK) !== 0 || !lockPage(on, memMap, page)) return true;
    const busy = pageReferenced(on, this.parts, page) && mapcount[page] > 0;
    if (busy) return this.reactivate(on, page);
    if (mapcount[page] > 0 && !hasMapping(memMap, page)) {
      lock.unlock(on, number);
      const added = swap.add(on, page);
      lock.lock(on, number);
      if (!added) return this.reactivate(on, page);
    }
    if (mapcount[page] > 0) {
      const result = rmap.tryToUnmap(on, page);
      if (result === 'fail') return this.reactivate(on, page);
      if (result === 'again') {
        unlockPage(on, memMap, page);
        return false;
      }
    }
    if ((flags[page] & PG_DIRTY) !== 0 && hasMapping(memMap, page)) return this.write(on, zone, page);
    if ((flags[page] & PG_PRIVATE) !== 0) {
      const released = this.releaseBuffers(on, zone, page);
      unlockPage(on, memMap, page);
      return released;
    }
    if (hasMapping(memMap, page) && (flags[page] & PG_DIRTY) === 0 && memMap.count[page] === 2) {
      unlockPage(on, memMap, page);
      return true;
    }
    return this.reactivate(on, page);
  }

  /** try_to_release_page(), the lru lock dropped meanwhile. */
  private releaseBuffers(on: KernelCpu, zone: Zone, page: number): boolean {
    this.lock.unlock(on, zone.number);
    const released = this.parts.block.releaseBuffers(on, page);
    this.lock.lock(on, zone.number);
    return released;
  }

  /** Begins its write where there is low memory to write with; a page that is nobody's any more needs none. */
  private write(on: KernelCpu, zone: Zone, page: number): boolean {
    const { memMap, allZones } = this.parts;
    const { flags } = memMap;
    const usable =
      (flags[page] & PG_PRIVATE) !== 0 || allZones.some(({ layout, free }) => layout.name !== 'HighMem' && free > 0);
    if (!usable) {
      this.lists.remove(on, page);
      this.lists.addDirty(on, page);
      unlockPage(on, memMap, page);
      return false;
    }
    this.lock.unlock(on, zone.number);
    writePage(on, this.parts, page);
    unlockPage(on, memMap, page);
    this.lock.lock(on, zone.number);
    return (flags[page] & (PG_SWAPCACHE | PG_WRITEBACK)) !== 0 || memMap.mapping[page] !== 0;
  }

  /** activate_page_nolock(), and the page lock goes. */
  private reactivate(on: KernelCpu, page: number): boolean {
    const { memMap } = this.parts;
    this.lists.remove(on, page);
    this.lists.addActive(on, page, INITIAL_AGE);
    unlockPage(on, memMap, page);
    on.count(C.PGACTIVATE);
    return false;
  }
}
