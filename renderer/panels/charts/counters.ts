/** The chart of chosen counters: any of the sampled metrics, up to four at a time. */
import type { MetricSummary } from '../../../src/lab/contract.ts';
import { formatMetric, formatNumber, formatShort, formatTime } from '../format.ts';
import type { SampledRun } from './columns.ts';
import { LINES } from './look.ts';
import type { ChartSpec, Series } from './spec.ts';

/** Never a fifth line. */
export const MOST_COUNTERS = LINES.length;
export const DEFAULT_COUNTERS: readonly string[] = ['faults', 'systemNs'];

/** Lines whose peaks are further apart than this do not fit one axis. */
const ONE_AXIS = 50;

/** The metrics of which a run has samples, in the order of the list. */
export function sampledCounters(run: SampledRun, metrics: readonly MetricSummary[]): readonly MetricSummary[] {
  const columns = new Set(run.columns);
  return metrics.filter(({ id }) => columns.has(id));
}

/** What was stored of an earlier choice; undefined where that is none. */
export function readCounters(stored: unknown): readonly string[] | undefined {
  if (!Array.isArray(stored) || !stored.every((id) => typeof id === 'string')) return undefined;
  return stored.slice(0, MOST_COUNTERS);
}

/**
 * The chart: on an axis in their unit where they share one and are of a size, otherwise each line as a share of its own
 * highest value.
 */
export function countersChart(
  run: SampledRun,
  counters: readonly MetricSummary[],
  chosen: readonly string[],
): ChartSpec {
  const shown = chosen.flatMap((id) => counters.find((counter) => counter.id === id) ?? []).slice(0, MOST_COUNTERS);
  const lines = shown.map((metric) => {
    const values = run.column(metric.id);
    return { metric, values, peak: values.reduce((high, value) => Math.max(high, value), 0) };
  });
  const units = new Set(lines.map(({ metric }) => metric.unit));
  const peaks = lines.map(({ peak }) => peak).filter((peak) => peak > 0);
  const fit = units.size <= 1 && (peaks.length < 2 || Math.max(...peaks) <= ONE_AXIS * Math.min(...peaks));
  const unit = [...units][0] ?? '';
  const series = lines.map(({ metric, values, peak }, place): Series => {
    const own = { id: metric.id, label: metric.label, look: LINES[place] };
    if (fit) return { ...own, values };
    const told = (at: number): string => textOf(values[at] ?? Number.NaN, metric.unit);
    return { ...own, values: values.map((value) => (peak === 0 ? 0 : (100 * value) / peak)), told };
  });
  return {
    id: 'counters',
    title: 'Counters',
    unit: shown.length === 0 ? '' : fit ? unitText(unit) : '% of each one’s highest',
    axis: fit && unit !== '%' ? 'linear' : 'share',
    stacked: false,
    series,
    marks: [],
    format: (value) => (fit ? textOf(value, unit) : formatNumber(value)),
  };
}

const unitText = (unit: string): string => (unit === '' ? 'per sample' : unit === 'ns' ? 'time per sample' : unit);

function textOf(value: number, unit: string): string {
  if (unit === 'ns') return formatTime(value);
  return unit === '%' ? formatMetric(value, unit) : formatShort(value);
}
