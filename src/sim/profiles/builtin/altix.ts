/**
 * SGI Altix: 64-bit Itanium 2 machines of 2005 to 2008, as large as a coherence domain goes. How many nodes and CPUs,
 * and the links’ bandwidth, are published; every time but that of a cache hit is assumed.
 *
 * Deviations: L2 here is the CPU’s 6 MB L3 (the lab has two levels); NUMAlink’s routers form a fat tree, drawn as a
 * mesh; ia64 kernels had 16 KB pages, the lab’s frames are 4 KB (set PAGE_MMUSHIFT to 2 for 16 KB of allocation).
 */
import { builtIn, type Body, type BuiltIn } from './builtin.ts';
import { ATOMIC_SCALED, atomicNsAt } from './p6.ts';

const HOLT = 'R. Holt, linux-kernel, 14 May 2008: size of a coherence domain';
const NUMALINK = 'A. J. van der Steen, Overview of recent supercomputers, 2006: NUMAlink 4, 3.2 GB/s one way';
const CORE = '7-cpu.com, Itanium 2 (Madison): caches and TLBs';
const L3 = 'assumed: the 6 MB part; 24 ways, as the 3 MB part has 12';
const ASSUMED = 'assumed: no source';
const SPREAD = 'assumed: memory per node is a choice';

interface Size {
  readonly nodes: number;
  readonly columns: number;
  readonly memoryMiB: number;
  /** Source of how many nodes and CPUs there are. */
  readonly size: string;
}

function altix(
  entry: Omit<BuiltIn, 'profile' | 'basis'>,
  { nodes, columns, memoryMiB, size }: Size,
  notes: string,
): BuiltIn {
  const basis = size === HOLT ? 'published' : 'assumed';
  return builtIn({ ...entry, basis }, (): Body => ({
    notes,
    machine: {
      bits: 64,
      pae: false,
      nodes: Array.from({ length: nodes }, (_, id) => ({ id, cpus: 4, memoryMiB })),
      cpu: {
        name: 'Itanium 2 1.5 GHz',
        clockMHz: 1500,
        instructionNs: 0.33,
        l1i: { kib: 16, ways: 4, lineBytes: 64 },
        l1d: { kib: 16, ways: 4, lineBytes: 64 },
        l2: { kib: 6144, ways: 24, lineBytes: 128, hitNs: 13.3 },
        itlb: { entries: 128, ways: 128 },
        dtlb: { entries: 128, ways: 128 },
      },
      bus: { bandwidthMBps: 6400 },
      localNs: 145,
      transferNs: 120,
      interconnect: { kind: 'mesh', columns, hopNs: 50, remoteNs: 290, linkMBps: 3200 },
    },
    kernel: {
      flavour: '2.6.25',
      atomicNs: atomicNsAt(1500),
      codeKiB: 8192,
      dataKiB: 4096,
      initKiB: 1024,
      reservedKiB: 65536,
      faultNs: 300,
    },
    sources: {
      'machine.nodes': SPREAD,
      'machine.nodes[].cpus': size,
      'machine.cpu': CORE,
      'machine.cpu.clockMHz': 'assumed: the 1.5 GHz part',
      'machine.cpu.instructionNs': 'assumed: two instructions a cycle',
      'machine.cpu.l2': L3,
      'machine.cpu.l2.hitNs': '7-cpu.com, Itanium 2: an L3 hit takes 20 cycles, here of 1.5 GHz',
      'machine.bus.bandwidthMBps': 'assumed: 200 MHz x 2 x 16 B',
      'machine.localNs': ASSUMED,
      'machine.transferNs': ASSUMED,
      'machine.interconnect': ASSUMED,
      'machine.interconnect.linkMBps': NUMALINK,
      kernel: ASSUMED,
      'kernel.atomicNs': ATOMIC_SCALED,
    },
  }));
}

const TRY = `**Try**: replay a trace on CPUs far apart, with a shared segment; compare first touch with interleaving.`;
const assumptions = (
  published: string,
): string => `- *${published}*: published. *Caches*: 7-cpu.com. *Every other time, and memory per node*: assumed.
- 64-bit: no highmem, no windows. sizeof(struct page) is 56 by its fields; no boot log was read.
- Not modelled: a third cache level (L2 stands for the L3), the fat tree of routers (a mesh here).`;
const PUBLISHED = assumptions('Nodes, CPUs, link bandwidth');

export const altixMachines: readonly BuiltIn[] = [
  altix(
    {
      id: 'altix-64n',
      title: 'SGI Altix, 64 nodes',
      line: '64 nodes, 256 x Itanium 2, 64-bit without highmem: a middle-sized mesh',
      year: '2006',
    },
    { nodes: 64, columns: 8, memoryMiB: 8192, size: 'assumed: a middle size' },
    `An Altix of **64 nodes and 256 CPUs**: large enough for distance to matter, small enough to draw.

${assumptions('Link bandwidth')}

${TRY}`,
  ),
  altix(
    {
      id: 'altix-3700-128n',
      title: 'SGI Altix 3700, 128 nodes',
      line: '512 CPUs on 128 nodes: the largest coherence domain of the 3700',
      year: '2005',
    },
    { nodes: 128, columns: 16, memoryMiB: 8192, size: HOLT },
    `The largest coherence domain of the Altix 3700: **512 CPUs on 128 nodes** (R. Holt, linux-kernel, May 2008).

${PUBLISHED}

${TRY}`,
  ),
  altix(
    {
      id: 'altix-4700-4096n',
      title: 'SGI Altix 4700, 4,096 nodes',
      line: '16,384 CPUs on 4,096 nodes: the goal of scale',
      year: '2008',
    },
    { nodes: 4096, columns: 64, memoryMiB: 4096, size: HOLT },
    `The coherence domain of the Altix 4700 as announced: **16,384 CPUs on 4,096 nodes** (R. Holt, linux-kernel, May 2008).

${PUBLISHED}

${TRY} Boot is the same rule as for eight nodes.`,
  ),
];
