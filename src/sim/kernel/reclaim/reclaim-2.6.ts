/**
 * Page replacement of 2.6.0: per-zone active and inactive lists, priority from 12 down to 0; shrink_zone(),
 * shrink_cache(), shrink_caches(), try_to_free_pages() and balance_pgdat() of mm/vmscan.c. shrink-list.ts says what happens
 * to a page, refill-2.6.ts how pages leave the active list, kswapd.ts when the threads run.
 *
 * Direct reclaim takes from the zones of one node only, from the class zone downwards, although the allocation could be
 * met elsewhere (as 2.6.0 does). Deviations: kswapd goes on until every zone is at its high mark or unreclaimable (2.6.0
 * stops after one round of priorities and is woken again by the next allocation; so do 2.6.11 and later what is done here).
 * A zone is given up on too when such a round freed nothing (2.6.0 does so by pages scanned alone, and scans none where all
 * are active). max_scan counts pages; 2.6.0 lost count of some.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import { Batch } from './batch.ts';
import type { Balanced } from './kswapd.ts';
import { PutBack } from './put-back.ts';
import { isolate, Refill26 } from './refill-2.6.ts';
import { ShrinkList } from './shrink-list.ts';
import { DEF_PRIORITY, reclaimsMapped } from './tendency.ts';
import { TwoListReclaim, zonesBelow } from './two-list-reclaim.ts';
import { SWAP_CLUSTER_MAX, TENTH } from './writeback.ts';

export class Reclaim26 extends TwoListReclaim {
  readonly kind = '2.6.0';
  private readonly shrinkList: ShrinkList;
  private readonly refill: Refill26;
  private readonly back: PutBack;
  private readonly batch = new Batch();
  /** By zone number: priority of the balancing in hand, of the last one, and active pages due for a look. */
  private readonly temporary: Int32Array;
  private readonly previous: Int32Array;
  private readonly refillCounter: Int32Array;

  constructor(parts: KernelParts) {
    super(parts, { anonActive: true, perZone: true, firstPriority: DEF_PRIORITY });
    const zones = parts.allZones.length;
    this.temporary = new Int32Array(zones).fill(DEF_PRIORITY);
    this.previous = new Int32Array(zones).fill(DEF_PRIORITY);
    this.refillCounter = new Int32Array(zones);
    this.writeback.onReclaimable = (on, page) => this.lru.rotate(on, page);
    this.shrinkList = new ShrinkList(parts);
    this.back = new PutBack(parts, this.lru);
    this.refill = new Refill26(parts, this.lru, this.back);
  }

  wakeKswapd(on: KernelCpu, zone: Zone): void {
    if (zone.free > zone.marks.low) return;
    this.kswapdOf[zone.number]?.wake(on);
  }

  protected takeBack(on: KernelCpu, classZone: Zone): number {
    const zones = zonesBelow(this.parts, classZone);
    for (const zone of zones) this.temporary[zone.number] = DEF_PRIORITY;
    let freed = 0;
    for (let priority = DEF_PRIORITY; priority >= 0; priority--) {
      this.writeback.settle(on);
      this.shrinkList.mapped = 0;
      let scanned = 0;
      for (const zone of zones) {
        if (zone.free < zone.marks.high) this.temporary[zone.number] = priority;
        if (zone.allUnreclaimable && priority !== DEF_PRIORITY) continue;
        const maxScan = Math.max(this.lru.inactivePages(zone.number) >> priority, 2 * SWAP_CLUSTER_MAX);
        freed += this.shrinkZone(on, zone, maxScan, SWAP_CLUSTER_MAX, false);
        scanned += maxScan;
        if (freed >= SWAP_CLUSTER_MAX) break;
      }
      if (freed >= SWAP_CLUSTER_MAX) break;
      scanned += this.shrinkList.mapped;
      this.flusher.wake(scanned);
      this.writeback.congestionWait(on, TENTH);
      if (classZone.layout.name !== 'HighMem') {
        freed += this.shrinkers.shrinkSlab(on, scanned, this.lruPages(), false);
      }
    }
    for (const zone of zones) this.previous[zone.number] = this.temporary[zone.number];
    return freed;
  }

  /** One priority of balance_pgdat() over a node's zones, lowest first; `before`: pages that the round has freed already. */
  protected balance(on: KernelCpu, zones: readonly Zone[], priority: number, before: number): Balanced {
    if (priority === DEF_PRIORITY) {
      on.count(C.PAGEOUTRUN);
      for (const zone of zones) this.temporary[zone.number] = DEF_PRIORITY;
    }
    let freed = 0;
    for (const zone of zones) {
      if (zone.allUnreclaimable && priority !== DEF_PRIORITY) continue;
      const wanted = zone.marks.high - zone.free;
      if (wanted <= 0) continue;
      this.temporary[zone.number] = priority;
      this.shrinkList.mapped = 0;
      const inactive = this.lru.inactivePages(zone.number);
      const maxScan = Math.max(inactive >> priority, 2 * wanted, SWAP_CLUSTER_MAX);
      freed += this.shrinkZone(on, zone, maxScan, wanted, true);
      if (zone.layout.name !== 'HighMem') {
        freed += this.shrinkers.shrinkSlab(on, maxScan + this.shrinkList.mapped, this.lruPages(), true);
      }
      const present = Math.floor(zone.layout.present / zone.clusterFrames);
      if (zone.pagesScanned > present * 2 || this.lruOf(zone.number) === 0) zone.allUnreclaimable = true;
    }
    if (priority === 1 && before + freed === 0 && this.writeback.pages === 0) giveUp(zones);
    for (const zone of zones) this.previous[zone.number] = this.temporary[zone.number];
    const well = zones.every((zone) => zone.allUnreclaimable || zone.free >= zone.marks.high);
    return { freed, until: well ? Infinity : this.writeback.congestionEnds(on.now, TENTH) };
  }

  /** shrink_zone(): keeps the active list at two thirds, then goes through the inactive one. */
  private shrinkZone(on: KernelCpu, zone: Zone, maxScan: number, wanted: number, kswapd: boolean): number {
    const outer = on.enter(FN.shrink_zone);
    const { number } = zone;
    const inactive = this.lru.inactivePages(number);
    const ratio = Math.floor((wanted * this.lru.activePages(number)) / ((inactive | 1) * 2));
    this.refillCounter[number] += ratio + 1;
    const due = this.refillCounter[number];
    if (due > SWAP_CLUSTER_MAX) {
      this.refillCounter[number] = 0;
      const { swappiness } = this.parts.sysctl;
      const takesMapped = reclaimsMapped(this.mapped.pages, this.mapped.total, this.previous[number], swappiness);
      this.refill.refill(on, number, Math.min(due, 4 * SWAP_CLUSTER_MAX), takesMapped);
    }
    const freed = this.shrinkCache(on, zone, maxScan, wanted, kswapd);
    on.leave(outer);
    return freed;
  }

  /** shrink_cache(): isolates the inactive tail in lots, has each page looked at, puts the others back. */
  private shrinkCache(on: KernelCpu, zone: Zone, maxScan: number, wanted: number, kswapd: boolean): number {
    const outer = on.enter(FN.shrink_cache);
    const { lru, batch } = this;
    const lot = Math.max(wanted, SWAP_CLUSTER_MAX);
    lru.drain(on);
    let freed = 0;
    for (let left = maxScan; left > 0 && freed < wanted;) {
      batch.clear();
      isolate(on, this.parts, lru, lru.inactive(zone.number), zone.number, lot, batch);
      const taken = batch.size;
      if (taken === 0) break;
      zone.pagesScanned += taken;
      left -= taken;
      on.count(C.PGSCAN, taken);
      const released = this.shrinkList.shrink(on, batch, kswapd);
      lru.isolated -= released;
      freed += released;
      this.back.putBack(on, zone.number, batch);
    }
    on.leave(outer);
    return freed;
  }

  /** nr_used_zone_pages(). */
  private lruPages(): number {
    let pages = 0;
    for (const size of this.lru.lists.sizes) pages += size;
    return pages;
  }

  private lruOf(zone: number): number {
    return this.lru.activePages(zone) + this.lru.inactivePages(zone);
  }
}

/** Nothing came of a whole round: the zones below their high marks cannot be reclaimed for now. */
function giveUp(zones: readonly Zone[]): void {
  for (const zone of zones) if (zone.free < zone.marks.high) zone.allUnreclaimable = true;
}
