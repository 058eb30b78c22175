import { describe, expect, it } from 'vitest';
import type { SampledRun } from '../charts/columns.ts';
import { catalogue } from '../testing.ts';
import { labelPlaces, lastOf, LOW_FREE, overlaySentence, overlaySources, overlaySpec, wholeSpan } from './overlay.ts';

/** A run of three samples, in pages of 4 KiB. */
const runOf = (columns: Readonly<Record<string, readonly number[]>>): SampledRun =>
  ({
    columns: Object.keys(columns),
    frameCount: 3,
    column: (id: string) => columns[id] ?? [],
  }) as unknown as SampledRun;
const a = runOf({
  timeNs: [1e6, 2e6, 3e6],
  faults: [10, 40, 20],
  'free:0:Normal:0': [2560, 1280, 512],
  'free:0:DMA:0': [256, 256, 256],
  'free:0:HighMem:0': [99_999, 99_999, 99_999],
});
const b = runOf({ timeNs: [1e6, 2e6, 5e6], faults: [5, 70, 7] });
const sources = overlaySources([a, b], catalogue.metrics);
const source = (id: string): NonNullable<ReturnType<typeof sources.get>> => {
  const found = sources.get(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

describe('a metric of several runs', () => {
  it('is a line a run with times of its own, on an axis that holds all of them', () => {
    const spec = overlaySpec(source('faults'), [a, b]);
    expect(spec.series.map(({ id, samples }) => [id, [...samples.times], [...samples.values]])).toEqual([
      ['A', [1e6, 2e6, 3e6], [10, 40, 20]],
      ['B', [1e6, 2e6, 5e6], [5, 70, 7]],
    ]);
    // One alone stands on the same axis: the highest of both is 70.
    const alone = overlaySpec(source('faults'), [a, b], 0);
    expect(alone.series.map(({ id }) => id)).toEqual(['A']);
    expect(alone.holds).toBe(70);
    expect(overlaySentence(spec)).toBe('Page faults, at the end: A 20, B 7.');
  });

  it('has LowFree of all zones but HighMem, in MiB, where a run was sampled for it', () => {
    const spec = overlaySpec(source(LOW_FREE), [a, b]);
    // 2,560 and 256 pages of 4 KiB are 11 MiB; 1,280 and 256 are 6; 512 and 256 are 3.
    expect(spec.series.map(({ id, samples }) => [id, [...samples.values]])).toEqual([['A', [11, 6, 3]]]);
    expect(lastOf(spec.series[0].samples)).toBe(3);
    expect(overlaySources([b], catalogue.metrics).has(LOW_FREE)).toBe(false);
  });

  it('is drawn to the end of the longest run', () => {
    expect(wholeSpan([{ timeNs: 3e6 }, { timeNs: 5e6 }])).toEqual({ from: 0, to: 5e6 });
  });
});

describe('labels at the ends of lines', () => {
  it('stand at their lines, apart from each other and within the chart', () => {
    expect(labelPlaces([10, 60], 14, 86)).toEqual([10, 60]);
    // The second is pushed down from the first, whichever order they come in.
    expect(labelPlaces([20, 22], 14, 86)).toEqual([20, 34]);
    expect(labelPlaces([22, 20], 14, 86)).toEqual([34, 20]);
    // Where there is no room below, those above move up.
    expect(labelPlaces([80, 84], 14, 86)).toEqual([72, 86]);
  });
});
