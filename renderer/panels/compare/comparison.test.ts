import { describe, expect, it } from 'vitest';
import { Run } from '../../state/runs.svelte.ts';
import { aRun } from '../testing.ts';
import type { Catalogue } from '../../../src/lab/contract.ts';
import type { RunReport, TransactionRow } from '../../../src/sim/engine/report.ts';
import { CompareState } from './compare.svelte.ts';
import { compare, type Figure, relativeText, rowOf, verdictOf } from './comparison.ts';

const figure = (change: Partial<Figure>): Figure => ({
  id: 'x',
  label: 'X',
  unit: '',
  better: -1,
  a: 100,
  b: 100,
  description: '',
  ...change,
});

describe('a verdict', () => {
  it('is the direction of the metric applied to the change', () => {
    expect(verdictOf(figure({ b: 90 }))).toBe('better');
    expect(verdictOf(figure({ b: 110 }))).toBe('worse');
    expect(verdictOf(figure({ better: 1, b: 110 }))).toBe('better');
    expect(verdictOf(figure({ better: 0, b: 110 }))).toBe('differs');
  });

  it('is "same" under 1 %, or under half a point of a share', () => {
    expect(verdictOf(figure({ b: 100.9 }))).toBe('same');
    expect(verdictOf(figure({ b: 101.1 }))).toBe('worse');
    expect(verdictOf(figure({ unit: '%', a: 2, b: 2.4 }))).toBe('same');
    expect(verdictOf(figure({ unit: '%', a: 2, b: 2.6 }))).toBe('worse');
    expect(verdictOf(figure({ a: 0, b: 0 }))).toBe('same');
  });

  it('is unknown where a run has no such figure', () => {
    expect(verdictOf(figure({ a: undefined }))).toBe('unknown');
    expect(rowOf(figure({ a: undefined }))).toMatchObject({ a: '–', b: '100', delta: '', relative: '' });
  });
});

describe('a change', () => {
  it('has its sign, and is relative in per cent, a factor from a doubling on, or points', () => {
    expect(relativeText('', 200, 150)).toBe('−25.0 %');
    expect(relativeText('', 100, 130)).toBe('+30.0 %');
    expect(relativeText('', 100, 280)).toBe('2.8×');
    expect(relativeText('', 100, 3200)).toBe('32×');
    expect(relativeText('%', 75, 2.5)).toBe('points');
    expect(relativeText('', 0, 5)).toBe('');
    expect(rowOf(figure({ unit: 'ns', a: 2.5e6, b: 1.5e6 }))).toMatchObject({
      a: '2,500.0 µs',
      b: '1,500.0 µs',
      delta: '−1,000.0 µs',
      relative: '−40.0 %',
    });
    // The change is in the unit of its row.
    expect(rowOf(figure({ unit: 'ns', a: 72.6e6, b: 70.3e6 }))).toMatchObject({ a: '72.6 ms', delta: '−2.3 ms' });
    expect(rowOf(figure({ unit: '%', a: 75, b: 2.5 }))).toMatchObject({ delta: '−72.50', relative: 'points' });
  });
});

describe('transactions of two runs', () => {
  const row = (name: string, fromNs: number, toNs: number): TransactionRow => {
    return { name, count: 100, fromNs, toNs, meanNs: 1, p50Ns: 1, p95Ns: 1, p99Ns: 1, maxNs: 1 };
  };
  const reportOf = (elapsedNs: number, transactions: readonly TransactionRow[]): RunReport =>
    ({ result: { elapsedNs, totals: {}, transactions, proc: null } }) as unknown as RunReport;
  const rows = (a: RunReport, b: RunReport): Map<string, readonly [string, string, string]> => {
    const groups = compare(a, b, { metrics: [] } as unknown as Catalogue);
    return new Map(groups.flatMap((group) => group.rows.map((each) => [each.id, [each.a, each.b, each.verdict]])));
  };

  it('are compared by their own time, however long the initialisation before them took', () => {
    const [a, b] = [reportOf(300e6, [row('lookup', 100e6, 200e6)]), reportOf(310e6, [row('lookup', 200e6, 250e6)])];
    const found = rows(a, b);
    expect(found.get('transactionsNs')).toEqual(['100.0 ms', '50.0 ms', 'better']);
    expect(found.get('lookup.rate')).toEqual(['1,000', '2,000', 'better']);
    expect(found.get('elapsedNs')?.[2]).toBe('worse');
    // Where the script says from when on it is measured, the rest is neither better nor worse.
    const since = (report: RunReport): RunReport =>
      ({ ...report, result: { ...report.result, locality: { sinceNs: 1 } } }) as unknown as RunReport;
    expect(rows(since(a), since(b)).get('elapsedNs')?.[2]).toBe('differs');
  });

  it('of several names last from the first begin to the last end', () => {
    const a = reportOf(100e6, [row('read', 10e6, 30e6), row('write', 20e6, 60e6)]);
    const found = rows(a, a);
    expect(found.get('transactionsNs')?.[0]).toBe('50.0 ms');
    expect(found.get('all.rate')?.[0]).toBe('4,000');
    expect(found.get('write.rate')?.[0]).toBe('2,500');
  });

  it('of files that do not say when they ran have no throughput', () => {
    const found = rows(reportOf(100e6, [row('read', 0, 0)]), reportOf(100e6, [row('read', 0, 10e6)]));
    expect(found.get('read.rate')).toEqual(['–', '10,000', 'unknown']);
    expect(rows(reportOf(1e6, []), reportOf(1e6, [])).has('transactionsNs')).toBe(false);
  });
});

describe('the two runs', () => {
  const report = { result: {} } as unknown as NonNullable<Run['report']>;
  const runs = [3, 2, 1].map((number) => {
    const run = new Run(aRun().start, number);
    run.report = report;
    return run;
  });

  it('are the last two until a person chooses, the earlier one as the baseline', () => {
    const state = new CompareState({ list: runs });
    expect([state.a?.number, state.b?.number]).toEqual([2, 3]);
    state.choose([runs[0], runs[2]]);
    expect([state.a?.number, state.b?.number]).toEqual([1, 3]);
    state.swap();
    expect([state.a?.number, state.b?.number]).toEqual([3, 1]);
  });

  it('are never the same one: what is chosen twice changes places', () => {
    const state = new CompareState({ list: runs });
    state.chooseA(runs[0]);
    expect([state.a?.number, state.b?.number]).toEqual([3, 2]);
    state.chooseB(runs[2]);
    expect([state.a?.number, state.b?.number]).toEqual([3, 1]);
  });

  it('can be marked, two at most', () => {
    const state = new CompareState({ list: runs });
    state.mark(runs[0], true);
    state.chooseMarked();
    expect(state.marked.map(({ number }) => number)).toEqual([3]);
    state.mark(runs[1], true);
    state.mark(runs[2], true);
    expect(state.marked.map(({ number }) => number)).toEqual([2, 1]);
    state.chooseMarked();
    expect([state.a?.number, state.b?.number]).toEqual([1, 2]);
    state.mark(runs[2], false);
    expect(state.marked.map(({ number }) => number)).toEqual([2]);
  });

  it('are none where too few have a report', () => {
    const state = new CompareState({ list: [runs[0], new Run(aRun().start, 4)] });
    expect([state.a, state.b?.number]).toEqual([null, 3]);
  });
});
