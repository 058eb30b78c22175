/** The charts that are there from the beginning: where references are served, free memory, hit rates, latency. */
import type { Selection } from '../../state/selection.svelte.ts';
import { formatNumber } from '../format.ts';
import { freeColumns, type SampledRun, zoneLabel, type ZoneAt } from './columns.ts';
import { AREAS, FREE_LOOKS, LINES, type SeriesLook } from './look.ts';
import { seriesOf } from './run-series.ts';
import { lastValue, type ChartSpec, plain, type Series, UNITS } from './spec.ts';
import { lowMarks, zoneLayout } from './watermarks.ts';

export type PresetId = 'references' | 'free' | 'hits' | 'latency';
/** What a chart of a preset is before it has a name of its own. */
export const PRESET_TITLES: Readonly<Record<PresetId, string>> = {
  references: 'Memory references',
  free: 'Free per zone',
  hits: 'Hit rates',
  latency: 'Latency of misses',
};
/** Never a fifth line. */
const MOST_LINES = FREE_LOOKS.length;

type Preset = (run: SampledRun, selection: Selection) => ChartSpec;

/** A series with its gaps; none where it is gaps throughout. */
function pick(run: SampledRun, id: string, label: string, look: SeriesLook): Series[] {
  const samples = seriesOf(run).samples(id);
  if (samples === undefined || samples.extremes.highest(0, samples.values.length) < 0) return [];
  return [{ id, label, look, samples }];
}

function chart(preset: PresetId, rest: Partial<ChartSpec> & Pick<ChartSpec, 'series'>): ChartSpec {
  const base = { id: preset, title: PRESET_TITLES[preset], axis: 'share' as const, stacked: false, marks: [] };
  return { ...base, ...UNITS['%'], ...rest };
}

const references: Preset = (run) =>
  chart('references', {
    unit: '% of misses',
    stacked: true,
    series: [
      ...pick(run, 'localShare', 'Local', AREAS[0]),
      ...pick(run, 'remoteCacheShare', 'Remote cache', AREAS[1]),
      ...pick(run, 'remoteShare', 'Remote', AREAS[2]),
    ],
    format: (value) => formatNumber(value, 1),
  });

const hits: Preset = (run) =>
  chart('hits', {
    series: [
      ...pick(run, 'l1dHitRate', 'L1D', LINES[0]),
      ...pick(run, 'l2HitRate', 'L2', LINES[1]),
      ...pick(run, 'tlbHitRate', 'TLB', LINES[2]),
      ...pick(run, 'remoteCacheHitRate', 'Remote cache', LINES[3]).filter(({ samples }) =>
        isOftenThere(samples.values),
      ),
    ],
  });

/** Of a remote cache that is hardly asked the rate says nothing. */
function isOftenThere(values: readonly number[]): boolean {
  let there = 0;
  for (const value of values) if (!Number.isNaN(value)) there += 1;
  return there * 8 >= values.length;
}

const latency: Preset = (run) =>
  chart('latency', {
    unit: 'ns',
    axis: 'linear',
    series: [...pick(run, 'meanMissNs', 'Mean miss', LINES[1]), ...pick(run, 'meanQueueNs', 'of it waiting', LINES[2])],
    format: (value) => formatNumber(value, value >= 100 ? 0 : 1),
    tick: plain,
  });

/** Free memory of up to four zones: those of the selection, low memory, then those with the least left. */
const free: Preset = (run, selection) => {
  const layout = run.start?.layout ?? null;
  const zones = freeColumns(run.columns)
    .map(({ id, at }) => ({ id, at, zone: zoneLayout(layout, at), rank: rankOf(at, selection) }))
    .sort((a, b) => a.rank - b.rank || leftShare(run, a.id, a.zone) - leftShare(run, b.id, b.zone))
    .slice(0, MOST_LINES);
  return chart('free', {
    ...UNITS.MiB,
    unit: 'MiB, log scale',
    axis: 'log',
    series: zones.flatMap(({ id, at }, place) => {
      const samples = seriesOf(run).samples(id);
      return samples === undefined ? [] : [{ id, label: zoneLabel(at), look: FREE_LOOKS[place], samples }];
    }),
    marks: lowMarks(
      layout,
      zones.slice(0, 2).map(({ at }) => at),
      selection,
    ),
  });
};

function rankOf(at: ZoneAt, selection: Selection): number {
  if (
    selection.kind === 'zone' &&
    at.node === selection.node &&
    at.zone === selection.zone &&
    at.index === selection.index
  )
    return 0;
  if (selection.kind === 'node' && at.node === selection.node) return 1;
  return at.zone === 'Normal' ? 2 : 3;
}

function leftShare(run: SampledRun, id: string, zone: { readonly present: number } | undefined): number {
  const samples = seriesOf(run).samples(id);
  const left = samples === undefined ? 0 : lastValue(samples);
  return zone === undefined || zone.present === 0 ? left : left / zone.present;
}

export const PRESETS: Readonly<Record<PresetId, Preset>> = { references, free, hits, latency };
