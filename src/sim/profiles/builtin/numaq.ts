/**
 * The NUMA-Q boxes of 2002 and 2003, by their boot logs: quads of four Pentium III on a one-way SCI ring. Layout,
 * kernel image and buses are the logs'; latencies are McKenney's; the ring and the remote cache are hearsay.
 */
import type { MachineProfileInput } from '../schema.ts';
import { builtIn, type Body, type BuiltIn } from './builtin.ts';
import {
  atomicNsAt,
  HEARSAY,
  MCKENNEY_LATENCY,
  P6_FAULT_NS,
  P6_FAULT_SOURCE,
  PC_HOLE,
  p6Cpu,
  p6Sources,
  p6TransferNs,
} from './p6.ts';

type Machine = MachineProfileInput['machine'];

const LOG_64 = 'boot log of the 64 GB box, 2.5.65-mm2 (W. L. Irwin, Mar 2003)';
const LOG_PGCL = 'boot log of the 64 GB box, 2.5.66 with pgcl (W. L. Irwin, Mar 2003)';
const LOG_16 = 'boot log of the 16 GB box, 2.5.59-mjb3 (OSDL, 3 Feb 2003)';
const BLIGH = 'M. J. Bligh, linux-kernel, Mar 2002';
const GIB_KIB = 1024 * 1024;

/** IQ-Link: the ring and a cache of remote lines on every quad. */
const fabric: Pick<Machine, 'remoteCache' | 'interconnect'> = {
  remoteCache: { mib: 32, ways: 4, lineBytes: 64, hitNs: 225 },
  interconnect: { kind: 'ring', oneWay: true, remoteNs: 2500, hopNs: 40, linkMBps: 1000, invalidation: 'serial' },
};
const fabricSources: Readonly<Record<string, string>> = {
  'machine.remoteCache': HEARSAY,
  'machine.remoteCache.hitNs': 'assumed: as local memory, since it lies on the quad’s bus',
  'machine.interconnect.remoteNs': MCKENNEY_LATENCY,
  'machine.interconnect.hopNs': 'assumed: no source',
  'machine.interconnect.linkMBps': HEARSAY,
};

/**
 * Other reserved memory: what the log counts as reserved, less node 0's mem_map in whole pages ((spanned + 1) x 44 and
 * x 40 bytes) and the image.
 */
const image64 = { codeKiB: 1724, dataKiB: 781, initKiB: 284, reservedKiB: 98252 - 90116 - 1724 - 781 - 284 };
const image16 = { codeKiB: 1596, dataKiB: 606, initKiB: 288, reservedKiB: 45388 - 40964 - 1596 - 606 - 288 };

/** With clusters node 0's mem_map, (spanned / 8 + 1) x 44 bytes, takes whole 32 KB pages: 11,296 kB. */
const imagePgcl = { codeKiB: 1956, dataKiB: 667, initKiB: 300, reservedKiB: 15936 - 11296 - 1956 - 667 - 300 };

/** What is taken up to the login prompt, `takenKiB` in all: the items that both logs name, and the rest. */
function bootItems(takenKiB: number, pageKiB: number, slabKiB: number): { item: string; kib: number }[] {
  const itemised = [
    { item: 'dentry hash', kib: 4096 },
    { item: 'inode hash', kib: 4096 },
    { item: 'IP route hash', kib: 4096 },
    { item: 'PID hash', kib: 32 },
    { item: 'bounce pool', kib: 64 * pageKiB },
    { item: 'slab', kib: slabKiB },
  ];
  return [...itemised, { item: 'not itemised', kib: takenKiB - itemised.reduce((sum, { kib }) => sum + kib, 0) }];
}

function box64(): Machine {
  return {
    bits: 32,
    pae: true,
    nodes: Array.from({ length: 8 }, (_, id) => ({
      id,
      cpus: 4,
      memoryMiB: id === 7 ? 8184 : 8192,
      holes: id === 0 ? [PC_HOLE, { startKiB: 3 * GIB_KIB, endKiB: 4 * GIB_KIB }] : [],
    })),
    cpu: p6Cpu('Pentium III Xeon (Cascades) 700 MHz', 700, 1024),
    bus: { bandwidthMBps: 792.8 },
    localNs: 225,
    transferNs: p6TransferNs,
    ...fabric,
  };
}

const box64Sources: Readonly<Record<string, string>> = {
  'machine.nodes': LOG_64,
  'machine.cpu.clockMHz': LOG_64,
  ...p6Sources(700),
  'machine.cpu.l2.kib': `${LOG_64}: 1 MB or 2 MB by CPU; 1 MB here`,
  'machine.bus.bandwidthMBps': `${LOG_64}: 99.1 MHz x 8 B`,
  'machine.localNs': MCKENNEY_LATENCY,
  ...fabricSources,
};

const numaq64: BuiltIn = builtIn(
  {
    id: 'numaq-64g-8quad',
    title: 'NUMA-Q, 64 GB, 8 quads',
    line: '32 x P-III 700 MHz, 2.5.65-mm2: 268 MB of low memory are left of 896',
    basis: 'boot log',
    year: '2003',
  },
  (): Body => ({
    notes: `The largest 32-bit NUMA-Q whose boot log is known: **8 quads, 32 CPUs, 64 GB** (node 7 is 8 MB short).

Every quad keeps its mem_map in its own memory, but needs a window of low memory to reach it: seven windows take
**628 of 896 MB**. What is left, 268 MB, must hold node 0's mem_map (88 MB), the kernel and all it allocates.

- *Layout, image, reserved memory, items after login*: boot log (W. L. Irwin, March 2003); they come out to the page.
- *Latencies*: P. E. McKenney. *Remote cache and ring bandwidth*: hearsay, marked assumed.

**Try**: turn the page-cluster slider and watch the windows shrink; set \`kernel.highpte\` off (44 bytes become 40).`,
    machine: box64(),
    kernel: {
      flavour: '2.5.65-mm2',
      atomicNs: atomicNsAt(700),
      ...image64,
      bootItems: bootItems(176_076 - 144_180, 4, 8824),
      faultNs: P6_FAULT_NS,
    },
    sources: {
      ...box64Sources,
      kernel: LOG_64,
      'kernel.reservedKiB': `${LOG_64}: 98,252 kB reserved less mem_map 90,116 and the image`,
      'kernel.bootItems': `${LOG_64}: LowTotal - LowFree after login, 31,896 kB`,
      'kernel.faultNs': P6_FAULT_SOURCE,
    },
  }),
);

const pgcl: BuiltIn = builtIn(
  {
    id: 'numaq-64g-8quad-pgcl32k',
    title: 'NUMA-Q, 64 GB, 8 quads, 32 KB clusters',
    line: 'The same box with page clustering (pgcl): 750 MB of low memory',
    basis: 'boot log',
    year: '2003',
  },
  (): Body => ({
    notes: `The 64 GB box with W. L. Irwin's **page clustering**: one struct page for 32 KB, programs still see 4 KB pages.

The windows shrink from 628 to 84 MB. This kernel reserved more for vmalloc (maxmem 834 MB instead of 896) and still
ends with about 2.8 times the low memory.

- *maxmem, image, reserved memory, items after login*: boot log of the pgcl kernel (W. L. Irwin, 27 March 2003). It prints
  LowTotal 751,936 kB, 40 kB less than here: it counts holes and freed init memory in whole clusters.
- What grows in exchange: page tables take a whole cluster each, and the last cluster of a small mapping is half empty.

**Try**: \`kernel.pageMmuShift\` 0 to 6; remove \`zones.maxmemMiB\` to see what 896 MB would have given.`,
    machine: box64(),
    kernel: {
      flavour: '2.5.66-pgcl',
      pageMmuShift: 3,
      atomicNs: atomicNsAt(700),
      ...imagePgcl,
      bootItems: bootItems(751_936 - 711_808, 32, 13_248),
      faultNs: P6_FAULT_NS,
    },
    zones: { maxmemMiB: 834 },
    sources: {
      ...box64Sources,
      kernel: LOG_PGCL,
      'kernel.reservedKiB': `${LOG_PGCL}: 15,936 kB reserved less mem_map 11,296 and the image`,
      'kernel.bootItems': `${LOG_PGCL}: LowTotal - LowFree after login, 40,128 kB`,
      'kernel.pageMmuShift': 'W. L. Irwin, pgcl, 2003: 32 KB clusters',
      'kernel.faultNs': P6_FAULT_SOURCE,
      'zones.maxmemMiB': `${LOG_PGCL}: MAXMEM 0x34200000 bytes`,
    },
  }),
);

const numaq16: BuiltIn = builtIn(
  {
    id: 'numaq-16g-4quad',
    title: 'NUMA-Q, 16 GB, 4 quads',
    line: '16 x P-III 495 MHz, 2.5.59: 770 MB of low memory, and a misaligned zone',
    basis: 'boot log',
    year: '2003',
  },
  (): Body => ({
    notes: `The 16-way box of OSDL: **4 quads of 4 GB**, Katmai CPUs with 512 KB of L2. Its windows are an odd number of
2 MB pages in all (63), so node 0's HighMem starts misaligned and the kernel prints its own warning, as it did.

- *Layout, image, reserved memory, bus*: boot log, 3 February 2003. That boot printed the message and hung.
- *Latencies*: P. E. McKenney, Xeon 360-450 MHz. *Core times*: measured at 700 MHz, scaled by the clock, so assumed.

**Try**: replay a trace on CPUs 0-15; bind its memory to node 0 and see the ring fill up.`,
    machine: {
      bits: 32,
      pae: true,
      nodes: Array.from({ length: 4 }, (_, id) => ({
        id,
        cpus: 4,
        memoryMiB: 4096,
        holes: id === 0 ? [PC_HOLE, { startKiB: 0xf8000000 / 1024, endKiB: 4 * GIB_KIB }] : [],
      })),
      cpu: p6Cpu('Pentium III Xeon (Katmai) 495 MHz', 495, 512),
      bus: { bandwidthMBps: 712 },
      localNs: 250,
      transferNs: p6TransferNs,
      ...fabric,
    },
    kernel: { flavour: '2.5.59', atomicNs: atomicNsAt(495), ...image16, faultNs: P6_FAULT_NS },
    sources: {
      'machine.nodes': LOG_16,
      'machine.cpu.clockMHz': LOG_16,
      ...p6Sources(495),
      'machine.cpu.l2.kib': LOG_16,
      'machine.bus.bandwidthMBps': `${LOG_16}: 89 MHz x 8 B`,
      'machine.localNs': `${MCKENNEY_LATENCY}, Xeon 360-450 MHz`,
      ...fabricSources,
      kernel: LOG_16,
      'kernel.reservedKiB': `${LOG_16}: 45,388 kB reserved less mem_map 40,964 (one entry more than the 40,960 kB of frames, in whole pages) and the image`,
      'kernel.faultNs': P6_FAULT_SOURCE,
    },
  }),
);

const numaq4: BuiltIn = builtIn(
  {
    id: 'numaq-4g-4quad',
    title: 'NUMA-Q, 4 GB, 4 quads',
    line: '16 x P-III 700 MHz, 2.4.18: the box of the kernel-compile ladder, 47 s to 23 s',
    basis: 'published',
    year: '2002',
  },
  (): Body => ({
    notes: `The 16-way box on which a kernel compile went from 47 s (2.4.18) to 23 s in March 2002 (M. J. Bligh).

2.4.18 knows no nodes here: the machine is **one flat memory**, its whole mem_map in low memory on node 0, and every quad
allocates in the same order, wherever it is itself. Remote memory is eleven times as far as local memory.

- *CPUs, memory*: M. J. Bligh, linux-kernel. *Latencies*: P. E. McKenney.
- Assumed: how 4 GB are spread over the quads, the kernel image (that of the 16 GB box), the bus (that of the 64 GB one).

**Try**: set \`kernel.flavour\` to 2.5.59 and see local allocation at work.`,
    machine: {
      bits: 32,
      pae: true,
      nodes: Array.from({ length: 4 }, (_, id) => ({ id, cpus: 4, memoryMiB: 1024, holes: id === 0 ? [PC_HOLE] : [] })),
      cpu: p6Cpu('Pentium III Xeon (Cascades) 700 MHz', 700, 1024),
      bus: { bandwidthMBps: 792.8 },
      localNs: 225,
      transferNs: p6TransferNs,
      ...fabric,
    },
    kernel: { flavour: '2.4.18', atomicNs: atomicNsAt(700), ...image16, faultNs: P6_FAULT_NS },
    sources: {
      'machine.nodes': `${BLIGH}: 16-way, 4 GB in four quads`,
      'machine.nodes[].memoryMiB': 'assumed: 4 GB spread evenly',
      'machine.nodes[0].holes': 'assumed: as the larger boxes',
      'machine.cpu.clockMHz': BLIGH,
      ...p6Sources(700),
      'machine.cpu.l2.kib': 'assumed: as the 64 GB box',
      'machine.bus.bandwidthMBps': 'assumed: as the 64 GB box, 99.1 MHz x 8 B',
      'machine.localNs': MCKENNEY_LATENCY,
      ...fabricSources,
      kernel: 'assumed: as the 16 GB box',
      'kernel.faultNs': P6_FAULT_SOURCE,
    },
  }),
);

/** Smallest first. */
export const numaqMachines: readonly BuiltIn[] = [numaq4, numaq16, numaq64, pgcl];
