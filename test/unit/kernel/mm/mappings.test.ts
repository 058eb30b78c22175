/** Vmas by hand: where mmap puts things, what splits and merges, and what is refused. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { type BootedKernel, bootKernel } from '../../../support/kernel.ts';

const anonymous = { pgoff: 0, shared: false, writable: true };

function setUp(): BootedKernel & { task: Task; vmas(): string[] } {
  const booted = bootKernel();
  const task = booted.process();
  const vmas = (): string[] =>
    (task.mm?.vmas ?? []).map((vma) => `${vma.start.toString(16)}-${vma.end.toString(16)}${vma.writable ? '' : ' r'}`);
  return { ...booted, task, vmas };
}

describe('mappings', () => {
  it('begin at a third of user space, one after the other, and are one vma where they are alike', () => {
    const { kernel, on, task, vmas } = setUp();
    expect(kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 16 })).toBe(0x40000);
    expect(kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 16 })).toBe(0x40010);
    expect(kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 16, writable: false })).toBe(0x40020);
    expect(vmas()).toEqual(['40000-40020', '40020-40030 r']);
  });

  it('fill the first hole that is large enough once something below was unmapped', () => {
    const { kernel, on, task, vmas } = setUp();
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 64 });
    kernel.syscalls.munmap(on(), task, 0x40008, 8);
    expect(kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 9, writable: false })).toBe(0x40040);
    kernel.syscalls.munmap(on(), task, 0x40000, 1);
    expect(kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 8 })).toBe(0x40008);
    expect(vmas()).toEqual(['40001-40040', '40040-40049 r']);
  });

  it('split where mprotect cuts them, and become one again when it is undone', () => {
    const { kernel, on, task, vmas } = setUp();
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 16 });
    kernel.syscalls.mprotect(on(), task, 0x40004, 4, false);
    expect(vmas()).toEqual(['40000-40004', '40004-40008 r', '40008-40010']);
    kernel.syscalls.mprotect(on(), task, 0x40004, 4, true);
    expect(vmas()).toEqual(['40000-40010']);
  });

  it('of a file merge only where the file goes on', () => {
    const { kernel, on, task, vmas } = setUp();
    const file = kernel.syscalls.file('/f', 40 * 4096);
    const map = (at: number, pgoff: number): number =>
      kernel.syscalls.mmap(on(), task, { pages: 4, file, pgoff, shared: true, writable: true, at });
    map(0x50000, 0);
    map(0x50004, 4);
    map(0x50008, 20);
    expect(vmas()).toEqual(['50000-50008', '50008-5000c']);
  });

  it('grow in place with mremap where there is room, and move where there is none', () => {
    const { kernel, on, task, vmas } = setUp();
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 4, at: 0x50000 });
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 4, at: 0x50008, writable: false });
    expect(kernel.syscalls.mremap(on(), task, 0x50000, 4, 8)).toBe(0x50000);
    const to = kernel.syscalls.mremap(on(), task, 0x50000, 8, 9);
    expect(to).toBe(0x40000);
    expect(vmas()).toEqual(['40000-40009', '50008-5000c r']);
    expect(task.mm?.totalVm).toBe(13);
    // Its pages keep their offsets: a later fault finds the piece of a cluster by them.
    expect(task.mm?.vmas[0].pgoff).toBe(0x50000);
  });

  it('take two atomic kmaps for each page that moves between page tables in highmem', () => {
    const booted = bootKernel({ builtIn: 'numaq-16g-4quad', kernel: { highpte: true } });
    const { kernel, on } = booted;
    const task = booted.process();
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 2, at: 0x50000 });
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 1, at: 0x50002, writable: false });
    booted.touch(task, 0x50000, true);
    booted.touch(task, 0x50001, true);
    const to = kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 8 });
    booted.touch(task, to, true);
    kernel.syscalls.munmap(on(), task, to, 8);
    const before = on().core.counters[C.KMAPS_ATOMIC];
    kernel.syscalls.mremap(on(), task, 0x50000, 2, 3);
    // Two for each of the two pages; one to unmap the old range.
    expect(on().core.counters[C.KMAPS_ATOMIC] - before).toBe(5);
  });

  it('that are locked are present, and are counted', () => {
    const { kernel, on, task } = setUp();
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 10, locked: true });
    expect([task.mm?.rss, task.mm?.lockedVm]).toEqual([10, 10]);
    kernel.syscalls.munlock(on(), task, 0x40000, 4);
    expect([task.mm?.lockedVm, task.mm?.vmas.length]).toEqual([6, 2]);
    kernel.syscalls.mlock(on(), task, 0x40000, 4);
    expect([task.mm?.lockedVm, task.mm?.vmas.length]).toEqual([10, 1]);
  });

  it('are not locked in a child', () => {
    const { kernel, on, task } = setUp();
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 10, locked: true });
    const child = kernel.syscalls.fork(on(), task);
    expect([child.mm?.lockedVm, child.mm?.rss, task.mm?.lockedVm]).toEqual([0, 10, 10]);
  });

  it('of huge pages are made and unmapped whole, and keep their rights', () => {
    const booted = bootKernel({ builtIn: 'numaq-16g-4quad', kernel: { hugePages: 2 } });
    const { kernel, on } = booted;
    const task = booted.process();
    const file = kernel.syscalls.segment(on(), 'cache', 2 ** 22, true);
    const request = { pgoff: 0, shared: true, writable: false, file };
    expect(() => kernel.syscalls.mmap(on(), task, { ...request, pages: 700 })).toThrow(/huge pages, 512 pages each/);
    const at = kernel.syscalls.mmap(on(), task, { ...request, pages: 1024 });
    expect(() => kernel.syscalls.munmap(on(), task, at, 100)).toThrow(/munmap of whole huge pages/);
    expect(() => kernel.syscalls.mprotect(on(), task, at, 512, true)).toThrow(/mprotect of a mapping of small pages/);
    kernel.syscalls.munmap(on(), task, at + 512, 512);
    expect(task.mm?.rss).toBe(512);
  });

  it('of the heap end where brk says, and where the next mapping begins', () => {
    const { kernel, on, task, vmas } = setUp();
    expect(kernel.syscalls.brk(on(), task, 10)).toBe(0x8048);
    expect(kernel.syscalls.brk(on(), task, -4)).toBe(0x8052);
    expect(vmas()).toEqual(['8048-804e']);
    kernel.syscalls.mmap(on(), task, { ...anonymous, pages: 1, at: 0x8050, writable: false });
    expect(() => kernel.syscalls.brk(on(), task, 3)).toThrow(/found 2 pages of room/);
  });

  it('are refused where there is no room or nothing mapped', () => {
    const { kernel, on, task } = setUp();
    const most = 0xc0000 - 0x40000;
    expect(() => kernel.syscalls.mmap(on(), task, { ...anonymous, pages: most + 1 })).toThrow(/room for 524289 pages/);
    expect(() => kernel.syscalls.mprotect(on(), task, 0x40000, 1, true)).toThrow(/a hole at 0x40000000/);
  });

  it('share memory without a file between a process and its children', () => {
    const { kernel, on, task, touch } = setUp();
    const at = kernel.syscalls.mmap(on(), task, { pages: 2, pgoff: 0, shared: true, writable: true });
    const child = kernel.syscalls.fork(on(), task);
    touch(task, at, true);
    touch(child, at, true);
    const pteOf = (each: Task): number => kernel.ptePages.get(each.mm?.table.pteOf(at) ?? -1) >>> 7;
    expect(pteOf(child)).toBe(pteOf(task));
    for (const each of [child, task]) kernel.syscalls.exit(on(), each);
    expect(kernel.spaces.size).toBe(0);
  });
});
