import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openBuiltIn } from '../../../src/lab/machines.ts';
import { Run } from '../../state/run.svelte.ts';
import { catalogue } from '../testing.ts';
import { chartOf, defaultCharts, readCharts } from './chart-def.ts';
import { chartSpec, type Shown } from './chart-spec.ts';
import Charts from './Charts.svelte';
import { run as fixture, moments } from './charts-fixture.ts';
import { ChartsState } from './charts.svelte.ts';
import { type SampledRun, zoneOf } from './columns.ts';
import { PRESETS } from './presets.ts';
import { chartSentence, isMuted } from './spec.ts';
import { sourceMap } from './sources.ts';
import { linearTicks, logTicks, niceMax, spanTicks, timeUnit } from './ticks.ts';

const { profile, layout } = openBuiltIn('numaq-64g-8quad').checked;
if (profile === undefined || layout === undefined) throw new Error('numaq-64g-8quad is not valid');
const run: SampledRun = { ...fixture, start: { profile, layout } };
const shown: Shown = { run, selection: { kind: 'machine' }, sources: sourceMap(run, catalogue.metrics) };
const specOf = (...series: string[]): ReturnType<typeof chartSpec> => chartSpec(chartOf('c', 'C', series), shown);

beforeEach(() => localStorage.clear());

describe('samples', () => {
  it('of free memory name their zone', () => {
    expect(zoneOf('free:3:HighMem:1')).toEqual({ node: 3, zone: 'HighMem', index: 1 });
    expect(zoneOf('l2HitRate')).toBeUndefined();
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

  it('have round ticks within a stretch', () => {
    expect(spanTicks(12.3, 16.1)).toEqual([13, 14, 15, 16]);
    expect(spanTicks(0, 1)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it('choose the unit of time by the span', () => {
    expect(timeUnit(12.5e9).name).toBe('s');
    expect(timeUnit(35e6).name).toBe('ms');
    expect(timeUnit(900).name).toBe('ns');
  });
});

describe('the charts of the beginning', () => {
  it('leave a gap where nothing was counted', () => {
    const hits = PRESETS.hits(run, shown.selection).series.find(({ id }) => id === 'l2HitRate');
    expect(hits?.samples.values).toEqual([Number.NaN, 50, 60, 70]);
    expect(PRESETS.references(run, shown.selection).series[0].samples.values[0]).toBeNaN();
  });

  it('show the remote cache only where something goes to other nodes', () => {
    const labels = (of: SampledRun): string[] => PRESETS.hits(of, shown.selection).series.map(({ label }) => label);
    expect(labels(run)).toContain('Remote cache');
    const local: SampledRun = { ...run, column: (id) => (/remote/i.test(id) ? [0, 0, 0, 0] : run.column(id)) };
    expect(labels(local)).not.toContain('Remote cache');
  });

  it('put the selected zone first, with its low mark in MiB', () => {
    const chart = PRESETS.free(run, { kind: 'zone', node: 3, zone: 'HighMem', index: 0 });
    expect(chart.series[0].label).toBe('HighMem 3');
    expect(chart.series[0].samples.values).toEqual([8102, 7812.5, 100 / 256, 0]);
    // low of a highmem zone of 2.6.0: 256 pages.
    expect(chart.marks[0]).toMatchObject({ label: 'low HighMem 3', value: 1, token: '--bad' });
  });

  it('draw no watermark of a run whose boot is not known', () => {
    expect(PRESETS.free(fixture, { kind: 'machine' }).marks).toEqual([]);
  });

  it('say in a sentence what they come to', () => {
    expect(chartSentence(PRESETS.references(run, shown.selection), 3e6)).toBe(
      'Memory references, % of misses, at 3,000.0 µs: Local 60.0 (least 50.0), Remote cache 20.0 (least 0.0), Remote 20.0 (least 0.0).',
    );
  });
});

describe('charts of chosen series', () => {
  it('read counters, zones, CPUs, nodes, owners and links, in their units', () => {
    const last = (id: string): number | undefined => specOf(id).series[0]?.samples.values.at(-1);
    expect(last('faults')).toBe(20);
    expect(last('free:0:Normal:0')).toBe(1);
    expect(last('cpu:4:idle')).toBe(75);
    expect(last('node:1:migrations')).toBe(2);
    // 1,024 pages of 4 KiB.
    expect(last('owner:1:HighMem:0:slab')).toBe(4);
    expect(last('link:0:1')).toBe(81);
  });

  it('show one unit, and leave out what the run does not have', () => {
    const spec = specOf('faults', 'gone', 'systemNs', 'syscalls');
    expect(spec.series.map(({ id }) => id)).toEqual(['faults', 'syscalls']);
    expect([spec.axis, spec.unit]).toEqual(['linear', 'per sample']);
  });

  it('have a log scale for free memory, with the three marks of a single zone, and say so', () => {
    const spec = specOf('free:3:HighMem:0');
    expect([spec.axis, spec.unit]).toEqual(['log', 'MiB, log scale']);
    expect(spec.marks.map(({ label }) => label)).toEqual(['min', 'low HighMem 3', 'high']);
  });

  it('are all in colour up to four, and beyond only those that were picked', () => {
    const four = specOf('l1dHitRate', 'l2HitRate', 'tlbHitRate', 'localShare');
    expect(four.series.filter(isMuted)).toHaveLength(0);
    const def = chartOf('c', 'C', ['l1dHitRate', 'l2HitRate', 'tlbHitRate', 'localShare', 'remoteShare']);
    const five = chartSpec({ ...def, picked: ['tlbHitRate'] }, shown);
    expect(five.series.filter((series) => !isMuted(series)).map(({ id }) => id)).toEqual(['tlbHitRate']);
  });

  it('follow a run that thins its moments', () => {
    const growing = { ...run, moments: moments.slice(0, 2) };
    const of = { ...shown, run: growing, sources: sourceMap(growing, catalogue.metrics) };
    const values = (): readonly number[] => chartSpec(chartOf('c', 'C', ['cpu:4:user']), of).series[0].samples.values;
    expect(values()).toEqual([50, 25]);
    growing.moments = [moments[0], moments[2]];
    expect(values()).toEqual([50, 0]);
  });
});

describe('the charts of a window', () => {
  it('show all of another run that has not come to the stretch that was shown', () => {
    const charts = new ChartsState();
    charts.look(run);
    charts.zoom.show({ from: 1e6, to: 2e6 });
    charts.look({ ...run });
    expect(charts.zoom.span).toEqual({ from: 1e6, to: 2e6 });
    charts.look({ ...run, frameCount: 0, column: () => [] });
    expect(charts.zoom.span).toBeNull();
  });

  it('are added, renamed, moved and removed, and come back', () => {
    const charts = new ChartsState();
    const id = charts.add('Mine', ['faults']);
    charts.change(id, { title: 'Ours' });
    charts.move(id, -1);
    expect(charts.list.map(({ title }) => title).at(-2)).toBe('Ours');
    charts.remove(id);
    expect(charts.find(id)).toBeUndefined();
    charts.putBack();
    expect(charts.list.map(({ title }) => title).at(-2)).toBe('Ours');
  });

  it('are put back one after the other, also when others were made meanwhile', () => {
    const charts = new ChartsState();
    charts.remove(charts.add('First', ['faults']));
    charts.remove(charts.add('Second', ['faults']));
    charts.add('Third', ['faults']);
    charts.putBack();
    charts.putBack();
    expect(
      charts.list
        .map(({ title }) => title)
        .filter((title) => /First|Second|Third/.test(title))
        .sort(),
    ).toEqual(['First', 'Second', 'Third']);
    expect(charts.canPutBack).toBe(false);
  });

  it('are there again when the window is opened again', () => {
    const id = new ChartsState().add('Mine', ['faults']);
    expect(new ChartsState().find(id)?.title).toBe('Mine');
  });

  it('stand first and stay with their run when they are pinned', () => {
    const charts = new ChartsState();
    const other: SampledRun = { ...run };
    charts.pin('latency', run);
    expect(charts.list[0].id).toBe('latency');
    expect(charts.runOf(charts.list[0], other)).toBe(run);
    expect(charts.runOf(charts.list[1], other)).toBe(other);
    charts.pin('latency', other);
    expect(charts.runOf(charts.list[0], other)).toBe(other);
  });

  it('have four picked series at most', () => {
    const charts = new ChartsState();
    const id = charts.add('Mine', ['a', 'b', 'c', 'd', 'e']);
    for (const series of ['a', 'b', 'c', 'd', 'e']) charts.pick(id, series);
    expect(charts.find(id)?.picked).toEqual(['b', 'c', 'd', 'e']);
    charts.pick(id, 'c');
    expect(charts.find(id)?.picked).toEqual(['b', 'd', 'e']);
  });

  it('forget what was stored and makes no sense', () => {
    expect(readCharts({ a: 1 })).toBeUndefined();
    expect(readCharts([{ id: 'x' }, ...defaultCharts(), defaultCharts()[0]])).toEqual(defaultCharts());
  });

  it('share one cursor, that arrows move from sample to sample', async () => {
    const charts = new ChartsState();
    render(Charts, { run, catalogue, selection: { kind: 'machine' }, charts });
    await fireEvent.keyDown(screen.getByRole('region', { name: /^Hit rates/ }), { key: 'ArrowLeft' });
    expect(charts.cursorNs).toBe(2e6);
    // Of another chart: L2 and free memory as they were then.
    expect(within(screen.getByRole('region', { name: /^Hit rates/ })).getByText('60.0')).toBeTruthy();
    expect(within(screen.getByRole('region', { name: /^Latency/ })).getByText('900')).toBeTruthy();
  });

  it('are made anew while they are seen, and else when they are seen again', async () => {
    const charts = new ChartsState();
    const of = { run, catalogue, selection: { kind: 'machine' }, charts } as const;
    const { rerender } = render(Charts, of);
    const chart = screen.getByRole('region', { name: /^Hit rates/ });
    expect(within(chart).getByText('70.0')).toBeTruthy();
    const later: SampledRun = { ...run, column: (id) => (id === 'l2HitRate' ? [0, 50, 60, 42] : run.column(id)) };
    await rerender({ ...of, run: later, seen: false });
    expect(within(chart).getByText('70.0')).toBeTruthy();
    await rerender({ ...of, run: later, seen: true });
    expect(within(chart).queryByText('70.0')).toBeNull();
    expect(within(chart).getByText('42.0')).toBeTruthy();
  });

  it('of samples are not made anew for a moment, those of moments are', async () => {
    const live = new Run({ profile, layout, workloads: [], seed: 0, title: 'test' }, 1);
    const progress = { runId: 'r1', state: 'running', progress: 0, timeNs: 0, references: 0, markers: [] } as const;
    const row = (at: number): number[] => fixture.columns.map((id) => fixture.column(id)[at]);
    live.take({ ...progress, frames: [{ columns: fixture.columns, row: row(1) }], moments: [moments[0]] }, 0);
    const charts = new ChartsState();
    charts.add('Processor', ['cpu:4:user']);
    render(Charts, { run: live, catalogue, selection: { kind: 'machine' }, charts });
    const user = within(screen.getByRole('region', { name: /^Processor/ }));
    expect(user.getByText('50.0')).toBeTruthy();
    const read = vi.spyOn(live, 'column');
    live.take({ ...progress, frames: [], moments: [moments[1]] }, 50);
    await tick();
    expect(read.mock.calls.map(([id]) => id).filter((id) => id !== 'timeNs')).toEqual([]);
    live.take({ ...progress, frames: [{ columns: fixture.columns, row: row(3) }], moments: [moments[2]] }, 100);
    await tick();
    expect(read.mock.calls.map(([id]) => id)).toContain('l2HitRate');
    expect(user.getByText('0.0')).toBeTruthy();
  });

  it('become tables with the same numbers', async () => {
    const charts = new ChartsState();
    render(Charts, { run, catalogue, selection: { kind: 'machine' }, charts });
    charts.change('hits', { table: true });
    await tick();
    const chart = screen.getByRole('region', { name: /^Hit rates/ });
    expect(within(chart).getAllByRole('row')).toHaveLength(5);
    expect(within(chart).getAllByRole('cell')[0].textContent).toBe('–');
  });
});
