/**
 * Samples over virtual time: counters of the interval turned into metrics, and the free pages of zones as they stand.
 * When there are more than MAX_ROWS rows the interval doubles and rows are merged in pairs, so that a report stays
 * small however long the run; a merged row is made of both intervals' counters, not of their metrics.
 */
import { COUNTERS } from '../base/counters.ts';
import type { Zone } from '../kernel/zone.ts';
import { metrics, sampledMetrics, type Metric } from './metrics.ts';
import type { Table } from './report.ts';

const MAX_ROWS = 512;
/** Free pages are sampled for this many zones at most: those of the nodes that come first. */
const MAX_ZONES = 256;

interface Row {
  timeNs: number;
  readonly counters: Float64Array;
  free: Float64Array;
}

export class Sampling {
  readonly columns: readonly string[];
  private readonly zones: readonly Zone[];
  private readonly metrics: readonly Metric[];
  private rows: Row[] = [];
  private last = new Float64Array(COUNTERS);

  /** `intervalNs`: to begin with. */
  constructor(
    public intervalNs: number,
    zones: readonly Zone[],
  ) {
    this.zones = zones.slice(0, MAX_ZONES);
    this.metrics = sampledMetrics.map((id) => metrics.find((metric) => metric.id === id) as Metric);
    const zoneColumns = this.zones.map(({ node, layout }) => `free:${node}:${layout.name}:${layout.index}`);
    this.columns = ['timeNs', ...sampledMetrics, ...zoneColumns];
  }

  /** Takes a row at `timeNs`; `counters` are the sums of all CPUs since the start. Returns the row as numbers. */
  take(timeNs: number, counters: Float64Array): readonly number[] {
    const interval = new Float64Array(COUNTERS);
    for (let i = 0; i < COUNTERS; i++) interval[i] = counters[i] - this.last[i];
    this.last = counters.slice();
    const row = { timeNs, counters: interval, free: Float64Array.from(this.zones, (zone) => zone.freeFrames) };
    this.rows.push(row);
    const numbers = this.numbers(row);
    if (this.rows.length > MAX_ROWS) this.merge();
    return numbers;
  }

  table(): Table {
    return { columns: this.columns, rows: this.rows.map((row) => this.numbers(row)) };
  }

  private numbers(row: Row): readonly number[] {
    return [row.timeNs, ...this.metrics.map((metric) => metric.of(row.counters)), ...row.free];
  }

  private merge(): void {
    const merged: Row[] = [];
    for (let i = 0; i < this.rows.length; i += 2) {
      const first = this.rows[i];
      const second = this.rows[i + 1];
      if (second !== undefined) {
        for (let c = 0; c < COUNTERS; c++) first.counters[c] += second.counters[c];
        first.timeNs = second.timeNs;
        first.free = second.free;
      }
      merged.push(first);
    }
    this.rows = merged;
    this.intervalNs *= 2;
  }
}
