/**
 * Page replacement of 2.4.22: one active and one inactive list for the machine, priority from 6 down to 1;
 * refill_inactive(), shrink_cache(), shrink_caches(), try_to_free_pages_zone() and kswapd of mm/vmscan.c. Mapped pages are met on the
 * inactive list and left; when enough of them have been met, swap_out() goes through address spaces (swap-out.ts).
 *
 * With a lock a zone (never merged for 2.4) each zone has lists of its own, gone through one after the other. The lists are
 * worked on under the lock all the time but for I/O, so it is held long. Deviations: kmem_cache_reap() reaps every cache, not
 * the best of ten; kswapd ends a step instead of sleeping on a page that is being written, and balances the zones it was woken for.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { PG_DIRTY, PG_LOCKED, PG_PRIVATE, PG_REFERENCED, PG_WRITEBACK } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import type { Balanced } from './kswapd.ts';
import { dropFromCache, hasMapping, lockPage, unlockPage, writePage } from './page-state.ts';
import { SwapOut } from './swap-out.ts';
import { TwoListReclaim, zonesBelow } from './two-list-reclaim.ts';
import { SWAP_CLUSTER_MAX } from './writeback.ts';

/** DEF_PRIORITY of 2.4. */
export const DEF_PRIORITY_24 = 6;
const SECOND = 1e9;

/** Mapped pages that shrink_cache() passes by before it goes for address spaces. */
export function mostMapped(wanted: number, priority: number, maxScan: number): number {
  return Math.min(wanted << (10 - priority), Math.floor(maxScan / 10));
}

/** Active pages to be moved to the inactive list for so many pages wanted: towards two thirds active. */
export function refillRatio(wanted: number, active: number, inactive: number): number {
  return Math.floor((wanted * active) / ((inactive + 1) * 2));
}

export class Reclaim24 extends TwoListReclaim {
  readonly kind = '2.4.22';
  private readonly swapOut: SwapOut;
  private readonly perZone: boolean;
  /** Zones whose pages count for the class zone in hand (memclass()), by number. */
  private readonly eligible: Uint8Array;
  /** Time of the write that kswapd met and does not wait for, or 0. */
  private blockedUntil = 0;

  constructor(parts: KernelParts) {
    const perZone = parts.traits.lruLock === 'zone';
    super(parts, { anonActive: false, perZone, firstPriority: DEF_PRIORITY_24 });
    this.perZone = perZone;
    this.eligible = new Uint8Array(parts.allZones.length);
    this.swapOut = new SwapOut(parts, this.lru);
  }

  wakeKswapd(on: KernelCpu, zone: Zone): void {
    this.kswapdOf[zone.number]?.wake(on);
  }

  protected takeBack(on: KernelCpu, classZone: Zone): number {
    let left = SWAP_CLUSTER_MAX;
    for (let priority = DEF_PRIORITY_24; priority > 0 && left > 0; priority--) {
      this.writeback.settle(on);
      left = this.shrinkCaches(on, classZone, priority, left, false);
    }
    return SWAP_CLUSTER_MAX - Math.max(0, left);
  }

  /** Pages that swap_out() has unmapped come nearer to being free too. */
  protected override get begun(): number {
    return super.begun + this.swapOut.unmapped;
  }

  /** One priority of kswapd_balance() over all zones, highest first. */
  protected balance(on: KernelCpu, zones: readonly Zone[], priority: number): Balanced {
    if (priority === DEF_PRIORITY_24) {
      on.count(C.PAGEOUTRUN);
      for (const zone of zones) zone.allUnreclaimable = false;
    }
    this.blockedUntil = 0;
    let freed = 0;
    for (let i = zones.length - 1; i >= 0 && this.blockedUntil === 0; i--) {
      const zone = zones[i];
      if (this.isBalanced(zone) || zone.allUnreclaimable) continue;
      const left = this.shrinkCaches(on, zone, priority, SWAP_CLUSTER_MAX, true);
      freed += SWAP_CLUSTER_MAX - Math.max(0, left);
      // try_to_free_pages_zone() failed: need_balance goes, and kswapd sleeps a second.
      if (priority === 1 && left === SWAP_CLUSTER_MAX && this.blockedUntil === 0) zone.allUnreclaimable = true;
    }
    const short = zones.filter((zone) => !this.isBalanced(zone));
    if (short.length === 0) return { freed, until: Infinity };
    if (this.blockedUntil > 0) return { freed, until: this.blockedUntil };
    if (short.every((zone) => zone.allUnreclaimable)) return { freed, until: Infinity, pause: SECOND };
    return { freed, until: on.now, again: freed > 0 };
  }

  /** check_classzone_need_balance(): the zone, or one below it, is above its high mark. */
  private isBalanced(zone: Zone): boolean {
    return zonesBelow(this.parts, zone).some(({ free, marks }) => free > marks.high);
  }

  /** shrink_caches(): pages of `wanted` that are still to be freed. */
  private shrinkCaches(on: KernelCpu, classZone: Zone, priority: number, wanted: number, kswapd: boolean): number {
    let left = wanted - this.shrinkers.reap(on);
    if (left <= 0) return 0;
    left = wanted;
    const below = zonesBelow(this.parts, classZone);
    this.eligible.fill(0);
    for (const zone of below) this.eligible[zone.number] = 1;
    for (const zone of this.perZone ? below : [classZone]) {
      const { number } = zone;
      this.refillInactive(on, number, refillRatio(left, this.lru.activePages(number), this.lru.inactivePages(number)));
      left = this.shrinkCache(on, number, priority, left, kswapd);
      if (left <= 0) return 0;
    }
    this.shrinkers.prune(on, priority, kswapd);
    return left;
  }

  /** refill_inactive(): `count` pages of the active tail, but for those with PG_referenced, which start over. */
  private refillInactive(on: KernelCpu, zone: number, count: number): void {
    const outer = on.enter(FN.refill_inactive);
    const { lru } = this;
    const { memMap } = this.parts;
    lru.lock.lock(on, zone);
    let left = count;
    for (let looks = lru.activePages(zone); left > 0 && looks > 0; looks--) {
      const page = lru.lists.tail(on, lru.active(zone));
      on.read(memMap.addressOf(page));
      on.count(C.PGREFILL);
      lru.takeOff(on, page);
      const referenced = (memMap.flags[page] & PG_REFERENCED) !== 0;
      memMap.flags[page] ^= PG_REFERENCED;
      lru.putOn(on, page, referenced);
      if (referenced) continue;
      on.count(C.PGDEACTIVATE);
      left--;
    }
    lru.lock.unlock(on, zone);
    on.leave(outer);
  }

  /** shrink_cache(): goes through the inactive list from its tail; every page that it looks at goes to the head. */
  private shrinkCache(on: KernelCpu, zone: number, priority: number, wanted: number, kswapd: boolean): number {
    const outer = on.enter(FN.shrink_cache);
    const { lru } = this;
    const list = lru.inactive(zone);
    const maxScan = Math.floor(lru.lists.sizes[list] / priority);
    let mapped = mostMapped(wanted, priority, maxScan);
    let left = wanted;
    let stuck = false;
    lru.lock.lock(on, zone);
    for (let scan = maxScan; scan > 0 && left > 0 && !stuck; scan--) {
      const page = lru.lists.tail(on, list);
      if (page < 0) break;
      lru.lists.remove(on, list, page);
      lru.lists.add(on, list, page);
      if (this.eligible[this.parts.memMap.zone[page]] === 0) continue;
      on.count(C.PGSCAN);
      const fate = this.look(on, zone, page, kswapd);
      if (fate === 'freed') left--;
      if (fate === 'mapped' && --mapped < 0) stuck = true;
      if (this.blockedUntil > 0) break;
    }
    lru.lock.unlock(on, zone);
    const freed = wanted - left;
    on.count(C.PGSTEAL, freed);
    if (kswapd) on.count(C.KSWAPD_STEAL, freed);
    if (stuck) this.swapOut.swapOut(on, this.eligible);
    on.leave(outer);
    return left;
  }

  /** One page of the inactive list, under the lock (which is dropped for I/O). */
  private look(on: KernelCpu, zone: number, page: number, kswapd: boolean): 'freed' | 'kept' | 'mapped' {
    const { lru } = this;
    const { memMap, pages, block } = this.parts;
    const { flags, count } = memMap;
    on.read(memMap.addressOf(page));
    const buffers = (flags[page] & PG_PRIVATE) === 0 ? 0 : 1;
    if (buffers === 0 && (count[page] !== 1 || !hasMapping(memMap, page))) return 'mapped';
    if ((flags[page] & (PG_LOCKED | PG_WRITEBACK)) !== 0) {
      if (kswapd) this.blockedUntil = Math.max(this.writeback.doneAt(page), on.now);
      else {
        lru.lock.unlock(on, zone);
        this.writeback.waitOn(on, page);
        lru.lock.lock(on, zone);
      }
      return 'kept';
    }
    lockPage(on, memMap, page);
    if ((flags[page] & PG_DIRTY) !== 0 && count[page] - buffers === 1 && hasMapping(memMap, page)) {
      pages.get(on, page);
      lru.lock.unlock(on, zone);
      writePage(on, this.parts, page);
      unlockPage(on, memMap, page);
      pages.put(on, page);
      lru.lock.lock(on, zone);
      return 'kept';
    }
    if (buffers === 1) {
      lru.lock.unlock(on, zone);
      const released = block.releaseBuffers(on, page);
      lru.lock.lock(on, zone);
      if (!released) {
        unlockPage(on, memMap, page);
        return 'kept';
      }
    }
    unlockPage(on, memMap, page);
    if (!hasMapping(memMap, page) || count[page] > 1) return 'mapped';
    if ((flags[page] & PG_DIRTY) !== 0) return 'kept';
    lru.takeOff(on, page);
    dropFromCache(on, this.parts, page);
    return 'freed';
  }
}
