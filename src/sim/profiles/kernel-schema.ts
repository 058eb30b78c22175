/** The kernel's part of a machine profile (schema.ts): its flavour, and what is set apart from the flavour's rules. */
import { z } from 'zod';
import { whole } from './whole.ts';

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

export type PlacementSpec = z.output<typeof placementSchema>;
export type KernelSpec = z.output<typeof kernelSchema>;
