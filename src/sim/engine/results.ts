/** From counters to a report: totals, and tables by CPU, node, zone and link. */
import type { Core } from '../hardware/core.ts';
import type { Machine } from '../hardware/machine.ts';
import type { BootLayout } from '../kernel/boot/layout.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { NUMASTAT_COLUMNS, type Numastat } from '../kernel/numastat.ts';
import { takeSnapshot } from '../kernel/proc/take-snapshot.ts';
import type { Zone } from '../kernel/zone.ts';
import { assumedGroups } from '../profiles/sources.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import { ENGINE_VERSION } from './version.ts';
import type { SchedulingReport } from './scheduling-report.ts';
import { localityReport } from './locality-report.ts';
import { metrics } from './metrics.ts';
import {
  type FailedCallRow,
  RUN_FORMAT,
  RUN_VERSION,
  type RunConfig,
  type RunReport,
  type Table,
  type TransactionRow,
} from './report.ts';

interface Ingredients {
  readonly config: RunConfig;
  readonly traits: KernelTraits;
  readonly elapsedNs: number;
  readonly counters: Float64Array;
  readonly cores: readonly Core[];
  readonly machine: Machine;
  readonly layout: BootLayout;
  readonly numastat: Numastat | undefined;
  readonly zones: readonly Zone[];
  readonly freeAtStart: readonly number[];
  readonly samples: Table;
  /** Undefined of a machine without a kernel. */
  readonly kernel?: Kernel;
  readonly transactions?: readonly TransactionRow[];
  readonly calls?: readonly FailedCallRow[];
  readonly scheduling?: SchedulingReport;
}

/** Metrics that a CPU's row shows. */
const PER_CPU: readonly string[] = [
  'references',
  'instructions',
  'l1dMisses',
  'l2Misses',
  'tlbMisses',
  'servedLocal',
  'servedTransfer',
  'servedRemoteCache',
  'servedRemote',
  'servedRemoteOwner',
  'meanMissNs',
  'faults',
];

const ZONE_NUMBERS = { DMA: 0, Normal: 1, HighMem: 2 } as const;

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);

/** The report of a run, with every table in a fixed order. */
export function makeReport(from: Ingredients): RunReport {
  return {
    format: RUN_FORMAT,
    version: RUN_VERSION,
    engine: ENGINE_VERSION,
    config: from.config,
    kernel: from.traits,
    assumed: [
      ...assumedGroups(from.config.profile).map(({ path }) => path),
      ...from.traits.patches.map((patch) => `patch: ${patch}`),
    ],
    result: {
      elapsedNs: from.elapsedNs,
      totals: Object.fromEntries(metrics.map((metric) => [metric.id, metric.of(from.counters)])),
      cpus: cpuTable(from),
      nodes: nodeTable(from),
      zones: zoneTable(from),
      links: linkTable(from),
      samples: from.samples,
      transactions: from.transactions ?? [],
      calls: from.calls ?? [],
      scheduling: from.scheduling ?? null,
      locality: from.kernel === undefined ? null : localityReport({ ...from, kernel: from.kernel }),
      proc: from.kernel === undefined ? null : takeSnapshot(from.kernel, from.counters, from.elapsedNs),
    },
  };
}

function cpuTable({ cores, layout }: Ingredients): Table {
  const shown = metrics.filter((metric) => PER_CPU.includes(metric.id));
  return {
    columns: ['cpu', 'node', 'timeNs', ...shown.map((metric) => metric.id)],
    rows: cores.map((core) => [
      core.cpu,
      layout.nodes[core.node].id,
      core.clock,
      ...shown.map((metric) => metric.of(core.counters)),
    ]),
  };
}

/** Nodes that ran, gave or carried something; of a machine of thousands not the others. */
function nodeTable({ layout, numastat, machine, elapsedNs }: Ingredients): Table {
  const rows: number[][] = [];
  for (const [place, node] of layout.nodes.entries()) {
    const hardware = machine.nodes[place];
    const stat = numastat?.of(place) ?? NUMASTAT_COLUMNS.map(() => 0);
    const quiet = hardware.cores.length === 0 && !hardware.busUsed && stat.every((count) => count === 0);
    if (quiet) continue;
    const busy = hardware.busUsed ? percent(hardware.bus.busyNs, elapsedNs) : 0;
    rows.push([node.id, hardware.cores.length, ...stat, busy]);
  }
  return { columns: ['node', 'cpus', ...NUMASTAT_COLUMNS, 'busUtilisation'], rows };
}

function zoneTable({ zones, freeAtStart }: Ingredients): Table {
  const rows: number[][] = [];
  for (const [index, zone] of zones.entries()) {
    const free = zone.freeFrames;
    if (zones.length > 64 && free === freeAtStart[index]) continue;
    rows.push([zone.node, ZONE_NUMBERS[zone.layout.name], zone.layout.index, freeAtStart[index], free]);
  }
  return { columns: ['node', 'zone', 'index', 'freeAtStart', 'freeAtEnd'], rows };
}

function linkTable({ machine, layout, elapsedNs }: Ingredients): Table {
  const idOf = (place: number): number => (place < 0 ? -1 : layout.nodes[place].id);
  const rows: number[][] = [];
  for (const { from, to, ledger } of machine.interconnect.used()) {
    rows.push([idOf(from), idOf(to), ledger.bytes, percent(ledger.busyNs, elapsedNs)]);
  }
  return { columns: ['from', 'to', 'bytes', 'utilisation'], rows };
}
