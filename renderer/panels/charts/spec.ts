/** What the charts show of a run, as plain data: series in units of the axis, marks, and a sentence. */
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import type { Selection } from '../../state/selection.svelte.ts';
import { formatExact, formatNumber, formatTime } from '../format.ts';
import { freeColumns, type SampledRun, type ZoneAt } from './columns.ts';
import { AREAS, LINES, type SeriesLook } from './look.ts';

const PAGES_PER_MIB = 256;
/** A free gauge's floor: one page. A log axis has no zero. */
const ONE_PAGE_MIB = 1 / PAGES_PER_MIB;
/** Never a fifth line. */
const MOST_LINES = 4;

export interface Series {
  readonly id: string;
  readonly label: string;
  readonly look: SeriesLook;
  /** In the unit of the axis, one a sample. */
  readonly values: readonly number[];
  /** The value itself in words, where the axis shows something made of it. */
  readonly told?: (at: number) => string;
}

export interface Mark {
  readonly label: string;
  readonly value: number;
  readonly token: string;
}

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly axis: 'share' | 'linear' | 'log';
  /** Areas that add up to the whole. */
  readonly stacked: boolean;
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
  /** A value with as many figures as this chart needs. */
  readonly format: (value: number) => string;
}

const share = (value: number): string => formatNumber(value, value > 99 && value < 100 ? 2 : 1);

function pick(run: SampledRun, id: string, label: string, look: SeriesLook): Series[] {
  const values = run.column(id);
  return values.length === 0 ? [] : [{ id, label, look, values }];
}

/** As pick(), with gaps where `base` is 0: a share or a mean of nothing is not 0. None where it is 0 throughout. */
function pickOver(run: SampledRun, base: readonly number[], id: string, label: string, look: SeriesLook): Series[] {
  if (!base.some((amount) => amount > 0)) return [];
  return pick(run, id, label, look).map((series) => ({
    ...series,
    values: series.values.map((value, at) => ((base[at] ?? 0) > 0 ? value : Number.NaN)),
  }));
}

/** Share of misses that went somewhere, by sample: 100, or 0 where there was no miss. */
function missesOf(run: SampledRun): number[] {
  const [cached, remote] = [run.column('remoteCacheShare'), run.column('remoteShare')];
  return run.column('localShare').map((local, at) => local + (cached[at] ?? 0) + (remote[at] ?? 0));
}

/** Where memory references that missed the caches were served. */
export function referencesChart(run: SampledRun): ChartSpec {
  const misses = missesOf(run);
  const series = [
    ...pickOver(run, misses, 'localShare', 'Local', AREAS[0]),
    ...pickOver(run, misses, 'remoteCacheShare', 'Remote cache', AREAS[1]),
    ...pickOver(run, misses, 'remoteShare', 'Remote', AREAS[2]),
  ];
  return {
    id: 'references',
    title: 'Memory references',
    unit: '% of misses',
    axis: 'share',
    stacked: true,
    series,
    marks: [],
    format: (value) => formatNumber(value, 1),
  };
}

/** Hit rates of the caches. */
export function hitRatesChart(run: SampledRun): ChartSpec {
  const references = run.column('references');
  const series = [
    ...pickOver(run, references, 'l1dHitRate', 'L1D', LINES[0]),
    ...pickOver(run, references, 'l2HitRate', 'L2', LINES[1]),
    ...pickOver(run, references, 'tlbHitRate', 'TLB', LINES[2]),
    ...remoteCacheHits(run),
  ];
  return { id: 'hits', title: 'Hit rates', unit: '%', axis: 'share', stacked: false, series, marks: [], format: share };
}

/** In shares of a hundred: where less than this goes to other nodes, the remote cache's hit rate is mere chance. */
const WORTH_SHOWING = 1;

/** The remote cache's hit rate, with gaps where hardly anything went to another node; none where that is so throughout. */
function remoteCacheHits(run: SampledRun): Series[] {
  const cached = run.column('remoteCacheShare');
  const remote = run.column('remoteShare').map((part, at) => part + (cached[at] ?? 0));
  const worth = remote.map((part) => (part >= WORTH_SHOWING ? part : 0));
  const often = worth.filter((part) => part > 0).length * 8 >= worth.length;
  if (!often || !cached.some((part) => part > 0)) return [];
  return pickOver(run, worth, 'remoteCacheHitRate', 'Remote cache', LINES[3]);
}

/** Mean latency of what missed L2, and the part of it that is waiting. */
export function latencyChart(run: SampledRun): ChartSpec {
  const misses = missesOf(run);
  const series = [
    ...pickOver(run, misses, 'meanMissNs', 'Mean miss', LINES[1]),
    ...pickOver(run, misses, 'meanQueueNs', 'of it waiting', LINES[2]),
  ];
  return {
    id: 'latency',
    title: 'Latency of misses',
    unit: 'ns',
    axis: 'linear',
    stacked: false,
    series,
    marks: [],
    format: (value) => formatNumber(value, value >= 100 ? 0 : 1),
  };
}

/** Free memory of up to four zones: those of the selection, low memory, then those with the least left. */
export function freeChart(run: SampledRun, layout: BootLayout | null, selection: Selection): ChartSpec {
  const zones = freeColumns(run.columns)
    .map(({ id, at }) => ({ id, at, zone: zoneLayout(layout, at), rank: rankOf(at, selection) }))
    .sort((a, b) => a.rank - b.rank || leftShare(run, a.id, a.zone) - leftShare(run, b.id, b.zone))
    .slice(0, MOST_LINES);
  const series = zones.map(({ id, at }, place): Series => {
    const values = run.column(id).map((pages) => Math.max(ONE_PAGE_MIB, pages / PAGES_PER_MIB));
    return { id, label: zoneLabel(at), look: FREE_LOOKS[place], values };
  });
  const marks = zones.slice(0, 2).flatMap(({ at, zone }): Mark[] => {
    if (zone === undefined || zone.watermarks.low === 0) return [];
    const value = (zone.watermarks.low * (layout?.clusterFrames ?? 1)) / PAGES_PER_MIB;
    const isSelected = selection.kind === 'zone' && rankOf(at, selection) === 0;
    return [{ label: `low ${zoneLabel(at)}`, value, token: isSelected ? '--bad' : '--warn' }];
  });
  return {
    id: 'free',
    title: 'Free per zone',
    unit: 'MiB, log scale',
    axis: 'log',
    stacked: false,
    series,
    marks,
    format: (value) => (value >= 100 ? formatNumber(value, 0) : formatExact(Number(value.toPrecision(3)))),
  };
}

const FREE_LOOKS: readonly SeriesLook[] = [
  { token: '--s-2', dash: [], marker: 'triangle' },
  { token: '--s-1', dash: [7, 3], marker: 'rect' },
  { token: '--s-base', dash: [2, 3], marker: 'circle' },
  { token: '--s-4', dash: [7, 3, 2, 3], marker: 'rectRot' },
];

/** `HighMem 3`, and `HighMem 3 #1` for the second of several zones of a type. */
export function zoneLabel(at: ZoneAt): string {
  return `${at.zone} ${at.node}${at.index > 0 ? ` #${at.index}` : ''}`;
}

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

function zoneLayout(layout: BootLayout | null, at: ZoneAt): BootLayout['nodes'][number]['zones'][number] | undefined {
  const node = layout?.nodes.find(({ id }) => id === at.node);
  return node?.zones.find(({ name, index }) => name === at.zone && index === at.index);
}

function leftShare(run: SampledRun, id: string, zone: { readonly present: number } | undefined): number {
  const free = run.column(id).at(-1) ?? 0;
  return zone === undefined || zone.present === 0 ? free : free / zone.present;
}

/** A sample of a series as legend and table say it. */
export function valueText(spec: ChartSpec, series: Series, at: number): string {
  return series.told?.(at) ?? spec.format(series.values[at] ?? Number.NaN);
}

/** The chart in a sentence, for those who do not see it: what every series comes to at the end. */
export function chartSentence(spec: ChartSpec, endNs: number): string {
  if (spec.series.length === 0) return `${spec.title}: nothing yet.`;
  const unit = spec.unit.split(',')[0];
  const ends = spec.series.map((series) => {
    const { label, values, told } = series;
    if (told !== undefined) return `${label} ${told(values.length - 1)}`;
    const low = values.reduce((least, value) => (value < least ? value : least), Infinity);
    return `${label} ${spec.format(values.findLast(Number.isFinite) ?? Number.NaN)} (least ${spec.format(low)})`;
  });
  const marks = spec.marks.map((mark) => `${mark.label} ${spec.format(mark.value)}`);
  return `${spec.title}, ${unit}, at ${formatTime(endNs)}: ${[...ends, ...marks].join(', ')}.`;
}
