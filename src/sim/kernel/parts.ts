/**
 * What the kernel is made of, as its parts see each other. Kernel (kernel.ts) fills it in while it is built; nobody uses
 * a part before all of them are there.
 */
import type { Frames } from '../hardware/frames.ts';
import type { Machine } from '../hardware/machine.ts';
import type { PtePages } from '../hardware/pte-pages.ts';
import type { MachineProfile } from '../profiles/schema.ts';
import type { KernelTraits } from '../profiles/traits.ts';
import type { HugetlbPool } from './alloc/hugetlb.ts';
import type { Pages } from './alloc/pages.ts';
import type { Slabs } from './alloc/slab.ts';
import type { BootLayout } from './boot/layout.ts';
import type { KernelCpu } from './cpu.ts';
import type { KernelEvents } from './events.ts';
import type { Highmem } from './highmem/kmap.ts';
import type { BlockIo, Swap } from './io.ts';
import type { LockTable } from './locks.ts';
import type { MemMap } from './mem-map.ts';
import type { AddressSpace } from './mm/address-space.ts';
import type { Mm } from './mm/mm.ts';
import type { PageCache } from './mm/page-cache.ts';
import type { PageTables } from './mm/page-tables.ts';
import type { Placement } from './policy/placement.ts';
import type { Reclaim } from './reclaim/reclaim.ts';
import type { PteWalk, Rmap } from './rmap/rmap.ts';
import type { TaskLives } from './sched/lives.ts';
import type { Scheduler } from './sched/scheduler.ts';
import type { StaticData } from './static-data.ts';
import type { Sysctls } from './sysctl.ts';
import type { Task } from './task.ts';
import type { KernelText } from './text/kernel-text.ts';
import type { TextReplication } from './text/replication.ts';
import type { TlbFlush } from './tlb-flush.ts';
import type { Zone } from './zone.ts';

export interface KernelParts {
  readonly profile: MachineProfile;
  readonly traits: KernelTraits;
  readonly layout: BootLayout;
  readonly machine: Machine;
  readonly frames: Frames;
  readonly ptePages: PtePages;
  readonly memMap: MemMap;
  /** Zones by place of their node, lowest first; and all of them by number (MemMap.zone). */
  readonly zones: readonly (readonly Zone[])[];
  readonly allZones: readonly Zone[];
  readonly placement: Placement;
  readonly locks: LockTable;
  readonly data: StaticData;
  readonly text: KernelText;
  /** Where the kernel's text is copied to every node. */
  readonly replication: TextReplication | undefined;
  readonly sysctl: Sysctls;
  readonly pages: Pages;
  readonly slabs: Slabs;
  readonly highmem: Highmem;
  readonly block: BlockIo;
  readonly swap: Swap;
  readonly rmap: Rmap;
  readonly walk: PteWalk;
  readonly reclaim: Reclaim;
  readonly sched: Scheduler;
  readonly pageCache: PageCache;
  readonly tables: PageTables;
  readonly hugetlb: HugetlbPool;
  readonly tlb: TlbFlush;
  /** Live address spaces of tasks, by id (their order is that of their making), and files and segments by id. */
  readonly mms: Map<number, Mm>;
  readonly spaces: Map<number, AddressSpace>;
  /** Every task by pid, the dead ones too; kernel threads have none. */
  readonly tasks: Map<number, Task>;
  /** What tasks came to, for the history of programs and the report. */
  readonly lives: TaskLives;
  /** Listens when a timeline was asked for. */
  readonly events: KernelEvents | undefined;
  /** The kernel's view of a CPU, made when it is first asked for. */
  cpu(cpu: number): KernelCpu;
}
