/**
 * Which figures of runs are compared, in which group and order: low memory first, then time, transactions, locality,
 * locks, faults, and whatever else the machine counted. Pure.
 */
import type { Catalogue } from '../../../src/lab/contract.ts';
import type { RunReport, TransactionRow } from '../../../src/sim/engine/report.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import { localityFigures } from '../locality/locality-view.ts';
import { totalsOf } from '../results/sheets.ts';
import { perSecond, spanOf } from '../results/throughput.ts';
import type { Figure, FigureGroup, FigureUnit } from './comparison.ts';
import { lowMemoryFigures } from './low-memory-figures.ts';

/** What is compared of a run; the layout of its boot is asked for apart, and may not have come yet. */
export interface Compared {
  readonly report: RunReport;
  readonly layout: BootLayout | null;
}

/** Groups of totals by their metrics, in the order of the screen; those of no group come last. */
const GROUPS: readonly { readonly title: string; readonly ids: RegExp }[] = [
  { title: 'Time', ids: /^(elapsedNs|userNs|systemNs|idleNs|cpuPercent)$/ },
  {
    title: 'Locality',
    ids: /^(local|remote|served|kernelRemote|programRemote|segmentRemote|(kernel|program)TextRemote)/,
  },
  { title: 'Locks', ids: /^lock/ },
  { title: 'Faults', ids: /^(faults|faultNs|.*Faults|ptesFilled|vectorFill|copiedBytes|clearedBytes|rmap|pte)/ },
  { title: 'Reclaim and disks', ids: /^(pg|pageoutrun|allocstall|pswp|kswapd)/ },
  { title: 'Highmem and TLB', ids: /^(kmap|bounced|tlb|dtlb|itlb|ipis|cr3|walk|textSwitches)/ },
  {
    title: 'Scheduler',
    ids: /^(contextSwitches|migrations|reschedule|balance|node(Balances|Migrations)|.*Placements|syscalls|forks|execs|exits)/,
  },
  { title: 'Caches and misses', ids: /^(l1|l2|mean|missNs|queueNs|upgrades|invalidations|kernelMisses|segmentMisses)/ },
];
const OTHERS = 'Counted';
/** Locks by name beside the sums: those with the longest waits. */
const MOST_LOCKS = 4;

const TRANSACTION_TIMES: readonly (readonly [id: keyof TransactionRow & `${string}Ns`, label: string])[] = [
  ['meanNs', 'mean'],
  ['p50Ns', 'p50'],
  ['p95Ns', 'p95'],
  ['p99Ns', 'p99'],
  ['maxNs', 'longest'],
];

const unique = (names: readonly string[]): string[] => [...new Set(names)];

/** Transactions of a name: how many a second, and how long each took. */
function transactionFigures(reports: readonly RunReport[], name: string): Figure[] {
  const rows = reports.map(({ result }) => result.transactions.find((transaction) => transaction.name === name));
  return [
    {
      id: `${name}.rate`,
      label: `${name}: throughput`,
      unit: '/s',
      better: 1,
      values: rows.map((row) => (row === undefined ? undefined : perSecond(row))),
      description: 'From the begin of the first transaction to the end of the last.',
    },
    ...TRANSACTION_TIMES.map(([id, label]): Figure => ({
      id: `${name}.${id}`,
      label: `${name}: ${label}`,
      unit: 'ns',
      better: -1,
      values: rows.map((row) => row?.[id]),
      description: 'Virtual time from the begin of a transaction to its end.',
    })),
  ];
}

/** Throughput of all transactions together, where there are several kinds. */
function allTransactions(reports: readonly RunReport[]): Figure[] {
  if (reports.every(({ result }) => result.transactions.length < 2)) return [];
  const values = reports.map(({ result }) => perSecond(spanOf(result.transactions)));
  const description = 'Transactions of all names, from the begin of the first to the end of the last.';
  return [{ id: 'all.rate', label: 'All: throughput', unit: '/s', better: 1, values, description }];
}

/** What a run was for, without what came before and behind it: initialisation and exits are in its elapsed time as well. */
function measuredTime(reports: readonly RunReport[]): Figure[] {
  const values = reports.map(({ result }) => {
    const { fromNs, toNs } = spanOf(result.transactions);
    return toNs > fromNs ? toNs - fromNs : undefined;
  });
  if (values.every((value) => value === undefined)) return [];
  const description =
    'From the begin of the first transaction to the end of the last, without initialisation and exits.';
  return [{ id: 'transactionsNs', label: 'Transactions', unit: 'ns', better: -1, values, description }];
}

/** Of a run whose script says from when on it is measured, the rest of its time is no better for being short. */
const ALL_OF_IT = 'The whole run: with its initialisation and exits, which are not what it measures.';

/** Totals of all reports; those that are 0 everywhere are left out. */
function totalFigures(reports: readonly RunReport[], catalogue: Catalogue): Figure[] {
  const totals = reports.map((report) => new Map(totalsOf(report, catalogue).map((total) => [total.id, total])));
  const metrics = new Map(catalogue.metrics.map((metric) => [metric.id, metric]));
  const measured = reports.every(({ result }) => (result.locality?.sinceNs ?? 0) > 0);
  return unique(totals.flatMap((each) => [...each.keys()]))
    .map((id): Figure => {
      const metric = metrics.get(id);
      const first = totals.find((each) => each.has(id))?.get(id);
      const isElapsed = id === 'elapsedNs';
      return {
        id,
        label: first?.label ?? id,
        unit: unitOf(id, metric?.unit),
        better: isElapsed ? (measured ? 0 : -1) : (metric?.better ?? 0),
        values: totals.map((each) => each.get(id)?.value),
        description: isElapsed && measured ? ALL_OF_IT : (first?.description ?? ''),
      };
    })
    .filter(({ id, values }) => id === 'elapsedNs' || values.some((value) => value !== undefined && value !== 0));
}

function unitOf(id: string, unit: string | undefined): FigureUnit {
  if (unit === 'ns' || id.endsWith('Ns')) return 'ns';
  return unit === '%' || id === 'cpuPercent' ? '%' : '';
}

/** How often those locks that were waited for the longest had to be waited for. */
function lockFigures(reports: readonly RunReport[]): Figure[] {
  const locks = reports.map(({ result }) => result.proc?.locks ?? []);
  const waits = new Map<string, number>();
  for (const { name, waitNs } of locks.flat()) waits.set(name, Math.max(waits.get(name) ?? 0, waitNs ?? 0));
  const longest = [...waits].filter(([, ns]) => ns > 0).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return longest.slice(0, MOST_LOCKS).map(([name]): Figure => {
    const values = locks.map((each) => {
      const lock = each.find((candidate) => candidate.name === name);
      if (lock?.contended === undefined || lock.acquisitions === 0) return undefined;
      return (100 * lock.contended) / lock.acquisitions;
    });
    const description = 'Share of its acquisitions that found it held.';
    return { id: `lock.${name}`, label: `${name} contended`, unit: '%', better: -1, values, description };
  });
}

/** All figures of the runs in groups. */
export function figuresOf(runs: readonly Compared[], catalogue: Catalogue): FigureGroup[] {
  const reports = runs.map(({ report }) => report);
  const totals = totalFigures(reports, catalogue);
  const titleOf = (id: string): string => GROUPS.find(({ ids }) => ids.test(id))?.title ?? OTHERS;
  const of = (title: string): Figure[] => totals.filter(({ id }) => titleOf(id) === title);
  const names = unique(reports.flatMap(({ result }) => result.transactions.map(({ name }) => name)));
  const before: Readonly<Record<string, readonly Figure[]>> = {
    Time: measuredTime(reports),
    Locality: localityFigures(reports.map(({ result }) => result.locality)),
    Locks: lockFigures(reports),
  };
  const [time, ...rest] = [...GROUPS.map(({ title }) => title), OTHERS].map((title) => ({
    title,
    figures: [...(before[title] ?? []), ...of(title)],
  }));
  const transactions = [...allTransactions(reports), ...names.flatMap((name) => transactionFigures(reports, name))];
  return [
    { title: 'Low memory', figures: lowMemoryFigures(runs) },
    time,
    { title: 'Transactions', figures: transactions },
    ...rest,
  ].filter(({ figures }) => figures.length > 0);
}
