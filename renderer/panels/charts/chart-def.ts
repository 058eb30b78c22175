/** A chart as a person made it: kept in the window's settings, laid over whichever run is shown (chart-spec.ts). */
import { PRESET_TITLES, type PresetId } from './presets.ts';

export interface ChartDef {
  readonly id: string;
  readonly title: string;
  /** One of the charts that are there from the beginning; null: of chosen series. */
  readonly preset: PresetId | null;
  /** Ids of sources.ts; empty for a preset. */
  readonly series: readonly string[];
  /** Of many series those in full colour, at most four. */
  readonly picked: readonly string[];
  readonly log: boolean;
  readonly legend: boolean;
  readonly table: boolean;
  /** Stays with the run that it shows when another one is chosen, and stands first. */
  readonly pinned: boolean;
}

/** Full colours, dashes and markers are so many. */
export const MOST_PICKED = 4;
/** Series of one chart: more would not be legible. */
export const MOST_SERIES = 64;

const PLAIN = { picked: [], log: false, legend: true, table: false, pinned: false } as const;

/** A chart of chosen series. */
export function chartOf(id: string, title: string, series: readonly string[]): ChartDef {
  return { ...PLAIN, id, title, preset: null, series: series.slice(0, MOST_SERIES) };
}

/** The charts that a new window has. */
export function defaultCharts(): readonly ChartDef[] {
  const presets = (Object.keys(PRESET_TITLES) as PresetId[]).map((preset): ChartDef => {
    return { ...PLAIN, id: preset, title: PRESET_TITLES[preset], preset, series: [] };
  });
  return [...presets, chartOf('counters', 'Faults and system calls', ['faults', 'syscalls'])];
}

/** Charts that were stored; undefined where that is none. What does not fit is left out. */
export function readCharts(stored: unknown): readonly ChartDef[] | undefined {
  if (!Array.isArray(stored)) return undefined;
  const charts = stored.flatMap((item: unknown) => readChart(item) ?? []);
  return charts.filter(({ id }, at) => charts.findIndex((other) => other.id === id) === at);
}

function readChart(stored: unknown): ChartDef | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { id, title, preset, series, picked, ...flags } = stored as Record<string, unknown>;
  if (typeof id !== 'string' || typeof title !== 'string') return undefined;
  const isPreset = typeof preset === 'string' && preset in PRESET_TITLES;
  if (!isPreset && !isTexts(series)) return undefined;
  return {
    ...PLAIN,
    id,
    title,
    preset: isPreset ? (preset as PresetId) : null,
    series: isTexts(series) ? series.slice(0, MOST_SERIES) : [],
    picked: isTexts(picked) ? picked.slice(0, MOST_PICKED) : [],
    log: flags['log'] === true,
    legend: flags['legend'] !== false,
    table: flags['table'] === true,
    pinned: flags['pinned'] === true,
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
