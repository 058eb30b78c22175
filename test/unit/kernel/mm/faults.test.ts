/** Single faults by hand: what is mapped, copied, counted, and what is refused. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { PTE_DIRTY, PTE_FILE, PTE_PRESENT, PTE_RW, pteNumber } from '../../../../src/sim/hardware/pte-pages.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { countErrors } from '../../../support/census.ts';
import { type BootedKernel, bootKernel } from '../../../support/kernel.ts';

const pteOf = ({ kernel }: BootedKernel, task: Task, vpn: number): number =>
  kernel.ptePages.get(task.mm?.table.pteOf(vpn) ?? -1);
const slotOf = (booted: BootedKernel, task: Task, vpn: number): number => pteNumber(pteOf(booted, task, vpn));
const counter = ({ on }: BootedKernel, number: number): number => on().core.counters[number];
const anonymous = { pgoff: 0, shared: false, writable: true };

describe('a fault', () => {
  it('fills one pte with pages of 4 KiB, and the pieces of the aligned cluster that the mapping has with larger ones', () => {
    const filled = [0, 1, 3].map((pageMmuShift) => {
      const booted = bootKernel({ kernel: { pageMmuShift } });
      const task = booted.process();
      booted.kernel.syscalls.mmap(booted.on(), task, { ...anonymous, pages: 100, at: 0x50003 });
      booted.touch(task, 0x50005, true);
      return task.mm?.rss;
    });
    // Of the cluster 0x50004-5, and of 0x50000-7 what begins at 0x50003.
    expect(filled).toEqual([1, 2, 5]);
  });

  it('copies a shared page for the first who writes, and leaves it to the last', () => {
    const booted = bootKernel();
    const { kernel, on, touch } = booted;
    const parent = booted.process();
    const at = kernel.syscalls.mmap(on(), parent, { ...anonymous, pages: 1 });
    touch(parent, at, true);
    const slot = slotOf(booted, parent, at);
    const child = kernel.syscalls.fork(on(), parent);
    expect(pteOf(booted, parent, at) & PTE_RW).toBe(0);
    touch(child, at, true);
    expect(slotOf(booted, child, at)).not.toBe(slot);
    expect(counter(booted, C.COW_FAULTS)).toBe(1);
    touch(parent, at, true);
    expect(slotOf(booted, parent, at)).toBe(slot);
    expect(counter(booted, C.COW_FAULTS)).toBe(1);
    expect(counter(booted, C.COPIED_BYTES)).toBe(4096);
  });

  it('maps pages of highmem by kmap_atomic() while it clears them, one, and copies them, two', () => {
    const atomicKmaps = (builtIn: string): number[] => {
      const booted = bootKernel({ builtIn, kernel: { highpte: false } });
      const { kernel, on, touch } = booted;
      const parent = booted.process();
      const at = kernel.syscalls.mmap(on(), parent, { ...anonymous, pages: 1 });
      touch(parent, at, true);
      const child = kernel.syscalls.fork(on(), parent);
      const cleared = counter(booted, C.KMAPS_ATOMIC);
      touch(child, at, true);
      return [cleared, counter(booted, C.KMAPS_ATOMIC) - cleared];
    };
    expect([atomicKmaps('numaq-16g-4quad'), atomicKmaps('pc-256m')]).toEqual([
      [1, 2],
      [0, 0],
    ]);
  });

  it('copies a cluster once for all of its pieces', () => {
    const booted = bootKernel({ kernel: { pageMmuShift: 3 } });
    const { kernel, on, touch } = booted;
    const parent = booted.process();
    kernel.syscalls.mmap(on(), parent, { ...anonymous, pages: 8, at: 0x50000 });
    touch(parent, 0x50000, true);
    const child = kernel.syscalls.fork(on(), parent);
    for (let i = 0; i < 8; i++) touch(child, 0x50000 + i, true);
    expect(counter(booted, C.COW_FAULTS)).toBe(1);
    expect(counter(booted, C.COPIED_BYTES)).toBe(32_768);
    const first = slotOf(booted, child, 0x50000);
    expect([...Array(8).keys()].map((i) => slotOf(booted, child, 0x50000 + i) - first)).toEqual([...Array(8).keys()]);
    expect(countErrors(kernel)).toEqual([]);
  });

  it('maps a file’s page to be read, and copies it at once where a private mapping is written', () => {
    const booted = bootKernel();
    const { kernel, on, touch } = booted;
    const task = booted.process();
    const file = kernel.syscalls.file('/f', 3 * 4096);
    const at = kernel.syscalls.mmap(on(), task, { pages: 3, file, pgoff: 0, shared: false, writable: true });
    touch(task, at, false);
    touch(task, at + 1, true);
    const cached = (index: number): number => kernel.memMap.slotOf((file.pages.get(index) ?? 0) - 1);
    expect(slotOf(booted, task, at)).toBe(cached(0));
    expect(pteOf(booted, task, at) & PTE_RW).toBe(0);
    expect(slotOf(booted, task, at + 1)).not.toBe(cached(1));
    expect(pteOf(booted, task, at + 1) & (PTE_RW | PTE_DIRTY)).toBe(PTE_RW | PTE_DIRTY);
    // One read of the disk brought all three pages.
    expect([task.majorFaults, task.minorFaults]).toEqual([1, 1]);
  });

  it('grows the stack down, to 8 MiB and no further', () => {
    const booted = bootKernel();
    const { kernel, on, touch } = booted;
    const task = booted.process();
    const image = { file: '/bin/true', textBytes: 4096, dataBytes: 0, bssBytes: 0, libraries: [], stackBytes: 4096 };
    const { stack } = kernel.syscalls.exec(on(), task, image);
    touch(task, stack - 100, true);
    expect(task.mm?.vmaAt(stack - 50)?.name).toBe('[stack]');
    expect(() => touch(task, stack - 2048, true)).toThrow(/an address of a mapping/);
  });

  it('outside every mapping, or against its rights, names the process and the address', () => {
    const booted = bootKernel();
    const { kernel, on, touch } = booted;
    const task = booted.process('victim');
    expect(() => touch(task, 0x123, false)).toThrow(/victim \(pid 1\).*a read at 0x123000/);
    const other = bootKernel();
    const writer = other.process('writer');
    const request = { pages: 1, pgoff: 0, shared: false, writable: false };
    const at = other.kernel.syscalls.mmap(other.on(), writer, request);
    expect(() => other.touch(writer, at, true)).toThrow(/writer \(pid 1\).*only reads.*a write at 0x/);
    expect(kernel.syscalls.brk(on(), task, 0)).toBe(0x08048);
  });

  it('lets the page of the file that a nonlinear mapping shows be found again', () => {
    const booted = bootKernel();
    const { kernel, on, touch } = booted;
    const task = booted.process();
    const segment = kernel.syscalls.segment(on(), 'window', 100 * 4096, false);
    const at = kernel.syscalls.mmap(on(), task, { pages: 4, file: segment, pgoff: 0, shared: true, writable: true });
    kernel.syscalls.remapFilePages(on(), task, at, 2, 50);
    const page = (segment.pages.get(51) ?? 0) - 1;
    expect(slotOf(booted, task, at + 1)).toBe(kernel.memMap.slotOf(page));
    if (kernel.reclaim.kind === '2.6.0') expect(kernel.rmap.tryToUnmap(on(), page)).toBe('success');
    const gone = pteOf(booted, task, at + 1);
    expect([gone & (PTE_PRESENT | PTE_FILE), pteNumber(gone)]).toEqual([PTE_FILE, 51]);
    touch(task, at + 1, false);
    expect(slotOf(booted, task, at + 1)).toBe(kernel.memMap.slotOf(page));
  });

  it('ends the turn of a task that has to wait for the disk', () => {
    const booted = bootKernel();
    const task = booted.process();
    const file = booted.kernel.syscalls.file('/f', 4096);
    const request = { pages: 1, file, pgoff: 0, shared: true, writable: false };
    const at = booted.kernel.syscalls.mmap(booted.on(), task, request);
    booted.touch(task, at, false);
    expect(task.waitNs).toBeGreaterThan(0);
    expect(task.majorFaults).toBe(1);
  });
});
