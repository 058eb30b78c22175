/**
 * __alloc_pages(): down a zonelist until a zone's free clusters pass its test, first against `low`, then against `min`;
 * mm/page_alloc.c of 2.4.22, 2.6.0 and 2.6.11.
 *
 * 2.6.0: the bar accumulates along the list (and lower_zone_protection with it), so every further node has a higher one.
 * 2.4.22: the same, strictly above, starting anew on each node. 2.6.11: each zone against its own mark plus the
 * lowmem_reserve of the class of the request. Fall-back zones come after every other zone failed its min mark.
 *
 * Not modelled: per-CPU page sets, reclaim and waiting. A request that finds nothing fails at once.
 */
import type { KernelTraits } from '../profiles/traits.ts';
import type { Zone } from './zone.ts';

/** A zonelist ready for use, with the class it is for. */
export interface ReadyZonelist {
  readonly zones: readonly Zone[];
  /** Index of the class zone in lowmem_reserve: 0 DMA, 1 Normal, 2 HighMem. */
  readonly classIndex: number;
}

export interface AllocationRules {
  readonly watermarks: KernelTraits['watermarks'];
  readonly lowerZoneProtection: number;
}

type Mark = 'low' | 'min';

export class PageAllocator {
  /** Zone that gave the last block. */
  from: Zone | undefined;

  constructor(private readonly rules: AllocationRules) {}

  /** First pfn of 2^order clusters, or -1 when every zone of the list is too low. */
  allocate(list: ReadyZonelist, order: number): number {
    for (const fallback of [false, true]) {
      for (const mark of ['low', 'min'] as const) {
        const zone = this.choose(list, order, mark, fallback);
        if (zone === undefined) continue;
        const pfn = zone.take(order);
        if (pfn < 0) continue;
        this.from = zone;
        return pfn;
      }
    }
    return -1;
  }

  /** First zone that passes the test of this pass, or undefined. */
  private choose(list: ReadyZonelist, order: number, mark: Mark, fallback: boolean): Zone | undefined {
    const { watermarks, lowerZoneProtection } = this.rules;
    let bar = 1 << order;
    let node = -1;
    for (const zone of list.zones) {
      if (zone.layout.fallback !== fallback) continue;
      const marks = zone.layout.watermarks;
      if (watermarks === '2.6.11') {
        const reserve = zone.layout.lowmemReserve[list.classIndex] ?? 0;
        if (zone.free - (1 << order) + 1 > marks[mark] + reserve) return zone;
        continue;
      }
      if (watermarks !== '2.6.0' && zone.place !== node) bar = 1 << order;
      node = zone.place;
      bar += marks[mark];
      if (watermarks === '2.6.0' ? zone.free >= bar : zone.free > bar) return zone;
      if (watermarks === '2.6.0') bar += marks.low * lowerZoneProtection;
    }
    return undefined;
  }
}
