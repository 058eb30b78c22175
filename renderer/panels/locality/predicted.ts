/** What was known of a segment before it ran, in the shape of the table of ranges. */
import type { RangePrediction, SegmentPrediction } from '../../../src/sim/engine/segment/prediction.ts';

export interface RangePredictionSide {
  readonly onNodes: Readonly<Record<string, number>>;
  /** 0 to 1. */
  readonly remote: number;
  readonly meanNs: undefined;
  readonly pages: number;
}

/** One range as a side of the table: the mean miss is predicted of groups of users, not of ranges. */
export function predictedSide({ pages: whole, nodes, remotePercent }: RangePrediction): RangePredictionSide {
  return {
    onNodes: Object.fromEntries(nodes.map(({ node, pages }) => [String(node), pages])),
    remote: remotePercent / 100,
    meanNs: undefined,
    pages: whole,
  };
}

/** All ranges by name. */
export function predictedRanges({ ranges }: SegmentPrediction): ReadonlyMap<string, RangePredictionSide> {
  return new Map(ranges.map((range) => [range.name, predictedSide(range)]));
}
