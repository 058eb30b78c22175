/**
 * What a run leaves behind: the fully resolved configuration and the results, plain data in a fixed key order, so that
 * the same profile, workload and seed give the same bytes.
 */
import type { MachineProfile } from '../profiles/schema.ts';
import type { ProcSnapshot } from '../kernel/proc/snapshot.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import type { Turn } from '../workloads/operations.ts';
import type { WorkloadSpec } from '../workloads/workload.ts';
import type { HistoryRow } from '../kernel/sched/history.ts';
import type { LocalityReport } from './locality-report.ts';
import type { SchedulingReport } from './scheduling-report.ts';

export const RUN_FORMAT = 'numaq-lab/run';
export const RUN_VERSION = 1;

export interface RunConfig {
  readonly profile: MachineProfile;
  readonly workloads: readonly WorkloadSpec[];
  /** 0 to 2^32 - 1. */
  readonly seed: number;
  /** Virtual time between two rows of samples, ns. */
  readonly sampleNs: number;
  /** Knobs of /proc/sys/vm that a person turns, each after its time has passed; in the order of their times. */
  readonly turns?: readonly Turn[];
  /** What earlier runs know of programs, for a kernel that places tasks by it. */
  readonly history?: readonly HistoryRow[];
}

/** A table of numbers: `rows[i][j]` is the value of column `columns[j]`. Metric ids are of engine/metrics.ts. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** Transactions of one name that workloads marked, all tasks together. Times are ns from begin to end. */
export interface TransactionRow {
  readonly name: string;
  readonly count: number;
  /** When the first of them began and the last one ended; both 0 in files of before it was kept. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** A call that the kernel refused, all tasks of the program together. */
export interface FailedCallRow {
  /** pid of the first that it refused. */
  readonly task: number;
  readonly program: string;
  /** In the script: `programs.<program>[..]`. */
  readonly place: string;
  readonly call: string;
  /** errno. */
  readonly result: string;
  readonly count: number;
}

interface RunResult {
  /** Virtual time until the last stream ended, ns. */
  readonly elapsedNs: number;
  /** Metric id to value, of the whole run. */
  readonly totals: Readonly<Record<string, number>>;
  /** One row a CPU that ran, with its id in column `cpu`. */
  readonly cpus: Table;
  /** One row a node, with its id in column `node`: CPUs that ran, numastat, utilisation of its bus. */
  readonly nodes: Table;
  /** One row a zone: node, zone (0 DMA, 1 Normal, 2 HighMem), index, free pages at start and end. */
  readonly zones: Table;
  /** One row a link: from, to, bytes, utilisation. */
  readonly links: Table;
  /** Samples over virtual time, first column `timeNs`; later columns are metric ids (rates are per interval). */
  readonly samples: Table;
  readonly transactions: readonly TransactionRow[];
  /** Binding calls that failed. */
  readonly calls: readonly FailedCallRow[];
  /** Who reached whose memory; null of a machine without a kernel, and of files of before it was counted. */
  readonly locality: LocalityReport | null;
  /** Where tasks were put and what came of it; null as above. */
  readonly scheduling: SchedulingReport | null;
  /** What /proc says at the end; null of a machine without a kernel. */
  readonly proc: ProcSnapshot | null;
}

export interface RunReport {
  readonly format: typeof RUN_FORMAT;
  readonly version: typeof RUN_VERSION;
  /** Version of the simulator that made it. */
  readonly engine: string;
  readonly config: RunConfig;
  /** What the flavour and the switches came to when the run was made: a file means the same when flavours change. */
  readonly kernel: KernelTraits;
  /** What the result rests on without a source: paths of assumed parameters, and patches that the kernel never had. */
  readonly assumed: readonly string[];
  readonly result: RunResult;
}

/** One row of samples as it is made, for the screen. */
export interface SampleFrame {
  readonly columns: readonly string[];
  readonly row: readonly number[];
}
