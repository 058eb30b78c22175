/**
 * The zonelist walk of __alloc_pages(): down the list until a zone's free clusters pass its test and it has a block;
 * mm/page_alloc.c of 2.4.22, 2.4.21-rhel3 (rmap15), 2.6.0 and 2.6.11. Which walks a request makes, and what happens
 * between them, is its ladder (alloc/ladders.ts).
 *
 * 2.6.0: the bar accumulates along the list (and lower_zone_protection with it), so every further node has a higher one.
 * 2.4.22: the same, strictly above, and each node by itself. 2.6.11: each zone against its own mark plus the
 * lowmem_reserve of the class of the request. rmap15: inactive_clean pages count as free in every walk but the first, and
 * a request for one page takes one of them. Tasks with real-time priority are not modelled.
 */
import { grouped } from '../base/grouped.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import type { Gfp } from './alloc/gfp.ts';
import type { KernelCpu } from './cpu.ts';
import type { Zone } from './zone.ts';

/** A zonelist ready for use, with the class it is for. */
export interface ReadyZonelist {
  readonly zones: readonly Zone[];
  /** Index of the class zone in lowmem_reserve: 0 DMA, 1 Normal, 2 HighMem. */
  readonly classIndex: number;
  /** The interleave policy chose it: a page of its first zone is an interleave_hit. */
  readonly interleaved?: boolean;
}

export interface AllocationRules {
  readonly watermarks: KernelTraits['watermarks'];
  /** A sysctl: read at every walk. */
  readonly lowerZoneProtection: number;
  /** 2.4 with nodes: alloc_pages() of mm/numa.c goes from node to node around the walks. */
  readonly nodeByNode: boolean;
}

/** Who asks, as far as walks look at it: where somebody follows, each test is noted. */
export interface Asker {
  readonly follow: object | undefined;
  note(text: () => string): void;
}

/** Where the pages of a zone come from, and what it costs to look at one. */
export interface Supply<On extends Asker = KernelCpu> {
  /** Reads what a walk reads of a zone. */
  look(on: On, zone: Zone): void;
  /** First page of 2^order clusters, or -1. */
  take(on: On, zone: Zone, order: number, cold: boolean): number;
  /** Clean pages of the zone that count as free, and one of them, or -1 (rmap15). */
  cleanPages(zone: Zone): number;
  takeClean(on: On, zone: Zone): number;
}

/**
 * A walk: against the low marks; the same with clean pages counted (rmap15); the min marks (lower for __GFP_HIGH, or callers that cannot wait); the plain min marks
 * after reclaim; the high marks (2.6.11, before it kills); no marks at all (PF_MEMALLOC).
 */
export type Walk = 'low' | 'low+clean' | 'min' | 'again' | 'high' | 'any';

/** One zone's test as a walk made it, in page clusters. */
export interface ZoneTest {
  readonly zone: Zone;
  /** Its place in the zonelist. */
  readonly at: number;
  readonly walk: Walk;
  /** What the bar had come to before this zone: 2^order, and what the zones before it added. */
  readonly before: number;
  /** The zone's mark, as far down as the caller may dip; 0 where no mark is looked at. */
  readonly mark: number;
  /** lowmem_reserve for the class of the request (2.6.11). */
  readonly reserve: number;
  /** What the zone had when it was tested: its free lists, in some walks with its clean pages. */
  readonly free: number;
  /** zone_watermark_ok() of 2.6.11: the order at which too little was free in larger blocks; 0: too little at all; -1 elsewhere. */
  readonly failedOrder: number;
  readonly passes: boolean;
  /** It gave the block. */
  readonly taken: boolean;
}

/** Somebody who is told of every test of every request; `locked`: zone.lock was taken for it. */
export interface WalkLog {
  tested(test: ZoneTest, locked: boolean): void;
}

/** A stretch of a zonelist, and of it the fall-back zones or the others. */
export interface Stretch {
  from: number;
  to: number;
  fallback: boolean;
}

export class PageAllocator<On extends Asker = KernelCpu> {
  /** Zone that gave the last block. */
  from: Zone | undefined;
  /** Zones looked at by all walks. */
  visits = 0;
  log: WalkLog | undefined;
  private readonly stretch: Stretch = { from: 0, to: 0, fallback: false };

  constructor(
    readonly rules: AllocationRules,
    private readonly supply: Supply<On>,
  ) {}

  /** Zones `from` to `to` (exclusive) of a list, fall-back zones alone or the others alone; good until the next call. */
  part(from: number, to: number, fallback: boolean): Stretch {
    this.stretch.from = from;
    this.stretch.to = to;
    this.stretch.fallback = fallback;
    return this.stretch;
  }

  /** First page of a block of the first zone of the stretch that passes the walk's test and has one, or -1. */
  walk(on: On, list: ReadyZonelist, part: Stretch, order: number, walk: Walk, gfp: Gfp): number {
    const { watermarks: rule } = this.rules;
    const { zones } = list;
    const { from, to, fallback } = part;
    const noted = on.follow !== undefined || this.log !== undefined;
    let bar = 1 << order;
    for (let i = from; i < to; i++) {
      const zone = zones[i];
      if (zone.layout.fallback !== fallback) continue;
      this.visits++;
      zone.visits++;
      this.supply.look(on, zone);
      const free = zone.free;
      const before = bar;
      let mark = 0;
      let reserve = 0;
      let failedOrder = -1;
      let passes = true;
      if (walk !== 'any') {
        mark = this.mark(zone, walk, gfp);
        if (rule === '2.6.11') {
          reserve = zone.layout.lowmemReserve[list.classIndex] ?? 0;
          failedOrder = watermarkFails(zone, order, mark, reserve);
          passes = failedOrder < 0;
        } else {
          bar += mark;
          if (rule === '2.6.0') {
            passes = free >= bar || (!gfp.wait && free >= zone.marks.high);
            bar += (walk === 'again' ? zone.marks.low : mark) * this.rules.lowerZoneProtection;
          } else passes = this.available(zone, walk) > bar;
        }
      }
      // Taking may turn a clean page into none: what was there is read first.
      const seen = !noted || walk === 'any' || walk === 'low' ? free : this.available(zone, walk);
      const { lockTakes } = zone;
      const page = passes ? this.takeFrom(on, zone, order, walk, gfp) : -1;
      if (noted) {
        const taken = page >= 0;
        const test = { zone, at: i, walk, before, mark, reserve, free: seen, failedOrder, passes, taken };
        if (on.follow !== undefined) this.tested(on, test, bar);
        this.log?.tested(test, zone.lockTakes > lockTakes);
      }
      if (page >= 0) {
        this.from = zone;
        return page;
      }
      zone.refusals++;
    }
    return -1;
  }

  /** Somebody follows, and a zone was tested: says in a followed reference how it fared. `bar`: what it has come to. */
  protected tested(on: On, test: ZoneTest, bar: number): void {
    const { zone, walk, free, passes, taken } = test;
    const { name, index } = zone.layout;
    const which = `zonelist: ${name} of node ${zone.node}${index > 0 ? ` #${index}` : ''}`;
    const { min, low, high } = zone.marks;
    const late = this.rules.watermarks === '2.6.11';
    const against =
      walk === 'any' ? 'no mark' : late ? `its ${walk} mark and lowmem_reserve` : `${grouped(bar)} (${walk})`;
    const outcome = !passes ? 'refused' : taken ? 'taken' : 'passes, but has no such block';
    on.note(
      () =>
        `${which}: ${grouped(free)} free, min ${grouped(min)}, low ${grouped(low)}, high ${grouped(high)}, against ${against}: ${outcome}`,
    );
  }

  /** The mark of a walk, as far down as the caller may dip. */
  private mark(zone: Zone, walk: Walk, gfp: Gfp): number {
    const { marks } = zone;
    const { watermarks: rule } = this.rules;
    if (walk === 'low' || walk === 'low+clean') return marks.low;
    if (walk === 'high') return marks.high;
    let min = marks.min;
    if (rule === '2.6.11') {
      if (gfp.high) min -= min >> 1;
      if (!gfp.wait) min -= min >> 2;
    } else if (walk === 'min' && (rule === '2.6.0' ? gfp.high : !gfp.wait)) min >>= 2;
    return min;
  }

  private available(zone: Zone, walk: Walk): number {
    return walk === 'low' ? zone.free : zone.free + this.supply.cleanPages(zone);
  }

  private takeFrom(on: On, zone: Zone, order: number, walk: Walk, gfp: Gfp): number {
    if (order === 0 && walk !== 'low') {
      const clean = this.supply.takeClean(on, zone);
      if (clean >= 0) return clean;
    }
    return this.supply.take(on, zone, order, gfp.cold === true);
  }
}

/**
 * zone_watermark_ok() of 2.6.11: enough is free, and enough of it in blocks large enough. Returns -1 where it is so, 0 where
 * too little is free, or the order up to which blocks are too small to count.
 */
function watermarkFails(zone: Zone, order: number, mark: number, reserve: number): number {
  let free = zone.free - (1 << order) + 1;
  let min = mark;
  if (free <= min + reserve) return 0;
  if (order === 0) return -1;
  const { blocks } = zone.lists;
  for (let below = 0; below < order; below++) {
    free -= blocks[below] << below;
    min >>= 1;
    if (free <= min) return below + 1;
  }
  return -1;
}
