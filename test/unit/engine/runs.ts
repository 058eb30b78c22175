/** Runs of programs made by hand or of patterns, on machines made by hand or built in. */
import type { RunReport } from '../../../src/sim/engine/report.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import { builtInById } from '../../../src/sim/profiles/builtin/index.ts';
import type { MachineProfile, MachineProfileInput } from '../../../src/sim/profiles/schema.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import type { Program, ReferenceStream, WorkloadSpec } from '../../../src/sim/workloads/workload.ts';
import { wordsOf, type Reference } from '../../conformance/naive/records.ts';
import { profileOf } from '../boot/machines.ts';

export function builtIn(id: string): MachineProfile {
  const found = builtInById(id);
  if (found === undefined) throw new Error(`no built-in ${id}`);
  return found.profile();
}

/** Round numbers: an instruction 1 ns, L2 hit 10, local 200, remote 2,000, a transfer between caches 140. Nothing queues. */
export function roundNumbers(
  changes: {
    nodes?: number;
    cpus?: number;
    kernel?: Partial<MachineProfileInput['kernel']>;
    machine?: Partial<MachineProfileInput['machine']>;
  } = {},
): MachineProfile {
  const count = changes.nodes ?? 2;
  const cpus = changes.cpus ?? 2;
  const crossbar = { kind: 'crossbar' as const, remoteNs: 2000, linkMBps: 1000, queued: false };
  return profileOf({
    nodes: Array.from({ length: count }, (_, id) => ({ id, cpus, memoryMiB: 128 })),
    bits: 64,
    pae: false,
    kernel: { flavour: '2.6.28', faultNs: 1000, ...changes.kernel },
    machine: {
      cpu: {
        name: 'by hand',
        clockMHz: 1000,
        instructionNs: 1,
        l1d: { kib: 1, ways: 2, lineBytes: 32 },
        l2: { kib: 16, ways: 4, lineBytes: 32, hitNs: 10 },
        dtlb: { entries: 64, ways: 4 },
      },
      bus: { bandwidthMBps: 1000, queued: false },
      localNs: 200,
      transferNs: 140,
      interconnect: count > 1 ? crossbar : { kind: 'none' },
      ...changes.machine,
    },
  });
}

/** A stream that makes `records` references, the n-th by `reference(n)`. */
export function stream(
  cpu: number,
  records: number,
  reference: (n: number) => Reference,
  rest: Partial<ReferenceStream> = {},
): ReferenceStream {
  return {
    cpu,
    addressSpace: 0,
    startNs: 0,
    records,
    hasFetches: false,
    read(position, into) {
      const count = Math.max(0, Math.min(into.length / 2, records - position));
      for (let i = 0; i < count; i++) into.set(wordsOf(reference(position + i)), 2 * i);
      return count;
    },
    ...rest,
  };
}

/** First address of the memory that programs by hand have: on a border of pte pages. */
export const BASE = 16 * 1024 * 1024;

/** A program of these streams, with 32 MiB of private memory from BASE on in each address space. */
export function program(...streams: readonly ReferenceStream[]): Program {
  const spaces = Math.max(...streams.map((each) => each.addressSpace)) + 1;
  const mapping = { start: BASE, end: BASE + 32 * 1024 * 1024, segment: -1, segmentOffset: 0 };
  return {
    title: 'by hand',
    streams,
    addressSpaces: Array.from({ length: spaces }, () => ({ mappings: [mapping] })),
  };
}

export interface RunOptions {
  readonly workloads?: readonly WorkloadSpec[];
  readonly seed?: number;
  readonly sampleNs?: number;
  /** Records at a time. */
  readonly step?: number;
}

/** Runs to the end. */
export function run(profile: MachineProfile, programs: readonly Program[], options: RunOptions = {}): RunReport {
  const { workloads = [], seed = 1, sampleNs = 100_000, step = 2 ** 20 } = options;
  const simulation = new Simulation({ profile, workloads, seed, sampleNs }, programs);
  while (!simulation.run(step));
  return simulation.report();
}

/** Runs of workloads as a run file names them. */
export function runWorkloads(
  profile: MachineProfile,
  workloads: readonly WorkloadSpec[],
  options: RunOptions = {},
): RunReport {
  const seed = options.seed ?? 1;
  const programs = workloads.map((spec, index) => buildProgram(spec, profile, () => undefined, index, seed));
  return run(profile, programs, { ...options, workloads, seed });
}

export function pattern(
  id: string,
  cpus: readonly number[],
  references: number,
  bytes: number,
  startNs = 0,
): WorkloadSpec {
  return { kind: 'pattern', pattern: id, cpus: [...cpus], startNs, bytes, references };
}

/** Values of a table's column. */
export function column(table: RunReport['result']['cpus'], name: string): number[] {
  const at = table.columns.indexOf(name);
  if (at < 0) throw new Error(`no column ${name} in ${table.columns.join(', ')}`);
  return table.rows.map((row) => row[at]);
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
