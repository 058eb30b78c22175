/**
 * The machine profile: the one schema of a `*.numaq.json` file, from which its types, its validation, the inspector's
 * fields and the command line's `--set` paths are made. Unknown keys are refused. What a profile leaves out follows the
 * kernel flavour's rule; where a field overrides a rule, its description says what the rule is.
 *
 * `.meta({ title, unit, description })` is what a person sees at the field.
 */
import { z } from 'zod';

export const PROFILE_FORMAT = 'numaq-lab/machine';
export const PROFILE_VERSION = 1;

const whole = (min: number, max: number): z.ZodNumber => z.number().int().min(min).max(max);
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

const placementSchema = z
  .discriminatedUnion('policy', [
    z.strictObject({ policy: z.literal('first-touch') }).meta({ title: 'First touch' }),
    z
      .strictObject({ policy: z.literal('preferred'), node: whole(0, 4095).meta({ title: 'Node' }) })
      .meta({ title: 'Preferred' }),
    z
      .strictObject({
        policy: z.literal('bind'),
        nodes: z.array(whole(0, 4095)).min(1).max(4096).meta({ title: 'Nodes' }),
      })
      .meta({ title: 'Bind' }),
    z
      .strictObject({
        policy: z.literal('interleave'),
        nodes: z.array(whole(0, 4095)).min(1).max(4096).meta({ title: 'Nodes' }),
      })
      .meta({ title: 'Interleave' }),
    z
      .strictObject({
        policy: z.literal('preferred-many'),
        nodes: z.array(whole(0, 4095)).min(1).max(4096).meta({ title: 'Nodes' }),
      })
      .meta({ title: 'Preferred, many' }),
    z
      .strictObject({
        policy: z.literal('weighted-interleave'),
        nodes: z.array(whole(0, 4095)).min(1).max(4096).meta({ title: 'Nodes' }),
      })
      .meta({ title: 'Weighted interleave' }),
  ])
  .meta({ title: 'Placement policy' });

/** What the kernel is compiled with: text size and instruction counts are profiles/compilers.ts's. */
export const compilers = ['gcc-2.95', 'gcc-3.2'] as const;
export const optimisations = ['-O2', '-Os'] as const;
/** Calls that bind memory, as kernels and patches had them; the later ones have what the earlier of their line had. */
export const bindings = [
  'none',
  'mem_setbinding',
  'shmbind',
  'membind',
  'mempolicy',
  'preferred-many',
  'weighted-interleave',
] as const;

const itemSchema = z.strictObject({
  item: z.string().min(1).max(80).meta({ title: 'Item' }),
  kib: whole(0, 2 ** 32).meta({ title: 'Size', unit: 'KiB' }),
});

export const kernelSchema = z
  .strictObject({
    flavour: z.string().min(1).max(40).meta({ title: 'Flavour' }),
    highpte: z
      .boolean()
      .optional()
      .meta({ title: 'highpte', description: 'Last-level page tables in highmem. Rule: the flavour’s.' }),
    kvaRemap: z.boolean().optional().meta({
      title: 'KVA remap',
      description: 'Each node’s mem_map on the node, mapped into low memory’s address space. Rule: the flavour’s.',
    }),
    structPageBytes: whole(8, 256)
      .optional()
      .meta({ title: 'sizeof(struct page)', unit: 'B', description: 'Rule: follows from flavour and switches.' }),
    pageMmuShift: whole(0, 6)
      .default(0)
      .meta({ title: 'PAGE_MMUSHIFT', description: 'A page cluster is 4 KiB << this.' }),
    packPtePages: z.boolean().default(false).meta({
      title: 'Sub-allocate pte pages',
      description: 'With page clusters: several 4 KiB pte pages in one cluster. pgcl as posted gave each a whole one.',
    }),
    rmap: z.enum(['none', 'pte_chain', 'objrmap', 'prio_tree']).optional().meta({
      title: 'Reverse map of files',
      description: 'none: address spaces are scanned. Rule: the flavour’s.',
    }),
    anonRmap: z.enum(['none', 'pte_chain', 'anonmm', 'anon_vma']).optional().meta({
      title: 'Reverse map of anonymous pages',
      description: 'Rule: the flavour’s; with objrmap the pte_chain (partial objrmap).',
    }),
    reclaim: z
      .enum(['2.4.22', 'rmap15', '2.6.0'])
      .optional()
      .meta({ title: 'Page replacement', description: 'Rule: the flavour’s.' }),
    lruLock: z
      .enum(['global', 'zone'])
      .optional()
      .meta({ title: 'LRU lock', description: 'One for all, or one a zone. Rule: the flavour’s.' }),
    pagevecs: z
      .boolean()
      .optional()
      .meta({ title: 'Pagevecs', description: 'LRU lists are filled 16 pages at a time. Rule: the flavour’s.' }),
    sharedPageTables: z.enum(['off', 'rule', 'always']).default('off').meta({
      title: 'Shared page tables',
      description: 'rule: address spaces of more than three pte pages share at fork; always: all do.',
    }),
    split4g: z.boolean().default(false).meta({
      title: '4G/4G split',
      description: 'Kernel and user have 4 GiB each; CR3 is loaded at every crossing.',
    }),
    ukva: z.enum(['off', 'mm', 'task']).default('off').meta({
      title: 'UKVA',
      description: 'A window for the own page tables between user space and kernel: per address space, or per task.',
    }),
    kmap: z.enum(['pool', 'per-cpu']).default('pool').meta({
      title: 'kmap',
      description: 'pool: one pool with global flushes; per-cpu: pinned slots a CPU, no flush (a proposal of 2002).',
    }),
    kswapdWindow: z.boolean().default(false).meta({
      title: 'kswapd’s own window',
      description: 'kswapd maps highmem in its own user space (a proposal of 2002).',
    }),
    swapMiB: whole(0, 65536)
      .default(0)
      .meta({ title: 'Swap', unit: 'MiB', description: 'On the machine’s first disk.' }),
    hugePages: whole(0, 2 ** 20)
      .default(0)
      .meta({ title: 'Huge pages', description: 'Large pages in the hugetlb pool of each node.' }),
    cmdline: z.string().max(1000).default('').meta({
      title: 'Kernel command line',
      description: 'mem=, highmem=, vmalloc=, memfrac=, hugepages=: as the kernel reads them at boot.',
    }),
    sysctl: z
      .strictObject({
        swappiness: whole(0, 100).default(60).meta({ title: 'swappiness' }),
        dirtyRatio: whole(1, 100).default(40).meta({ title: 'dirty_ratio', unit: '%' }),
        dirtyBackgroundRatio: whole(0, 100).default(10).meta({ title: 'dirty_background_ratio', unit: '%' }),
      })
      .default({ swappiness: 60, dirtyRatio: 40, dirtyBackgroundRatio: 10 })
      .meta({ title: '/proc/sys/vm', description: '2.6: 60, 40, 10.' }),
    atomicNs: z.number().min(0).max(1e5).default(58.2).meta({
      title: 'Atomic instruction',
      unit: 'ns',
      description: 'On a line that the CPU owns: 58.2 on a 700 MHz P-III.',
    }),
    flush: z
      .strictObject({
        icrNs: z.number().min(0).max(1e6).default(600).meta({
          title: 'ICR write',
          unit: 'ns',
          description: 'To wait until the APIC’s command register is idle, and write it: once an IPI.',
        }),
        irqNs: z.number().min(0).max(1e6).default(2000).meta({
          title: 'IPI and interrupt',
          unit: 'ns',
          description: 'Delivery, entry and return on the CPU that receives it.',
        }),
        flushNs: z
          .number()
          .min(0)
          .max(1e6)
          .default(300)
          .meta({ title: 'Flush', unit: 'ns', description: 'To load CR3. Refills come on top, walk by walk.' }),
        invlpgNs: z.number().min(0).max(1e6).default(140).meta({ title: 'invlpg', unit: 'ns' }),
      })
      .default({ icrNs: 600, irqNs: 2000, flushNs: 300, invlpgNs: 140 })
      .meta({ title: 'TLB flushes' }),
    kmapSlots: whole(1, 512).default(16).meta({
      title: 'Pinned kmap slots',
      description: 'Of a CPU, with kmap per CPU.',
    }),
    placement: placementSchema.default({ policy: 'first-touch' }),
    localAllocation: z.boolean().optional().meta({
      title: 'Local allocation',
      description: 'A request begins at the node of the CPU that asks; off: one flat memory. Rule: the flavour’s.',
    }),
    binding: z.enum(bindings).optional().meta({
      title: 'Binding calls',
      description: 'What a program can bind its memory with. Rule: the flavour’s.',
    }),
    setbinding: z.enum(['as-posted', 'mended']).default('as-posted').meta({
      title: 'mem_setbinding',
      description: 'as-posted: past the last node it tests the inverted mask, so STRICT can be violated.',
    }),
    interleaveWeights: z
      .array(
        z.strictObject({
          node: whole(0, 4095).meta({ title: 'Node' }),
          weight: whole(1, 255).meta({ title: 'Weight' }),
        }),
      )
      .max(4096)
      .default([])
      .meta({ title: 'Interleave weights', description: 'Pages in a row of a node, for weighted interleave; else 1.' }),
    scheduler: z
      .enum(['2.4', 'o1'])
      .optional()
      .meta({ title: 'Scheduler', description: '2.4: one runqueue; o1: one a CPU. Rule: the flavour’s.' }),
    nodeBalance: z.enum(['none', '2.5.59', '2.6.0']).optional().meta({
      title: 'Balancing between nodes',
      description:
        'none: all CPUs are alike; 2.5.59: once in so many balances within a node; 2.6.0: timers of their own, load by CPUs. Rule: the flavour’s.',
    }),
    taskPlacement: z.enum(['none', 'exec', 'fork', 'predicted', 'told']).optional().meta({
      title: 'Placing of tasks',
      description:
        'When a task gets a CPU: never, at exec, at fork, by earlier runs of its program, or where the program says. Rule: the flavour’s.',
    }),
    kernelText: z.enum(['one', 'per-node', 'per-node-as-posted']).default('one').meta({
      title: 'Kernel text',
      description: 'One copy, or one a node; as posted the page tables of other nodes map the source, not the copy.',
    }),
    compiler: z.enum(compilers).default('gcc-2.95').meta({ title: 'Compiler' }),
    optimisation: z.enum(optimisations).default('-O2').meta({ title: 'Optimisation' }),
    compiled: z
      .strictObject({
        text: z.number().min(0.1).max(10).meta({ title: 'Text', description: 'Factor of gcc 2.95 -O2.' }),
        instructions: z.number().min(0.1).max(10).meta({ title: 'Instructions', description: 'Likewise.' }),
        bytesPerInstruction: z.number().min(1).max(16).meta({ title: 'Bytes of an instruction', unit: 'bytes' }),
      })
      .optional()
      .meta({ title: 'Compiled', description: 'What comes out, to sweep it. Rule: the compiler’s and the option’s.' }),
    codeKiB: whole(0, 2 ** 20).meta({ title: 'Kernel code', unit: 'KiB' }),
    dataKiB: whole(0, 2 ** 20).meta({ title: 'Kernel data', unit: 'KiB' }),
    initKiB: whole(0, 2 ** 20).meta({ title: 'Kernel init', unit: 'KiB', description: 'Freed after boot.' }),
    reservedKiB: whole(0, 2 ** 24).meta({
      title: 'Other reserved',
      unit: 'KiB',
      description: 'Reserved at boot beside mem_map, code, data and init.',
    }),
    bootItems: z
      .array(itemSchema)
      .max(64)
      .default([])
      .meta({ title: 'Taken after boot', description: 'Low memory used up to the login prompt.' }),
    faultNs: z.number().min(0).max(1e6).meta({
      title: 'Page-fault exception',
      unit: 'ns',
      description: 'Entry and return alone: what the handler does costs what its instructions and references cost.',
    }),
  })
  .meta({ title: 'Kernel' });

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
export type PlacementSpec = z.output<typeof placementSchema>;
export type ZonesSpec = z.output<typeof zonesSchema>;
export type KernelSpec = z.output<typeof kernelSchema>;
export type MachineSpec = z.output<typeof machineSchema>;
