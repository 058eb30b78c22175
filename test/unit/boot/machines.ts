/**
 * Machines made by hand for boot's tests: the two published boxes, and a builder for shapes of one's own. Kernels are
 * traits by hand too, so that these tests judge boot alone.
 */
import { profileSchema, type MachineProfile, type MachineProfileInput } from '../../../src/sim/profiles/schema.ts';
import type { KernelTraits } from '../../../src/sim/profiles/traits.ts';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import type { BootLayout, NodeLayout, ZoneLayout, ZoneName } from '../../../src/sim/kernel/boot/layout.ts';

type NodeInput = MachineProfileInput['machine']['nodes'][number];

export const cpu: MachineProfileInput['machine']['cpu'] = {
  name: 'P-III',
  clockMHz: 700,
  instructionNs: 0.7,
  l1d: { kib: 16, ways: 4, lineBytes: 32 },
  l2: { kib: 1024, ways: 8, lineBytes: 32, hitNs: 12.9 },
};

export interface Shape {
  readonly nodes: readonly NodeInput[];
  readonly bits?: 32 | 64;
  readonly pae?: boolean;
  readonly kernel?: Partial<MachineProfileInput['kernel']>;
  readonly zones?: MachineProfileInput['zones'];
  readonly machine?: Partial<MachineProfileInput['machine']>;
}

/** A valid profile of this shape, with a crossbar between its nodes and no kernel image unless it says so. */
export function profileOf({ nodes, bits = 32, pae = true, kernel, zones, machine }: Shape): MachineProfile {
  return profileSchema.parse({
    format: 'numaq-lab/machine',
    version: 1,
    title: 'made by hand',
    machine: {
      bits,
      pae,
      nodes,
      cpu,
      bus: { bandwidthMBps: 792.8 },
      localNs: 225,
      transferNs: 140,
      interconnect: nodes.length > 1 ? { kind: 'crossbar', remoteNs: 2500, linkMBps: 1000 } : { kind: 'none' },
      ...machine,
    },
    kernel: { flavour: 'by hand', codeKiB: 0, dataKiB: 0, initKiB: 0, reservedKiB: 0, faultNs: 0, ...kernel },
    zones,
  });
}

/** 2.5.65-mm2 on the 64 GB box unless told otherwise: struct page of 44 bytes, 2.6.0 rules. */
export function traitsBy(
  changes: Partial<Omit<KernelTraits, 'structPage'>> & { structPage?: number } = {},
): KernelTraits {
  const { structPage = 44, ...rest } = changes;
  return {
    flavour: '2.5.65-mm2',
    watermarks: '2.6.0',
    zonelistOrder: '2.6.0',
    splitGives: 'upper',
    maxOrder: 11,
    // 2.4 without the remap has no discontigmem, and knows no nodes.
    localAllocation: rest.zonelistOrder !== '2.4.22' || rest.kvaRemap !== false,
    binding: 'none',
    scheduler: 'o1',
    nodeBalance: '2.5.59',
    taskInStack: false,
    taskPlacement: 'exec',
    kernelText: 'one',
    perCpuSets: true,
    kvaRemap: true,
    highpte: true,
    structPage: { bytes: structPage, why: 'by hand', assumed: false },
    rmap: 'pte_chain',
    anonRmap: 'pte_chain',
    chainSlots: 3,
    reclaim: '2.6.0',
    lruLock: 'zone',
    pagevecs: true,
    kswapd: 'node',
    sharedPageTables: 'off',
    pageCache: 'radix',
    split4g: false,
    ukva: 'off',
    kmap: 'pool',
    pageAddress: 'hash',
    ptesByKmap: false,
    copiesByKmap: false,
    requests: 'bio',
    bouncePages: 64,
    bufferHeadBytes: 48,
    memLimit: 'size',
    readsVmalloc: false,
    readsMemfrac: false,
    kswapdWindow: false,
    packPtePages: false,
    mmuShift: 0,
    pkmapBase: 0xff800000,
    lastPkmap: 512,
    fixmapBase: 0xfff00000,
    patches: [],
    ...rest,
  };
}

const GIB_IN_KIB = 1024 * 1024;
/** e820: 0-0x9fc00 and then 1 MB on. */
const lowHole = { startKiB: 0x9fc00 / 1024, endKiB: 1024 };

/** 8 quads of 8 GB, the last 2,048 frames short; reserved 98,252 kB in all, 90,116 of it node 0's mem_map. */
export function box64(changes: Partial<Shape> = {}): MachineProfile {
  const nodes = Array.from({ length: 8 }, (_, id): NodeInput => ({ id, cpus: 4, memoryMiB: id === 7 ? 8184 : 8192 }));
  nodes[0] = { ...nodes[0], holes: [lowHole, { startKiB: 3 * GIB_IN_KIB, endKiB: 4 * GIB_IN_KIB }] };
  const kernel = { codeKiB: 1724, dataKiB: 781, initKiB: 284, reservedKiB: 8136 - 1724 - 781 - 284 };
  return profileOf({ nodes, ...changes, kernel: { ...kernel, ...changes.kernel } });
}

/** 4 nodes of 4 GB with a hole below 4 GB; reserved 45,388 kB in all, 40,964 of it node 0's mem_map. */
export function box16(changes: Partial<Shape> = {}): MachineProfile {
  const nodes = Array.from({ length: 4 }, (_, id): NodeInput => ({ id, cpus: 4, memoryMiB: 4096 }));
  nodes[0] = { ...nodes[0], holes: [lowHole, { startKiB: 0xf8000000 / 1024, endKiB: 4 * GIB_IN_KIB }] };
  const kernel = { codeKiB: 1596, dataKiB: 606, initKiB: 288, reservedKiB: 45388 - 40964 - 1596 - 606 - 288 };
  return profileOf({ nodes, ...changes, kernel: { ...kernel, ...changes.kernel } });
}

/** A PC of one node without holes. */
export function pc(memoryMiB: number, changes: Partial<Shape> = {}): MachineProfile {
  return profileOf({ nodes: [{ id: 0, cpus: 1, memoryMiB }], ...changes });
}

export function zoneOf(layout: BootLayout, node: number, name: ZoneName, index = 0): ZoneLayout {
  const zone = nodeOf(layout, node).zones.find((z) => z.name === name && z.index === index);
  if (zone === undefined) throw new Error(`no ${name} ${index} on node ${node}`);
  return zone;
}

export function nodeOf(layout: BootLayout, id: number): NodeLayout {
  const node = layout.nodes.find((n) => n.id === id);
  if (node === undefined) throw new Error(`no node ${id}`);
  return node;
}

export function bootOf(profile: MachineProfile, traits: KernelTraits = traitsBy()): BootLayout {
  return boot(profile, traits);
}
