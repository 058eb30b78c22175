/** The parts of a kernel that page tables look at: real ones where memory, slabs, kmaps and flushes are concerned. */
import { asPfn } from '../../../../src/sim/base/units.ts';
import { Machine } from '../../../../src/sim/hardware/machine.ts';
import { PtePages } from '../../../../src/sim/hardware/pte-pages.ts';
import { HugetlbPool } from '../../../../src/sim/kernel/alloc/hugetlb.ts';
import { PageSource } from '../../../../src/sim/kernel/alloc/page-source.ts';
import { SlabCaches } from '../../../../src/sim/kernel/alloc/slab-caches.ts';
import { SysctlTable } from '../../../../src/sim/kernel/alloc/sysctl-table.ts';
import { boot } from '../../../../src/sim/kernel/boot/boot.ts';
import { dataPlace } from '../../../../src/sim/kernel/boot/data-places.ts';
import { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { freeAfterBoot } from '../../../../src/sim/kernel/free-after-boot.ts';
import { KernelHighmem } from '../../../../src/sim/kernel/highmem/highmem.ts';
import { LockTable } from '../../../../src/sim/kernel/locks.ts';
import { PageTables } from '../../../../src/sim/kernel/mm/page-tables.ts';
import { KernelPteWalk } from '../../../../src/sim/kernel/mm/pte-walk.ts';
import type { KernelParts } from '../../../../src/sim/kernel/parts.ts';
import type { Rmap } from '../../../../src/sim/kernel/rmap/rmap.ts';
import { StaticData } from '../../../../src/sim/kernel/static-data.ts';
import { TlbFlush } from '../../../../src/sim/kernel/tlb-flush.ts';
import { Zone } from '../../../../src/sim/kernel/zone.ts';
import { builtInById } from '../../../../src/sim/profiles/builtin/index.ts';
import { traitsOf } from '../../../../src/sim/profiles/resolve.ts';
import { type MachineProfile, profileSchema } from '../../../../src/sim/profiles/schema.ts';
import { memMapOf } from '../../../support/mem-map.ts';

export interface TableOrder {
  /** Default: pc-256m. */
  readonly builtIn?: string;
  readonly kernel?: Partial<MachineProfile['kernel']>;
  readonly zones?: Partial<MachineProfile['zones']>;
  readonly machine?: Partial<MachineProfile['machine']>;
}

/** What the test keeps itself. */
export interface Books {
  readonly ptesOf: Map<number, Set<number>>;
  readonly swapUsers: Map<number, number>;
}

function profileOf(order: TableOrder): MachineProfile {
  const base = builtInById(order.builtIn ?? 'pc-256m');
  if (base === undefined) throw new Error(`no built-in machine ${order.builtIn}`);
  const plain = base.profile();
  return profileSchema.parse({
    ...plain,
    machine: { ...plain.machine, ...order.machine },
    kernel: { ...plain.kernel, ...order.kernel },
    zones: { ...plain.zones, ...order.zones },
  });
}

function naiveRmap({ ptesOf }: Books): Rmap {
  const add = (page: number, pte: number): void => {
    const known = ptesOf.get(page) ?? new Set();
    if (known.has(pte)) throw new Error(`pte ${pte} is added twice`);
    ptesOf.set(page, known.add(pte));
  };
  const remove = (page: number, pte: number): void => {
    const known = ptesOf.get(page);
    if (known?.delete(pte) !== true) throw new Error(`pte ${pte} was never added`);
    if (known.size === 0) ptesOf.delete(page);
  };
  const nothing = (): void => undefined;
  return {
    kind: 'naive',
    finds: true,
    prepareAdd: nothing,
    tryPrepareAdd: () => true,
    add: (_on, page, pte) => add(page, pte),
    remove: (_on, page, pte) => remove(page, pte),
    moved: (_on, page, from, to) => {
      remove(page, from);
      add(page, to);
      return false;
    },
    referenced: () => 0,
    tryToUnmap: () => 'fail',
    linkVma: nothing,
    unlinkVma: nothing,
    dropVma: nothing,
    prepareAnon: nothing,
    forkVma: nothing,
    enterMm: nothing,
    leaveMm: nothing,
    ptesOf: (page) => [...(ptesOf.get(page) ?? [])],
  };
}

function naiveSwap({ swapUsers }: Books): Pick<KernelParts['swap'], 'duplicate' | 'release' | 'removeExclusive'> {
  const change = (entry: number, by: number): void => {
    const count = (swapUsers.get(entry) ?? 0) + by;
    if (count < 0) throw new Error(`swap entry ${entry} is given up by nobody`);
    swapUsers.set(entry, count);
  };
  return {
    duplicate: (_on, entry) => change(entry, 1),
    release: (_on, entry) => change(entry, -1),
    removeExclusive: () => false,
  };
}

export function makeParts(books: Books, order: TableOrder): KernelParts {
  const profile = profileOf(order);
  const traits = traitsOf(profile.kernel, profile.machine);
  const layout = boot(profile, traits);
  if (!layout.boots) throw new Error(layout.failure?.message ?? layout.issues.map(({ message }) => message).join());
  const { nodes, clusterFrames, maxOrder } = layout;
  const machine = new Machine(
    profile.machine,
    nodes.map((node) => node.startPfn),
    nodes.map((node) => node.endPfn),
    1,
    clusterFrames * 4096,
  );
  const taken = freeAfterBoot(profile, layout);
  const zones = nodes.map((node, place) =>
    node.zones.map((zone) => new Zone(place, node.id, zone, clusterFrames, maxOrder, traits.splitGives, taken)),
  );
  const { frames } = machine;
  const data = dataPlace(profile, layout);
  const locks = new LockTable();
  const cpus = new Map<number, KernelCpu>();
  const { instructionNs } = profile.machine.cpu;
  const parts = {
    profile,
    traits,
    layout,
    machine,
    frames,
    ptePages: new PtePages(profile.machine.pae || profile.machine.bits === 64),
    memMap: memMapOf(frames, { profile, traits, layout }),
    zones,
    allZones: zones.flat(),
    locks,
    data: new StaticData(frames.slotOf(data.place, asPfn(data.pfn)), data.frames),
    mms: new Map(),
    spaces: new Map(),
    tasks: new Map(),
    placement: { forVma: () => undefined },
    reclaim: {
      add: () => undefined,
      remove: () => undefined,
      removeMany: () => undefined,
      markAccessed: () => undefined,
      wakeKswapd: () => undefined,
      cleanPages: () => 0,
    },
    pageCache: { dirty: () => undefined },
    rmap: naiveRmap(books),
    swap: naiveSwap(books),
    cpu: (cpu: number) => {
      const made =
        cpus.get(cpu) ??
        new KernelCpu(
          machine.core(cpu),
          { programNs: instructionNs, instructionNs, atomicNs: profile.kernel.atomicNs },
          locks,
        );
      cpus.set(cpu, made);
      return made;
    },
  } as unknown as { -readonly [Part in keyof KernelParts]: KernelParts[Part] };
  parts.sysctl = new SysctlTable(parts);
  parts.pages = new PageSource(parts);
  parts.slabs = new SlabCaches(parts);
  parts.hugetlb = new HugetlbPool(parts);
  parts.highmem = new KernelHighmem(parts);
  parts.tlb = new TlbFlush(parts);
  parts.walk = new KernelPteWalk(parts);
  parts.tables = new PageTables(parts);
  return parts;
}
