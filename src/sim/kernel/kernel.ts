/**
 * The kernel, wired. Read this file to know what it is made of; each mechanism is a file or a folder beside it:
 * alloc/ (zones, per-CPU sets, slab, hugetlb), mm/ (address spaces, faults, page tables, page cache, processes), rmap/
 * (reverse maps), reclaim/ (LRU lists, swap, kswapd, writeback), highmem/ (kmaps, UKVA, 4G/4G), block.ts (disks).
 *
 * The kernel works synchronously: an operation runs from its start to its end on the clock of the CPU that asked for it,
 * and every structure that it looks at is a reference through that CPU's caches (cpu.ts). What it waits for, the task
 * sleeps off afterwards. Runqueues' locks are waited for (lock-waits.ts);
 * others are always free, and their time is counted.
 */
import { InputError, invariant, makeIssue } from '../base/errors.ts';
import { asPfn, FRAME_BYTES } from '../base/units.ts';
import type { Core } from '../hardware/core.ts';
import type { Frames } from '../hardware/frames.ts';
import type { Machine } from '../hardware/machine.ts';
import type { PageTable } from '../hardware/page-table.ts';
import { PtePages } from '../hardware/pte-pages.ts';
import type { MachineProfile } from '../profiles/schema.ts';
import { structPageFields } from '../profiles/struct-page-fields.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import type { AddressSpaceSpec } from '../workloads/workload.ts';
import { HugetlbPool } from './alloc/hugetlb.ts';
import { PageSource } from './alloc/page-source.ts';
import { SlabCaches } from './alloc/slab-caches.ts';
import { SysctlTable } from './alloc/sysctl-table.ts';
import { Block } from './block.ts';
import { dataPlace, memMapPlaces } from './boot/data-places.ts';
import type { BootLayout } from './boot/layout.ts';
import { KernelCpu } from './cpu.ts';
import type { KernelEvents } from './events.ts';
import { freeAfterBoot } from './free-after-boot.ts';
import { KernelHighmem } from './highmem/highmem.ts';
import { LockTable } from './locks.ts';
import { MemMap } from './mem-map.ts';
import type { AddressSpace } from './mm/address-space.ts';
import { Faults } from './mm/faults.ts';
import { Files } from './mm/files.ts';
import { KernelSyscalls } from './mm/kernel-syscalls.ts';
import type { Mm } from './mm/mm.ts';
import { PageTables } from './mm/page-tables.ts';
import { KernelPteWalk } from './mm/pte-walk.ts';
import type { Numastat } from './numastat.ts';
import type { KernelParts } from './parts.ts';
import { makeReclaim } from './reclaim/make-reclaim.ts';
import type { KernelThread } from './reclaim/reclaim.ts';
import { SwapSpace } from './reclaim/swap-space.ts';
import { makeRmap } from './rmap/make-rmap.ts';
import type { Rmap } from './rmap/rmap.ts';
import { Placement } from './policy/placement.ts';
import { anonymousPages } from './sched/anonymous-pages.ts';
import { type HistoryRow, ProgramHistory } from './sched/history.ts';
import { TaskLives } from './sched/lives.ts';
import { makeScheduler } from './sched/make-scheduler.ts';
import type { Scheduler } from './sched/scheduler.ts';
import { TaskPlacement } from './sched/task-placement.ts';
import { StaticData } from './static-data.ts';
import type { Task } from './task.ts';
import { KernelText } from './text/kernel-text.ts';
import { TextReplication } from './text/replication.ts';
import { TlbFlush } from './tlb-flush.ts';
import { Zone } from './zone.ts';

/** The last page number means an empty entry in the TLB. */
const MOST_ADDRESS = 2 ** 43 - 4096;

export class Kernel implements KernelParts {
  readonly frames: Frames;
  readonly ptePages: PtePages;
  readonly memMap: MemMap;
  readonly zones: readonly (readonly Zone[])[];
  readonly allZones: readonly Zone[];
  readonly locks = new LockTable();
  readonly data: StaticData;
  readonly text: KernelText;
  readonly replication: TextReplication | undefined;
  readonly mms = new Map<number, Mm>();
  readonly spaces = new Map<number, AddressSpace>();
  readonly tasks = new Map<number, Task>();
  readonly lives: TaskLives;
  readonly sysctl: SysctlTable;
  readonly placement: Placement;
  /** Set while a timeline is recorded. */
  events: KernelEvents | undefined;
  readonly pages: PageSource;
  readonly slabs: SlabCaches;
  readonly hugetlb: HugetlbPool;
  readonly highmem: KernelHighmem;
  readonly tlb: TlbFlush;
  readonly block: Block;
  readonly swap: SwapSpace;
  readonly walk: KernelPteWalk;
  readonly tables: PageTables;
  readonly rmap: Rmap;
  readonly reclaim: ReturnType<typeof makeReclaim>;
  readonly pageCache: Files;
  readonly sched: Scheduler;
  readonly syscalls: KernelSyscalls;
  private readonly faults: Faults;
  private readonly cpus = new Map<number, KernelCpu>();

  constructor(
    readonly profile: MachineProfile,
    readonly traits: KernelTraits,
    readonly layout: BootLayout,
    readonly machine: Machine,
    /** What is known of programs from earlier runs. */
    history: readonly HistoryRow[] = [],
  ) {
    this.frames = machine.frames;
    this.ptePages = new PtePages(profile.machine.pae || profile.machine.bits === 64);
    this.zones = makeZones(profile, traits, layout);
    this.lives = new TaskLives(new ProgramHistory(history), layout.nodes.length, (mm) => anonymousPages(this, mm));
    this.allZones = this.zones.flat();
    const { mmuShift, structPage } = traits;
    const fields = structPageFields(traits, profile.machine.bits);
    this.memMap = new MemMap(this.frames, mmuShift, structPage.bytes, memMapPlaces(profile, layout), fields);
    const data = dataPlace(profile, layout);
    this.data = new StaticData(this.frames.slotOf(data.place, asPfn(data.pfn)), data.frames);
    this.text = new KernelText(profile, layout, this.frames);
    this.replication = traits.kernelText === 'one' ? undefined : new TextReplication(this);
    this.sysctl = new SysctlTable(this);
    this.pages = new PageSource(this);
    this.placement = new Placement(this);
    this.slabs = new SlabCaches(this);
    this.hugetlb = new HugetlbPool(this);
    this.highmem = new KernelHighmem(this);
    this.tlb = new TlbFlush(this);
    this.block = new Block(this);
    this.swap = new SwapSpace(this);
    this.walk = new KernelPteWalk(this);
    this.tables = new PageTables(this);
    this.rmap = makeRmap(this);
    this.reclaim = makeReclaim(this);
    this.pageCache = new Files(this);
    this.sched = makeScheduler(this);
    this.sched.placer = new TaskPlacement(traits, this.sched, this.lives);
    this.syscalls = new KernelSyscalls(this);
    this.faults = new Faults(this);
    machine.setFaultHandler((core, table, vpn, write) => this.fault(core, table, vpn, write));
  }

  /** The kernel's view of a CPU, made when it is first asked for. */
  cpu(cpu: number): KernelCpu {
    const known = this.cpus.get(cpu);
    if (known !== undefined) return known;
    const { atomicNs } = this.profile.kernel;
    const programNs = this.profile.machine.cpu.instructionNs;
    const uniprocessor = this.profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0) === 1;
    const costs = { programNs, instructionNs: this.text.instructionNs, atomicNs, uniprocessor };
    const made = new KernelCpu(this.machine.core(cpu), costs, this.locks);
    made.mapText(this.replication === undefined ? this.text.source : this.replication.initial(made.node));
    this.cpus.set(cpu, made);
    return made;
  }

  /**
   * An address space of a trace or a pattern, with its mappings in place: memory that nobody wrote down how it came
   * there costs nothing until it is touched; its upper page tables are made on `cpu`. Throws InputError where they reach beyond 2^43 bytes: a virtual page number is an
   * Int32 in the hot loop.
   */
  createSpace(spec: AddressSpaceSpec, cpu = 0): Mm {
    const end = spec.mappings.reduce((highest, mapping) => Math.max(highest, mapping.end), 4096);
    if (end > MOST_ADDRESS) {
      const found = `mappings up to ${Math.ceil(end / 2 ** 40)} TiB`;
      throw new InputError('', [makeIssue('address-space', 'workloads', 'an address space of 8 TiB at most', found)]);
    }
    return this.syscalls.adopt(spec.mappings, Math.ceil(end / FRAME_BYTES), cpu);
  }

  /** A fault of the hardware: the kernel maps the page, on the CPU's own clock. */
  private fault(core: Core, table: PageTable, vpn: number, write: boolean): void {
    const mm = this.mms.get(table.owner);
    invariant(mm !== undefined, 'a fault in page tables that no address space has', { vpn });
    this.faults.handle(this.cpu(core.cpu), mm, vpn, write);
  }

  get numastat(): Numastat {
    return this.pages.numastat;
  }

  /** Threads of the kernel: kswapd, pdflush, kscand. */
  get threads(): readonly KernelThread[] {
    return this.reclaim.threads;
  }

  /** CPUs that the kernel has run on so far. */
  get activeCpus(): readonly KernelCpu[] {
    return [...this.cpus.values()];
  }
}

function makeZones(profile: MachineProfile, traits: KernelTraits, layout: BootLayout): readonly (readonly Zone[])[] {
  const taken = freeAfterBoot(profile, layout);
  return layout.nodes.map((node, place) =>
    node.zones.map(
      (zone) => new Zone(place, node.id, zone, layout.clusterFrames, layout.maxOrder, traits.splitGives, taken),
    ),
  );
}
