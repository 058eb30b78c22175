/**
 * Where nobody initialises, the users' first references place the pages. Expected: of the pages of a part to which R
 * references fall by lot, the share 1 - e^(-R / pages) is touched at all, and each by the users in proportion to their
 * references. Linear references touch one page after the other; for skewed ones the share of untouched pages is averaged
 * over the distribution (burst.ts), cells of a page being scattered.
 */
import { FRAME_BYTES } from '../../base/units.ts';
import type { SegmentDesign } from '../../workloads/segment/design.ts';
import type { SeenRange } from '../../workloads/segment/mapping.ts';
import { targetsOf } from '../../workloads/segment/sharing.ts';
import type { Placing, Toucher } from './placing.ts';

/** Bytes of a cell of references: a line of a P-III. */
const CELL = 32;
/** Points at which the skewed distribution is looked at. */
const POINTS = 400;

/** A user, or several alike. */
export interface FirstUser extends Toucher {
  readonly group: number;
  readonly processes: number;
}

/** Places what the users' references reach, part by part. */
export function placeFirstReferences(
  design: SegmentDesign,
  seen: readonly SeenRange[],
  users: readonly FirstUser[],
  placing: Placing,
): void {
  const parts = new Map<string, { range: number; from: number; bytes: number; references: number[] }>();
  for (const [at, { group, processes }] of users.entries()) {
    const made = madeBy(design, group) * processes;
    for (const { range, from, bytes, share } of targetsOf(design, design.users[group])) {
      const key = `${range} ${from}`;
      const part = parts.get(key) ?? { range, from, bytes, references: users.map(() => 0) };
      part.references[at] += share * made;
      parts.set(key, part);
    }
  }
  for (const { range, from, bytes, references } of parts.values()) {
    const { segment, offset } = seen[range];
    const space = placing.named(segment);
    if (space === undefined) continue;
    const sum = references.reduce((total, each) => total + each, 0);
    const pages = Math.ceil(bytes / FRAME_BYTES);
    const { pattern } = design.ranges[range];
    const longest = Math.max(...references.map((each, at) => each / users[at].processes));
    const most =
      pattern === 'linear' ? Math.min(pages, Math.ceil((longest * CELL) / FRAME_BYTES)) : expected(pattern, sum, pages);
    const touchers = users.map((user, at) => ({ ...user, weight: references[at] })).filter(({ weight }) => weight > 0);
    placing.touch(
      space,
      { from: offset + from, bytes, step: FRAME_BYTES, random: pattern !== 'linear', most },
      touchers,
    );
  }
}

/** References of a process, in whole transactions. */
function madeBy({ users }: SegmentDesign, group: number): number {
  const { references, perTransaction } = users[group];
  return Math.floor(references / perTransaction) * perTransaction;
}

/** Pages that `references` by lot are expected to reach of `pages`. */
export function expected(pattern: 'uniform' | 'skewed' | 'hot' | 'linear', references: number, pages: number): number {
  if (pattern !== 'skewed') return pages * (1 - Math.exp(-references / pages));
  // Rank r of n cells has the share (r/n)^(1/7) of all references below it; its own is the difference to the next one.
  const perPage = FRAME_BYTES / CELL;
  const cells = pages * perPage;
  let untouched = 0;
  for (let point = 0; point < POINTS; point++) {
    const rank = ((point + 0.5) / POINTS) * cells;
    const own = (((rank + 0.5) / cells) ** (1 / 7) - (Math.max(0, rank - 0.5) / cells) ** (1 / 7)) * references;
    untouched += Math.exp(-own) / POINTS;
  }
  return pages * (1 - untouched ** perPage);
}
