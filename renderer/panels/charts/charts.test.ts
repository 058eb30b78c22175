import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { catalogue, machineOn } from '../testing.ts';
import { countersChart, readCounters, sampledCounters } from './counters.ts';
import Charts from './Charts.svelte';
import { freeNow, zoneOf, type SampledRun } from './columns.ts';
import { decimate, sampleAt } from './decimate.ts';
import { chartSentence, freeChart, hitRatesChart, referencesChart, valueText } from './spec.ts';
import { linearTicks, logTicks, niceMax, timeUnit } from './ticks.ts';

const rows: Readonly<Record<string, number[]>> = {
  timeNs: [0, 1e6, 2e6, 3e6],
  references: [0, 100, 100, 100],
  l1dHitRate: [0, 90, 95, 97],
  l2HitRate: [0, 50, 60, 70],
  tlbHitRate: [0, 99, 99, 99],
  remoteCacheHitRate: [0, 0, 40, 50],
  localShare: [0, 100, 50, 60],
  remoteCacheShare: [0, 0, 20, 20],
  remoteShare: [0, 0, 30, 20],
  meanMissNs: [0, 225, 900, 800],
  meanQueueNs: [0, 0, 10, 20],
  'free:0:Normal:0': [64_512, 64_512, 60_000, 256],
  'free:0:HighMem:0': [2_000_000, 1_900_000, 1_800_000, 1_700_000],
  'free:3:HighMem:0': [2_074_112, 2_000_000, 100, 0],
};
const run: SampledRun = {
  columns: Object.keys(rows),
  frameCount: 4,
  column: (id) => rows[id] ?? [],
};

describe('samples', () => {
  it('keep the lowest and the highest of every pixel column', () => {
    const xs = Array.from({ length: 10_000 }, (_, at) => at);
    const ys = xs.map((at) => (at === 4321 ? 99 : at === 4325 ? -99 : Math.sin(at)));
    const kept = decimate(xs, ys, 100);
    expect(kept.length).toBeLessThanOrEqual(202);
    expect(kept).toContain(4321);
    expect(kept).toContain(4325);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(9999);
    expect([...kept].sort((a, b) => a - b)).toEqual(kept);
  });

  it('that fit are all kept', () => {
    expect(decimate([0, 1, 2], [5, 5, 5], 100)).toEqual([0, 1, 2]);
    expect(decimate([], [], 100)).toEqual([]);
  });

  it('are found by the time at or before the cursor', () => {
    expect(sampleAt([0, 10, 20], 15)).toBe(1);
    expect(sampleAt([0, 10, 20], 20)).toBe(2);
    expect(sampleAt([5], 0)).toBe(0);
  });

  it('of free memory name their zone', () => {
    expect(zoneOf('free:3:HighMem:1')).toEqual({ node: 3, zone: 'HighMem', index: 1 });
    expect(zoneOf('l2HitRate')).toBeUndefined();
    expect(freeNow(run, { node: 0, zone: 'Normal', index: 0 })).toBe(256);
    expect(freeNow(run, { node: 5, zone: 'Normal', index: 0 })).toBeUndefined();
  });
});

describe('axes', () => {
  it('have round ticks', () => {
    expect(linearTicks(35)).toEqual([0, 10, 20, 30]);
    expect(linearTicks(1)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(niceMax(911)).toBe(1000);
    expect(logTicks(1, 10_000)).toEqual([1, 10, 100, 1000, 10_000]);
    expect(logTicks(1 / 256, 10_000)).toHaveLength(4);
  });

  it('choose the unit of time by the span', () => {
    expect(timeUnit(12.5e9).name).toBe('s');
    expect(timeUnit(35e6).name).toBe('ms');
    expect(timeUnit(900).name).toBe('ns');
  });
});

describe('the charts', () => {
  it('leave a gap where nothing was counted', () => {
    const hits = hitRatesChart(run).series.find((series) => series.id === 'l2HitRate');
    expect(hits?.values).toEqual([Number.NaN, 50, 60, 70]);
    expect(referencesChart(run).series[0].values[0]).toBeNaN();
  });

  it('show the remote cache only where something goes to other nodes', () => {
    expect(hitRatesChart(run).series.map((series) => series.label)).toContain('Remote cache');
    const local: SampledRun = { ...run, column: (id) => (/remote/i.test(id) ? [0, 0, 0, 0] : run.column(id)) };
    expect(hitRatesChart(local).series.map((series) => series.label)).not.toContain('Remote cache');
  });

  it('put the selected zone first, with its low mark in MiB, and never show nothing on a log axis as 0', () => {
    const { layout } = machineOn('numaq-64g-8quad');
    const chart = freeChart(run, layout, { kind: 'zone', node: 3, zone: 'HighMem', index: 0 });
    expect(chart.series[0].label).toBe('HighMem 3');
    expect(chart.series[0].values).toEqual([8102, 7812.5, 100 / 256, 1 / 256]);
    // low of a highmem zone of 2.6.0: 256 pages.
    expect(chart.marks[0]).toEqual({ label: 'low HighMem 3', value: 1, token: '--bad' });
  });

  it('say in a sentence what they come to', () => {
    expect(chartSentence(referencesChart(run), 3e6)).toBe(
      'Memory references, % of misses, at 3,000.0 µs: Local 60.0 (least 50.0), Remote cache 20.0 (least 0.0), Remote 20.0 (least 0.0).',
    );
  });

  it('become tables with T, and follow the arrows from sample to sample', async () => {
    const { layout } = machineOn('numaq-64g-8quad');
    render(Charts, { run, layout, catalogue, selection: { kind: 'machine' } });
    const chart = screen.getByRole('region', { name: /^Hit rates/ });
    await fireEvent.keyDown(chart, { key: 'ArrowLeft' });
    expect(within(chart).getByText('at 2,000.0 µs')).toBeTruthy();
    await fireEvent.keyDown(chart, { key: 'T' });
    expect(within(chart).getAllByRole('row')).toHaveLength(5);
    expect(within(chart).getAllByRole('cell')[0].textContent).toBe('\u2013');
  });
});

describe('the chart of counters', () => {
  const columns: Readonly<Record<string, number[]>> = {
    timeNs: [1, 2],
    faults: [10, 40],
    syscalls: [20, 80],
    systemNs: [5e6, 1e6],
    tlbHitRate: [99, 98],
  };
  const counted: SampledRun = { columns: Object.keys(columns), frameCount: 2, column: (id) => columns[id] ?? [] };
  const counters = sampledCounters(counted, catalogue.metrics);

  it('can show every metric that has samples', () => {
    expect(counters.map(({ id }) => id).sort()).toEqual(['faults', 'syscalls', 'systemNs', 'tlbHitRate']);
  });

  it('keeps its figures where they share a unit and are of a size', () => {
    const spec = countersChart(counted, counters, ['syscalls', 'faults']);
    expect(spec.series.map(({ id, values }) => [id, values])).toEqual([
      ['syscalls', [20, 80]],
      ['faults', [10, 40]],
    ]);
    expect([spec.axis, spec.unit]).toEqual(['linear', 'per sample']);
  });

  it('shows each as a share of its own highest where they do not, and says the figures all the same', () => {
    const spec = countersChart(counted, counters, ['faults', 'systemNs']);
    expect(spec.series.map(({ values }) => values)).toEqual([
      [25, 100],
      [100, 20],
    ]);
    expect(spec.series.map((series) => valueText(spec, series, 0))).toEqual(['10', '5,000.0 \u00b5s']);
  });

  it('has four lines at most, and forgets a choice that makes no sense', () => {
    const spec = countersChart(counted, counters, ['faults', 'gone', 'syscalls', 'systemNs', 'tlbHitRate', 'faults']);
    expect(spec.series).toHaveLength(4);
    expect(readCounters(['a', 'b', 'c', 'd', 'e'])).toEqual(['a', 'b', 'c', 'd']);
    expect(readCounters({ a: 1 })).toBeUndefined();
  });
});
