/** A small machine and a made-up report on it, for tests of files: nothing here was simulated. */
import type { RunReport } from '../../../src/sim/engine/report.ts';
import { traitsOf } from '../../../src/sim/profiles/resolve.ts';
import { type MachineProfile, profileSchema } from '../../../src/sim/profiles/schema.ts';

export const smallMachine: MachineProfile = profileSchema.parse({
  format: 'numaq-lab/machine',
  version: 1,
  title: 'Two quads “für” tests',
  machine: {
    bits: 32,
    pae: true,
    nodes: [
      { id: 0, cpus: 4, memoryMiB: 1024 },
      { id: 1, cpus: 4, memoryMiB: 1024 },
    ],
    cpu: {
      name: 'P-III',
      clockMHz: 700,
      instructionNs: 0.7,
      l1d: { kib: 16, ways: 4, lineBytes: 32 },
      l2: { kib: 1024, ways: 4, lineBytes: 32, hitNs: 12.9 },
      dtlb: { entries: 64, ways: 4 },
    },
    bus: { bandwidthMBps: 792.8 },
    localNs: 225,
    transferNs: 141.5,
    interconnect: { kind: 'ring', remoteNs: 2500, hopNs: 10, linkMBps: 1000 },
  },
  kernel: {
    flavour: '2.6.0',
    codeKiB: 1724,
    dataKiB: 781,
    initKiB: 284,
    reservedKiB: 4096,
    faultNs: 1000,
  },
});

export const madeUpReport: RunReport = {
  format: 'numaq-lab/run',
  version: 1,
  engine: '0.1.0',
  config: {
    profile: smallMachine,
    workloads: [{ kind: 'pattern', pattern: 'stream', cpus: [0, 1], startNs: 0, bytes: 65536, references: 1000 }],
    seed: 7,
    sampleNs: 1000,
  },
  kernel: traitsOf(smallMachine.kernel, smallMachine.machine),
  assumed: ['machine.remoteCache.mib'],
  result: {
    elapsedNs: 123456.5,
    totals: { references: 2000, l1dMisses: 31 },
    cpus: {
      columns: ['cpu', 'references'],
      rows: [
        [0, 1000],
        [1, 1000],
      ],
    },
    nodes: {
      columns: ['node', 'numa_hit'],
      rows: [
        [0, 17],
        [1, 0],
      ],
    },
    zones: { columns: ['node', 'zone', 'index', 'freeStart', 'freeEnd'], rows: [[0, 1, 0, 1000, 983]] },
    links: { columns: ['from', 'to', 'bytes', 'utilisation'], rows: [] },
    samples: {
      columns: ['timeNs', 'references'],
      rows: [
        [1000, 20],
        [2000, 25.25],
      ],
    },
    transactions: [],
    calls: [],
    proc: null,
    locality: null,
    scheduling: null,
  },
};
