/** Small machines and kernels built by hand, so that tests of the rules do not lean on the built-in ones. */
import type { KernelSpec, MachineProfile, MachineSpec } from '../../../src/sim/index.ts';

interface BoxOptions {
  readonly bits?: 32 | 64;
  readonly pae?: boolean;
  readonly nodes?: number;
  /** Of each node. */
  readonly memoryMiB?: number;
}

/** Nodes of four CPUs on a ring (one node: no interconnect). */
export function box({ bits = 32, pae = true, nodes = 1, memoryMiB = 2048 }: BoxOptions = {}): MachineSpec {
  return {
    bits,
    pae,
    nodes: Array.from({ length: nodes }, (_, id) => ({ id, cpus: 4, memoryMiB, holes: [], io: [] })),
    cpu: {
      name: 'Pentium III',
      clockMHz: 700,
      instructionNs: 0.7,
      l1d: { kib: 16, ways: 4, lineBytes: 32 },
      l2: { kib: 1024, ways: 8, lineBytes: 32, hitNs: 12.9 },
      instructions: 'fetch',
    },
    bus: { bandwidthMBps: 800, queued: true },
    localNs: 225,
    transferNs: 141.5,
    interconnect: { kind: 'none' },
  };
}

export function kernel(flavour: string, more: Partial<KernelSpec> = {}): KernelSpec {
  return {
    flavour,
    pageMmuShift: 0,
    packPtePages: false,
    sharedPageTables: 'off',
    split4g: false,
    ukva: 'off',
    kmap: 'pool',
    kswapdWindow: false,
    swapMiB: 0,
    hugePages: 0,
    cmdline: '',
    sysctl: { swappiness: 60, dirtyRatio: 40, dirtyBackgroundRatio: 10 },
    atomicNs: 58.2,
    flush: { icrNs: 600, irqNs: 2000, flushNs: 300, invlpgNs: 140 },
    kmapSlots: 16,
    placement: { policy: 'first-touch' },
    setbinding: 'as-posted',
    interleaveWeights: [],
    kernelText: 'one',
    compiler: 'gcc-2.95',
    optimisation: '-O2',
    codeKiB: 1724,
    dataKiB: 781,
    initKiB: 284,
    reservedKiB: 5347,
    bootItems: [],
    faultNs: 2000,
    ...more,
  };
}

/** The least that a file has to say. */
export function minimal(): Record<string, unknown> {
  const { nodes, cpu, bus, ...machine } = box();
  return {
    format: 'numaq-lab/machine',
    version: 1,
    title: 'Minimal',
    machine: { ...machine, cpu, bus, nodes },
    kernel: kernel('2.6.0'),
  };
}

/** What the parse of a minimal file adds. */
export const defaultZones: MachineProfile['zones'] = {
  dmaLimitMiB: 16,
  userSpaceMiB: 3072,
  vmallocReserveMiB: 128,
  zonesPerType: { dma: 1, normal: 1, highmem: 1 },
  fallbackShare: 0,
  watermarks: [],
  lowerZoneProtection: 0,
  lowmemReserveRatio: { dma: 256, normal: 32 },
};
