/** Areas of a stacked chart: pure, so that a sample alone is seen without a screen. */
import { describe, expect, it } from 'vitest';
import { areaPoints } from './areas.ts';

const times = [0, 10, 20];
const span = { from: 0, to: 100 };

describe('areas', () => {
  it('lie on the sum of those below, and leave gaps out', () => {
    const points = areaPoints(
      [
        { times, values: [Number.NaN, 60, 70] },
        { times, values: [Number.NaN, 30, 10] },
      ],
      [0, 1, 2],
      span,
      200,
    );
    expect(points).toEqual([
      [
        { x: 10, y: 60 },
        { x: 20, y: 70 },
      ],
      [
        { x: 10, y: 90 },
        { x: 20, y: 80 },
      ],
    ]);
  });

  it('of a sample alone are columns of 8 px at its time', () => {
    const [local, remote] = areaPoints(
      [
        { times: [50], values: [75] },
        { times: [50], values: [25] },
      ],
      [0],
      span,
      200,
    );
    expect(local).toEqual([
      { x: 48, y: 75 },
      { x: 52, y: 75 },
    ]);
    expect(remote.map(({ y }) => y)).toEqual([100, 100]);
  });

  it('of a sample alone at an end of the stretch, or of one after a gap, stay within it', () => {
    const xs = (at: number): number[] =>
      areaPoints([{ times: [at], values: [1] }], [0], span, 200)[0].map(({ x }) => x);
    expect(xs(100)).toEqual([96, 100]);
    expect(xs(0)).toEqual([0, 4]);
    const gap = areaPoints([{ times: [0, 100], values: [Number.NaN, 40] }], [0, 1], span, 200)[0];
    expect(gap.map(({ x }) => x)).toEqual([96, 100]);
    // Narrower than the column: all of it.
    expect(areaPoints([{ times: [3], values: [1] }], [0], span, 4)[0].map(({ x }) => x)).toEqual([0, 100]);
  });
});
