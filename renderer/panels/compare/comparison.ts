/**
 * Two runs side by side: each figure of both, what it changed by, and whether that is better. A verdict is the metric's
 * direction applied to the change; under 1 %, or 0.5 points of a share, it is the same.
 */
import type { Catalogue } from '../../../src/lab/contract.ts';
import type { RunReport, TransactionRow } from '../../../src/sim/engine/report.ts';
import { formatFigures, formatNumber, formatTime } from '../format.ts';
import { totalsOf } from '../results/sheets.ts';
import { perSecond, spanOf } from '../results/throughput.ts';

export type Verdict = 'better' | 'worse' | 'same' | 'differs' | 'unknown';

/** What a figure is measured in: shares change by points, everything else by so many per cent. */
export type FigureUnit = '' | 'ns' | '%' | '/s';

/** A figure of both runs; undefined where a run has none. */
export interface Figure {
  readonly id: string;
  readonly label: string;
  readonly unit: FigureUnit;
  readonly better: -1 | 0 | 1;
  readonly a: number | undefined;
  readonly b: number | undefined;
  readonly description: string;
}

/** A figure as its row says it. */
export interface ComparedRow {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly a: string;
  readonly b: string;
  /** `+1.2 ms`, with its sign; empty where one run has no such figure. */
  readonly delta: string;
  /** `−12.5 %`, `2.8×` from a doubling on, `points` of a share. */
  readonly relative: string;
  readonly verdict: Verdict;
  readonly description: string;
}

export interface ComparedGroup {
  readonly title: string;
  readonly rows: readonly ComparedRow[];
}

const SAME_SHARE = 0.01;
const SAME_POINTS = 0.5;
const UNKNOWN = '–';

/** Better, worse or the same; `differs` where neither direction is better. */
export function verdictOf({ unit, better, a, b }: Figure): Verdict {
  if (a === undefined || b === undefined) return 'unknown';
  const delta = b - a;
  const same = unit === '%' ? Math.abs(delta) < SAME_POINTS : Math.abs(delta) < SAME_SHARE * Math.abs(a);
  if (same || delta === 0) return 'same';
  if (better === 0) return 'differs';
  return Math.sign(delta) === better ? 'better' : 'worse';
}

/** What B is against A: per cent with its sign, a factor from a doubling on; `points` of a share; empty from zero on. */
export function relativeText(unit: FigureUnit, a: number, b: number): string {
  if (unit === '%') return 'points';
  if (a === b) return '0 %';
  if (a === 0) return '';
  const ratio = b / a;
  if (ratio >= 2) return `${formatNumber(ratio, ratio >= 10 ? 0 : 1)}×`;
  return signed(100 * (ratio - 1), (value) => `${formatNumber(value, 1)} %`);
}

function signed(value: number, format: (value: number) => string): string {
  const text = format(Math.abs(value));
  if (value === 0 || !/[1-9]/.test(text)) return text;
  return `${value > 0 ? '+' : '−'}${text}`;
}

/** A time in the unit that the largest of its row has. */
function timeText(ns: number, largest: number): string {
  if (largest < 1e4) return formatTime(ns);
  if (largest < 1e7) return `${formatNumber(ns / 1e3, 1)} µs`;
  return largest < 1e10 ? `${formatNumber(ns / 1e6, 1)} ms` : `${formatNumber(ns / 1e9, 2)} s`;
}

function valueText(unit: FigureUnit, value: number, largest: number): string {
  if (unit === 'ns') return timeText(value, largest);
  return unit === '%' ? formatNumber(value, 2) : formatFigures(value);
}

/** A figure written out. */
export function rowOf(figure: Figure): ComparedRow {
  const { id, label, unit, a, b, description } = figure;
  const known = a !== undefined && b !== undefined;
  const largest = Math.max(Math.abs(a ?? 0), Math.abs(b ?? 0));
  return {
    id,
    label,
    unit: unit === 'ns' ? '' : unit,
    a: a === undefined ? UNKNOWN : valueText(unit, a, largest),
    b: b === undefined ? UNKNOWN : valueText(unit, b, largest),
    delta: known ? signed(b - a, (value) => valueText(unit, value, largest)) : '',
    relative: known ? relativeText(unit, a, b) : '',
    verdict: verdictOf(figure),
    description,
  };
}

/** Transactions of a name: how many a second, and how long each took. */
function transactionFigures(a: RunReport, b: RunReport, name: string): Figure[] {
  const row = (report: RunReport): TransactionRow | undefined =>
    report.result.transactions.find((transaction) => transaction.name === name);
  const [first, second] = [row(a), row(b)];
  const time = (id: keyof TransactionRow, label: string): Figure => ({
    id: `${name}.${id}`,
    label: `${name}: ${label}`,
    unit: 'ns',
    better: -1,
    a: first?.[id] as number | undefined,
    b: second?.[id] as number | undefined,
    description: 'Virtual time from the begin of a transaction to its end.',
  });
  return [
    {
      id: `${name}.rate`,
      label: `${name}: throughput`,
      unit: '/s',
      better: 1,
      a: first === undefined ? undefined : perSecond(first),
      b: second === undefined ? undefined : perSecond(second),
      description: 'From the begin of the first transaction to the end of the last.',
    },
    time('meanNs', 'mean'),
    time('p50Ns', 'p50'),
    time('p95Ns', 'p95'),
    time('p99Ns', 'p99'),
    time('maxNs', 'longest'),
  ];
}

/** Throughput of all transactions together, where there are several kinds. */
function allTransactions(a: RunReport, b: RunReport): Figure[] {
  if (Math.max(a.result.transactions.length, b.result.transactions.length) < 2) return [];
  const [first, second] = [a, b].map(({ result }) => perSecond(spanOf(result.transactions)));
  const description = 'Transactions of all names, from the begin of the first to the end of the last.';
  return [{ id: 'all.rate', label: 'All: throughput', unit: '/s', better: 1, a: first, b: second, description }];
}

/** What a run was for, without what came before and behind it: initialisation and exits are in its elapsed time as well. */
function measuredTime(a: RunReport, b: RunReport): Figure[] {
  const [first, second] = [a, b].map(({ result }) => {
    const { fromNs, toNs } = spanOf(result.transactions);
    return toNs > fromNs ? toNs - fromNs : undefined;
  });
  if (first === undefined && second === undefined) return [];
  const description =
    'From the begin of the first transaction to the end of the last, without initialisation and exits.';
  return [{ id: 'transactionsNs', label: 'Transactions', unit: 'ns', better: -1, a: first, b: second, description }];
}

/** Metrics that stand in the group of time. */
const TIME = ['elapsedNs', 'userNs', 'systemNs', 'cpuPercent'];

/** Of a run whose script says from when on it is measured, the rest of its time is no better for being short. */
const ALL_OF_IT = 'The whole run: with its initialisation and exits, which are not what it measures.';

/** Totals of both reports: of time, and the others. */
function totalFigures(a: RunReport, b: RunReport, catalogue: Catalogue): { time: Figure[]; others: Figure[] } {
  const first = totalsOf(a, catalogue);
  const second = totalsOf(b, catalogue);
  const ids = [...new Set([...first, ...second].map(({ id }) => id))];
  const measured = [a, b].every(({ result }) => (result.locality?.sinceNs ?? 0) > 0);
  const figures = ids.map((id): Figure => {
    const [left, right] = [first.find((total) => total.id === id), second.find((total) => total.id === id)];
    const metric = catalogue.metrics.find((candidate) => candidate.id === id);
    const isTime = metric?.unit === 'ns' || id.endsWith('Ns');
    const isShare = metric?.unit === '%' || id === 'cpuPercent';
    return {
      id,
      label: (left ?? right)?.label ?? id,
      unit: isTime ? 'ns' : isShare ? '%' : '',
      better: id === 'elapsedNs' ? (measured ? 0 : -1) : (metric?.better ?? 0),
      a: left?.value,
      b: right?.value,
      description: id === 'elapsedNs' && measured ? ALL_OF_IT : ((left ?? right)?.description ?? ''),
    };
  });
  return {
    time: figures.filter(({ id }) => TIME.includes(id)),
    others: figures.filter(({ id }) => !TIME.includes(id)),
  };
}

/** All figures of two reports in groups: time first, then `more` groups, transactions, and what the machine counted. */
export function compare(
  a: RunReport,
  b: RunReport,
  catalogue: Catalogue,
  more: readonly { readonly title: string; readonly figures: readonly Figure[] }[] = [],
): ComparedGroup[] {
  const { time, others } = totalFigures(a, b, catalogue);
  const names = [...a.result.transactions, ...b.result.transactions].map(({ name }) => name);
  const transactions = [...new Set(names)].flatMap((name) => transactionFigures(a, b, name));
  const groups = [
    { title: 'Time', figures: [...measuredTime(a, b), ...time] },
    ...more,
    { title: 'Transactions', figures: [...allTransactions(a, b), ...transactions] },
    { title: 'Counted', figures: others.filter((figure) => figure.a !== 0 || figure.b !== 0) },
  ];
  return groups
    .filter(({ figures }) => figures.length > 0)
    .map(({ title, figures }) => ({
      title,
      rows: figures.filter((figure) => figure.a !== undefined || figure.b !== undefined).map(rowOf),
    }));
}
