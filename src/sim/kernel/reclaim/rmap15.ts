/**
 * Page replacement of 2.4.21-rhel3 (rmap15): aged active lists of process memory and of page cache, and inactive pages
 * in three states (dirty, in the laundry, clean), all by zone; do_try_to_free_pages(), refill_inactive_zone(), kswapd and
 * refill_freelist() of mm/vmscan.c. aged-lists.ts has the lists, launder.ts what cleans pages, kscand.ts what ages them.
 *
 * Clean pages count as free: the allocator takes them directly (takeClean()). kswapd is one thread for all zones, which
 * comes by once a second, and 40 times a second while memory is short.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { PG_LRU, PG_REFERENCED } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import { AGE_STEP, AgedLists, ANON, CACHE, INITIAL_AGE, type Kind } from './aged-lists.ts';
import { FlusherThread } from './flusher-thread.ts';
import { Kscand } from './kscand.ts';
import { Kswapd15 } from './kswapd-15.ts';
import { Launder } from './launder.ts';
import { LruLock } from './lru-lock.ts';
import { MappedPages } from './mapped-pages.ts';
import { lockPage, pageReferenced, unlockPage } from './page-state.ts';
import type { KernelThread, Reclaim } from './reclaim.ts';
import {
  BATCH,
  belowGoal,
  cacheWork,
  inactiveShortage,
  needsDirtyWork,
  needsLaundryWork,
  type ZonePages,
} from './rmap15-limits.ts';
import { Shrinkers } from './shrinkers.ts';
import { Writeback } from './writeback.ts';

/** DEF_PRIORITY of rmap15, for the slab caches only. */
const DEF_PRIORITY = 6;

export class Rmap15 implements Reclaim {
  readonly kind = 'rmap15';
  readonly threads: readonly KernelThread[];
  readonly writeback: Writeback;
  readonly lists: AgedLists;
  readonly launder: Launder;
  readonly shrinkers: Shrinkers;
  private readonly lock: LruLock;
  private readonly kscand: Kscand;
  private readonly kswapd: Kswapd15;
  private readonly flusher: FlusherThread;
  /** The allocators of 2.4 take clean pages; those of 2.6 (never merged with rmap15) are given them back as free ones. */
  private readonly takesClean: boolean;
  private busy = false;

  constructor(private readonly parts: KernelParts) {
    const { watermarks } = parts.traits;
    this.takesClean = watermarks === '2.4.22' || watermarks === 'rhel3';
    this.lock = new LruLock(parts);
    this.lists = new AgedLists(parts);
    this.writeback = new Writeback(parts);
    this.shrinkers = new Shrinkers(parts);
    this.launder = new Launder(parts, this.lists, this.lock, this.writeback, (zone) => this.pagesOf(zone));
    this.kscand = new Kscand(parts, this.lists, this.lock);
    this.kswapd = new Kswapd15(parts, this);
    this.flusher = new FlusherThread(parts, this.writeback, new MappedPages(parts));
    this.threads = [this.kswapd, this.kscand, this.flusher];
  }

  add(on: KernelCpu, page: number): void {
    const outer = on.enter(FN.lru_cache_add);
    const zone = this.parts.memMap.zone[page];
    this.lock.lock(on, zone);
    this.lists.addActive(on, page, INITIAL_AGE);
    this.lock.unlock(on, zone);
    on.leave(outer);
  }

  remove(on: KernelCpu, page: number): void {
    const { memMap } = this.parts;
    this.writeback.forget(page);
    if ((memMap.flags[page] & PG_LRU) !== 0) {
      const zone = memMap.zone[page];
      this.lock.lock(on, zone);
      this.lists.remove(on, page);
      this.lock.unlock(on, zone);
    }
    memMap.flags[page] &= ~(PG_LRU | PG_REFERENCED);
  }

  removeMany(on: KernelCpu, pages: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.remove(on, pages[i]);
  }

  /** mark_page_accessed(): a bit, which the next scan of its list turns into age. */
  markAccessed(on: KernelCpu, page: number): void {
    const { memMap } = this.parts;
    on.read(memMap.addressOf(page));
    if ((memMap.flags[page] & PG_REFERENCED) !== 0) return;
    memMap.flags[page] |= PG_REFERENCED;
    on.write(memMap.addressOf(page));
  }

  takeClean(on: KernelCpu, zone: Zone): number {
    const page = this.launder.reclaimPage(on, zone, false);
    if (page >= 0) this.parts.memMap.flags[page] &= ~(PG_LRU | PG_REFERENCED);
    return page;
  }

  cleanPages(zone: Zone): number {
    return this.lists.cleanPages(zone.number);
  }

  throttle(on: KernelCpu): void {
    this.flusher.throttle(on);
  }

  wakeKswapd(on: KernelCpu): void {
    this.kswapd.wake(on);
  }

  census(zone: Zone): Readonly<Record<string, number>> {
    const { anon, cache, dirty, laundry, clean } = this.pagesOf(zone);
    return {
      active_anon: anon,
      active_cache: cache,
      inactive_dirty: dirty,
      inactive_laundry: laundry,
      inactive_clean: clean,
    };
  }

  pagesOf(zone: Zone): ZonePages {
    const { lists } = this;
    const { number, free } = zone;
    return {
      free,
      anon: lists.activePages(number, ANON),
      cache: lists.activePages(number, CACHE),
      dirty: lists.dirtyPages(number),
      laundry: lists.laundryPages(number),
      clean: lists.cleanPages(number),
    };
  }

  /** do_try_to_free_pages(): over all zones of the machine, whatever the class zone. Returns its measure of progress. */
  tryToFreePages(on: KernelCpu): number {
    if (this.busy) return 0;
    this.busy = true;
    const start = on.core.clock;
    const outer = on.enter(FN.try_to_free_pages);
    on.count(C.ALLOCSTALL);
    this.writeback.settle(on);
    const zones = this.targets;
    let progress = 0;
    for (const zone of zones) this.rebalanceInactive(on, zone, 4 * BATCH, 25);
    for (const zone of zones) {
      if (needsDirtyWork(this.pagesOf(zone), zone.marks.high)) {
        progress += this.launder.rebalanceDirty(on, zone, BATCH);
      }
      if (needsLaundryWork(this.pagesOf(zone))) {
        progress += this.launder.rebalanceLaundry(on, zone, BATCH, true);
      }
    }
    this.shrinkers.prune(on, DEF_PRIORITY, false);
    progress += this.shrinkers.reap(on);
    if (!this.takesClean) for (const zone of zones) progress += this.refillFreelist(on, zone, false);
    on.leave(outer);
    this.parts.events?.span('direct reclaim', on, start, progress);
    this.busy = false;
    return progress;
  }

  /** Zones that page replacement keeps in balance. */
  get targets(): readonly Zone[] {
    return this.parts.allZones.filter(({ layout }) => !layout.fallback);
  }

  /** rebalance_inactive_zone(): deactivates pages where free and inactive ones are below `goal` per cent. */
  rebalanceInactive(on: KernelCpu, zone: Zone, work: number, goal: number): void {
    if (belowGoal(this.pagesOf(zone), goal)) this.refillInactive(on, zone, work);
  }

  /** background_aging() of one zone. */
  background(on: KernelCpu, zone: Zone): void {
    if (inactiveShortage(this.pagesOf(zone), zone.marks.high) > 0) this.refillInactive(on, zone, BATCH);
    if (needsDirtyWork(this.pagesOf(zone), zone.marks.high)) this.launder.rebalanceDirty(on, zone, BATCH);
  }

  /** refill_freelist(): clean pages become free ones where a zone is below its min mark (for an allocation: low); how many. */
  refillFreelist(on: KernelCpu, zone: Zone, kswapd = true): number {
    let freed = 0;
    if (zone.free >= (kswapd ? zone.marks.min : zone.marks.low)) return freed;
    while (zone.free < zone.marks.min * 2) {
      const page = this.launder.reclaimPage(on, zone, kswapd);
      if (page < 0) break;
      this.parts.memMap.flags[page] &= ~(PG_LRU | PG_REFERENCED);
      this.parts.pages.free(on, page, 0);
      freed++;
    }
    return freed;
  }

  /** refill_inactive_zone(): `target` pages of age 0 go to inactive_dirty, first process memory, then page cache. */
  private refillInactive(on: KernelCpu, zone: Zone, target: number): void {
    const outer = on.enter(FN.refill_inactive_zone);
    const goal = Math.max(target, BATCH);
    this.lock.lock(on, zone.number);
    const cache = cacheWork(this.pagesOf(zone), goal);
    this.deactivate(on, zone, ANON, goal - cache);
    this.deactivate(on, zone, CACHE, cache);
    this.lock.unlock(on, zone.number);
    on.leave(outer);
  }

  private deactivate(on: KernelCpu, zone: Zone, kind: Kind, work: number): void {
    const { lists } = this;
    const { memMap } = this.parts;
    const { number } = zone;
    let left = work;
    for (let looks = lists.activePages(number, kind); looks > 0 && left > 0; looks--) {
      const page = lists.oldest(on, number, kind, 0);
      if (page < 0) {
        if (lists.activePages(number, kind) === 0) break;
        lists.kachunk(on, number, kind);
        this.kscand.speedUp(number, on.now);
        continue;
      }
      on.count(C.PGREFILL);
      const locked = !lockPage(on, memMap, page);
      const used = locked || pageReferenced(on, this.parts, page);
      lists.remove(on, page);
      if (used) lists.addActive(on, page, locked ? INITIAL_AGE : AGE_STEP, kind);
      else {
        memMap.flags[page] &= ~PG_REFERENCED;
        lists.addDirty(on, page);
        on.count(C.PGDEACTIVATE);
        left--;
      }
      if (!locked) unlockPage(on, memMap, page);
    }
  }
}
