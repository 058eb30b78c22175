/** What a run has changed of nodes since boot: pages taken, zones below their marks, and who serves in their place. Pure. */
import type { BootLayout } from '../../src/sim/kernel/boot/layout.ts';
import { contentOf, type ZoneContent } from './occupancy.ts';
import type { RunFacts } from './run-facts.ts';

export interface Changes {
  /** Pages that were free after boot and are not now, by node id; negative where more are free. */
  readonly taken: ReadonlyMap<number, number>;
  /** Nodes (ids) with a zone at or below low. */
  readonly low: ReadonlySet<number>;
}

export const NO_CHANGES: Changes = { taken: new Map(), low: new Set() };

/** Looks at the nodes alone of which the run says something. `freeAtBoot` is by place. */
export function changesOf(layout: BootLayout, known: RunFacts, freeAtBoot: readonly number[]): Changes {
  const taken = new Map<number, number>();
  const low = new Set<number>();
  const places = placesOf(layout.nodes.map(({ id }) => id));
  for (const id of new Set(known.zones.map(({ node }) => node))) {
    const index = places.get(id);
    if (index === undefined) continue;
    const contents = contentOf(layout, layout.nodes[index], known.freeOf, known.ownedOf);
    taken.set(id, freeAtBoot[index] - freePages(contents));
    if (contents.some(({ zone, state }) => zone.watermarks.high > 0 && state === 'below low')) low.add(id);
  }
  return { taken, low };
}

/** Nodes (ids) that requests of a node below low are served by: that of the first zone of its list that is above low. */
export function spillOf(layout: BootLayout, known: RunFacts, low: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>();
  if (low.size === 0) return found;
  const free = new Map(known.zones.map((zone) => [`${zone.node}:${zone.zone}:${zone.index}`, zone.free]));
  const marks = new Map(layout.watermarks.map((zone) => [`${zone.node}:${zone.zone}:${zone.index}`, zone.low]));
  for (const list of layout.zonelists) {
    if (list.gfp !== 'GFP_HIGHUSER' || !low.has(list.node)) continue;
    const serves = list.zones.find(({ node, zone, index }) => {
      const key = `${node}:${zone}:${index}`;
      return (free.get(key) ?? Infinity) > (marks.get(key) ?? 0);
    });
    if (serves !== undefined && serves.node !== list.node) found.add(serves.node);
  }
  return found;
}

export function freePages(contents: readonly ZoneContent[]): number {
  return contents.reduce((sum, content) => sum + content.freePages, 0);
}

/** Place of each id. */
export function placesOf(ids: readonly number[]): ReadonlyMap<number, number> {
  return new Map(ids.map((id, index) => [id, index]));
}
