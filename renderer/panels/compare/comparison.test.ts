import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../../src/lab/contract.ts';
import type { RunReport, TransactionRow } from '../../../src/sim/engine/report.ts';
import { comparisonCsv, type Figure, relativeText, rowOf, rowsOf, verdictOf } from './comparison.ts';
import { figuresOf } from './figures.ts';

const figure = (change: Partial<Figure>): Figure => ({
  id: 'x',
  label: 'X',
  unit: '',
  better: -1,
  values: [100, 100],
  description: '',
  ...change,
});

describe('a verdict', () => {
  it('is the direction of the metric applied to the change', () => {
    expect(verdictOf(figure({}), 100, 90)).toBe('better');
    expect(verdictOf(figure({}), 100, 110)).toBe('worse');
    expect(verdictOf(figure({ better: 1 }), 100, 110)).toBe('better');
    expect(verdictOf(figure({ better: 0 }), 100, 110)).toBe('differs');
  });

  it('is "same" under 1 %, or under half a point of a share', () => {
    expect(verdictOf(figure({}), 100, 100.9)).toBe('same');
    expect(verdictOf(figure({}), 100, 101.1)).toBe('worse');
    expect(verdictOf(figure({ unit: '%' }), 2, 2.4)).toBe('same');
    expect(verdictOf(figure({ unit: '%' }), 2, 2.6)).toBe('worse');
    expect(verdictOf(figure({}), 0, 0)).toBe('same');
  });

  it('is unknown where a run has no such figure', () => {
    expect(verdictOf(figure({}), undefined, 100)).toBe('unknown');
    const { base, others } = rowOf(figure({ values: [undefined, 100] }));
    expect(base).toBe('–');
    expect(others[0]).toEqual({ value: '100', delta: '', relative: '', verdict: 'unknown' });
  });
});

describe('a change', () => {
  it('is relative in per cent with its sign, a factor from a doubling on, or points', () => {
    expect(relativeText('', 200, 150)).toBe('−25.0 %');
    expect(relativeText('', 100, 130)).toBe('+30.0 %');
    expect(relativeText('', 100, 280)).toBe('2.8×');
    expect(relativeText('', 100, 3200)).toBe('32×');
    expect(relativeText('%', 75, 2.5)).toBe('points');
    expect(relativeText('', 0, 5)).toBe('');
  });

  it('is in the unit of its row, which is that of its largest value, with the decimals of the row', () => {
    expect(rowOf(figure({ unit: 'ns', values: [2.5e6, 1.5e6] }))).toMatchObject({
      unit: 'µs',
      base: '2,500.0',
      others: [{ value: '1,500.0', delta: '−1,000.0', relative: '−40.0 %' }],
    });
    expect(rowOf(figure({ unit: 'ns', values: [72.6e6, 70.3e6] }))).toMatchObject({
      unit: 'ms',
      base: '72.6',
      others: [{ delta: '−2.3' }],
    });
    expect(rowOf(figure({ unit: '%', values: [75, 2.5] })).others[0]).toMatchObject({
      delta: '−72.50',
      relative: 'points',
    });
    expect(rowOf(figure({ unit: 'MiB', better: 1, values: [268, 514.5] }))).toMatchObject({
      base: '268.0',
      others: [{ value: '514.5', delta: '+246.5', relative: '+92.0 %', verdict: 'better' }],
    });
  });

  it('is of each run against the first one, not against its neighbour', () => {
    // By hand: 150 is half more than 100, 400 is four times 100, 50 is half of it.
    const { others } = rowOf(figure({ values: [100, 150, 400, 50] }));
    expect(others.map(({ delta }) => delta)).toEqual(['+50', '+300', '−50']);
    expect(others.map(({ relative }) => relative)).toEqual(['+50.0 %', '4.0×', '−50.0 %']);
    expect(others.map(({ verdict }) => verdict)).toEqual(['worse', 'worse', 'better']);
  });
});

describe('a comparison as CSV', () => {
  it('has all digits in the figure’s own unit, and two columns more for each run but the baseline', () => {
    const groups = rowsOf([
      {
        title: 'Time',
        figures: [figure({ id: 't', label: 'Elapsed', unit: 'ns', values: [72_600_001, 1, undefined] })],
      },
    ]);
    expect(comparisonCsv(groups, ['A', 'B', 'C'])).toEqual({
      columns: ['group', 'metric', 'unit', 'A', 'B', 'B - A', 'B verdict', 'C', 'C - A', 'C verdict'],
      rows: [['Time', 'Elapsed', 'ns', 72_600_001, 1, -72_600_000, 'better', '', '', 'unknown']],
    });
  });
});

const catalogue = { metrics: [] } as unknown as Catalogue;
const row = (name: string, fromNs: number, toNs: number): TransactionRow => {
  return { name, count: 100, fromNs, toNs, meanNs: 1, p50Ns: 1, p95Ns: 1, p99Ns: 1, maxNs: 1 };
};
const reportOf = (elapsedNs: number, transactions: readonly TransactionRow[], more = {}): RunReport =>
  ({ result: { elapsedNs, totals: {}, transactions, proc: null, locality: null, ...more } }) as unknown as RunReport;
/** Values and verdict of each row by its id; times are in ms. */
const rowsById = (...reports: RunReport[]): Map<string, readonly string[]> => {
  const groups = rowsOf(
    figuresOf(
      reports.map((report) => ({ report, layout: null })),
      catalogue,
    ),
  );
  return new Map(
    groups.flatMap(({ rows }) =>
      rows.map(({ id, base, others }) => [id, [base, ...others.flatMap(({ value, verdict }) => [value, verdict])]]),
    ),
  );
};

describe('transactions of several runs', () => {
  it('are compared by their own time, however long the initialisation before them took', () => {
    const [a, b] = [reportOf(300e6, [row('lookup', 100e6, 200e6)]), reportOf(310e6, [row('lookup', 200e6, 250e6)])];
    const found = rowsById(a, b);
    expect(found.get('transactionsNs')).toEqual(['100.0', '50.0', 'better']);
    expect(found.get('lookup.rate')).toEqual(['1,000', '2,000', 'better']);
    expect(found.get('elapsedNs')?.[2]).toBe('worse');
    // Where the script says from when on it is measured, the rest is neither better nor worse.
    const since = ({ result }: RunReport): RunReport =>
      reportOf(result.elapsedNs, result.transactions, { locality: { sinceNs: 1, processes: [], ranges: [] } });
    expect(rowsById(since(a), since(b)).get('elapsedNs')?.[2]).toBe('differs');
  });

  it('of several names last from the first begin to the last end', () => {
    const a = reportOf(100e6, [row('read', 10e6, 30e6), row('write', 20e6, 60e6)]);
    const found = rowsById(a, a);
    expect(found.get('transactionsNs')?.[0]).toBe('50.0');
    expect(found.get('all.rate')?.[0]).toBe('4,000');
    expect(found.get('write.rate')?.[0]).toBe('2,500');
  });

  it('of files that do not say when they ran have no throughput', () => {
    const found = rowsById(reportOf(100e6, [row('read', 0, 0)]), reportOf(100e6, [row('read', 0, 10e6)]));
    expect(found.get('read.rate')).toEqual(['–', '10,000', 'unknown']);
    expect(rowsById(reportOf(1e6, []), reportOf(1e6, [])).has('transactionsNs')).toBe(false);
  });
});

describe('low memory', () => {
  it('is read from what /proc says at the end, slabs added up', () => {
    const proc = (free: number, dentries: number): object => ({
      meminfo: [
        ['LowTotal', 176_076],
        ['LowFree', free],
      ],
      lowmem: [
        { item: 'slab dentry_cache', bytes: dentries * 1024 * 1024 },
        { item: 'slab inode_cache', bytes: 1024 * 1024 },
        { item: 'pagetable', bytes: 5 },
      ],
      unused: { anonymous: 0, pageCache: 0, pageTables: 0 },
      locks: [],
    });
    const found = rowsById(reportOf(1e6, [], { proc: proc(1000, 3) }), reportOf(1e6, [], { proc: proc(3000, 1) }));
    expect(found.get('low.free')).toEqual(['1,000', '3,000', 'better']);
    expect(found.get('low.slab')).toEqual(['4', '2', 'better']);
    expect(found.get('low.total')).toEqual(['176,076', '176,076', 'same']);
    // Nothing is unused in either: no row of zeros.
    expect(found.has('low.unused')).toBe(false);
  });
});

describe('locks', () => {
  it('that were waited for are shown by how often they were found held', () => {
    const locks = (contended: number): object => ({
      meminfo: [],
      lowmem: [],
      unused: { anonymous: 0, pageCache: 0, pageTables: 0 },
      locks: [
        { name: 'lru_lock', acquisitions: 200, heldNs: 1, contended, waitNs: contended },
        { name: 'never waited', acquisitions: 200, heldNs: 1, contended: 0, waitNs: 0 },
      ],
    });
    const found = rowsById(reportOf(1e6, [], { proc: locks(10) }), reportOf(1e6, [], { proc: locks(1) }));
    expect(found.get('lock.lru_lock')).toEqual(['5.00', '0.50', 'better']);
    expect(found.has('lock.never waited')).toBe(false);
  });
});
