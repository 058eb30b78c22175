/** A profile booted and wired as a run does it, without the run: machine, kernel, and references one by one. */
import { Machine } from '../../../src/sim/hardware/machine.ts';
import * as C from '../../../src/sim/base/counters.ts';
import type { PageTable } from '../../../src/sim/hardware/page-table.ts';
import { PTE_PRESENT, pteNumber } from '../../../src/sim/hardware/pte-pages.ts';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import { Kernel } from '../../../src/sim/kernel/kernel.ts';
import { OWNER, type PageOwner } from '../../../src/sim/kernel/page-flags.ts';
import { traitsOf } from '../../../src/sim/profiles/resolve.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { Records } from './records.ts';

export class Booted {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly layout: BootLayout;
  private readonly records = new Records(1);

  constructor(profile: MachineProfile) {
    const traits = traitsOf(profile.kernel, profile.machine);
    this.layout = boot(profile, traits);
    const { nodes } = this.layout;
    const cpus = nodes.reduce((sum, node) => sum + node.cpus, 0);
    this.machine = new Machine(
      profile.machine,
      nodes.map((node) => node.startPfn),
      nodes.map((node) => node.endPfn),
      cpus,
      this.layout.clusterFrames * 4096,
    );
    this.kernel = new Kernel(profile, traits, this.layout, this.machine);
  }

  /** CPU `cpu` reads a byte of a virtual page. */
  touch(cpu: number, table: PageTable, page: number): void {
    const core = this.machine.core(cpu);
    core.switchTo(table);
    const end = this.records.load([{ kind: 'read', address: page * 4096, size: 1 }]);
    core.run(this.records.first, end, Infinity, false);
  }

  /** Slot of the frame that a virtual page is mapped to; -1 where it is not. */
  slotOf(table: PageTable, page: number): number {
    const pte = table.pteOf(page);
    const value = pte < 0 ? 0 : table.pool.get(pte);
    return (value & PTE_PRESENT) === 0 ? -1 : pteNumber(value);
  }

  /** Place of the node that holds a virtual page; -1 where it is not mapped. */
  nodeOf(table: PageTable, page: number): number {
    const slot = this.slotOf(table, page);
    return slot < 0 ? -1 : this.machine.frames.homeOf(slot);
  }

  /** Page clusters that are used for this. */
  owned(owner: PageOwner): number {
    return this.kernel.allZones.reduce((sum, zone) => sum + zone.owned[OWNER[owner]], 0);
  }

  count(counter: keyof typeof C): number {
    return [...this.machine.cores.values()].reduce((sum, core) => sum + core.counters[C[counter]], 0);
  }

  get freeFrames(): number {
    return this.kernel.zones.flat().reduce((sum, zone) => sum + zone.freeFrames, 0);
  }
}
