/**
 * How a group's references fall on a segment: the shares of ranges (and of their hot parts, reads and writes apart), and
 * how they are dealt to transactions of whole references so that sums over many are the shares.
 */
import type { SegmentDesign, SegmentRangeDesign, UserGroup } from './design.ts';

/** A part of a range that gets references of one kind. */
export interface Target {
  readonly range: number;
  /** Bytes from the range's start. */
  readonly from: number;
  readonly bytes: number;
  readonly write: boolean;
  /** Of the group's references, 0 to 1. */
  readonly share: number;
}

const PAGE = 4096;

/** Share of the group's references that each range gets. */
export function rangeShares(
  { ranges }: Pick<SegmentDesign, 'ranges'>,
  { own }: Pick<UserGroup, 'own'>,
): readonly number[] {
  const weights = ranges.map(({ weight, kib }) => weight ?? kib);
  const ownAt = own === undefined ? -1 : ranges.findIndex(({ name }) => name === own.range);
  const ofOwn = own === undefined ? 0 : own.percent / 100;
  const others = weights.reduce((sum, weight, index) => (index === ownAt ? sum : sum + weight), 0);
  // A range of one's own that is the only one takes all.
  if (others === 0) return weights.map((_, index) => (index === ownAt ? 1 : 0));
  return weights.map((weight, index) => (index === ownAt ? ofOwn : (weight / others) * (1 - ofOwn)));
}

/** A range's parts with the share of its references that each takes: one, or the hot part and the rest. */
export function rangeParts({
  kib,
  pattern,
  hotPercent,
  hotReferencesPercent,
}: SegmentRangeDesign): readonly { readonly from: number; readonly bytes: number; readonly share: number }[] {
  const bytes = kib * 1024;
  const hot = Math.min(bytes, Math.max(PAGE, Math.round((bytes * hotPercent) / 100 / PAGE) * PAGE));
  if (pattern !== 'hot' || hot === bytes) return [{ from: 0, bytes, share: 1 }];
  const share = hotReferencesPercent / 100;
  return [
    { from: 0, bytes: hot, share },
    { from: hot, bytes: bytes - hot, share: 1 - share },
  ];
}

/** Everything that the group refers to, in the order of the ranges. */
export function targetsOf(design: Pick<SegmentDesign, 'ranges'>, group: Pick<UserGroup, 'own'>): readonly Target[] {
  const shares = rangeShares(design, group);
  return design.ranges
    .flatMap((range, index) =>
      rangeParts(range).flatMap(({ from, bytes, share }) =>
        [false, true].map((write): Target => {
          const writes = range.writePercent / 100;
          return { range: index, from, bytes, write, share: shares[index] * share * (write ? writes : 1 - writes) };
        }),
      ),
    )
    .filter(({ share }) => share > 0);
}

/** References of each target in each of `transactions`, of `each` references: what one gets too little the next makes up for. */
export function deal(
  targets: readonly Pick<Target, 'share'>[],
  each: number,
  transactions: number,
): readonly (readonly number[])[] {
  const credit = targets.map(() => 0);
  return Array.from({ length: transactions }, () => {
    for (const [at, { share }] of targets.entries()) credit[at] += share * each;
    const counts = credit.map((due) => Math.max(0, Math.floor(due)));
    const order = targets.map((_, at) => at).sort((a, b) => credit[b] - counts[b] - (credit[a] - counts[a]) || a - b);
    let left = each - counts.reduce((sum, count) => sum + count, 0);
    for (let at = 0; left > 0; at = (at + 1) % order.length, left--) counts[order[at]]++;
    for (let at = order.length - 1; left < 0; at--) {
      if (counts[order[at]] === 0) continue;
      counts[order[at]]--;
      left++;
    }
    for (const [at, count] of counts.entries()) credit[at] -= count;
    return counts;
  });
}
