/** The numbers of a chart as rows by time: what its table and its CSV file show. */
import type { Samples, Span } from './decimate.ts';
import type { ChartSpec } from './spec.ts';

export interface ChartRows {
  /** Of each row, ns. */
  readonly times: readonly number[];
  /** The value of a series (by its place) in a row; NaN where it has no sample at that time. */
  readonly value: (series: number, row: number) => number;
}

/** Every sample of the chart's series within `span`. Series that were sampled at other times have gaps between. */
export function chartRows(spec: ChartSpec, span: Span): ChartRows {
  const all = [...new Set(spec.series.map(({ samples }) => samples.times))];
  const times = mergeTimes(all).filter((time) => time >= span.from && time <= span.to);
  // A table that is open reads its cells by row: where a row stands in each list of times is found once.
  const places = new Map(all.map((own) => [own, placesOf(own, times)]));
  const value = (series: number, row: number): number => {
    const samples: Samples | undefined = spec.series[series]?.samples;
    const place = samples === undefined ? undefined : places.get(samples.times)?.[row];
    return place === undefined || place < 0 ? Number.NaN : (samples?.values[place] ?? Number.NaN);
  };
  return { times, value };
}

/** Ascending, each time once. */
function mergeTimes(all: readonly (readonly number[])[]): number[] {
  if (all.length === 1) return [...all[0]];
  return [...new Set(all.flat())].sort((a, b) => a - b);
}

/** Where each of `times` stands in `own`; -1 where it does not. Both ascend. */
function placesOf(own: readonly number[], times: readonly number[]): Int32Array {
  const places = new Int32Array(times.length);
  let at = 0;
  times.forEach((time, row) => {
    while (at < own.length && own[at] < time) at += 1;
    places[row] = own[at] === time ? at : -1;
  });
  return places;
}
