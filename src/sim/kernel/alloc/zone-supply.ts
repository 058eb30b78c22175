/**
 * Pages out of one zone and back: buffered_rmqueue(), rmqueue_bulk(), free_hot_cold_page() and free_pages_bulk() of 2.6.0
 * mm/page_alloc.c; without per-CPU sets (2.4) rmqueue() and __free_pages_ok(). Every list link is in a struct page, so
 * taking a page touches its neighbour's; zone.lock is held over the free lists and the pair bits.
 *
 * Deviations: interrupts are not modelled; the count of a block beyond its first page is 0 and is not touched. A block whose
 * frames the simulator cannot number in a row (hardware/frames.ts) is passed by.
 */
import { invariant } from '../../base/errors.ts';
import * as C from '../../base/counters.ts';
import { asPfn, type KAddr } from '../../base/units.ts';
import { TOGGLED, TOUCH } from '../buddy.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, pathLengths } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import { CpuSets, type PerCpuPages } from './cpu-sets.ts';
import { ZoneData } from './zone-data.ts';

/** The cold list lies behind the hot one. */
const COLD_GRANULES = 1;

type Parts = Pick<KernelParts, 'layout' | 'frames' | 'data' | 'allZones' | 'memMap'>;

export class ZoneSupply {
  readonly data: ZoneData;

  constructor(private readonly parts: Parts) {
    this.data = new ZoneData(parts);
    for (const [number, zone] of parts.allZones.entries()) zone.number = number;
  }

  zoneOf(page: number): Zone {
    return this.parts.allZones[this.parts.memMap.zone[page]];
  }

  /** buffered_rmqueue(): first page of 2^order clusters, or -1. */
  take(on: KernelCpu, zone: Zone, order: number, cold: boolean): number {
    const outer = on.enter(FN.buffered_rmqueue);
    on.follow?.zone(zone.number);
    let page: number;
    if (order === 0 && zone.layout.batch > 0) page = this.fromSets(on, zone, cold);
    else {
      const lock = this.lock(on, zone);
      page = this.rmqueue(on, zone, order);
      on.unlock('zone.lock', lock);
    }
    if (page >= 0) on.count(C.PGALLOC, 1 << order);
    on.leave(outer);
    return page;
  }

  /** Gives 2^order clusters back to their zone, one to the CPU's hot or cold list where the kernel has them. */
  give(on: KernelCpu, page: number, order: number, cold: boolean): void {
    const zone = this.zoneOf(page);
    on.follow?.zone(zone.number);
    on.count(C.PGFREE, 1 << order);
    if (order === 0 && zone.layout.batch > 0) {
      const outer = on.enter(FN.free_hot_cold_page);
      this.toSets(on, zone, page, cold);
      on.leave(outer);
      return;
    }
    const outer = on.enter(FN.free_pages_bulk);
    const lock = this.lock(on, zone);
    this.giveBack(on, zone, page, order);
    on.unlock('zone.lock', lock);
    on.leave(outer);
  }

  /** drain_local_pages(): the CPU's lists of every zone back to the zones. */
  drain(on: KernelCpu): void {
    for (const zone of this.parts.allZones) {
      const sets = zone.sets[on.cpu];
      if (sets === undefined) continue;
      on.follow?.zone(zone.number);
      this.freeBulk(on, zone, sets.hot, sets.hot.count);
      this.freeBulk(on, zone, sets.cold, sets.cold.count);
    }
  }

  private lock(on: KernelCpu, zone: Zone): KAddr {
    const at = this.data.of(zone);
    zone.lockTakes++;
    on.lock('zone.lock', at);
    return at;
  }

  private setsOf(zone: Zone, cpu: number): CpuSets {
    const known = zone.sets[cpu];
    if (known !== undefined) return known;
    const made = new CpuSets(zone.layout.batch, this.data.sets(zone, cpu));
    zone.sets[cpu] = made;
    return made;
  }

  private fromSets(on: KernelCpu, zone: Zone, cold: boolean): number {
    const { memMap } = this.parts;
    const sets = this.setsOf(zone, on.cpu);
    const list = cold ? sets.cold : sets.hot;
    const at = (cold ? sets.at + COLD_GRANULES : sets.at) as KAddr;
    on.read(at);
    if (list.count <= list.low) this.refill(on, zone, list);
    if (list.count === 0) return -1;
    const page = list.pop();
    // list_del(): the head, and the page that is first now.
    on.write(at);
    if (list.count > 0) on.write(memMap.listOf(list.peek(0)));
    on.write(memMap.listOf(page));
    return page;
  }

  private toSets(on: KernelCpu, zone: Zone, page: number, cold: boolean): void {
    const { memMap } = this.parts;
    const sets = this.setsOf(zone, on.cpu);
    const list = cold ? sets.cold : sets.hot;
    const at = (cold ? sets.at + COLD_GRANULES : sets.at) as KAddr;
    on.read(at);
    if (list.count >= list.high) this.freeBulk(on, zone, list, list.batch);
    on.write(memMap.listOf(page));
    if (list.count > 0) on.write(memMap.listOf(list.peek(0)));
    on.write(at);
    list.push(page);
  }

  /** rmqueue_bulk(): a batch from the free lists to the tail of a CPU's list, under one hold of the lock. */
  private refill(on: KernelCpu, zone: Zone, list: PerCpuPages): void {
    const { memMap } = this.parts;
    const outer = on.enter(FN.rmqueue);
    if (on.follow !== undefined) on.note(() => `the CPU's set is low: ${list.batch} pages from the zone's buddy lists`);
    const lock = this.lock(on, zone);
    for (let i = 0; i < list.batch; i++) {
      const page = this.rmqueue(on, zone, 0);
      if (page < 0) break;
      if (i > 0) on.work(pathLengths[FN.rmqueue]);
      on.write(memMap.listOf(page));
      if (list.count > 0) on.write(memMap.listOf(list.peek(list.count - 1)));
      list.append(page);
    }
    on.unlock('zone.lock', lock);
    on.leave(outer);
  }

  /** free_pages_bulk(): pages from the tail of a CPU's list to the free lists, under one hold of the lock. */
  private freeBulk(on: KernelCpu, zone: Zone, list: PerCpuPages, count: number): void {
    if (count === 0) return;
    const outer = on.enter(FN.free_pages_bulk);
    const lock = this.lock(on, zone);
    for (let i = 0; i < count; i++) {
      if (i > 0) on.work(pathLengths[FN.free_pages_bulk]);
      this.giveBack(on, zone, list.popTail(), 0);
    }
    on.unlock('zone.lock', lock);
    on.leave(outer);
  }

  /** __rmqueue(), under the lock. */
  private rmqueue(on: KernelCpu, zone: Zone, order: number): number {
    if (zone.free === 0) return -1;
    const { lists } = zone;
    const passedBy: number[] = [];
    let page = -1;
    let block = lists.take(order);
    while (block >= 0) {
      this.chargeTouches(on, zone);
      page = this.pageOf(zone, block, order);
      if (page >= 0) break;
      passedBy.push(block);
      block = lists.take(order);
    }
    for (const each of passedBy) lists.giveBack(each, order);
    if (page < 0) return -1;
    // free_pages, beside the lock.
    on.write(this.data.of(zone));
    const { memMap } = this.parts;
    for (let i = 0; i < 1 << order; i++) memMap.zone[page + i] = zone.number;
    return page;
  }

  /** __free_pages_bulk(), under the lock. */
  private giveBack(on: KernelCpu, zone: Zone, page: number, order: number): void {
    const pfn = this.parts.frames.pfnOf(this.parts.memMap.slotOf(page));
    zone.lists.giveBack((pfn - zone.base) / zone.clusterFrames, order);
    this.chargeTouches(on, zone);
    on.write(this.data.of(zone));
    zone.pagesScanned = 0;
    zone.allUnreclaimable = false;
  }

  /** First page of a block, or -1 where its slots are not in a row. */
  private pageOf(zone: Zone, block: number, order: number): number {
    const { frames, memMap } = this.parts;
    const pfn = zone.base + block * zone.clusterFrames;
    const slot = frames.slotOf(zone.place, asPfn(pfn));
    const more = (zone.clusterFrames << order) - 1;
    if (more > 0 && frames.slotOf(zone.place, asPfn(pfn + more)) !== slot + more) {
      invariant(order > 0, 'the frames of a cluster have no consecutive slots', { pfn });
      return -1;
    }
    if (order > 0) memMap.pageOf(slot + more);
    return memMap.pageOf(slot);
  }

  /** What the buddy lists touched: list links lie in the struct pages of blocks, and the list's head in struct zone. */
  private chargeTouches(on: KernelCpu, zone: Zone): void {
    const { touched, touches } = zone.lists;
    if (on.follow !== undefined) on.note(() => touchedText(touched, touches));
    for (let at = 0; at < touches; at += TOUCH) {
      const order = touched[at + 1];
      const block = touched[at + 2];
      if (touched[at] === TOGGLED) {
        on.write(this.data.pairBit(zone, order, block));
        continue;
      }
      const next = touched[at + 3];
      const previous = touched[at + 4];
      on.write(this.structPage(zone, block));
      if (next !== 0) on.write(this.structPage(zone, next - 1));
      on.write(previous !== 0 ? this.structPage(zone, previous - 1) : this.data.freeArea(zone, order));
    }
  }

  private structPage(zone: Zone, block: number): KAddr {
    const { frames, memMap } = this.parts;
    const pfn = asPfn(zone.base + block * zone.clusterFrames);
    return memMap.listOf(memMap.pageOf(frames.slotOf(zone.place, pfn)));
  }
}

/** What became of the buddy lists, in words: which orders' blocks were unlinked and linked. */
function touchedText(touched: ArrayLike<number>, touches: number): string {
  const orders: number[] = [];
  for (let at = 0; at < touches; at += TOUCH) if (touched[at] === TOGGLED) orders.push(touched[at + 1]);
  if (orders.length === 0) return 'buddy lists: a block of the top order, whole';
  return `buddy lists: pair bits of order ${orders.join(', ')} toggled: a block split or merged at each`;
}
