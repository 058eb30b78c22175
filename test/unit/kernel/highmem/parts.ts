/**
 * As much of a kernel as highmem access, TLB flushes and the block layer need: a real machine with real CPUs, mem_map and
 * static data; pages and slabs are stand-ins that only count.
 */
import { asPfn, kaddr, type KAddr } from '../../../../src/sim/base/units.ts';
import { Machine } from '../../../../src/sim/hardware/machine.ts';
import { PageTable } from '../../../../src/sim/hardware/page-table.ts';
import { PtePages } from '../../../../src/sim/hardware/pte-pages.ts';
import type { Pages } from '../../../../src/sim/kernel/alloc/pages.ts';
import type { SlabCache } from '../../../../src/sim/kernel/alloc/slab.ts';
import { boot } from '../../../../src/sim/kernel/boot/boot.ts';
import { dataPlace } from '../../../../src/sim/kernel/boot/data-places.ts';
import { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { KernelHighmem } from '../../../../src/sim/kernel/highmem/highmem.ts';
import { LockTable } from '../../../../src/sim/kernel/locks.ts';
import { Mm } from '../../../../src/sim/kernel/mm/mm.ts';
import type { KernelParts } from '../../../../src/sim/kernel/parts.ts';
import { StaticData } from '../../../../src/sim/kernel/static-data.ts';
import { Task } from '../../../../src/sim/kernel/task.ts';
import { TlbFlush } from '../../../../src/sim/kernel/tlb-flush.ts';
import { builtInById } from '../../../../src/sim/profiles/builtin/index.ts';
import { traitsOf } from '../../../../src/sim/profiles/resolve.ts';
import { profileSchema, type MachineProfile } from '../../../../src/sim/profiles/schema.ts';
import { memMapOf } from '../../../support/mem-map.ts';

export interface SmallOrder {
  readonly builtIn?: string;
  readonly kernel?: Partial<MachineProfile['kernel']>;
  readonly machine?: Partial<MachineProfile['machine']>;
}

export interface SmallKernel {
  readonly parts: KernelParts;
  readonly highmem: KernelHighmem;
  readonly tlb: TlbFlush;
  readonly profile: MachineProfile;
  /** Pages that the stand-in allocator has given out and not got back. */
  readonly given: Set<number>;
  /** While set, the allocator has nothing. */
  starve: boolean;
  on(cpu?: number): KernelCpu;
  /** Objects in use of a slab cache. */
  active(name: string): number;
  /** The i-th page of high and of low memory of the boot node. */
  high(i: number): number;
  low(i: number): number;
  /** The page of a frame of the boot node. */
  page(pfn: number): number;
  mm(): Mm;
  task(mm: Mm): Task;
}

/** Default: the 64 GB box. */
export function smallKernel(order: SmallOrder = {}): SmallKernel {
  const base = builtInById(order.builtIn ?? 'numaq-64g-8quad');
  if (base === undefined) throw new Error(`no built-in machine ${order.builtIn}`);
  const plain = base.profile();
  const profile = profileSchema.parse({
    ...plain,
    machine: { ...plain.machine, ...order.machine },
    kernel: { ...plain.kernel, ...order.kernel },
  });
  const traits = traitsOf(profile.kernel, profile.machine);
  const layout = boot(profile, traits);
  const starts = layout.nodes.map((node) => node.startPfn);
  const ends = layout.nodes.map((node) => node.endPfn);
  const machine = new Machine(profile.machine, starts, ends, 4, layout.clusterFrames * 4096);
  const { frames } = machine;
  const memMap = memMapOf(frames, { profile, traits, layout });
  const place = dataPlace(profile, layout);
  const data = new StaticData(frames.slotOf(place.place, asPfn(place.pfn)), place.frames);
  const locks = new LockTable();
  const cpus = new Map<number, KernelCpu>();
  const { instructionNs } = profile.machine.cpu;
  const costs = { programNs: instructionNs, instructionNs, atomicNs: profile.kernel.atomicNs };
  const cpu = (number: number): KernelCpu => {
    const made = cpus.get(number) ?? new KernelCpu(machine.core(number), costs, locks);
    cpus.set(number, made);
    return made;
  };
  const page = (pfn: number): number => memMap.pageOf(frames.slotOf(0, asPfn(pfn)));
  const given = new Set<number>();
  const free: number[] = [];
  const ptePages = new PtePages(profile.machine.pae);
  const mms = new Map<number, Mm>();
  let nextLow = layout.maxLowPfn;
  let pid = 0;

  const pages: Pick<Pages, 'alloc' | 'free' | 'get' | 'put' | 'clear' | 'copy'> = {
    alloc: (on, gfp) => {
      if (kernel.starve) return -1;
      nextLow -= layout.clusterFrames;
      const taken = free.pop() ?? page(gfp.zone === 'GFP_DMA' ? 2048 + given.size : nextLow);
      on.write(memMap.addressOf(taken));
      memMap.count[taken] = 1;
      given.add(taken);
      return taken;
    },
    free: (_on, taken) => {
      given.delete(taken);
      free.push(taken);
    },
    get: (_on, taken) => void memMap.count[taken]++,
    put: (_on, taken) => {
      if (--memMap.count[taken] > 0) return;
      given.delete(taken);
      free.push(taken);
    },
    clear: () => undefined,
    copy: (on) => on.spend(1000),
  };
  const caches = new Map<string, ReturnType<typeof fakeCache>>();
  const slabs = {
    cache: (name: string): Pick<SlabCache, 'alloc' | 'free' | 'addressOf' | 'active'> => {
      const made = caches.get(name) ?? fakeCache(data.claim(4096));
      caches.set(name, made);
      return made;
    },
  };
  const parts = {
    ...{ profile, traits, layout, machine, frames, ptePages, memMap, locks, data, pages, slabs, mms, cpu },
    events: undefined,
    tasks: new Map<number, Task>(),
  } as unknown as { -readonly [K in keyof KernelParts]: KernelParts[K] };
  const highmem = new KernelHighmem(parts);
  const tlb = new TlbFlush(parts);
  parts.highmem = highmem;
  parts.tlb = tlb;
  const kernel: SmallKernel = {
    active: (name) => caches.get(name)?.active ?? 0,
    ...{ parts, highmem, tlb, profile, given, page },
    starve: false,
    on: (number = 0) => cpu(number),
    high: (i) => page(layout.maxLowPfn + i * layout.clusterFrames),
    low: (i) => page(layout.maxLowPfn - (i + 1) * layout.clusterFrames),
    mm: () => {
      const made = new Mm(mms.size + 1, new PageTable(ptePages, 2 ** 20));
      made.at = kaddr(frames.slotOf(0, asPfn(4096)), 0);
      mms.set(made.id, made);
      return made;
    },
    task: (mm) => {
      const made = new Task(++pid, 'test', undefined, [0], 0);
      made.mm = mm;
      return made;
    },
  };
  return kernel;
}

function fakeCache(at: KAddr): Pick<SlabCache, 'alloc' | 'free' | 'addressOf'> & { active: number } {
  let next = 0;
  const cache = {
    active: 0,
    alloc: () => {
      cache.active++;
      return next++;
    },
    free: () => void cache.active--,
    addressOf: () => at,
  };
  return cache;
}
