/** Zones made by hand: so many clusters free, and these marks. */
import type { KernelCpu } from '../../../src/sim/kernel/cpu.ts';
import type { ZoneLayout, ZoneName } from '../../../src/sim/kernel/boot/layout.ts';
import type { ReadyZonelist, Supply } from '../../../src/sim/kernel/page-alloc.ts';
import { Zone } from '../../../src/sim/kernel/zone.ts';

export interface ZoneByHand {
  readonly node?: number;
  readonly name?: ZoneName;
  readonly free: number;
  readonly min?: number;
  readonly low?: number;
  readonly high?: number;
  /** lowmem_reserve for requests of class DMA, Normal, HighMem. */
  readonly reserve?: readonly number[];
  readonly fallback?: boolean;
  /** pfn of the zone's start. */
  readonly start?: number;
}

export function zone({ node = 0, name = 'Normal', free, min = 0, low = 0, high = low, ...rest }: ZoneByHand): Zone {
  const layout: ZoneLayout = {
    name,
    index: 0,
    fallback: rest.fallback ?? false,
    startPfn: rest.start ?? 0,
    pages: free,
    present: free,
    batch: 0,
    watermarks: { min, low, high },
    watermarksSet: false,
    lowmemReserve: rest.reserve ?? [],
  };
  return new Zone(node, node, layout, 1, 11, 'upper', []);
}

export function listOf(zones: readonly Zone[], classIndex = 2): ReadyZonelist {
  return { zones, classIndex };
}

/** Pages straight from the free lists, numbered as their frames; looks cost nothing. `clean`: inactive_clean pages by zone. */
export function supplyOf(clean: ReadonlyMap<Zone, number[]> = new Map()): Supply {
  return {
    look: () => undefined,
    take: (_on, from, order) => from.take(order),
    cleanPages: (from) => clean.get(from)?.length ?? 0,
    takeClean: (_on, from) => clean.get(from)?.pop() ?? -1,
  };
}

/** No walk over zones made by hand looks at the CPU. */
export const nobody = { follow: undefined } as unknown as KernelCpu;
