/** The allocator of a booted machine without the rest of the kernel: page replacement is a script of the test's own. */
import { asPfn } from '../../../../src/sim/base/units.ts';
import { Machine } from '../../../../src/sim/hardware/machine.ts';
import { HugetlbPool } from '../../../../src/sim/kernel/alloc/hugetlb.ts';
import { PageSource } from '../../../../src/sim/kernel/alloc/page-source.ts';
import { SlabCaches } from '../../../../src/sim/kernel/alloc/slab-caches.ts';
import { SysctlTable } from '../../../../src/sim/kernel/alloc/sysctl-table.ts';
import { boot } from '../../../../src/sim/kernel/boot/boot.ts';
import { dataPlace } from '../../../../src/sim/kernel/boot/data-places.ts';
import { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { freeAfterBoot } from '../../../../src/sim/kernel/free-after-boot.ts';
import { LockTable } from '../../../../src/sim/kernel/locks.ts';
import type { KernelParts } from '../../../../src/sim/kernel/parts.ts';
import type { Reclaim } from '../../../../src/sim/kernel/reclaim/reclaim.ts';
import { StaticData } from '../../../../src/sim/kernel/static-data.ts';
import { Task } from '../../../../src/sim/kernel/task.ts';
import { Zone } from '../../../../src/sim/kernel/zone.ts';
import { traitsOf } from '../../../../src/sim/profiles/resolve.ts';
import type { MachineProfile } from '../../../../src/sim/profiles/schema.ts';
import { memMapOf } from '../../../support/mem-map.ts';

export class BootedAllocator {
  readonly parts: KernelParts;
  readonly pages: PageSource;
  readonly slabs: SlabCaches;
  readonly hugetlb: HugetlbPool;
  readonly sysctl: SysctlTable;
  readonly zones: readonly Zone[];
  /** What was asked of page replacement, in order. */
  readonly log: string[] = [];
  /** What try_to_free_pages() does; returns the pages it freed. */
  reclaim: (on: KernelCpu, zone: Zone) => number = () => 0;
  /** Swap space, and pages on the lists of each zone that it is for. */
  readonly swap = { total: 0, free: 0 };
  listed = 3;
  /** Pages that are being written. */
  writing = 0;
  /** rmap15's inactive_clean pages, by zone number. */
  readonly clean = new Map<number, number[]>();
  private readonly cpus = new Map<number, KernelCpu>();

  constructor(profile: MachineProfile) {
    const traits = traitsOf(profile.kernel, profile.machine);
    const layout = boot(profile, traits);
    if (!layout.boots) throw new Error('the machine of a test does not boot');
    const { nodes, clusterFrames } = layout;
    const starts = nodes.map(({ startPfn }) => startPfn);
    const ends = nodes.map(({ endPfn }) => endPfn);
    const machine = new Machine(profile.machine, starts, ends, 4, clusterFrames * 4096);
    const memMap = memMapOf(machine.frames, { profile, traits, layout });
    const data = dataPlace(profile, layout);
    const taken = freeAfterBoot(profile, layout);
    const zones = nodes.map((node, place) => {
      return node.zones.map(
        (zone) => new Zone(place, node.id, zone, clusterFrames, layout.maxOrder, traits.splitGives, taken),
      );
    });
    this.zones = zones.flat();
    const base = { profile, traits, layout, machine, frames: machine.frames, memMap, zones, allZones: this.zones };
    const parts = {
      ...base,
      locks: new LockTable(),
      data: new StaticData(machine.frames.slotOf(data.place, asPfn(data.pfn)), data.frames),
      reclaim: this.replacement(),
      swap: this.swap,
    } as unknown as KernelParts & Record<string, unknown>;
    this.sysctl = new SysctlTable(parts);
    Object.assign(parts, { sysctl: this.sysctl });
    this.pages = new PageSource(parts);
    Object.assign(parts, { pages: this.pages });
    this.slabs = new SlabCaches(parts);
    this.hugetlb = new HugetlbPool(parts);
    this.parts = parts;
  }

  /** A CPU that runs a task of its own. */
  on(cpu = 0): KernelCpu {
    const known = this.cpus.get(cpu);
    if (known !== undefined) return known;
    const made = new KernelCpu(
      this.parts.machine.core(cpu),
      { programNs: 1, instructionNs: 1, atomicNs: 10 },
      this.parts.locks,
    );
    made.task = new Task(cpu + 1, `task ${cpu}`, undefined, [cpu], 0);
    this.cpus.set(cpu, made);
    return made;
  }

  zone(name: string, node = 0): Zone {
    const found = this.zones.find((zone) => zone.node === node && zone.layout.name === name);
    if (found === undefined) throw new Error(`no zone ${name}`);
    return found;
  }

  /** A page written each time that somebody waits for writes, all of the time that he would wait. */
  private writeback(): Reclaim['writeback'] {
    const pages = (): number => this.writing;
    const written = (): void => {
      this.writing = Math.max(0, this.writing - 1);
    };
    const fake = {
      get pages(): number {
        return pages();
      },
      congestionWait: (on: KernelCpu, timeout: number): void => {
        on.wait(timeout);
        written();
      },
    };
    return fake as Reclaim['writeback'];
  }

  private replacement(): Reclaim {
    const name = (zone: Zone): string => `${zone.layout.name}${zone.node}`;
    return {
      kind: '2.6.0',
      add: () => undefined,
      remove: (_on, page) => this.log.push(`remove ${page}`),
      markAccessed: () => undefined,
      tryToFreePages: (on, zone) => {
        this.log.push(`reclaim ${name(zone)}`);
        return this.reclaim(on, zone);
      },
      takeClean: (_on, zone) => this.clean.get(zone.number)?.pop() ?? -1,
      cleanPages: (zone) => this.clean.get(zone.number)?.length ?? 0,
      wakeKswapd: (_on, zone) => this.log.push(`wake ${name(zone)}`),
      census: () => ({ active: this.listed, inactive: 0 }),
      throttle: () => undefined,
      writeback: this.writeback(),
    } as Partial<Reclaim> as Reclaim;
  }
}
