/**
 * alloc_pages() and __free_pages() of the whole machine, get_page() and put_page(), and what is counted of them: numastat,
 * owned, zones looked at. A request walks its zonelist as its kernel does (page-alloc.ts, ladders.ts), zones give and take
 * pages through per-CPU sets or their free lists (zone-supply.ts). Source: mm/page_alloc.c, mm/swap.c of 2.4.22 and 2.6.0.
 *
 * Deviations: a 2.4 task keeps the block that it frees while it reclaims for itself (balance_classzone) as that kernel does,
 * yet only here is there one such task at a time. clear_page() and copy_page() pass by the caches (hardware/machine.ts).
 */
import { invariant } from '../../base/errors.ts';
import * as C from '../../base/counters.ts';
import { FRAME_BYTES } from '../../base/units.ts';
import { isNodeBlind } from '../boot/plan.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, pathLengths } from '../functions.ts';
import { Numastat } from '../numastat.ts';
import { type AllocationRules, PageAllocator, type ReadyZonelist, type Supply } from '../page-alloc.ts';
import { OWNER, PG_LRU } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { CLASS_INDEX } from '../policy/zone-class.ts';
import type { Zone } from '../zone.ts';
import type { Gfp, GfpZone } from './gfp.ts';
import { type Ladder, makeLadder, type Pressure } from './ladders.ts';
import { outOfMemory } from './oom-report.ts';
import type { Pages } from './pages.ts';
import type { RequestLog } from './request-log.ts';
import { ReadyLists } from './ready-lists.ts';
import { ZoneSupply } from './zone-supply.ts';

const CONGESTION_WAIT_NS = 1e9 / 50;

const PAGEVEC_SIZE = 16;

/** What requests came to, beside each zone's own counts. */
export interface RequestCounts {
  requests: number;
  /** Pages that came from fall-back zones' blocks. */
  fallbackEntries: number;
  /** Requests that got NULL, and of these those while a zone they could use had as much free. */
  failures: number;
  refusedThoughFree: number;
  /** Virtual time of the first wake of kswapd, and of the first failure; -1 before. */
  pressureAt: number;
  failedAt: number;
}

export class PageSource implements Pages, Supply, Pressure {
  readonly numastat: Numastat;
  readonly rules: AllocationRules;
  readonly counts: RequestCounts = {
    requests: 0,
    fallbackEntries: 0,
    failures: 0,
    refusedThoughFree: 0,
    pressureAt: -1,
    failedAt: -1,
  };
  private readonly lists: ReadyLists;
  private readonly supply: ZoneSupply;
  private readonly allocator: PageAllocator;
  private readonly ladder: Ladder;
  private readonly clusterFrames: number;
  /** Pages that putMany() has found without references. */
  private readonly dying = new Int32Array(PAGEVEC_SIZE);
  /** A task reclaims for itself right now. */
  private reclaiming = false;
  /** 2.4 without rmap15: the block freed meanwhile that it keeps, and its order. */
  private readonly keepsLocal: boolean;
  /** Set while somebody watches the requests. */
  log: RequestLog | undefined;
  private localPage = -1;
  private localOrder = 0;
  private localWanted = -1;

  constructor(private readonly parts: KernelParts) {
    const { traits, layout } = parts;
    this.clusterFrames = layout.clusterFrames;
    this.numastat = new Numastat(layout.nodes.length);
    this.supply = new ZoneSupply(parts);
    this.lists = new ReadyLists(parts);
    this.rules = {
      watermarks: traits.watermarks,
      nodeByNode: traits.zonelistOrder === '2.4.22' && !isNodeBlind(traits),
      get lowerZoneProtection(): number {
        return parts.sysctl.lower_zone_protection;
      },
    };
    this.allocator = new PageAllocator(this.rules, this);
    this.ladder = makeLadder(this.allocator, this);
    this.keepsLocal = traits.watermarks === '2.4.22';
  }

  /** Zones looked at by all requests. */
  get visits(): number {
    return this.allocator.visits;
  }

  /** Tells `log` of every request from now on. */
  watch(log: RequestLog): void {
    this.log = log;
    this.allocator.log = log;
  }

  alloc(on: KernelCpu, gfp: Gfp, order: number, owner: number, list?: ReadyZonelist): number {
    const outer = on.enter(FN.alloc_pages);
    const zonelist = list ?? this.lists.of(gfp.zone, on.node, on.cpu);
    this.counts.requests++;
    this.log?.begin(on, { gfp, order, list: zonelist, cause: outer });
    // A binding that leaves no zone at all: alloc_pages() fails, and the fault ends as every other without memory does.
    if (list !== undefined && list.zones.length === 0) this.outOfMemory(on, list, order, gfp);
    const page = zonelist.zones.length === 0 ? -1 : this.ladder.climb(on, zonelist, order, gfp);
    if (page < 0) {
      if (gfp.noWarn !== true) this.failed(on, zonelist, order);
    } else this.prepare(on, page, order, owner, zonelist);
    this.log?.end(page < 0 ? undefined : this.supply.zoneOf(page));
    on.leave(outer);
    return page;
  }

  free(on: KernelCpu, page: number, order: number): void {
    on.atomic(this.parts.memMap.addressOf(page));
    this.release(on, page, order, false);
  }

  get(on: KernelCpu, page: number): void {
    on.atomic(this.parts.memMap.addressOf(page));
    this.parts.memMap.count[page]++;
  }

  put(on: KernelCpu, page: number): void {
    this.drop(on, page, false);
  }

  putMany(on: KernelCpu, pages: Int32Array, count: number): void {
    const { memMap, reclaim } = this.parts;
    const { dying } = this;
    let gone = 0;
    for (let i = 0; i < count; i++) {
      const page = pages[i];
      on.atomic(memMap.addressOf(page));
      invariant(memMap.count[page] > 0, 'a free page loses a reference', { page });
      if (--memMap.count[page] === 0) dying[gone++] = page;
    }
    reclaim.removeMany(on, dying, gone);
    for (let i = 0; i < gone; i++) this.release(on, dying[i], 0, false);
  }

  putCold(on: KernelCpu, page: number): void {
    this.drop(on, page, true);
  }

  clear(on: KernelCpu, page: number, frames = this.clusterFrames): void {
    const { machine, memMap } = this.parts;
    const outer = on.enter(FN.clear_page);
    const bytes = frames * FRAME_BYTES;
    on.spend(machine.clearNs(on.node, memMap.homeOf(page), bytes, on.core.clock));
    on.count(C.CLEARED_BYTES, bytes);
    on.leave(outer);
  }

  copy(on: KernelCpu, from: number, to: number, frames = this.clusterFrames): void {
    const { machine, memMap } = this.parts;
    const outer = on.enter(FN.copy_page);
    const bytes = frames * FRAME_BYTES;
    on.spend(machine.copyNs(on.node, memMap.homeOf(from), memMap.homeOf(to), bytes, on.core.clock));
    on.count(C.COPIED_BYTES, bytes);
    on.leave(outer);
  }

  listOf(zone: GfpZone, place: number, cpu: number): ReadyZonelist {
    return this.lists.of(zone, place, cpu);
  }

  retag(page: number, owner: number): void {
    const { memMap } = this.parts;
    const { owned } = this.supply.zoneOf(page);
    owned[memMap.owner[page]]--;
    owned[owner]++;
    memMap.owner[page] = owner;
  }

  /** drain_local_pages(). */
  drain(on: KernelCpu): void {
    this.supply.drain(on);
  }

  /** Zone that a page in use, or on a CPU's list, belongs to. */
  zoneOf(page: number): Zone {
    return this.supply.zoneOf(page);
  }

  look(on: KernelCpu, zone: Zone): void {
    on.read(this.supply.data.of(zone));
  }

  take(on: KernelCpu, zone: Zone, order: number, cold: boolean): number {
    return this.supply.take(on, zone, order, cold);
  }

  cleanPages(zone: Zone): number {
    return this.parts.reclaim.cleanPages(zone);
  }

  /** reclaim_page() of rmap15: the page is out of its cache and on no list, without having been on a free list. */
  takeClean(on: KernelCpu, zone: Zone): number {
    const page = this.parts.reclaim.takeClean(on, zone);
    if (page >= 0) this.account(page, 0, OWNER.free);
    return page;
  }

  memalloc(on: KernelCpu): boolean {
    return this.reclaiming || (on.task?.memalloc ?? false);
  }

  wake(on: KernelCpu, zone: Zone): void {
    if (this.counts.pressureAt < 0) this.counts.pressureAt = on.now;
    this.log?.woke();
    this.parts.reclaim.wakeKswapd(on, zone);
  }

  reclaim(on: KernelCpu, zone: Zone, order: number): number {
    this.log?.reclaims();
    this.reclaiming = true;
    this.localWanted = order;
    try {
      return this.parts.reclaim.tryToFreePages(on, zone, order);
    } finally {
      this.reclaiming = false;
    }
  }

  takeLocal(on: KernelCpu, zone: Zone): number {
    const page = this.localPage;
    if (page < 0) return -1;
    this.localPage = -1;
    const fits = this.localOrder === this.localWanted && this.isOfClass(page, zone);
    if (fits) {
      on.count(C.PGFREE, 1 << this.localOrder);
      on.count(C.PGALLOC, 1 << this.localOrder);
      return page;
    }
    this.supply.give(on, page, this.localOrder, false);
    return -1;
  }

  writing(): boolean {
    return this.parts.reclaim.writeback.pages > 0;
  }

  swappable(list: ReadyZonelist): number {
    const { swap, reclaim, allZones } = this.parts;
    if (swap.free === 0) return 0;
    let pages = 0;
    for (const { owned } of list.zones) {
      pages += owned[OWNER.anonymous] + owned[OWNER['shared memory']] + owned[OWNER['page cache']];
    }
    // Where zones have lists in common, whose pages they are is not known.
    let listed = 0;
    for (const zone of allZones) for (const count of Object.values(reclaim.census(zone))) listed += count;
    return Math.min(pages, listed);
  }

  looked(on: KernelCpu): number {
    return on.core.counters[C.PGSCAN] + on.core.counters[C.PGREFILL];
  }

  congestionWait(on: KernelCpu): void {
    this.parts.reclaim.writeback.congestionWait(on, CONGESTION_WAIT_NS);
  }

  yield(on: KernelCpu): void {
    on.work(pathLengths[FN.schedule]);
    if (this.writing()) this.congestionWait(on);
  }

  outOfMemory(on: KernelCpu, list: ReadyZonelist, order: number, gfp: Gfp): never {
    this.failed(on, list, order);
    this.parts.events?.outOfMemory?.(on, order);
    throw outOfMemory(this.parts, on, list, order, gfp);
  }

  /** memclass(): the page's zone is the class zone or one below it, on any node. */
  private isOfClass(page: number, zone: Zone): boolean {
    return CLASS_INDEX[this.supply.zoneOf(page).layout.name] <= CLASS_INDEX[zone.layout.name];
  }

  /** put_page_testzero(): the last reference takes the page off its LRU list and frees it. */
  private drop(on: KernelCpu, page: number, cold: boolean): void {
    const { memMap, reclaim } = this.parts;
    on.atomic(memMap.addressOf(page));
    invariant(memMap.count[page] > 0, 'a free page loses a reference', { page });
    if (--memMap.count[page] > 0) return;
    if ((memMap.flags[page] & PG_LRU) !== 0) reclaim.remove(on, page);
    this.release(on, page, 0, cold);
  }

  private release(on: KernelCpu, page: number, order: number, cold: boolean): void {
    const { memMap } = this.parts;
    invariant(memMap.owner[page] !== OWNER.free, 'a free page is freed again', { page, order });
    invariant(memMap.mapcount[page] === 0, 'a page is freed while ptes map it', { page, order });
    // free_pages_check().
    on.read(memMap.mappingOf(page));
    on.read(memMap.wordOf(page));
    memMap.count[page] = 0;
    memMap.mapping[page] = 0;
    this.account(page, order, OWNER.free);
    if (this.keepsLocal && this.reclaiming && this.localPage < 0) {
      on.write(memMap.listOf(page));
      this.localPage = page;
      this.localOrder = order;
      return;
    }
    this.supply.give(on, page, order, cold);
  }

  /** prep_new_page(), and the books. */
  private prepare(on: KernelCpu, page: number, order: number, owner: number, list: ReadyZonelist): void {
    const { memMap } = this.parts;
    on.read(memMap.mappingOf(page));
    on.read(memMap.wordOf(page));
    on.write(memMap.addressOf(page));
    memMap.flags[page] = 0;
    memMap.count[page] = 1;
    memMap.mapping[page] = 0;
    memMap.word[page] = 0;
    memMap.priv[page] = 0;
    this.account(page, order, owner);
    const zone = this.supply.zoneOf(page);
    if (zone.layout.fallback) this.counts.fallbackEntries++;
    const first = list.zones[0];
    this.numastat.count(first.place, zone.place, on.node, list.interleaved === true && zone === first);
  }

  private account(page: number, order: number, owner: number): void {
    const { memMap } = this.parts;
    const { owned } = this.supply.zoneOf(page);
    const pages = 1 << order;
    owned[memMap.owner[page]] -= pages;
    owned[owner] += pages;
    for (let i = 0; i < pages; i++) memMap.owner[page + i] = owner;
  }

  private failed(on: KernelCpu, list: ReadyZonelist, order: number): void {
    const { counts, parts } = this;
    counts.failures++;
    if (counts.failedAt < 0) counts.failedAt = on.now;
    const usable = (zone: Zone): boolean => CLASS_INDEX[zone.layout.name] <= list.classIndex;
    if (parts.allZones.some((zone) => usable(zone) && zone.free >= 1 << order)) counts.refusedThoughFree++;
  }
}
