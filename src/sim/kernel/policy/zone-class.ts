/** Classes of zones, as lowmem_reserve counts them, and the zones of nodes one after the other. */
import type { ReadyZonelist } from '../page-alloc.ts';
import type { Zone } from '../zone.ts';
import { ringFor } from '../zone-ring.ts';

export const CLASS_INDEX = { DMA: 0, Normal: 1, HighMem: 2 } as const;

/** Zones by place of their node, lowest first. */
export type ZonesByPlace = readonly (readonly Zone[])[];

/** The zones of these nodes that have pages, each node's from high to low, in the order of `places`. */
export function zonesDown(zones: ZonesByPlace, places: readonly number[]): readonly Zone[] {
  const all = places.flatMap((place) => [...zones[place]].sort(highestFirst));
  return [...all.filter(({ layout }) => !layout.fallback), ...all.filter(({ layout }) => layout.fallback)];
}

function highestFirst(a: Zone, b: Zone): number {
  return CLASS_INDEX[b.layout.name] - CLASS_INDEX[a.layout.name] || a.layout.index - b.layout.index;
}

/** A zonelist of these zones as a CPU goes through it; its class is that of its first zone, as with boot's. */
export function readyList(zones: readonly Zone[], cpu: number): ReadyZonelist {
  return { zones: ringFor(cpu, zones), classIndex: CLASS_INDEX[zones[0]?.layout.name ?? 'DMA'] };
}
