/** A run's report as text for a person. */
import { ranges } from '../lab/ranges.ts';
import { metrics, type RunReport, shorten, type Table, type WorkloadSpec } from '../sim/index.ts';
import { localityText } from './locality-text.ts';
import { schedulingText } from './scheduling-text.ts';
import { figure, table, time } from './table.ts';

/** More rows than this are folded into their least, mean and greatest. */
const MOST_ROWS = 16;
const WIDTH = 100;
/** Columns that go first where a table is too wide; the run file has them. */
const SPARE = ['instructions', 'servedRemoteOwner', 'servedTransfer', 'servedRemoteCache', 'servedLocal', 'l1dMisses'];
const ZONE_NAMES = ['DMA', 'Normal', 'HighMem'];

/** The report in tables of at most about 100 columns: what was run, totals, nodes, CPUs, zones. */
export function reportText(report: RunReport): string {
  const { config, result, assumed } = report;
  const parts = [
    `${config.profile.title}\n${config.workloads.map((workload) => `  ${workloadLine(workload)}\n`).join('')}${sharingLine(config.workloads)}${turnsLines(config)}`,
    `Virtual time ${time(result.elapsedNs)}, seed ${config.seed}, engine ${report.engine}\n`,
    timesText(result),
    totalsText(result.totals),
    transactionsText(result.transactions),
    failedCallsText(result.calls),
    localityText(result),
    schedulingText(result),
    profileText(result.proc),
    unusedText(result.proc),
    tableText('Nodes', result.nodes),
    tableText('CPUs', result.cpus),
    tableText('Zones', result.zones),
    tableText('Links', result.links),
  ];
  if (assumed.length > 0) {
    parts.push(`Rests on ${assumed.length} assumptions (--json lists them under "assumed").\n`);
  }
  return parts.filter((part) => part !== '').join('\n');
}

/** Knobs that were turned while it ran. */
function turnsLines({ turns = [] }: RunReport['config']): string {
  return turns.map(({ timeNs, name, value }) => `  ${name} = ${value} after ${time(timeNs)}\n`).join('');
}

function workloadLine(workload: WorkloadSpec): string {
  const cpus = `on ${workload.cpus.length === 1 ? 'CPU' : 'CPUs'} ${ranges(workload.cpus)}`;
  const start = workload.startNs === 0 ? '' : `, from ${time(workload.startNs)}`;
  if (workload.kind === 'trace') return `${workload.trace.name} ${cpus}${start}`;
  if (workload.kind === 'script') return `${workload.script.title} ${cpus}${start}`;
  if (workload.kind === 'program') {
    const changed = Object.entries(workload.parameters).map(([name, value]) => `${name} ${value}`);
    const scale = workload.scale === 1 ? [] : [`scale ${figure(workload.scale)}`];
    return [`${workload.program} ${cpus}`, ...scale, ...changed].join(', ') + start;
  }
  if (workload.kind === 'segment') {
    const scale = workload.scale === 1 ? '' : `, scale ${figure(workload.scale)}`;
    return `${workload.design.title} ${cpus}${scale}${start}`;
  }
  const size = `${bytesText(workload.bytes)}, ${figure(workload.references)} references a CPU`;
  return `${workload.pattern} ${cpus}, ${size}${start}`;
}

function sharingLine(workloads: readonly WorkloadSpec[]): string {
  const seen = new Set<number>();
  const shared = new Set<number>();
  for (const cpu of workloads.flatMap(({ cpus }) => cpus)) (seen.has(cpu) ? shared : seen).add(cpu);
  if (shared.size === 0) return '';
  const list = shorten(ranges([...shared].sort((a, b) => a - b)), 30);
  return `  Programs that share a CPU take turns there: ${list}\n`;
}

/** As time(1) says it. Of a machine without a kernel nobody asked where the time went. */
function timesText({ elapsedNs, totals, proc }: RunReport['result']): string {
  const { userNs = 0, systemNs = 0 } = totals;
  if (proc === null || elapsedNs === 0) return '';
  const cpu = Math.round((100 * (userNs + systemNs)) / elapsedNs);
  return `Elapsed ${time(elapsedNs)}, user ${time(userNs)}, system ${time(systemNs)}, CPU ${figure(cpu)} %\n`;
}

/** What the run was for, apart from what came before and behind it: initialisation, exits. */
function transactionsText(transactions: RunReport['result']['transactions']): string {
  if (transactions.length === 0) return '';
  const rows = transactions.map((row) => [
    row.name,
    row.count,
    row.toNs > row.fromNs ? perSecond(row) : '-',
    ...[row.meanNs, row.p50Ns, row.p95Ns, row.p99Ns, row.maxNs].map(time),
  ]);
  const span = {
    count: transactions.reduce((sum, { count }) => sum + count, 0),
    fromNs: transactions.reduce((least, { fromNs }) => Math.min(least, fromNs), Infinity),
    toNs: transactions.reduce((most, { toNs }) => Math.max(most, toNs), 0),
  };
  const heading =
    span.toNs <= span.fromNs
      ? 'Transactions'
      : `Transactions, all of them in ${time(Math.round(span.toNs - span.fromNs))} from ${time(Math.round(span.fromNs))} on: ${figure(perSecond(span))} a second`;
  return `${heading}\n${table(['name', 'count', 'a second', 'mean', '50 %', '95 %', '99 %', 'longest'], rows)}`;
}

type Span = Pick<RunReport['result']['transactions'][number], 'count' | 'fromNs' | 'toNs'>;

function perSecond({ count, fromNs, toNs }: Span): number {
  return Math.round((1e9 * count) / (toNs - fromNs));
}

/** Calls that the kernel refused, where it refused any: the programs went on without. */
function failedCallsText(calls: RunReport['result']['calls']): string {
  if (calls.length === 0) return '';
  const rows = calls.map(({ task, program, place, call, result, count }) => [
    call,
    result,
    count,
    program,
    task,
    place,
  ]);
  return `Calls that failed\n${table(['call', 'errno', 'times', 'program', 'first pid', 'place'], rows)}`;
}

/** Where the kernel's time went, most first; idle time and programs' own are in the totals. */
function profileText(proc: RunReport['result']['proc']): string {
  const kernel = (proc?.profile ?? []).filter(([name]) => name !== 'user' && name !== 'idle');
  const all = kernel.reduce((sum, [, ns]) => sum + ns, 0);
  if (all === 0) return '';
  const rows = kernel.slice(0, MOST_ROWS).map(([name, ns]) => [name, time(ns), `${((100 * ns) / all).toFixed(1)} %`]);
  const more = kernel.length > MOST_ROWS ? `, ${MOST_ROWS} of ${kernel.length}` : '';
  return `Kernel functions (share of system time${more})\n${table(['function', 'time', 'share'], rows)}`;
}

/** What page clusters lose at the end of the run, where they lose anything. */
function unusedText(proc: RunReport['result']['proc']): string {
  const { anonymous, pageCache, pageTables } = proc?.unused ?? { anonymous: 0, pageCache: 0, pageTables: 0 };
  if (anonymous + pageCache + pageTables === 0) return '';
  const kb = (bytes: number): string => `${figure(Math.round(bytes / 1024))} kB`;
  return `Lost to fragmentation: anonymous ${kb(anonymous)}, page cache ${kb(pageCache)}, page tables ${kb(pageTables)}\n`;
}

function bytesText(bytes: number): string {
  const [unit, scale] = bytes < 2 ** 20 ? ['KiB', 2 ** 10] : bytes < 2 ** 30 ? ['MiB', 2 ** 20] : ['GiB', 2 ** 30];
  return `${figure(bytes / scale)} ${unit}`;
}

function totalsText(totals: RunReport['result']['totals']): string {
  const rows = metrics
    .filter(({ id }) => (totals[id] ?? 0) !== 0)
    .map(({ id, label, unit }) => [label, ...withUnit(totals[id], unit)]);
  const width = (column: number): number => Math.max(0, ...rows.map((row) => row[column].length));
  const [labels, values] = [width(0), width(1)];
  return rows
    .map(([label, value, unit]) => `${`${label.padEnd(labels)}  ${value.padStart(values)} ${unit}`.trimEnd()}\n`)
    .join('');
}

/** A value and its unit; a duration in the unit in which it is read best. */
function withUnit(value: number, unit: string): readonly [string, string] {
  if (unit === '%') return [value.toFixed(2), unit];
  if (unit !== 'ns') return [figure(value), unit];
  const [number = '', scaled = ''] = time(value).split(' ');
  return [number, scaled];
}

function tableText(title: string, { columns, rows }: Table): string {
  if (rows.length === 0) return '';
  const used = columns.map((_, column) => column).filter((column) => isUsed(columns[column], column, rows));
  const folded = rows.length > MOST_ROWS;
  const shown = folded ? fold(rows) : rows.map((row) => ['', ...row] as const);
  const heading = folded ? `${title} (${figure(rows.length)})` : title;
  for (const spare of ['', ...SPARE]) {
    used.splice(0, used.length, ...used.filter((column) => columns[column] !== spare));
    const header = [
      ...(folded ? [''] : []),
      ...used.map((column) => (columns[column] === 'timeNs' ? 'ms' : columns[column])),
    ];
    const cells = shown.map(([name, ...row]) => [
      ...(folded ? [name] : []),
      ...used.map((column) => cell(columns[column], row[column])),
    ]);
    const text = `${heading}\n${table(header, cells)}`;
    if (spare === SPARE.at(-1) || text.split('\n').every((line) => line.length <= WIDTH)) return text;
  }
  return '';
}

/** The columns that name a row, and those in which not everything is 0. */
function isUsed(name: string, column: number, rows: Table['rows']): boolean {
  return ['cpu', 'node', 'zone', 'from', 'to'].includes(name) || rows.some((row) => row[column] !== 0);
}

function cell(column: string, value: number): string | number {
  if (column === 'zone') return ZONE_NAMES[value] ?? value;
  return Math.round((column === 'timeNs' ? value / 1e6 : value) * 1000) / 1000;
}

function fold(rows: Table['rows']): readonly (readonly [string, ...number[]])[] {
  const columns = rows[0].map((_, column) => rows.map((row) => row[column]));
  const least = columns.map((values) => values.reduce((a, b) => Math.min(a, b)));
  const mean = columns.map((values) => values.reduce((a, b) => a + b) / values.length);
  const greatest = columns.map((values) => values.reduce((a, b) => Math.max(a, b)));
  return [
    ['least', ...least],
    ['mean', ...mean],
    ['greatest', ...greatest],
  ];
}
