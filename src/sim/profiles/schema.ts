/**
 * The machine profile: the one schema of a `*.numaq.json` file, from which its types, its validation, the inspector's
 * fields and the command line's `--set` paths are made. Unknown keys are refused. What a profile leaves out follows the
 * kernel flavour's rule; where a field overrides a rule, its description says what the rule is.
 *
 * `.meta({ title, unit, description })` is what a person sees at the field.
 */
import { z } from 'zod';
import { kernelSchema } from './kernel-schema.ts';
import { whole } from './whole.ts';

export const PROFILE_FORMAT = 'numaq-lab/machine';
export const PROFILE_VERSION = 1;

const positive = (max: number): z.ZodNumber => z.number().gt(0).max(max);

/** A hole: physical addresses inside a node's span that are not RAM (e820). KiB, end exclusive. */
const holeSchema = z
  .strictObject({
    startKiB: whole(0, 2 ** 44).meta({ title: 'Start', unit: 'KiB' }),
    endKiB: whole(0, 2 ** 44).meta({ title: 'End', unit: 'KiB' }),
  })
  .meta({ title: 'Hole' });

/** Disks and adapters: bandwidth, access time, queue depth, and the highest address they reach. */
const ioSchema = z
  .strictObject({
    name: z.string().max(80).meta({ title: 'Name' }),
    kind: z.enum(['disk', 'adapter']).meta({ title: 'Kind' }),
    bandwidthMBps: positive(1e6).meta({ title: 'Bandwidth', unit: 'MB/s' }),
    accessMs: z.number().min(0).max(1e4).default(0).meta({ title: 'Access time', unit: 'ms' }),
    queueDepth: whole(1, 65536).default(1).meta({
      title: 'Queue depth',
      description: 'Kept with the device; requests are served one after the other, whatever it is.',
    }),
    dmaBits: z
      .union([z.literal(24), z.literal(32), z.literal(64)])
      .meta({ title: 'DMA reach', unit: 'bits', description: 'Pages above the reach go through bounce buffers.' }),
  })
  .meta({ title: 'I/O device' });

const busSchema = z
  .strictObject({
    bandwidthMBps: positive(1e7).meta({ title: 'Bandwidth', unit: 'MB/s' }),
    queued: z
      .boolean()
      .default(true)
      .meta({ title: 'Queueing', description: 'Off: transfers never wait for each other.' }),
  })
  .meta({ title: 'Memory bus and controller' });

const nodeSchema = z
  .strictObject({
    id: whole(0, 4095).meta({ title: 'Id' }),
    cpus: whole(0, 64).meta({ title: 'CPUs' }),
    memoryMiB: whole(0, 2 ** 26).meta({ title: 'Memory', unit: 'MiB', description: 'Spanned, holes included.' }),
    startMiB: whole(0, 2 ** 34)
      .optional()
      .meta({ title: 'Start', unit: 'MiB', description: 'Rule: where the node before it ends.' }),
    holes: z.array(holeSchema).max(64).default([]).meta({ title: 'Holes' }),
    bus: busSchema.optional().meta({ title: 'Memory bus', description: 'Rule: the machine’s.' }),
    io: z.array(ioSchema).max(64).default([]).meta({ title: 'I/O' }),
  })
  .meta({ title: 'Node' });

const cacheFields = {
  kib: whole(1, 2 ** 21).meta({ title: 'Size', unit: 'KiB' }),
  ways: whole(1, 64).meta({ title: 'Ways' }),
  lineBytes: whole(16, 256).meta({ title: 'Line', unit: 'B' }),
};
const l1Schema = z.strictObject(cacheFields);
const l2Schema = z.strictObject({
  ...cacheFields,
  hitNs: z.number().min(0).max(1e4).meta({ title: 'Hit', unit: 'ns', description: 'What an L1 miss that hits costs.' }),
});
const tlbSchema = z
  .strictObject({
    entries: whole(1, 65536).meta({ title: 'Entries' }),
    ways: whole(1, 65536).meta({ title: 'Ways' }),
  })
  .meta({ title: 'TLB' });

const cpuSchema = z
  .strictObject({
    name: z.string().max(80).meta({ title: 'Name' }),
    clockMHz: positive(1e5).meta({ title: 'Clock', unit: 'MHz' }),
    instructionNs: z
      .number()
      .min(0)
      .max(1e4)
      .meta({ title: 'Instruction', unit: 'ns', description: 'An instruction that hits its caches.' }),
    l1i: l1Schema
      .optional()
      .meta({ title: 'L1 instruction', description: 'Left out: instruction fetches cost no cache access.' }),
    l1d: l1Schema.meta({ title: 'L1 data' }),
    l2: l2Schema.meta({ title: 'L2' }),
    itlb: tlbSchema.optional().meta({ title: 'Instruction TLB' }),
    dtlb: tlbSchema.optional().meta({ title: 'Data TLB', description: 'Left out: addresses are used as they are.' }),
    instructions: z.enum(['fetch', 'count', 'skip']).default('fetch').meta({
      title: 'Instruction lines',
      description: 'fetch: through L1I and L2; count: time only; skip: as cache simulators do.',
    }),
  })
  .meta({ title: 'CPU' });

const remoteCacheSchema = z
  .strictObject({
    mib: positive(65536).meta({ title: 'Size', unit: 'MiB' }),
    ways: whole(1, 64).meta({ title: 'Associativity', unit: 'ways' }),
    lineBytes: whole(16, 256).meta({ title: 'Line', unit: 'B' }),
    hitNs: z.number().min(0).max(1e6).meta({ title: 'Hit', unit: 'ns' }),
  })
  .meta({ title: 'Remote cache' });

const fabricFields = {
  remoteNs: z.number().min(0).max(1e7).meta({
    title: 'Remote latency',
    unit: 'ns',
    description: 'An unloaded miss served by the nearest other node (on a one-way ring: by any other node).',
  }),
  linkMBps: positive(1e7).meta({ title: 'Link bandwidth', unit: 'MB/s' }),
  queued: z
    .boolean()
    .default(true)
    .meta({ title: 'Queueing', description: 'Off: messages never wait for each other.' }),
  invalidation: z.enum(['serial', 'parallel']).default('parallel').meta({
    title: 'Invalidation',
    description: 'serial: one sharer after the other, as SCI’s sharing list; parallel: all at once.',
  }),
};
const hopNs = z
  .number()
  .min(0)
  .max(1e6)
  .meta({ title: 'Hop', unit: 'ns', description: 'What each further link adds, one way.' });
const linkSchema = z
  .strictObject({
    from: whole(0, 4095).meta({ title: 'From node' }),
    to: whole(0, 4095).meta({ title: 'To node' }),
    latencyNs: z.number().min(0).max(1e6).meta({ title: 'Latency', unit: 'ns' }),
    bandwidthMBps: positive(1e7).meta({ title: 'Bandwidth', unit: 'MB/s' }),
  })
  .meta({ title: 'Link', description: 'Both directions.' });

const interconnectSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }).meta({ title: 'None' }),
    z
      .strictObject({
        kind: z.literal('ring'),
        oneWay: z.boolean().default(true).meta({ title: 'One direction' }),
        hopNs,
        ...fabricFields,
      })
      .meta({ title: 'Ring' }),
    z
      .strictObject({
        kind: z.literal('mesh'),
        columns: whole(1, 4096).meta({ title: 'Columns' }),
        hopNs,
        ...fabricFields,
      })
      .meta({ title: 'Mesh' }),
    z.strictObject({ kind: z.literal('crossbar'), ...fabricFields }).meta({ title: 'Crossbar' }),
    z
      .strictObject({
        kind: z.literal('links'),
        links: z.array(linkSchema).max(20000).meta({ title: 'Links' }),
        ...fabricFields,
      })
      .meta({ title: 'Explicit links' }),
    z
      .strictObject({
        kind: z.literal('matrix'),
        latencyNs: z.array(z.array(z.number().min(0).max(1e7))).meta({
          title: 'Latency matrix',
          unit: 'ns',
          description: 'Row: node of the CPU; column: node of the memory, in the order of the nodes.',
        }),
        linkMBps: fabricFields.linkMBps,
        queued: fabricFields.queued,
        invalidation: fabricFields.invalidation,
      })
      .meta({ title: 'Latency matrix' }),
  ])
  .meta({ title: 'Interconnect' });

export const machineSchema = z
  .strictObject({
    bits: z
      .union([z.literal(32), z.literal(64)])
      .meta({ title: 'Address bits', unit: 'bits', description: '64: no highmem.' }),
    pae: z.boolean().meta({ title: 'PAE', description: '36-bit physical addresses, 8-byte ptes, 2 MiB large pages.' }),
    nodes: z.array(nodeSchema).min(1).max(4096).meta({ title: 'Nodes' }),
    cpu: cpuSchema,
    bus: busSchema,
    localNs: z
      .number()
      .min(0)
      .max(1e6)
      .meta({ title: 'Local latency', unit: 'ns', description: 'A miss served by the own node’s memory.' }),
    transferNs: z.number().min(0).max(1e6).meta({
      title: 'Cache-line transfer',
      unit: 'ns',
      description: 'A miss served by another CPU’s cache of the same node.',
    }),
    remoteCache: remoteCacheSchema.optional(),
    interconnect: interconnectSchema,
  })
  .meta({ title: 'Machine' });

const watermarkSchema = z
  .strictObject({
    node: whole(0, 4095).meta({ title: 'Node' }),
    zone: z.enum(['DMA', 'Normal', 'HighMem']).meta({ title: 'Zone' }),
    min: whole(0, 2 ** 31).meta({ title: 'min', unit: 'pages' }),
    low: whole(0, 2 ** 31).meta({ title: 'low', unit: 'pages' }),
    high: whole(0, 2 ** 31).meta({ title: 'high', unit: 'pages' }),
  })
  .meta({ title: 'Watermarks' });

const zonesSchema = z
  .strictObject({
    dmaLimitMiB: whole(0, 4096)
      .default(16)
      .meta({ title: 'DMA limit', unit: 'MiB', description: 'Rule: 16, the reach of ISA DMA.' }),
    userSpaceMiB: whole(256, 4096).default(3072).meta({
      title: 'User space',
      unit: 'MiB',
      description: 'PAGE_OFFSET: 3072 is the 3:1 split, 2048 2:2, 1024 1:3.',
    }),
    vmallocReserveMiB: whole(0, 2048).default(128).meta({
      title: 'vmalloc reserve',
      unit: 'MiB',
      description: 'Kernel address space kept from the direct map: vmalloc, pkmap, fixmap.',
    }),
    maxmemMiB: whole(1, 4096).optional().meta({
      title: 'maxmem',
      unit: 'MiB',
      description: 'Limit of low memory. Rule: kernel address space less the vmalloc reserve (896).',
    }),
    zonesPerType: z
      .strictObject({
        dma: whole(1, 64).default(1).meta({ title: 'DMA' }),
        normal: whole(1, 64).default(1).meta({ title: 'Normal' }),
        highmem: whole(1, 64).default(1).meta({ title: 'HighMem' }),
      })
      .default({ dma: 1, normal: 1, highmem: 1 })
      .meta({ title: 'Zones per type', description: 'No kernel had more than one.' }),
    fallbackShare: z.number().min(0).max(0.5).default(0).meta({
      title: 'Fall-back zone',
      description: 'Share of each type kept until every other zone failed. No kernel had one.',
    }),
    watermarks: z
      .array(watermarkSchema)
      .max(20000)
      .default([])
      .meta({ title: 'Watermarks', description: 'Rule: the flavour’s.' }),
    minFreeKbytes: whole(0, 2 ** 24)
      .optional()
      .meta({ title: 'min_free_kbytes', unit: 'kB', description: 'Rule: the flavour’s.' }),
    lowerZoneProtection: whole(0, 1000)
      .default(0)
      .meta({ title: 'lower_zone_protection', description: '2.6.0: 0 by default.' }),
    lowmemReserveRatio: z
      .strictObject({
        dma: whole(1, 1e6).default(256).meta({ title: 'DMA' }),
        normal: whole(1, 1e6).default(32).meta({ title: 'Normal' }),
      })
      .default({ dma: 256, normal: 32 })
      .meta({ title: 'lowmem_reserve_ratio', description: '2.6.11: 256 and 32.' }),
  })
  .meta({ title: 'Zones' });

export const profileSchema = z.strictObject({
  format: z.literal(PROFILE_FORMAT),
  version: z.literal(PROFILE_VERSION),
  title: z.string().min(1).max(120).meta({ title: 'Title' }),
  notes: z
    .string()
    .max(100_000)
    .default('')
    .meta({ title: 'Notes', description: 'Markdown, shown when the machine is opened.' }),
  machine: machineSchema,
  kernel: kernelSchema,
  zones: zonesSchema.prefault({}),
  sources: z.record(z.string(), z.string()).default({}).meta({
    title: 'Sources',
    description:
      'Path or prefix of a path (`machine.nodes[].cpus`: of every node) to the source of its number; `assumed` (or `assumed: why`) where there is none.',
  }),
});

/** A parsed profile: every default filled in, nothing resolved that a flavour decides. */
export type MachineProfile = z.output<typeof profileSchema>;
/** A profile as a person may write it: with the defaults left out. */
export type MachineProfileInput = z.input<typeof profileSchema>;
export type NodeSpec = z.output<typeof nodeSchema>;
export type CpuSpec = z.output<typeof cpuSchema>;
export type InterconnectSpec = z.output<typeof interconnectSchema>;
export type ZonesSpec = z.output<typeof zonesSchema>;
export type MachineSpec = z.output<typeof machineSchema>;
