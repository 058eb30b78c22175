/** Areas of a stacked chart as points: each lies on the sum of those below it. Pure. */
import type { Samples, Span } from './decimate.ts';
import type { Point } from './line-chart.ts';

/** The least width of an area, px: what a sample alone is drawn with. */
const LEAST_PX = 8;

/**
 * Points of the areas of `series`, which share their times, at the positions `kept`, ascending. Gaps are left out, so that
 * the areas close. A sample alone is no area yet: it becomes a column at its time, within `span`, of which `width` px are seen.
 */
export function areaPoints(
  series: readonly Pick<Samples, 'times' | 'values'>[],
  kept: readonly number[],
  span: Span,
  width: number,
): Point[][] {
  const sums = new Map<number, number>();
  return series.map(({ times, values }) => {
    const points = kept
      .filter((at) => !Number.isNaN(values[at]))
      .map((at) => {
        const y = (sums.get(at) ?? 0) + values[at];
        sums.set(at, y);
        return { x: times[at], y };
      });
    return points.length === 1 ? column(points[0], span, width) : points;
  });
}

function column({ x, y }: Point, { from, to }: Span, width: number): Point[] {
  const wide = Math.min(to - from, ((to - from) * LEAST_PX) / Math.max(1, width));
  const left = Math.min(Math.max(from, x - wide / 2), to - wide);
  return [
    { x: left, y },
    { x: left + wide, y },
  ];
}
