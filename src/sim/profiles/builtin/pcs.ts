/** Machines of one bus: the SMP server that NUMA-Q was compared with, a laptop, and the PC of the reverse-map tests. */
import { builtIn, type Body, type BuiltIn } from './builtin.ts';
import {
  ATOMIC_SCALED,
  atomicNsAt,
  CPUID,
  MCKENNEY_COSTS,
  P6_FAULT_NS,
  P6_FAULT_SOURCE,
  PC_HOLE,
  p6Cpu,
  p6Sources,
  p6TransferNs,
} from './p6.ts';

const CHOICE = 'assumed: a choice';
const IMAGE = { codeKiB: 1596, dataKiB: 606, initKiB: 288, reservedKiB: 1934 };
const IMAGE_SOURCE = 'assumed: as the kernel of the 16 GB NUMA-Q';
const ORDINARY = 'assumed: of the usual order; no source';

type PcMachine = Omit<Body['machine'], 'cpu'>;

/** One CPU, one node, an IDE disk of 32-bit reach. */
function pcMachine(memoryMiB: number, disk: { bandwidthMBps: number; accessMs: number }, ns: number): PcMachine {
  const io = [{ name: 'IDE disk', kind: 'disk' as const, ...disk, queueDepth: 1, dmaBits: 32 as const }];
  return {
    bits: 32,
    pae: false,
    nodes: [{ id: 0, cpus: 1, memoryMiB, holes: [PC_HOLE], io }],
    bus: { bandwidthMBps: 2133 },
    localNs: ns,
    transferNs: ns,
    interconnect: { kind: 'none' },
  };
}
const PC_SOURCES = {
  'machine.cpu.instructionNs': ORDINARY,
  'machine.cpu.l2.hitNs': ORDINARY,
  'machine.bus.bandwidthMBps': 'assumed: one channel of DDR-266',
  'machine.localNs': ORDINARY,
  'machine.transferNs': 'assumed: never used with one CPU',
  kernel: IMAGE_SOURCE,
  'kernel.faultNs': ORDINARY,
  'kernel.atomicNs': ATOMIC_SCALED,
  'kernel.swapMiB': 'assumed: twice the memory, as was usual',
};

const smp: BuiltIn = builtIn(
  {
    id: 'smp-8way',
    title: 'SMP, 8 CPUs',
    line: '8 x P-III Xeon 700 MHz on one bus, 8 GB: no remote memory, one bus for all',
    basis: 'measured',
    year: '2001',
  },
  (): Body => ({
    notes: `What a NUMA machine is measured against: **eight CPUs, one memory, one bus**. No window takes low memory, since there
is one node; but all eight CPUs queue for the same bus.

- *Costs of instructions, L2, memory and transfers*: measured on a 4-CPU 700 MHz P-III SMP (P. E. McKenney, 2004).
- Assumed: the number of CPUs on one bus (real 8-way boards had two), 8 GB, 2 MB of L2, the kernel image.

**Try**: the pattern *stream* on 1, 2, 4 and 8 CPUs, and watch the bus saturate.`,
    machine: {
      bits: 32,
      pae: true,
      nodes: [{ id: 0, cpus: 8, memoryMiB: 8192, holes: [PC_HOLE] }],
      cpu: p6Cpu('Pentium III Xeon (Cascades) 700 MHz', 700, 2048),
      bus: { bandwidthMBps: 800 },
      localNs: 162,
      transferNs: p6TransferNs,
      interconnect: { kind: 'none' },
    },
    kernel: { flavour: '2.4.18', atomicNs: atomicNsAt(700), ...IMAGE, faultNs: P6_FAULT_NS },
    sources: {
      'machine.nodes': CHOICE,
      'machine.nodes[0].holes': 'assumed: as the NUMA-Q boxes',
      ...p6Sources(700),
      'machine.cpu.clockMHz': MCKENNEY_COSTS,
      'machine.cpu.l2.kib': CHOICE,
      'machine.bus.bandwidthMBps': 'assumed: one bus of 100 MHz x 8 B',
      'machine.localNs': `${MCKENNEY_COSTS}: memory 162 ns`,
      kernel: IMAGE_SOURCE,
      'kernel.faultNs': P6_FAULT_SOURCE,
    },
  }),
);

const laptop: BuiltIn = builtIn(
  {
    id: 'laptop-1g',
    title: 'Laptop, 1 GB',
    line: 'One Pentium M, 1 GB: 128 MB too many for the direct map',
    basis: 'assumed',
    year: '2004',
  },
  (): Body => ({
    notes: `The smallest machine with a highmem problem: **1 GB, of which 896 MB are mapped directly** and 128 MB are not.

- *Caches and TLBs*: Intel’s CPUID descriptors. *Everything else*: assumed, of the usual order.
- In use: people set the split to 2:2 (or bought less memory) rather than pay for highmem.

**Try**: \`zones.userSpaceMiB\` 2048, and see HighMem vanish; page clusters of 64 KB on so small a machine.`,
    machine: {
      ...pcMachine(1024, { bandwidthMBps: 30, accessMs: 15 }, 120),
      cpu: {
        name: 'Pentium M 1.6 GHz',
        clockMHz: 1600,
        instructionNs: 0.6,
        l1i: { kib: 32, ways: 8, lineBytes: 64 },
        l1d: { kib: 32, ways: 8, lineBytes: 64 },
        l2: { kib: 1024, ways: 8, lineBytes: 64, hitNs: 6 },
        itlb: { entries: 128, ways: 4 },
        dtlb: { entries: 128, ways: 4 },
      },
    },
    kernel: { flavour: '2.6.0', atomicNs: atomicNsAt(1600), swapMiB: 2048, ...IMAGE, faultNs: 250 },
    sources: {
      'machine.nodes': CHOICE,
      'machine.nodes[0].io': ORDINARY,
      'machine.cpu': `${CPUID} 30h, 2Ch (L1), 87h (L2), B0h, B3h (TLBs)`,
      'machine.cpu.clockMHz': CHOICE,
      ...PC_SOURCES,
    },
  }),
);

const MORTON = 'A. Morton, linux-kernel, 5 Apr 2003: rmap-test on one P4 2.7 GHz, 256 MB, IDE, 2.5.66-mm4';

const pc: BuiltIn = builtIn(
  {
    id: 'pc-256m',
    title: 'PC, 256 MB',
    line: 'One P4 2.7 GHz, 256 MB, 2.5.66-mm: the box of the reverse-map tests',
    basis: 'published',
    year: '2003',
  },
  (): Body => ({
    notes: `The PC on which pte chains and objrmap were compared in April 2003 (A. Morton, rmap-test): **one CPU, 256 MB, no highmem**.

- *CPU, memory, disk, kernel*: named in the mail. *Caches and TLBs*: Intel’s CPUID descriptors. *Times, image, disk*: assumed.
- Not modelled: the trace cache, so instruction fetches cost no cache access; the halves of L2’s 128-byte sectors.

**Try**: boot it and compare the budget with the laptop’s; there is no HighMem and no window here.`,
    machine: {
      ...pcMachine(256, { bandwidthMBps: 40, accessMs: 12 }, 130),
      cpu: {
        name: 'Pentium 4 2.7 GHz',
        clockMHz: 2700,
        instructionNs: 0.4,
        l1d: { kib: 8, ways: 4, lineBytes: 64 },
        l2: { kib: 512, ways: 8, lineBytes: 64, hitNs: 7 },
        itlb: { entries: 128, ways: 128 },
        dtlb: { entries: 64, ways: 64 },
      },
    },
    kernel: { flavour: '2.5.66-mm', highpte: false, atomicNs: atomicNsAt(2700), swapMiB: 512, ...IMAGE, faultNs: 400 },
    sources: {
      'machine.nodes': MORTON,
      'machine.nodes[0].holes': 'assumed: as the NUMA-Q boxes',
      'machine.nodes[0].io': ORDINARY,
      'machine.cpu': `${CPUID} 66h (L1), 7Bh (L2), 51h, 5Bh (TLBs)`,
      'machine.cpu.clockMHz': MORTON,
      ...PC_SOURCES,
    },
  }),
);

/** Smallest last. */
export const pcs: readonly BuiltIn[] = [smp, laptop, pc];
