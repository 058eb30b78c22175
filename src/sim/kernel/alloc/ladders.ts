/**
 * What a request goes through, walk by walk, until it has its pages or fails: the rest of __alloc_pages() of 2.4.22,
 * 2.6.0 and 2.6.11, and around the first alloc_pages() of mm/numa.c, which tries node by node.
 *
 * The kernels go round for ever, or kill a task. Here a request that may wait ends the run with the kernel's report when
 * reclaim has found nothing MOST_FAILURES times in a row, while no page was being written and none was left that swap has
 * room for (the count and the condition of out_of_memory() in 2.4 and 2.6.0; their rule of one second passes by itself while
 * reclaim waits), or has not helped in MOST_ROUNDS rounds. Those kernels go round for ever where swap is free and the pages
 * cannot go there (locked ones); here that ends once each of them has been looked at MOST_LOOKS times for nothing. 2.6.11 kills as soon as no progress was made and no zone is above
 * its high mark; it looks at every page in one call of reclaim, where the lab's page replacement is 2.6.0's and takes
 * several, so the same count holds.
 * 2.4 with nodes: a node where reclaim finds nothing is left for the next one (that kernel would go on there).
 * The order of rmap15's walks is from memory of its source. Fall-back zones are entered after every other zone of the list failed its min mark, ahead of reclaim.
 */
import type { KernelCpu } from '../cpu.ts';
import type { Asker, PageAllocator, ReadyZonelist, Walk } from '../page-alloc.ts';
import type { Zone } from '../zone.ts';
import type { Gfp } from './gfp.ts';

/** What a request under pressure asks of the rest of the kernel. */
export interface Pressure<On extends Asker = KernelCpu> {
  /** PF_MEMALLOC: the caller reclaims already, and may take what there is. */
  memalloc(on: On): boolean;
  wake(on: On, zone: Zone): void;
  /** Direct reclaim for the class of `zone`; pages freed. */
  reclaim(on: On, zone: Zone, order: number): number;
  /** 2.4: a block that reclaim freed and kept for its caller (balance_classzone), or -1. */
  takeLocal(on: On, zone: Zone): number;
  /** Pages are being written. */
  writing(): boolean;
  /** Pages of the list's zones that could go to swap, which has room; 0 where it has none. */
  swappable(list: ReadyZonelist): number;
  /** Pages that reclaim has looked at on this CPU. */
  looked(on: On): number;
  /** blk_congestion_wait(WRITE, HZ/50). */
  congestionWait(on: On): void;
  /** yield(): others run meanwhile, and writes end. */
  yield(on: On): void;
  /** The end: throws. */
  outOfMemory(on: On, list: ReadyZonelist, order: number, gfp: Gfp): never;
}

/** What a request that the first walk (low marks) has met or not goes through. */
export interface Ladder<On extends Asker = KernelCpu> {
  /** First page of a block, or -1 where the kernel returns NULL. */
  climb(on: On, list: ReadyZonelist, order: number, gfp: Gfp): number;
}

const MOST_FAILURES = 10;
const MOST_ROUNDS = 1000;
/** Two looks see a page's accessed bit, cleared and then not set; twice over. */
const MOST_LOOKS = 4;
/** Larger blocks are not waited for. */
const COSTLY_ORDER = 3;

/** How long a request goes on reclaiming. */
class Patience<On extends Asker> {
  /** Rounds in a row in which there was nothing to find. */
  failures = 0;
  private rounds = 0;
  private looked: number;

  constructor(
    private readonly on: On,
    private readonly pressure: Pressure<On>,
    private readonly list: ReadyZonelist,
  ) {
    this.looked = pressure.looked(on);
  }

  /** Another round has freed so many pages; false where it should have been the last. */
  lasts(freed: number): boolean {
    const { on, pressure, list } = this;
    this.rounds++;
    if (freed > 0) this.looked = pressure.looked(on);
    const hopes = freed > 0 || pressure.writing() || this.mayFind(pressure.swappable(list));
    this.failures = hopes ? 0 : this.failures + 1;
    return this.failures < MOST_FAILURES && this.rounds <= MOST_ROUNDS;
  }

  private mayFind(pages: number): boolean {
    return pages > 0 && this.pressure.looked(this.on) - this.looked < MOST_LOOKS * pages;
  }
}

export function hasFallback(list: ReadyZonelist): boolean {
  for (const zone of list.zones) if (zone.layout.fallback) return true;
  return false;
}

/** The walks that both kernels of 2.6 begin and end with. */
abstract class Ladder26<On extends Asker> implements Ladder<On> {
  constructor(
    protected readonly allocator: PageAllocator<On>,
    protected readonly pressure: Pressure<On>,
  ) {}

  abstract climb(on: On, list: ReadyZonelist, order: number, gfp: Gfp): number;

  /** One of the walks over a whole list: fall-back zones after the others. */
  protected walkAll(on: On, list: ReadyZonelist, order: number, walk: Walk, gfp: Gfp): number {
    const { allocator } = this;
    const to = list.zones.length;
    const page = allocator.walk(on, list, allocator.part(0, to, false), order, walk, gfp);
    if (page >= 0 || !hasFallback(list)) return page;
    return allocator.walk(on, list, allocator.part(0, to, true), order, walk, gfp);
  }

  /** Low marks, kswapd of every zone, min marks; then the fall-back zones. */
  protected firstWalks(on: On, list: ReadyZonelist, order: number, gfp: Gfp): number {
    const { allocator } = this;
    const { zones } = list;
    const to = zones.length;
    let page = allocator.walk(on, list, allocator.part(0, to, false), order, 'low', gfp);
    if (page >= 0) return page;
    for (const zone of zones) if (!zone.layout.fallback) this.pressure.wake(on, zone);
    page = allocator.walk(on, list, allocator.part(0, to, false), order, 'min', gfp);
    if (page >= 0 || !hasFallback(list)) return page;
    page = allocator.walk(on, list, allocator.part(0, to, true), order, 'low', gfp);
    return page >= 0 ? page : allocator.walk(on, list, allocator.part(0, to, true), order, 'min', gfp);
  }
}

export class Ladder260<On extends Asker = KernelCpu> extends Ladder26<On> {
  climb(on: On, list: ReadyZonelist, order: number, gfp: Gfp): number {
    let page = this.firstWalks(on, list, order, gfp);
    if (page >= 0) return page;
    const { pressure } = this;
    const patience = new Patience(on, pressure, list);
    while (page < 0) {
      if (pressure.memalloc(on)) return this.walkAll(on, list, order, 'any', gfp);
      if (!gfp.wait) return -1;
      const freed = pressure.reclaim(on, list.zones[0], order);
      page = this.walkAll(on, list, order, 'again', gfp);
      if (page >= 0) break;
      if (order > COSTLY_ORDER || gfp.noRetry) return -1;
      if (!patience.lasts(freed)) pressure.outOfMemory(on, list, order, gfp);
      pressure.congestionWait(on);
    }
    return page;
  }
}

export class Ladder2611<On extends Asker = KernelCpu> extends Ladder26<On> {
  climb(on: On, list: ReadyZonelist, order: number, gfp: Gfp): number {
    let page = this.firstWalks(on, list, order, gfp);
    if (page >= 0) return page;
    const { pressure } = this;
    if (pressure.memalloc(on)) return this.walkAll(on, list, order, 'any', gfp);
    if (!gfp.wait) return -1;
    const patience = new Patience(on, pressure, list);
    for (;;) {
      const freed = pressure.reclaim(on, list.zones[0], order);
      const lasts = patience.lasts(freed);
      if (freed > 0) page = this.walkAll(on, list, order, 'again', gfp);
      else if (!gfp.noRetry) page = this.walkAll(on, list, order, 'high', gfp);
      if (page >= 0) return page;
      if (order > COSTLY_ORDER || gfp.noRetry) return -1;
      if (!lasts) pressure.outOfMemory(on, list, order, gfp);
      pressure.congestionWait(on);
    }
  }
}

/** 2.4's and rmap15's: node by node where the kernel knows nodes, for zones `from` to `to` (exclusive) of the list at a time. */
export class Ladder24<On extends Asker = KernelCpu> implements Ladder<On> {
  constructor(
    private readonly allocator: PageAllocator<On>,
    private readonly pressure: Pressure<On>,
  ) {}

  climb(on: On, list: ReadyZonelist, order: number, gfp: Gfp): number {
    const { allocator } = this;
    const { zones } = list;
    const reserve = hasFallback(list);
    for (let from = 0; from < zones.length;) {
      const to = allocator.rules.nodeByNode ? endOfNode(zones, from) : zones.length;
      let page = this.quick(on, list, from, to, order, gfp);
      if (page < 0 && !reserve) page = this.slow(on, list, from, to, order, gfp);
      if (page >= 0) return page;
      from = to;
    }
    if (!reserve) return -1;
    for (const walk of ['low', 'min'] as const) {
      const page = allocator.walk(on, list, allocator.part(0, zones.length, true), order, walk, gfp);
      if (page >= 0) return page;
    }
    return this.slow(on, list, 0, zones.length, order, gfp);
  }

  /** Low marks (rmap15: again, with its clean pages), the global kswapd, min marks. */
  private quick(on: On, list: ReadyZonelist, from: number, to: number, order: number, gfp: Gfp): number {
    const { allocator } = this;
    let page = allocator.walk(on, list, allocator.part(from, to, false), order, 'low', gfp);
    if (page < 0 && allocator.rules.watermarks === 'rhel3') {
      page = allocator.walk(on, list, allocator.part(from, to, false), order, 'low+clean', gfp);
    }
    if (page >= 0) return page;
    this.pressure.wake(on, list.zones[from]);
    return allocator.walk(on, list, allocator.part(from, to, false), order, 'min', gfp);
  }

  private slow(on: On, list: ReadyZonelist, from: number, to: number, order: number, gfp: Gfp): number {
    const { allocator, pressure } = this;
    const classZone = list.zones[from];
    const last = to === list.zones.length;
    const patience = new Patience(on, pressure, list);
    for (;;) {
      if (pressure.memalloc(on)) return allocator.walk(on, list, allocator.part(from, to, false), order, 'any', gfp);
      if (!gfp.wait) return -1;
      const freed = pressure.reclaim(on, classZone, order);
      const local = pressure.takeLocal(on, classZone);
      if (local >= 0) return local;
      const page = allocator.walk(on, list, allocator.part(from, to, false), order, 'again', gfp);
      if (page >= 0) return page;
      if (order > COSTLY_ORDER || gfp.noRetry) return -1;
      const lasts = patience.lasts(freed);
      if (patience.failures > 0 && !last) return -1;
      if (!lasts) pressure.outOfMemory(on, list, order, gfp);
      pressure.yield(on);
    }
  }
}

/** The ladder of the kernels with these watermarks. */
export function makeLadder<On extends Asker>(allocator: PageAllocator<On>, pressure: Pressure<On>): Ladder<On> {
  switch (allocator.rules.watermarks) {
    case '2.4.22':
    case 'rhel3':
      return new Ladder24(allocator, pressure);
    case '2.6.0':
      return new Ladder260(allocator, pressure);
    case '2.6.11':
      return new Ladder2611(allocator, pressure);
  }
}

/** 2.4's lists hold the zones of one node each. */
function endOfNode(zones: readonly Zone[], from: number): number {
  let to = from + 1;
  while (to < zones.length && zones[to].place === zones[from].place) to++;
  return to;
}
