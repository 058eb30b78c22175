/** Zones made by hand: so many clusters free, and these marks. */
import type { ZoneLayout, ZoneName } from '../../../src/sim/kernel/boot/layout.ts';
import type { ReadyZonelist } from '../../../src/sim/kernel/page-alloc.ts';
import { Zone } from '../../../src/sim/kernel/zone.ts';

export interface ZoneByHand {
  readonly node?: number;
  readonly name?: ZoneName;
  readonly free: number;
  readonly min?: number;
  readonly low?: number;
  /** lowmem_reserve for requests of class DMA, Normal, HighMem. */
  readonly reserve?: readonly number[];
  readonly fallback?: boolean;
  /** pfn of the zone's start. */
  readonly start?: number;
}

export function zone({ node = 0, name = 'Normal', free, min = 0, low = 0, ...rest }: ZoneByHand): Zone {
  const layout: ZoneLayout = {
    name,
    index: 0,
    fallback: rest.fallback ?? false,
    startPfn: rest.start ?? 0,
    pages: free,
    present: free,
    batch: 1,
    watermarks: { min, low, high: low },
    watermarksSet: false,
    lowmemReserve: rest.reserve ?? [],
  };
  return new Zone(node, node, layout, 1, 11, 'upper', []);
}

export function listOf(zones: readonly Zone[], classIndex = 2): ReadyZonelist {
  return { zones, classIndex };
}
