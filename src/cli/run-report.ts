/** A run's report as text for a person. */
import { metrics } from '../sim/engine/metrics.ts';
import type { RunReport, Table } from '../sim/engine/report.ts';
import type { WorkloadSpec } from '../sim/workloads/workload.ts';
import { figure, table, time } from './table.ts';

/** More rows than this are folded into their least, mean and greatest. */
const MOST_ROWS = 16;
const ZONE_NAMES = ['DMA', 'Normal', 'HighMem'];

/** The report in tables of at most about 100 columns: what was run, totals, nodes, CPUs, zones. */
export function reportText(report: RunReport): string {
  const { config, result, assumed } = report;
  const parts = [
    `${config.profile.title}\n${config.workloads.map((workload) => `  ${workloadLine(workload)}\n`).join('')}`,
    `Virtual time ${time(result.elapsedNs)}, seed ${config.seed}, engine ${report.engine}\n`,
    totalsText(result.totals),
    tableText('Nodes', result.nodes),
    tableText('CPUs', result.cpus),
    tableText('Zones', result.zones),
    tableText('Links', result.links),
  ];
  if (assumed.length > 0) {
    parts.push(`Rests on ${assumed.length} assumed figures of the machine (--json lists them under "assumed").\n`);
  }
  return parts.filter((part) => part !== '').join('\n');
}

function workloadLine(workload: WorkloadSpec): string {
  const cpus = `on ${workload.cpus.length === 1 ? 'CPU' : 'CPUs'} ${ranges(workload.cpus)}`;
  const start = workload.startNs === 0 ? '' : `, from ${time(workload.startNs)}`;
  if (workload.kind === 'trace') return `${workload.trace.name} ${cpus}${start}`;
  const size = `${figure(workload.bytes / 2 ** 20)} MiB, ${figure(workload.references)} references a CPU`;
  return `${workload.pattern} ${cpus}, ${size}${start}`;
}

/** `0-3,8` of 0, 1, 2, 3, 8. */
export function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

function totalsText(totals: RunReport['result']['totals']): string {
  const rows = metrics
    .filter(({ id }) => (totals[id] ?? 0) !== 0)
    .map(({ id, label, unit }) => [label, withUnit(totals[id], unit)]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column].length)));
  return rows.map(([label, value]) => `${label.padEnd(widths[0])}  ${value.padStart(widths[1])}\n`).join('');
}

/** With the unit, or room for one, so that figures stand under each other. */
function withUnit(value: number, unit: string): string {
  if (unit === '') return `${figure(value)}  `;
  return `${value.toFixed(unit === '%' ? 2 : 1).replace(/\B(?=(\d{3})+\.)/g, ',')} ${unit.padEnd(1)}`;
}

function tableText(title: string, { columns, rows }: Table): string {
  if (rows.length === 0) return '';
  const used = columns.map((_, column) => column).filter((column) => isUsed(columns[column], column, rows));
  const header = used.map((column) => columns[column]);
  const folded = rows.length > MOST_ROWS;
  const shown = folded ? fold(rows) : rows.map((row) => ['', ...row]);
  const cells = shown.map(([name, ...row]) => [
    ...(folded ? [name] : []),
    ...used.map((column) => zoneName(columns[column], row[column] as number)),
  ]);
  const heading = folded ? `${title} (${figure(rows.length)})` : title;
  return `${heading}\n${table([...(folded ? [''] : []), ...header], cells)}`;
}

/** The columns that name a row, and those in which not everything is 0. */
function isUsed(name: string, column: number, rows: Table['rows']): boolean {
  return ['cpu', 'node', 'zone', 'from', 'to'].includes(name) || rows.some((row) => row[column] !== 0);
}

const zoneName = (column: string, value: number): string | number =>
  column === 'zone' ? (ZONE_NAMES[value] ?? value) : value;

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
