/**
 * Who reached whose memory, as a report says it. Remote is an L2 miss whose home is another node than that of the CPU,
 * whoever serves it (a remote cache too). All of it is counted by the machine (hardware/locality.ts), and made of nothing
 * but data, in a fixed order; nodes are called by their ids.
 */
import { type Locality, type LocalityCell, MOST_NODES, NOBODY, OTHER_MEMORY } from '../hardware/locality.ts';
import type { Machine } from '../hardware/machine.ts';
import type { BootLayout } from '../kernel/boot/layout.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { busiestOf } from './busiest.ts';
import { adviceOf } from './locality-advice.ts';
import { most, MissSum, sumBy, Sums } from './locality-sums.ts';
import type { Table } from './report.ts';

/** L2 misses of programs, unless it is said otherwise. */
export interface MissSummary {
  readonly misses: number;
  /** Of these, to other nodes. */
  readonly remoteMisses: number;
  /** The same as a share, %; 0 where nothing missed. */
  readonly remoteShare: number;
  /** 0 where nothing missed. */
  readonly meanNs: number;
}

export interface RangeLocality extends MissSummary {
  readonly segment: string;
  /** Name of the range; of a segment in one piece the segment's. */
  readonly name: string;
  /** Its size, pages of 4 KiB. */
  readonly pages: number;
  /** Of these, pages in memory at the end by node id: what numa_maps would say. */
  readonly onNodes: Readonly<Record<string, number>>;
  /** Misses by the node that they came from. */
  readonly from: Readonly<Record<string, number>>;
  /** Misses of the kernel. */
  readonly kernelMisses: number;
}

export interface SegmentLocality extends MissSummary {
  readonly name: string;
  readonly pages: number;
  readonly onNodes: Readonly<Record<string, number>>;
  readonly from: Readonly<Record<string, number>>;
  readonly kernelMisses: number;
}

export interface ProcessLocality extends MissSummary {
  /** -1: kernel threads, and what idle CPUs did (ticks, balancing, interrupts). */
  readonly pid: number;
  readonly name: string;
  /** Node that most of its misses came from. */
  readonly node: number;
  /** The kernel's misses for it: system calls, faults, page walks. */
  readonly kernelMisses: number;
  readonly kernelRemoteShare: number;
  /** Of its misses, those in segments, and the share of these that was remote, %. */
  readonly segmentMisses: number;
  readonly segmentRemoteShare: number;
}

/** A memory bus or a link, by how much of the time it was taken. */
export interface BusyResource {
  readonly kind: 'memory bus' | 'link';
  /** As a person would call it: `memory bus of node 0`, `link 0 -> 1`, `link of node 0 to the switch`. */
  readonly name: string;
  /** Node of the bus, or ends of the link; -1: the switch. */
  readonly from: number;
  readonly to: number;
  /** %. */
  readonly utilisation: number;
}

/** What binding could do for a segment, computed from who used which of its ranges. */
export interface BindingAdvice {
  readonly segment: string;
  /** Share of its misses that were remote, and the least that binding each range to one node could leave, %. */
  readonly actual: number;
  readonly least: number;
  /** The node for each range that the least needs. */
  readonly nodes: readonly { readonly range: string; readonly node: number }[];
  /** No single-node binding of ranges would be better by more than 1 point. */
  readonly cannotHelp: boolean;
  /** Mean misses in the segment: of the process that waits longest, the one that waits least, and all misses, ns. */
  readonly slowestNs: number;
  readonly quickestNs: number;
  readonly meanNs: number;
  /** The above, and who would gain, as sentences. */
  readonly text: string;
}

export interface LocalityReport {
  /** Virtual time from which on all of this was counted, ns: the last `measure` of a script, or 0. */
  readonly sinceNs: number;
  /** Columns from, home, misses, meanNs of programs, kernelMisses, kernelMeanNs; pairs of nodes of which anything was counted. */
  readonly matrix: Table;
  /** One row a node: node, misses and remoteShare of its CPUs, meanNs, kernelMisses, and `given`: misses of other nodes in its memory. */
  readonly nodes: Table;
  readonly segments: readonly SegmentLocality[];
  readonly ranges: readonly RangeLocality[];
  /** Those with the most misses, in the order of their pids; `moreProcesses` are left out. */
  readonly processes: readonly ProcessLocality[];
  readonly moreProcesses: number;
  /** The busiest of all memory buses and links, and the busiest link; null where nothing was carried. */
  readonly busiest: BusyResource | null;
  readonly busiestLink: BusyResource | null;
  readonly advice: readonly BindingAdvice[];
}

/** Processes in full; of a run with thousands the rest are counted only. */
const MOST_PROCESSES = 200;

interface Ingredients {
  readonly kernel: Kernel;
  readonly machine: Machine;
  readonly layout: BootLayout;
  readonly elapsedNs: number;
}

/** The report on a run so far. */
export function localityReport({ kernel, machine, layout, elapsedNs }: Ingredients): LocalityReport {
  const { locality } = machine;
  const cells = [...locality.cells()];
  const idOf = (place: number): number => layout.nodes[place].id;
  const byId = (counts: ReadonlyMap<number, number>): Readonly<Record<string, number>> =>
    Object.fromEntries(
      [...counts]
        .map(([place, count]) => [idOf(place), count] as const)
        .filter(([, count]) => count > 0)
        .sort(([a], [b]) => a - b),
    );
  const ranges = rangesOf(locality, cells, layout.nodes.length, byId);
  const segments = segmentsOf(ranges, cells, locality);
  const processes = processesOf(kernel, cells, idOf);
  return {
    sinceNs: locality.sinceNs,
    matrix: matrixOf(cells, idOf),
    nodes: nodesOf(cells, idOf),
    segments,
    ranges,
    ...processes,
    ...busiestOf(machine, idOf, elapsedNs - locality.sinceNs),
    advice: advices(ranges, segments, cells, { kernel, machine, layout, elapsedNs }),
  };
}

function matrixOf(cells: readonly LocalityCell[], idOf: (place: number) => number): Table {
  const sums = sumBy(cells, ({ from, home }) => from * MOST_NODES + home);
  const rows = [...sums].map(([key, { program, kernel }]) => [
    idOf(Math.floor(key / MOST_NODES)),
    idOf(key % MOST_NODES),
    program.misses,
    program.meanNs,
    kernel.misses,
    kernel.meanNs,
  ]);
  return { columns: ['from', 'home', 'misses', 'meanNs', 'kernelMisses', 'kernelMeanNs'], rows };
}

function nodesOf(cells: readonly LocalityCell[], idOf: (place: number) => number): Table {
  const made = sumBy(cells, ({ from }) => from);
  const given = sumBy(cells, ({ from, home, kernel }) => (from === home || kernel ? undefined : home));
  const places = [...new Set([...made.keys(), ...given.keys()])].sort((a, b) => a - b);
  const none = new Sums();
  const rows = places.map((place) => {
    const { program, kernel } = made.get(place) ?? none;
    const others = given.get(place)?.program.misses ?? 0;
    return [
      idOf(place),
      program.misses,
      program.remoteShare,
      program.meanNs,
      kernel.misses,
      kernel.remoteShare,
      kernel.meanNs,
      others,
    ];
  });
  const kernel = ['kernelMisses', 'kernelRemoteShare', 'kernelMeanNs'];
  return { columns: ['node', 'misses', 'remoteShare', 'meanNs', ...kernel, 'given'], rows };
}

function rangesOf(
  locality: Locality,
  cells: readonly LocalityCell[],
  nodes: number,
  byId: (counts: ReadonlyMap<number, number>) => Readonly<Record<string, number>>,
): readonly RangeLocality[] {
  if (locality.ranges.length === 0) return [];
  const sums = sumBy(cells, ({ tag }) => (tag === OTHER_MEMORY ? undefined : tag));
  const frames = locality.framesByTag(nodes);
  const none = new Sums();
  return locality.ranges.map(({ tag, segment, range, pages }) => {
    const { program, kernel, from } = sums.get(tag) ?? none;
    const onNodes = byId(new Map(frames[tag].entries()));
    return {
      segment,
      name: range,
      pages,
      ...program.summary,
      onNodes,
      from: byId(from),
      kernelMisses: kernel.misses,
    };
  });
}

/** Segments in the order of their first ranges. */
function segmentsOf(
  ranges: readonly RangeLocality[],
  cells: readonly LocalityCell[],
  locality: Locality,
): readonly SegmentLocality[] {
  const names = [...new Set(ranges.map(({ segment }) => segment))];
  const sums = sumBy(cells, segmentKey(locality, names));
  const none = new Sums();
  return names.map((name, place) => {
    const own = ranges.filter(({ segment }) => segment === name);
    return {
      name,
      pages: own.reduce((sum, { pages }) => sum + pages, 0),
      ...(sums.get(place) ?? none).program.summary,
      onNodes: added(own.map(({ onNodes }) => onNodes)),
      from: added(own.map(({ from }) => from)),
      kernelMisses: own.reduce((sum, { kernelMisses }) => sum + kernelMisses, 0),
    };
  });
}

/** Place in `names` of a cell's segment. */
function segmentKey(locality: Locality, names: readonly string[]): (cell: LocalityCell) => number | undefined {
  const places = new Map(locality.ranges.map(({ tag, segment }) => [tag, names.indexOf(segment)]));
  return ({ tag }) => places.get(tag);
}

function added(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum = new Map<string, number>();
  for (const each of counts) for (const [key, count] of Object.entries(each)) sum.set(key, (sum.get(key) ?? 0) + count);
  return Object.fromEntries([...sum].sort(([a], [b]) => Number(a) - Number(b)));
}

function processesOf(
  kernel: Kernel,
  cells: readonly LocalityCell[],
  idOf: (place: number) => number,
): Pick<LocalityReport, 'processes' | 'moreProcesses'> {
  const sums = sumBy(cells, ({ row }) => row);
  const inSegments = sumBy(cells, ({ row, tag }) => (tag === OTHER_MEMORY ? undefined : row));
  const tasks = [...kernel.tasks.values()].filter(({ locality }) => sums.has(locality));
  const who = tasks.map(({ pid, name, locality }) => ({ pid, name, row: locality }));
  if (sums.has(NOBODY)) who.push({ pid: -1, name: 'kernel threads, idle CPUs', row: NOBODY });
  const none = new Sums();
  const all = who.map(({ pid, name, row }): ProcessLocality => {
    const { program, kernel: inKernel, from } = sums.get(row) ?? none;
    const segments = (inSegments.get(row) ?? none).program;
    const ranOn = from.size > 0 ? from : nodesOfRow(cells, row);
    return {
      pid,
      name,
      node: idOf(most(ranOn)),
      ...program.summary,
      kernelMisses: inKernel.misses,
      kernelRemoteShare: inKernel.remoteShare,
      segmentMisses: segments.misses,
      segmentRemoteShare: segments.remoteShare,
    };
  });
  const total = ({ misses, kernelMisses }: ProcessLocality): number => misses + kernelMisses;
  all.sort((a, b) => total(b) - total(a) || a.pid - b.pid);
  const processes = all.slice(0, MOST_PROCESSES).sort((a, b) => a.pid - b.pid);
  return { processes, moreProcesses: all.length - processes.length };
}

/** Of somebody who made no misses but the kernel's: by the node they came from. */
function nodesOfRow(cells: readonly LocalityCell[], row: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const cell of cells) {
    if (cell.row === row) counts.set(cell.from, (counts.get(cell.from) ?? 0) + cell.misses);
  }
  return counts;
}

/** For each segment in which anybody missed. */
function advices(
  ranges: readonly RangeLocality[],
  segments: readonly SegmentLocality[],
  cells: readonly LocalityCell[],
  { machine, layout }: Ingredients,
): readonly BindingAdvice[] {
  const nodes = layout.nodes.filter(({ presentPages }) => presentPages > 0).length;
  const names = segments.map(({ name }) => name);
  const placeOf = segmentKey(machine.locality, names);
  const advice: BindingAdvice[] = [];
  for (const [place, { name, misses }] of segments.entries()) {
    if (misses === 0) continue;
    const own = cells.filter((cell) => placeOf(cell) === place && !cell.kernel);
    const all = new MissSum();
    for (const cell of own) all.add(cell);
    const processes = [...sumBy(own, ({ row }) => row).values()].map(({ program, from }) => {
      return { node: layout.nodes[most(from)].id, sum: program };
    });
    const use = { segment: name, ranges: ranges.filter(({ segment }) => segment === name), processes, all };
    advice.push(adviceOf({ ...use, localNs: machine.interconnect.missNs(0, 0), nodes }));
  }
  return advice;
}
