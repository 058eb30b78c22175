/** A booted kernel with processes that map one file or each other's memory, for the tests of reverse maps. */
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import type { Kernel } from '../../../../src/sim/kernel/kernel.ts';
import type { AddressSpace } from '../../../../src/sim/kernel/mm/address-space.ts';
import type { Mm } from '../../../../src/sim/kernel/mm/mm.ts';
import { PTE_PRESENT, pteNumber } from '../../../../src/sim/hardware/pte-pages.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import type { UnmapResult } from '../../../../src/sim/kernel/rmap/rmap.ts';
import type { MachineProfile } from '../../../../src/sim/profiles/schema.ts';
import { type BootedKernel, bootKernel } from '../../../support/kernel.ts';

export class Mapped {
  readonly kernel: Kernel;
  readonly file: AddressSpace;
  private readonly booted: BootedKernel;

  constructor(switches: Partial<MachineProfile['kernel']>, filePages = 64) {
    this.booted = bootKernel({ kernel: switches });
    this.kernel = this.booted.kernel;
    this.file = this.kernel.syscalls.file('/mapped', filePages * 4096);
  }

  process(): Task {
    return this.booted.process();
  }

  /** CPU 0, running a task. */
  on(task?: Task): KernelCpu {
    const here = this.booted.on();
    if (task !== undefined) {
      here.task = task;
      here.core.switchTo(mmOf(task).table);
    }
    return here;
  }

  map(task: Task, pgoff: number, pages: number, options: { shared?: boolean; locked?: boolean } = {}): number {
    const { shared = true, locked = false } = options;
    const request = { pages, pgoff, shared, locked, writable: true, file: this.file };
    return this.kernel.syscalls.mmap(this.on(task), task, request);
  }

  anonymous(task: Task, pages: number): number {
    return this.kernel.syscalls.mmap(this.on(task), task, { pages, pgoff: 0, shared: false, writable: true });
  }

  fork(task: Task): Task {
    return this.kernel.syscalls.fork(this.on(task), task);
  }

  touch(task: Task, vpn: number, write = false): void {
    this.on(task);
    this.booted.touch(task, vpn, write);
  }

  /** The page that a virtual page shows. */
  pageAt(task: Task, vpn: number): number {
    const { ptePages, memMap } = this.kernel;
    const value = ptePages.get(mmOf(task).table.pteOf(vpn));
    if ((value & PTE_PRESENT) === 0) throw new Error(`nothing is mapped at ${vpn}`);
    return memMap.pageOf(pteNumber(value));
  }

  isPresent(task: Task, vpn: number): boolean {
    return (this.kernel.ptePages.get(mmOf(task).table.pteOf(vpn)) & PTE_PRESENT) !== 0;
  }

  referenced(page: number): number {
    return this.kernel.rmap.referenced(this.on(), page);
  }

  /** As page replacement calls it: with a reference of its own, and a swap entry where the page needs one. */
  unmap(page: number, anonymous = false): UnmapResult {
    const { pages, swap, rmap } = this.kernel;
    const on = this.on();
    pages.get(on, page);
    if (anonymous) swap.add(on, page);
    const result = rmap.tryToUnmap(on, page);
    pages.put(on, page);
    return result;
  }

  /** How much a counter grows over a piece of work. */
  count(counter: number, work: () => void): number {
    const { counters } = this.on().core;
    const before = counters[counter];
    work();
    return counters[counter] - before;
  }
}

export function mmOf(task: Task): Mm {
  if (task.mm === undefined) throw new Error(`task ${task.pid} has no address space`);
  return task.mm;
}
