/**
 * A two-socket x86-64 server of today, with latencies and bandwidths that Intel’s Memory Latency Checker measured.
 *
 * Deviations: no L3 (an L2 miss goes to memory, or to another CPU’s cache), no simultaneous threads, and the newest
 * kernel that the lab knows is of 2008.
 */
import { builtIn, type Body, type BuiltIn } from './builtin.ts';
import { ATOMIC_SCALED, atomicNsAt } from './p6.ts';

const MLC =
  'Intel MLC 3.11a on a two-socket Ice Lake server (gjbex/Code-optimization, info/icelake_mlc.txt, CC-BY-4.0)';
const SUNNY_COVE = 'AnandTech, Testing Intel Ice Lake 10nm, 2019: Sunny Cove caches';
const ORDINARY = 'assumed: of the usual order; no source';

export const twoSockets: BuiltIn = builtIn(
  {
    id: 'x86-64-2s',
    title: 'x86-64, two sockets',
    line: '2 nodes of 32 CPUs, 64-bit: 88.9 ns local, 143 ns remote, as measured',
    basis: 'measured',
    year: '2021',
  },
  (): Body => ({
    notes: `A current two-socket server: **remote memory is 1.6 times as far as local memory**, where NUMA-Q’s was eleven times.

- *Latency matrix, bandwidths, transfers between caches*: measured with Intel’s Memory Latency Checker.
- *L1*: AnandTech. *L2, TLBs, CPUs and memory per node, core times, the kernel image*: assumed.
- Not modelled: the L3 and simultaneous threads. The kernel is 2.6.28, the newest flavour the lab has.

**Try**: the same workload here and on a NUMA-Q, and compare what misplaced memory costs.`,
    machine: {
      bits: 64,
      pae: false,
      nodes: [0, 1].map((id) => ({ id, cpus: 32, memoryMiB: 131072 })),
      cpu: {
        name: 'Xeon (Ice Lake server) 2.4 GHz',
        clockMHz: 2400,
        instructionNs: 0.2,
        l1i: { kib: 32, ways: 8, lineBytes: 64 },
        l1d: { kib: 48, ways: 12, lineBytes: 64 },
        l2: { kib: 1280, ways: 20, lineBytes: 64, hitNs: 5.8 },
        itlb: { entries: 128, ways: 8 },
        dtlb: { entries: 64, ways: 4 },
      },
      bus: { bandwidthMBps: 176193.2 },
      localNs: 88.9,
      transferNs: 64.3,
      interconnect: {
        kind: 'matrix',
        latencyNs: [
          [88.9, 143.2],
          [142.8, 88.9],
        ],
        linkMBps: 55673.9,
      },
    },
    kernel: {
      flavour: '2.6.28',
      atomicNs: atomicNsAt(2400),
      codeKiB: 8192,
      dataKiB: 4096,
      initKiB: 1024,
      reservedKiB: 65536,
      faultNs: 200,
    },
    sources: {
      'machine.nodes': 'assumed: a choice',
      'machine.cpu': SUNNY_COVE,
      'machine.cpu.clockMHz': 'assumed: a choice',
      'machine.cpu.instructionNs': 'assumed: two instructions a cycle',
      'machine.cpu.l2': 'assumed: 1.25 MB as on Ice Lake servers, in 20 ways',
      'machine.cpu.l2.hitNs': 'assumed: 14 cycles',
      'machine.cpu.itlb': ORDINARY,
      'machine.cpu.dtlb': ORDINARY,
      'machine.bus.bandwidthMBps': `${MLC}: local reads`,
      'machine.localNs': `${MLC}: idle latency, random access`,
      'machine.transferNs': `${MLC}: L2 to L2, modified`,
      'machine.interconnect.latencyNs': `${MLC}: idle latency, random access`,
      'machine.interconnect.linkMBps': `${MLC}: reads of the other node`,
      kernel: 'assumed: no source',
      'kernel.atomicNs': ATOMIC_SCALED,
    },
  }),
);
