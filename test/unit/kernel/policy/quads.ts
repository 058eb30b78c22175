/** A machine of four nodes with ids 0, 2, 4, 6 and a CPU each, its processes, and where their pages lie. */
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { FN } from '../../../../src/sim/kernel/functions.ts';
import type { Kernel } from '../../../../src/sim/kernel/kernel.ts';
import type { AddressSpace } from '../../../../src/sim/kernel/mm/address-space.ts';
import { NUMASTAT_COLUMNS } from '../../../../src/sim/kernel/numastat.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import type { MachineProfileInput } from '../../../../src/sim/profiles/schema.ts';
import { PTE_PRESENT, pteNumber } from '../../../../src/sim/hardware/pte-pages.ts';
import { PageTable } from '../../../../src/sim/hardware/page-table.ts';
import { Booted } from '../../../conformance/naive/booted.ts';
import { Records } from '../../../conformance/naive/records.ts';
import { cpu as cpuOf, profileOf, type Shape } from '../../boot/machines.ts';

export const IDS = [0, 2, 4, 6] as const;
type KernelInput = Partial<MachineProfileInput['kernel']>;

export class Quads {
  readonly kernel: Kernel;
  private readonly records = new Records(1);

  /** 64 bits and 64 MiB a node unless `shape` says otherwise. */
  constructor(kernel: KernelInput = {}, shape: Partial<Shape> = {}) {
    const nodes = IDS.map((id) => ({ id, cpus: 1, memoryMiB: 64 }));
    const machine = { cpu: { ...cpuOf, dtlb: { entries: 64, ways: 4 } } };
    const base: Shape = { nodes, bits: 64, pae: false, machine };
    this.kernel = new Booted(profileOf({ ...base, ...shape, kernel: { flavour: '2.6.11', ...kernel } })).kernel;
  }

  /** The kernel on a CPU, for a task. */
  on(task?: Task, cpu = 0): KernelCpu {
    const on = this.kernel.cpu(cpu);
    on.task = task;
    return on;
  }

  process(cpu = 0): Task {
    const task = this.kernel.syscalls.spawn('test', [cpu], 0);
    this.on(task, cpu);
    return task;
  }

  fork(parent: Task): Task {
    return this.kernel.syscalls.fork(this.on(parent), parent);
  }

  /** A private anonymous mapping, or one of a segment; returns its first page. */
  map(task: Task, pages: number, file?: AddressSpace): number {
    const shared = file !== undefined;
    const request = { pages, pgoff: 0, shared, writable: true, ...(shared ? { file } : {}) };
    return this.kernel.syscalls.mmap(this.on(task), task, request);
  }

  segment(name: string, pages: number, huge = false): AddressSpace {
    return this.kernel.syscalls.segment(this.on(), name, pages * 4096, huge);
  }

  /** The program writes to pages `vpn` to `vpn` + `pages` on a CPU. */
  touch(task: Task, vpn: number, pages = 1, cpu = 0): void {
    if (task.mm === undefined) throw new Error('a task without an address space touches memory');
    const on = this.on(task, cpu);
    this.kernel.tlb.loaded(on, task.mm);
    on.core.switchTo(task.mm.table);
    for (let page = vpn; page < vpn + pages; page++) {
      const end = this.records.load([{ kind: 'write', address: page * 4096, size: 1 }]);
      on.enter(FN.user);
      on.core.run(this.records.first, end, Infinity, false);
      on.charge();
    }
  }

  /** Id of the node that holds a page of a process; -1 where it is not mapped. */
  nodeOf({ mm }: Task, vpn: number): number {
    const slot = mm === undefined ? -1 : slotOf(this.kernel, mm.table, vpn);
    return slot < 0 ? -1 : this.kernel.layout.nodes[this.kernel.frames.homeOf(slot)].id;
  }

  /** Node ids of the pages of a range. */
  nodesOf(task: Task, vpn: number, pages: number): number[] {
    return Array.from({ length: pages }, (_, page) => this.nodeOf(task, vpn + page));
  }

  /** A column of numastat by node. */
  stat(column: (typeof NUMASTAT_COLUMNS)[number]): number[] {
    return IDS.map((_, place) => this.kernel.numastat.of(place)[NUMASTAT_COLUMNS.indexOf(column)]);
  }
}

function slotOf(kernel: Kernel, table: PageTable, vpn: number): number {
  const pmd = table.pmdOf(vpn);
  const pte = table.pteOf(vpn);
  // A huge page has no ptes.
  if (pte < 0) return pmd === 0 ? -1 : PageTable.hugeSlot(pmd) + table.withinHuge(vpn);
  const value = kernel.ptePages.get(pte);
  return (value & PTE_PRESENT) === 0 ? -1 : pteNumber(value);
}
