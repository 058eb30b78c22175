/**
 * Who would reach whose memory: the users' references by where the pages that they fall on lie. Misses are taken to fall
 * as references do, which holds where what is referred to is much larger than the caches; what is in a cache, or comes
 * from another CPU's, is not looked at.
 */
import type { SegmentDesign } from '../../workloads/segment/design.ts';
import type { SegmentMachine } from '../../workloads/segment/machine.ts';
import type { SeenRange } from '../../workloads/segment/mapping.ts';
import { processesOf, type UserProcess } from '../../workloads/segment/places.ts';
import { targetsOf } from '../../workloads/segment/sharing.ts';
import type { Placing } from './placing.ts';

/** References of a group's process by the place of their memory; of those to each range too. Sums are 1 and the range's share. */
interface GroupShares {
  readonly byPlace: Float64Array;
  readonly byRange: readonly { readonly byPlace: Float64Array; all: number }[];
}

export interface Shares {
  /** By the place of a node with users: references from there by the place of their memory, as shares of all. */
  readonly matrix: ReadonlyMap<number, Float64Array>;
  /** Of each range: its share of all references, and of all references those to it that are remote. */
  readonly ranges: readonly { readonly all: number; readonly remote: number }[];
  /** Of each process: its group, the place of its node, and its references by the place of their memory. */
  readonly processes: readonly { readonly group: number; readonly place: number; readonly byPlace: Float64Array }[];
}

export function sharesOf(
  design: SegmentDesign,
  machine: SegmentMachine,
  seen: readonly SeenRange[],
  placing: Placing,
): Shares {
  const nodes = machine.nodes.length;
  const places = new Map(machine.nodes.map(({ id }, place) => [id, place]));
  const groups = design.users.map((_, group) => groupShares(design, group, seen, placing, nodes));
  const total = design.users.reduce((sum, { processes, references }) => sum + processes * references, 0);
  const matrix = new Map<number, Float64Array>();
  const ranges = seen.map(() => ({ all: 0, remote: 0 }));
  const processes = processesOf(design, machine).map(({ group, node }: UserProcess) => {
    const place = places.get(node) ?? 0;
    const weight = design.users[group].references / total;
    const { byPlace, byRange } = groups[group];
    const row = matrix.get(place) ?? new Float64Array(nodes);
    matrix.set(place, row);
    for (let home = 0; home < nodes; home++) row[home] += weight * byPlace[home];
    for (const [range, of] of byRange.entries()) {
      ranges[range].all += weight * of.all;
      ranges[range].remote += weight * (of.all - of.byPlace[place]);
    }
    return { group, place, byPlace };
  });
  return { matrix, ranges, processes };
}

function groupShares(
  design: SegmentDesign,
  group: number,
  seen: readonly SeenRange[],
  placing: Placing,
  nodes: number,
): GroupShares {
  const byPlace = new Float64Array(nodes);
  const byRange = seen.map(() => ({ byPlace: new Float64Array(nodes), all: 0 }));
  for (const { range, from, bytes, share } of targetsOf(design, design.users[group])) {
    const { segment, offset } = seen[range];
    const space = placing.named(segment);
    if (space === undefined) continue;
    const pages = placing.pagesIn(space, offset + from, bytes);
    const sum = pages.reduce((all, each) => all + each, 0);
    if (sum === 0) continue;
    byRange[range].all += share;
    for (let home = 0; home < nodes; home++) {
      byPlace[home] += (share * pages[home]) / sum;
      byRange[range].byPlace[home] += (share * pages[home]) / sum;
    }
  }
  return { byPlace, byRange };
}
