/** One metric of several runs over one axis of virtual time: which there are, and the chart of one. Pure. */
import type { MetricSummary } from '../../../src/lab/contract.ts';
import { freeColumns, type SampledRun } from '../charts/columns.ts';
import type { Samples, Span } from '../charts/decimate.ts';
import { Extremes } from '../charts/extremes.ts';
import { LINES } from '../charts/look.ts';
import { seriesOf } from '../charts/run-series.ts';
import { sourceMap, type Source } from '../charts/sources.ts';
import { type ChartSpec, type Series, UNITS } from '../charts/spec.ts';
import { LETTERS } from './compare.svelte.ts';

/** Frames of 4 KiB in a MiB. */
const PAGES_PER_MIB = 256;
export const LOW_FREE = 'lowFree';
const LOW_FREE_SOURCE: Source = {
  id: LOW_FREE,
  group: 'Low memory',
  label: 'LowFree',
  unit: 'MiB',
  description: 'Free memory of all zones but HighMem.',
};

/** What a person sees first, as far as the runs have it. */
export const FIRST_CHARTS: readonly string[] = [LOW_FREE, 'faults', 'systemNs'];

/** Every series that one of the runs has, by its id; what is said of low memory first. */
export function overlaySources(
  runs: readonly SampledRun[],
  metrics: readonly MetricSummary[],
): ReadonlyMap<string, Source> {
  const low = runs.some((run) => lowColumns(run).length > 0);
  const found = new Map<string, Source>(low ? [[LOW_FREE, LOW_FREE_SOURCE]] : []);
  for (const run of runs) for (const [id, source] of sourceMap(run, metrics)) if (!found.has(id)) found.set(id, source);
  return found;
}

const lowColumns = (run: SampledRun): string[] =>
  freeColumns(run.columns).flatMap(({ id, at }) => (at.zone === 'HighMem' ? [] : [id]));

const lowFree = new WeakMap<SampledRun, Samples>();

/** Free low memory of a run that is done, MiB; its columns do not grow any more. */
function lowFreeOf(run: SampledRun): Samples | undefined {
  const columns = lowColumns(run).map((id) => run.column(id));
  if (columns.length === 0) return undefined;
  let samples = lowFree.get(run);
  if (samples === undefined || samples.values.length !== columns[0]?.length) {
    const times = run.column('timeNs');
    const values = times.map((_, at) => columns.reduce((sum, column) => sum + (column[at] ?? 0), 0) / PAGES_PER_MIB);
    samples = { times, values, extremes: new Extremes(values) };
    lowFree.set(run, samples);
  }
  return samples;
}

const samplesOf = (run: SampledRun, id: string): Samples | undefined =>
  id === LOW_FREE ? lowFreeOf(run) : seriesOf(run).samples(id);

/**
 * The chart of a metric: a line a run, in the order of the runs; `only` draws the line of one alone, on the axis of
 * all. Runs that have no such series are left out.
 */
export function overlaySpec(source: Source, runs: readonly SampledRun[], only?: number): ChartSpec {
  const all = runs.flatMap((run, place): (Series & { readonly place: number })[] => {
    const samples = samplesOf(run, source.id);
    if (samples === undefined || samples.values.length === 0) return [];
    return [
      { id: LETTERS[place], label: `${LETTERS[place]}`, look: LINES[only === undefined ? place : 0], samples, place },
    ];
  });
  const highest = all.reduce((most, { samples: { values, extremes } }) => {
    const at = extremes.highest(0, values.length);
    return at < 0 ? most : Math.max(most, values[at]);
  }, 0);
  return {
    ...UNITS[source.unit],
    id: source.id,
    title: source.label,
    axis: source.unit === '%' ? 'share' : 'linear',
    stacked: false,
    series: only === undefined ? all : all.filter(({ place }) => place === only),
    marks: [],
    holds: highest,
    marked: only === undefined,
  };
}

/** The time that all charts show: from 0 to the end of the longest run. */
export function wholeSpan(runs: readonly { readonly timeNs: number }[]): Span {
  return { from: 0, to: Math.max(1, ...runs.map(({ timeNs }) => timeNs)) };
}

/** The chart in a sentence, for those who do not see it: where each line ends. */
export function overlaySentence({ title, series, format }: ChartSpec): string {
  if (series.length === 0) return `${title}: no run was sampled for it.`;
  const ends = series.map(({ label, samples }) => `${label} ${format(lastOf(samples))}`);
  return `${title}, at the end: ${ends.join(', ')}.`;
}

/** The last value that is one. */
export function lastOf({ values }: Samples): number {
  return values.findLast(Number.isFinite) ?? Number.NaN;
}

/** Where labels of values stand (pixels from the top), each as near to its own place as those above let it, `apart` px at least. */
export function labelPlaces(wanted: readonly number[], apart: number, height: number): number[] {
  const order = wanted.map((_, at) => at).sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  order.forEach((at, rank) => {
    if (rank > 0) places[at] = Math.max(places[at], places[order[rank - 1]] + apart);
  });
  // Those that were pushed out at the foot move up again.
  let most = height;
  for (const at of order.toReversed()) {
    places[at] = Math.min(places[at], most);
    most = places[at] - apart;
  }
  return places;
}
