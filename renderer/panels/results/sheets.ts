/**
 * A run's report as sheets for the eye and for CSV: totals by metric, what the kernel says (proc-sheets.ts), then one
 * sheet each for CPUs, nodes, zones, links and samples.
 */
import type { Catalogue, MetricSummary } from '../../../src/lab/contract.ts';
import type { RunReport, Table } from '../../../src/sim/engine/report.ts';
import { formatFigures, formatMetric, formatNumber, formatTime } from '../format.ts';
import { zoneLabel, zoneOf } from '../charts/columns.ts';
import type { Cell } from './csv.ts';
import { procSheets } from './proc-sheets.ts';
import { callSheets } from './scheduling-sheets.ts';

export interface SheetColumn {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly description: string;
  /** Left-aligned; its cells may be words, which stand as they are. */
  readonly text?: boolean;
  readonly format: (value: number) => string;
}

export interface Sheet {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly SheetColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

const ZONES = ['DMA', 'Normal', 'HighMem'];
const PLAIN: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  node: 'Node',
  zone: 'Zone',
  index: 'Index',
  timeNs: 'Time',
  from: 'From node',
  to: 'To node',
  bytes: 'Bytes',
  cpus: 'CPUs',
};

/** What a column of a report's table is called: the metric's label, else its name in words; kernel names stay as they are. */
function columnOf(id: string, metrics: ReadonlyMap<string, MetricSummary>): SheetColumn {
  const metric = metrics.get(id);
  if (metric !== undefined) {
    const { label, unit, description } = metric;
    return { id, label, unit, description, format: (value) => formatMetric(value, unit) };
  }
  const zone = zoneOf(id);
  if (zone !== undefined) {
    const description = '4 KiB frames free';
    return { id, label: `Free ${zoneLabel(zone)}`, unit: 'pages', description, format: (value) => formatNumber(value) };
  }
  if (id === 'timeNs' || id.endsWith('Ns')) {
    return { id, label: words(id.replace(/Ns$/, '')), unit: '', description: '', format: formatTime };
  }
  if (/utilisation/i.test(id)) {
    const format = (value: number): string => formatMetric(value, '%');
    return { id, label: words(id), unit: '%', description: 'Share of the run’s time that it was busy.', format };
  }
  if (id === 'freeAtStart' || id === 'freeAtEnd') {
    return {
      id,
      label: words(id),
      unit: 'pages',
      description: '4 KiB frames free',
      format: (value) => formatNumber(value),
    };
  }
  if (id === 'from' || id === 'to') {
    // A link may end at the switch of a crossbar, which is no node.
    const format = (value: number): string => (value < 0 ? 'switch' : String(value));
    return { id, label: words(id), unit: '', description: '', format };
  }
  const format = id === 'zone' ? (value: number) => ZONES[value] ?? String(value) : formatFigures;
  return { id, label: words(id), unit: '', description: '', format, ...(id === 'zone' ? { text: true } : {}) };
}

function words(id: string): string {
  if (PLAIN[id] !== undefined) return PLAIN[id];
  if (id.includes('_')) return id;
  const spaced = id.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function sheetOf(id: string, title: string, table: Table, metrics: ReadonlyMap<string, MetricSummary>): Sheet[] {
  if (table.rows.length === 0) return [];
  return [{ id, title, columns: table.columns.map((column) => columnOf(column, metrics)), rows: table.rows }];
}

/** A cell as it is shown. */
export function cellText(column: SheetColumn, cell: Cell): string {
  return typeof cell === 'string' ? cell : column.format(cell);
}

/** All sheets of a report; tables without rows are left out. */
export function sheetsOf(report: RunReport, catalogue: Catalogue): Sheet[] {
  const metrics = new Map(catalogue.metrics.map((metric) => [metric.id, metric]));
  const { result } = report;
  return [
    ...procSheets(result),
    ...callSheets(result.calls),
    ...sheetOf('cpus', 'CPUs', result.cpus, metrics),
    ...sheetOf('nodes', 'Nodes', result.nodes, metrics),
    ...sheetOf('zones', 'Zones', result.zones, metrics),
    ...sheetOf('links', 'Links', result.links, metrics),
    ...sheetOf('samples', 'Samples', result.samples, metrics),
  ];
}

export interface Total {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly text: string;
  readonly description: string;
}

/** What time(1) says first. */
const TIMES = ['userNs', 'systemNs'];

/** The totals of a run in the order of the list of metrics, elapsed, user, system and CPU first; what the list does not know comes last. */
export function totalsOf(report: RunReport, catalogue: Catalogue): Total[] {
  const { totals, elapsedNs } = report.result;
  const known = new Set(catalogue.metrics.map(({ id }) => id));
  const elapsed = {
    id: 'elapsedNs',
    label: 'Elapsed',
    unit: '',
    value: elapsedNs,
    text: formatTime(elapsedNs),
    description: 'Virtual time until the last program ended.',
  };
  const times = TIMES.flatMap((id) => catalogue.metrics.filter((metric) => metric.id === id));
  const rest = catalogue.metrics.filter(({ id }) => !TIMES.includes(id));
  const rowsOf = ({ id, label, unit, description }: MetricSummary): Total[] => {
    const value = totals[id];
    if (value === undefined) return [];
    const isTime = unit === 'ns';
    return [
      {
        id,
        label,
        unit: isTime ? '' : unit,
        value,
        text: isTime ? formatTime(value) : formatMetric(value, unit),
        description,
      },
    ];
  };
  const others = Object.entries(totals)
    .filter(([id]) => !known.has(id) && id !== 'elapsedNs')
    .map(([id, value]): Total => ({
      id,
      label: words(id),
      unit: '',
      value,
      text: formatFigures(value),
      description: '',
    }));
  return [elapsed, ...times.flatMap(rowsOf), ...cpuShare(report), ...rest.flatMap(rowsOf), ...others];
}

/** As time(1) says it: more than 100 where several CPUs worked. None of a machine without a kernel. */
function cpuShare({ result: { totals, elapsedNs, proc } }: RunReport): Total[] {
  if (proc === null || elapsedNs === 0) return [];
  const value = (100 * ((totals['userNs'] ?? 0) + (totals['systemNs'] ?? 0))) / elapsedNs;
  const description = 'User and system time of all CPUs, of the time elapsed.';
  return [{ id: 'cpuPercent', label: 'CPU', unit: '%', value, text: formatNumber(value), description }];
}
