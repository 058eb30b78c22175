/**
 * __alloc_pages(): down a zonelist until a zone's free clusters pass its test, first against `low`, then against `min`;
 * mm/page_alloc.c of 2.4.22, 2.6.0 and 2.6.11.
 *
 * 2.6.0: the bar accumulates along the list (and lower_zone_protection with it), so every further node has a higher one.
 * 2.4.22: the same, strictly above, and each node by itself: alloc_pages() of mm/numa.c tries it down to min before it
 * goes to the next one. 2.6.11: each zone against its own mark plus the lowmem_reserve of the class of the request.
 * Fall-back zones come after every other zone failed its min mark.
 *
 * Not modelled: per-CPU page sets, reclaim and waiting, and with it what 2.6.0 tries after reclaim (a third pass, which
 * is stricter than the second). A request that finds nothing fails at once.
 */
import { asPfn, type Pfn } from '../base/units.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import type { Zone } from './zone.ts';

/** A zonelist ready for use, with the class it is for. */
export interface ReadyZonelist {
  readonly zones: readonly Zone[];
  /** Index of the class zone in lowmem_reserve: 0 DMA, 1 Normal, 2 HighMem. */
  readonly classIndex: number;
}

interface AllocationRules {
  readonly watermarks: KernelTraits['watermarks'];
  readonly lowerZoneProtection: number;
  /** 2.4 with nodes: a node's zones are tried down to their min marks before the next node's are tried at all. */
  readonly nodeByNode: boolean;
}

type Mark = 'low' | 'min';

export class PageAllocator {
  /** Zone that gave the last block. */
  from: Zone | undefined;

  constructor(private readonly rules: AllocationRules) {}

  /** First pfn of 2^order clusters, or -1 when every zone of the list is too low. */
  allocate(list: ReadyZonelist, order: number): Pfn {
    const { zones } = list;
    for (const fallback of [false, true]) {
      for (let start = 0; start < zones.length;) {
        let end = zones.length;
        if (this.rules.nodeByNode) {
          end = start + 1;
          while (end < zones.length && zones[end].place === zones[start].place) end++;
        }
        for (const mark of ['low', 'min'] as const) {
          const pfn = this.pass(list, start, end, order, mark, fallback);
          if (pfn >= 0) return pfn;
        }
        start = end;
      }
    }
    return asPfn(-1);
  }

  /** First pfn of a block of the first of zones `start` to `end` that passes the test of this pass and has one, or -1. */
  private pass(list: ReadyZonelist, start: number, end: number, order: number, mark: Mark, fallback: boolean): Pfn {
    const late = this.rules.watermarks === '2.6.11';
    const accumulates = this.rules.watermarks === '2.6.0';
    let bar = 1 << order;
    let node = -1;
    for (let i = start; i < end; i++) {
      const zone = list.zones[i];
      if (zone.layout.fallback !== fallback) continue;
      const bound = zone.layout.watermarks[mark];
      if (late) {
        if (!watermarkOk(zone, order, bound, zone.layout.lowmemReserve[list.classIndex] ?? 0)) continue;
      } else {
        if (!accumulates && zone.place !== node) bar = 1 << order;
        node = zone.place;
        bar += bound;
        const passes = accumulates ? zone.free >= bar : zone.free > bar;
        if (accumulates) bar += bound * this.rules.lowerZoneProtection;
        if (!passes) continue;
      }
      const pfn = zone.take(order);
      if (pfn < 0) continue;
      this.from = zone;
      return pfn;
    }
    return asPfn(-1);
  }
}

/** zone_watermark_ok() of 2.6.11: enough is free, and enough of it in blocks large enough. */
function watermarkOk(zone: Zone, order: number, mark: number, reserve: number): boolean {
  let free = zone.free - (1 << order) + 1;
  let min = mark;
  if (free <= min + reserve) return false;
  for (let below = 0; below < order; below++) {
    free -= zone.census[below] << below;
    min >>= 1;
    if (free <= min) return false;
  }
  return true;
}
