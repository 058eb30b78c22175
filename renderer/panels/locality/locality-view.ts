/** A report's locality as the window shows it: the access matrix, where ranges lie, and figures to compare. Pure. */
import type {
  LocalityReport,
  MissSummary,
  ProcessLocality,
  RangeLocality,
} from '../../../src/sim/engine/locality-report.ts';
import type { Table } from '../../../src/sim/engine/report.ts';
import type { Figure } from '../compare/comparison.ts';
import { formatFigures, formatNumber, formatShare, formatTime } from '../format.ts';
import type { Sheet, SheetColumn } from '../results/sheets.ts';

/** Up to so many nodes all of them are shown, used or not. */
const ALL_NODES = 16;

/** Misses by the node that they came from (rows) and the home of the memory (columns). */
export interface AccessMatrix {
  readonly nodes: readonly number[];
  readonly misses: readonly (readonly number[])[];
  /** 0 where nothing missed. */
  readonly meanNs: readonly (readonly number[])[];
  /** Share of a row's misses that went to other nodes, 0 to 1; NaN of a node without misses. */
  readonly remote: readonly number[];
  readonly total: number;
}

/** What cells of the matrix show. */
export const matrixKinds = [
  { id: 'share', title: 'Share of the node’s misses' },
  { id: 'misses', title: 'Misses' },
  { id: 'mean', title: 'Mean miss' },
] as const;
export type MatrixKind = (typeof matrixKinds)[number]['id'];

function column(table: Table, id: string): number {
  return table.columns.indexOf(id);
}

/** The access matrix of a report; `ids` are the nodes of its machine. */
export function matrixOf({ matrix }: Pick<LocalityReport, 'matrix'>, ids: readonly number[]): AccessMatrix {
  const [from, home, count, mean] = ['from', 'home', 'misses', 'meanNs'].map((id) => column(matrix, id));
  const used = new Set(matrix.rows.filter((row) => row[count] > 0).flatMap((row) => [row[from], row[home]]));
  const nodes = (ids.length <= ALL_NODES ? [...ids] : ids.filter((id) => used.has(id))).sort((a, b) => a - b);
  const place = new Map(nodes.map((node, at) => [node, at]));
  const empty = (): number[][] => nodes.map(() => nodes.map(() => 0));
  const misses = empty();
  const meanNs = empty();
  for (const row of matrix.rows) {
    const [r, c] = [place.get(row[from]), place.get(row[home])];
    if (r === undefined || c === undefined) continue;
    misses[r][c] = row[count];
    meanNs[r][c] = row[mean];
  }
  const sums = misses.map((row) => row.reduce((sum, value) => sum + value, 0));
  return {
    nodes,
    misses,
    meanNs,
    remote: misses.map((row, at) => 1 - row[at] / sums[at]),
    total: sums.reduce((sum, value) => sum + value, 0),
  };
}

/** The figures of the matrix's cells, of one kind: shares are of their row. */
export function matrixValues(matrix: AccessMatrix, kind: MatrixKind): readonly (readonly number[])[] {
  if (kind === 'mean') return matrix.meanNs;
  if (kind === 'misses') return matrix.misses;
  return matrix.misses.map((row) => {
    const sum = row.reduce((all, value) => all + value, 0);
    return row.map((value) => (sum === 0 ? 0 : value / sum));
  });
}

/** A cell of the matrix as text; nothing is `0`, and no mean where nothing missed. */
export function matrixText(kind: MatrixKind, value: number): string {
  if (value === 0) return kind === 'mean' ? '–' : '0';
  if (kind === 'mean') return formatTime(value);
  return kind === 'share' ? formatShare(value) : formatShortCount(value);
}

function formatShortCount(value: number): string {
  if (value >= 1e6) return `${formatNumber(value / 1e6, 2)} M`;
  return value >= 1e4 ? `${formatNumber(value / 1e3, 1)}k` : formatNumber(value);
}

/** Pages on each of `nodes`, from a record by node id. */
export function pagesOn(onNodes: Readonly<Record<string, number>>, nodes: readonly number[]): number[] {
  return nodes.map((node) => onNodes[String(node)] ?? 0);
}

/** Nodes that any of the ranges lies on or that the machine has, in order; of a large machine only those used. */
export function placementNodes(
  placed: readonly Readonly<Record<string, number>>[],
  ids: readonly number[],
): readonly number[] {
  const used = new Set(placed.flatMap((onNodes) => Object.keys(onNodes).filter((node) => onNodes[node] > 0)));
  const nodes = ids.length <= ALL_NODES ? [...ids] : ids.filter((id) => used.has(String(id)));
  return nodes.sort((a, b) => a - b);
}

/** All programs together. */
export function sumOf(parts: readonly MissSummary[]): MissSummary {
  const misses = parts.reduce((sum, part) => sum + part.misses, 0);
  const remoteMisses = parts.reduce((sum, part) => sum + part.remoteMisses, 0);
  const ns = parts.reduce((sum, part) => sum + part.misses * part.meanNs, 0);
  return {
    misses,
    remoteMisses,
    remoteShare: misses === 0 ? 0 : (100 * remoteMisses) / misses,
    meanNs: misses === 0 ? 0 : ns / misses,
  };
}

const rangeName = ({ segment, name }: Pick<RangeLocality, 'segment' | 'name'>): string =>
  segment === name ? segment : `${segment}: ${name}`;

/** Name of a range as it is shown: with its segment where the run has several. */
export function rangeLabel(range: Pick<RangeLocality, 'segment' | 'name'>, segments: number): string {
  return segments > 1 ? rangeName(range) : range.name;
}

/** Figures of all runs: remote share and mean miss in all, of each range, and the busiest resource. */
export function localityFigures(reports: readonly (LocalityReport | null)[]): Figure[] {
  if (reports.every((report) => report === null)) return [];
  const share = (id: string, label: string, of: (report: LocalityReport) => MissSummary | undefined): Figure[] => {
    const found = reports.map((report) => {
      const misses = report === null ? undefined : of(report);
      return misses === undefined || misses.misses === 0 ? undefined : misses;
    });
    return [
      {
        id: `${id}.remote`,
        label: `${label}: remote`,
        unit: '%',
        better: -1,
        values: found.map((misses) => misses?.remoteShare),
        description: 'L2 misses of programs whose home is another node than that of the CPU.',
      },
      {
        id: `${id}.mean`,
        label: `${label}: mean miss`,
        unit: 'ns',
        better: -1,
        values: found.map((misses) => misses?.meanNs),
        description: 'Mean time of these misses, waiting for buses and links included.',
      },
    ];
  };
  const ranges = reports.flatMap((report) => report?.ranges ?? []).map(rangeName);
  const slowest = (report: LocalityReport | null): number | undefined => {
    const means = report?.processes.filter(({ pid, misses }) => pid >= 0 && misses > 0).map(({ meanNs }) => meanNs);
    return means === undefined || means.length === 0 ? undefined : Math.max(...means);
  };
  return [
    ...share('all', 'All programs', (report) => sumOf(report.processes.filter(({ pid }) => pid >= 0))),
    ...[...new Set(ranges)].flatMap((name) =>
      share(`range.${name}`, name, (report) => report.ranges.find((range) => rangeName(range) === name)),
    ),
    {
      id: 'slowest',
      label: 'Slowest process: mean miss',
      unit: 'ns',
      better: -1,
      values: reports.map(slowest),
      description: 'Of all processes the one that waits longest for a miss.',
    },
    {
      id: 'busiest',
      label: 'Busiest bus or link',
      unit: '%',
      better: -1,
      values: reports.map((report) => report?.busiest?.utilisation),
      description: 'Utilisation of the memory bus or link that was taken most of the time.',
    },
  ];
}

const number = (id: string, label: string, unit: string, description: string, decimals = 0): SheetColumn => ({
  id,
  label,
  unit,
  description,
  format: (value) => formatNumber(value, decimals),
});
const words = (id: string, label: string): SheetColumn => ({
  id,
  label,
  unit: '',
  description: '',
  text: true,
  format: formatFigures,
});

/** Processes by who waits longest. */
export function processSheet(processes: readonly ProcessLocality[]): Sheet {
  return {
    id: 'localityProcesses',
    title: 'Processes by locality',
    columns: [
      words('process', 'Process'),
      number('node', 'Node', '', 'The node that most of its misses came from.'),
      number('misses', 'Misses', '', 'L2 misses of the program itself.'),
      number('remoteShare', 'Remote', '%', 'Of these, to memory of other nodes.', 1),
      { id: 'meanNs', label: 'Mean miss', unit: '', description: '', format: formatTime },
      number('segmentMisses', 'In segments', '', 'Of its misses, those in shared segments.'),
      number('segmentRemoteShare', 'Remote there', '%', 'Of the misses in segments, to memory of other nodes.', 1),
      number('kernelMisses', 'Kernel’s', '', 'L2 misses of the kernel for it: system calls, faults, page walks.'),
      number('kernelRemoteShare', 'Remote', '%', 'Of the kernel’s, to memory of other nodes.', 1),
    ],
    rows: processes.map((process) => [
      process.pid < 0 ? process.name : `${process.pid} ${process.name}`,
      process.node,
      process.misses,
      process.remoteShare,
      process.meanNs,
      process.segmentMisses,
      process.segmentRemoteShare,
      process.kernelMisses,
      process.kernelRemoteShare,
    ]),
  };
}
