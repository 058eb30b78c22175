import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnBounds, decimateInto, sampleAt, type Samples, type Span } from './decimate.ts';
import { Extremes } from './extremes.ts';

function samplesOf(times: readonly number[], values: readonly number[]): Samples {
  return { times, values, extremes: new Extremes(values) };
}
/** The positions that are kept of a chart's width, px. */
function decimate(samples: Samples, span: Span, width: number): number[] {
  const kept: number[] = [];
  kept.length = decimateInto(kept, samples, columnBounds(samples.times, span, width));
  return kept;
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const value = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -50, max: 50 }) }, fc.constant(Number.NaN));

describe('extremes', () => {
  it('are what a walk over the values finds, also after the series has grown', () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 120 }),
        fc.array(value),
        fc.nat(120),
        fc.nat(120),
        (head, tail, a, b) => {
          const values = [...head];
          const extremes = new Extremes(values);
          extremes.highest(0, values.length);
          values.push(...tail);
          const [from, to] = a < b ? [a, b] : [b, a];
          const walked = values.slice(from, to).filter((one) => !Number.isNaN(one));
          const low = extremes.lowest(from, to);
          const high = extremes.highest(from, to);
          if (walked.length === 0) expect([low, high]).toEqual([-1, -1]);
          else expect([values[low], values[high]]).toEqual([Math.min(...walked), Math.max(...walked)]);
        },
      ),
    );
  });

  it('are found anew after the values were', () => {
    const values = upTo(64);
    const extremes = new Extremes(values);
    expect(extremes.highest(0, 64)).toBe(63);
    values.splice(0, 64, ...upTo(64).map((at) => (at === 20 ? 99 : 0)));
    extremes.clear();
    expect(extremes.highest(0, 64)).toBe(20);
  });
});

describe('samples', () => {
  const xs = upTo(10_000);
  const ys = xs.map((at) => (at === 4321 ? 99 : at === 4325 ? -99 : Math.sin(at)));

  it('keep the lowest and the highest of every pixel column', () => {
    const kept = decimate(samplesOf(xs, ys), { from: 0, to: 9999 }, 100);
    expect(kept.length).toBeLessThanOrEqual(202);
    expect(kept).toContain(4321);
    expect(kept).toContain(4325);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(9999);
    expect([...kept].sort((a, b) => a - b)).toEqual(kept);
  });

  it('are taken from all of them again when a stretch is shown, with one more on either side', () => {
    const kept = decimate(samplesOf(xs, ys), { from: 4300, to: 4349 }, 100);
    expect(kept).toEqual(Array.from({ length: 52 }, (_, at) => 4299 + at));
    const wider = decimate(samplesOf(xs, ys), { from: 4000, to: 5000 }, 50);
    expect(wider.length).toBeLessThanOrEqual(104);
    expect(wider).toContain(4321);
    expect([wider[0], wider.at(-1)]).toEqual([3999, 5001]);
  });

  it('have the highest and the lowest of any stretch among those kept, whatever its width', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1, maxLength: 400 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 60 }),
        (values, a, b, width) => {
          const [from, to] = [a % values.length, b % values.length].sort((one, other) => one - other);
          const kept = decimate(samplesOf(upTo(values.length), values), { from, to }, width);
          const shown = values.slice(from, to + 1);
          const drawn = kept.filter((at) => at >= from && at <= to).map((at) => values[at]);
          expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([Math.min(...shown), Math.max(...shown)]);
        },
      ),
    );
  });

  it('that are gaps alone in a column stay a gap', () => {
    const values = upTo(1000).map((at) => (at >= 400 && at < 600 ? Number.NaN : at));
    const kept = decimate(samplesOf(upTo(1000), values), { from: 0, to: 999 }, 10);
    expect(kept.some((at) => Number.isNaN(values[at]))).toBe(true);
  });

  it('that fit are all kept', () => {
    expect(decimate(samplesOf([0, 1, 2], [5, 5, 5]), { from: 0, to: 2 }, 100)).toEqual([0, 1, 2]);
    expect(decimate(samplesOf([], []), { from: 0, to: 1 }, 100)).toEqual([]);
  });

  it('are found by the time at or before the cursor', () => {
    expect(sampleAt([0, 10, 20], 15)).toBe(1);
    expect(sampleAt([0, 10, 20], 20)).toBe(2);
    expect(sampleAt([5], 0)).toBe(0);
  });

  it('fall into columns of equal time, not of equal number', () => {
    expect([...columnBounds([0, 1, 2, 3, 90, 100], { from: 0, to: 100 }, 2)]).toEqual([0, 4, 6]);
  });
});
