/**
 * A segment of shared memory that one process on node 0 initialises and four processes a node use, on the 16 GB box: who
 * reaches whose memory, by how it is bound and who uses what. Everybody looks at every page once before it is measured,
 * so that what is measured has no faults.
 */
import type { RunReport } from '../../src/sim/engine/report.ts';
import { Simulation } from '../../src/sim/engine/simulation.ts';
import { builtInById } from '../../src/sim/profiles/builtin/index.ts';
import { type MachineProfile, profileSchema } from '../../src/sim/profiles/schema.ts';
import { buildProgram } from '../../src/sim/workloads/registry.ts';
import { parseScript } from '../../src/sim/workloads/script.ts';

const NODES = 4;
const CPUS = 16;
const PARTIES = CPUS + 1;
const ROUNDS = 50;

export type Binding = 'first touch' | 'interleave' | 'node 2' | 'quarters';

export interface LocalityOrder {
  readonly bytes: number;
  /** References of each user, a multiple of 7,500. */
  readonly references: number;
  readonly binding: Binding;
  /** Users take 98 % of their references from their node's quarter; false: all alike. */
  readonly own: boolean;
  readonly queued: boolean;
  readonly linkMBps?: number;
  /** Caches so small that next to nothing of a small segment stays in them; remote caches of so many MiB, or none (0). */
  readonly smallCaches?: boolean;
  readonly remoteCacheMiB?: number;
  /** Users touch every page before it is measured. Default: yes. */
  readonly warm?: boolean;
  /** In huge pages, whose page walks cost next to nothing; bound by set_mempolicy(), since mmap() takes them all at once. */
  readonly huge?: boolean;
}

export function localityProfile(order: LocalityOrder): MachineProfile {
  const base = builtInById('numaq-16g-4quad')?.profile();
  if (base === undefined) throw new Error('no built-in machine numaq-16g-4quad');
  const { remoteCache, ...machine } = base.machine;
  const { cpu, bus, interconnect } = machine;
  if (interconnect.kind !== 'ring') throw new Error('the 16 GB box is a ring');
  const mib = order.remoteCacheMiB ?? (order.smallCaches === true ? 0 : remoteCache?.mib);
  const small = { l1d: { ...cpu.l1d, kib: 4 }, l2: { ...cpu.l2, kib: 8 } };
  const { l1i, ...rest } = cpu;
  return profileSchema.parse({
    ...base,
    machine: {
      ...machine,
      ...(remoteCache === undefined || mib === 0 ? {} : { remoteCache: { ...remoteCache, mib } }),
      cpu: order.smallCaches === true ? { ...rest, ...small, l1i: { ...cpu.l1d, kib: 4 } } : { ...rest, l1i },
      bus: { ...bus, queued: order.queued },
      interconnect: { ...interconnect, queued: order.queued, linkMBps: order.linkMBps ?? interconnect.linkMBps },
    },
    kernel: { ...base.kernel, binding: 'mempolicy', hugePages: order.huge === true ? order.bytes / 2 ** 21 + 64 : 0 },
  });
}

/** Everybody maps the segment whole; quarter q is for the users of node q. */
function scriptOf({ bytes, references, binding, own, warm = true, huge = false }: LocalityOrder): unknown {
  const quarter = bytes / NODES;
  const map = { op: 'mmap', as: 'pool', bytes, segment: 'pool', shared: true };
  const barrier = (name: string): object => ({ op: 'barrier', name, parties: PARTIES });
  const bind = (mode: string, nodes: readonly number[], from = 0, length = bytes): object => {
    return { op: 'mbind', region: 'pool', from, bytes: length, mode, nodes };
  };
  const binds: Readonly<Record<Binding, readonly object[]>> = {
    'first touch': [],
    interleave: [bind('interleave', [0, 1, 2, 3])],
    'node 2': [bind('bind', [2])],
    quarters: [0, 1, 2, 3].map((node) => bind('bind', [node], node * quarter, quarter)),
  };
  const refer = (from: number, length: number, count: number): object => {
    return { op: 'references', region: 'pool', from, bytes: length, pattern: 'random', count, stride: 64 };
  };
  const use = (node: number): readonly object[] => {
    if (!own) return [refer(0, bytes, references)];
    // A round: 49 parts of 50 at home, and one elsewhere, of which each other quarter has its third.
    const each = references / (ROUNDS * 150);
    const away = [0, 1, 2, 3].filter((other) => other !== node).map((other) => refer(other * quarter, quarter, each));
    return [{ op: 'repeat', times: ROUNDS, body: [refer(node * quarter, quarter, each * 147), ...away] }];
  };
  const first = huge && binding === 'interleave';
  const policy = first ? [{ op: 'setMempolicy', mode: 'interleave', nodes: [0, 1, 2, 3] }] : [];
  const user = (node: number): readonly object[] => [
    ...(huge ? [barrier('initialised'), map] : [map, barrier('initialised')]),
    ...(warm ? [{ op: 'touch', region: 'pool' }] : []),
    barrier('warm'),
    barrier('measured'),
    { op: 'transaction', name: `node${node}`, mark: 'begin' },
    ...use(node),
    { op: 'transaction', name: `node${node}`, mark: 'end' },
    barrier('used'),
  ];
  return {
    format: 'numaq-lab/script',
    version: 1,
    title: 'A segment that node 0 initialises',
    segments: { pool: { bytes, huge, ranges: [0, 1, 2, 3].map((q) => ({ name: `q${q}`, bytes: quarter })) } },
    programs: {
      init: [
        ...policy,
        map,
        ...(first ? [] : binds[binding]),
        { op: 'touch', region: 'pool', write: true },
        barrier('initialised'),
        barrier('warm'),
        { op: 'measure' },
        barrier('measured'),
        // It stays: unmapping all of it is one operation of the kernel, whose bookings lie far ahead of everybody else's.
        barrier('used'),
      ],
      ...Object.fromEntries([0, 1, 2, 3].map((node) => [`user${node}`, user(node)])),
    },
    start: [
      { program: 'init', cpus: [0] },
      ...Array.from({ length: CPUS }, (_, cpu) => ({ program: `user${Math.floor(cpu / 4)}`, cpus: [cpu] })),
    ],
  };
}

export function localityRun(order: LocalityOrder, seed = 1): RunReport {
  const profile = localityProfile(order);
  const cpus = Array.from({ length: CPUS }, (_, cpu) => cpu);
  const spec = { kind: 'script' as const, script: parseScript(scriptOf(order)), cpus, startNs: 0 };
  const config = { profile, workloads: [spec], seed, sampleNs: 1e8 };
  const simulation = new Simulation(config, [buildProgram(spec, profile, () => undefined, 0, seed)]);
  while (!simulation.run(1e6));
  return simulation.report();
}

/** The locality of a report, which a machine with a kernel has. */
export function localityOf({ result }: RunReport): NonNullable<RunReport['result']['locality']> {
  if (result.locality === null) throw new Error('no locality in the report');
  return result.locality;
}

/** Users of a segment: everybody but who initialised it. */
export function usersOf(report: RunReport): readonly { readonly node: number; readonly meanNs: number }[] {
  return localityOf(report).processes.filter(({ name }) => name.startsWith('user'));
}

/** What the users' transactions took, all together, ns; and on average by node. */
export function timesOf({ result }: RunReport): { readonly allNs: number; readonly byNode: readonly number[] } {
  const rows = [0, 1, 2, 3].map((node) => result.transactions.find(({ name }) => name === `node${node}`));
  const byNode = rows.map((row) => row?.meanNs ?? NaN);
  return { allNs: rows.reduce((sum, row) => sum + (row === undefined ? NaN : row.meanNs * row.count), 0), byNode };
}
