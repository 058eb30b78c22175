/** Processes: what fork, vfork, clone, exec and exit take and give back. */
import { describe, expect, it } from 'vitest';
import type { Image } from '../../../../src/sim/kernel/syscalls.ts';
import { countErrors, pagesByOwner } from '../../../support/census.ts';
import { type BootedKernel, bootKernel } from '../../../support/kernel.ts';

const image: Image = {
  file: '/usr/bin/cc1',
  textBytes: 2_000_000,
  dataBytes: 100_000,
  bssBytes: 50_000,
  libraries: [{ file: '/lib/libc.so', textBytes: 1_200_000, dataBytes: 20_000 }],
  stackBytes: 8192,
};

const active = ({ kernel }: BootedKernel, name: string): number =>
  kernel.slabs.caches.find((cache) => cache.name === name)?.active ?? 0;

describe('a process', () => {
  it('takes 8 KB of stack, a task_struct, an mm_struct and 16 KiB of upper levels with PAE', () => {
    const booted = bootKernel({ builtIn: 'numaq-16g-4quad' });
    booted.process();
    expect(pagesByOwner(booted.kernel)['kernel stacks']).toBe(2);
    expect([active(booted, 'task_struct'), active(booted, 'mm_struct')]).toEqual([1, 1]);
    expect([active(booted, 'pgd'), active(booted, 'pae_pmd')]).toEqual([1, 3]);
  });

  it('takes one cluster for its stack where that holds 8 KB', () => {
    const booted = bootKernel({ kernel: { pageMmuShift: 3 } });
    booted.process();
    expect(pagesByOwner(booted.kernel)['kernel stacks']).toBe(1);
  });

  it('lays out its image: program at 0x08048000, bss and heap behind it, libraries from 1 GiB up, stack below 3 GiB', () => {
    const booted = bootKernel();
    const { kernel, on } = booted;
    const task = booted.process();
    const layout = kernel.syscalls.exec(on(), task, image);
    // 2,000,000 bytes are 489 pages, 100,000 are 25, 50,000 are 13.
    expect(layout).toEqual({
      text: 0x8048,
      data: 0x8048 + 489,
      bss: 0x8048 + 489 + 25,
      libraries: [{ text: 0x40000, data: 0x40000 + 293 }],
      stack: 0xc0000 - 2,
    });
    expect(kernel.syscalls.brk(on(), task, 5)).toBe(layout.bss + 13);
    expect(task.name).toBe('cc1');
    expect(task.mm?.rss).toBe(2);
  });

  it('shares the text of its program with others that run it', () => {
    const booted = bootKernel();
    const { kernel, on, touch } = booted;
    const [one, two] = [booted.process(), booted.process()];
    for (const task of [one, two]) {
      on().task = task;
      const { text } = kernel.syscalls.exec(on(), task, image);
      for (let i = 0; i < 10; i++) touch(task, text + i, false);
    }
    const file = kernel.syscalls.file('/usr/bin/cc1', 0);
    for (let index = 0; index < 10; index++) expect(kernel.memMap.mapcount[(file.pages.get(index) ?? 0) - 1]).toBe(2);
    expect(two.majorFaults).toBe(0);
  });

  it('lends its address space to a child of vfork until that execs', () => {
    const booted = bootKernel();
    const { kernel, on } = booted;
    const parent = booted.process();
    const child = kernel.syscalls.vfork(on(), parent);
    expect(child.mm).toBe(parent.mm);
    expect(parent.mm?.users).toBe(2);
    on().task = child;
    kernel.syscalls.exec(on(), child, image);
    expect(child.mm).not.toBe(parent.mm);
    expect(parent.mm?.users).toBe(1);
    expect(parent.children).toEqual([child]);
  });

  it('keeps an address space until its last thread exits', () => {
    const booted = bootKernel();
    const { kernel, on, touch } = booted;
    const task = booted.process();
    const thread = kernel.syscalls.clone(on(), task);
    const at = kernel.syscalls.mmap(on(), task, { pages: 10, pgoff: 0, shared: false, writable: true });
    touch(thread, at, true);
    kernel.syscalls.exit(on(), task);
    expect(kernel.mms.size).toBe(1);
    touch(thread, at + 1, true);
    expect(thread.mm?.rss).toBe(2);
    kernel.syscalls.exit(on(), thread);
    expect(kernel.mms.size).toBe(0);
    expect([task.state, thread.state]).toEqual(['dead', 'dead']);
  });

  it('gives huge pages of a segment back to the pool when the segment is removed', () => {
    const booted = bootKernel({ kernel: { hugePages: 4 } });
    const { kernel, on, touch } = booted;
    const task = booted.process();
    const { entries } = kernel.ptePages;
    const { free } = kernel.hugetlb;
    const segment = kernel.syscalls.segment(on(), 'sga', 2 * entries * 4096, true);
    const request = { pages: 2 * entries, file: segment, pgoff: 0, shared: true, writable: true };
    const at = kernel.syscalls.mmap(on(), task, request);
    expect(at % entries).toBe(0);
    touch(task, at + entries + 3, true);
    const child = kernel.syscalls.fork(on(), task);
    expect([task.mm?.rss, child.mm?.rss]).toEqual([2 * entries, 2 * entries]);
    expect([task.minorFaults, pagesByOwner(kernel)['page tables'] ?? 0]).toEqual([0, 0]);
    expect(kernel.hugetlb.free).toBe(free - 2);
    kernel.syscalls.exit(on(), child);
    kernel.syscalls.exit(on(), task);
    expect(kernel.hugetlb.free).toBe(free - 2);
    kernel.syscalls.segments.remove(on(), segment);
    expect(kernel.hugetlb.free).toBe(free);
  });

  it('that forks a family leaves nothing but its files behind', () => {
    const booted = bootKernel();
    const { kernel, on, touch } = booted;
    const family = [booted.process()];
    const { text, data, bss } = kernel.syscalls.exec(on(), family[0], image);
    for (let i = 0; i < 5; i++) {
      family.push(kernel.syscalls.fork(on(), family[i]));
      for (const vpn of [text + i, data + i, bss + i]) touch(family[i + 1], vpn, vpn !== text + i);
    }
    expect(countErrors(kernel)).toEqual([]);
    for (const task of family) {
      on().task = task;
      kernel.syscalls.exit(on(), task);
    }
    const left = pagesByOwner(kernel);
    expect([left.anonymous ?? 0, left['page tables'] ?? 0, left['kernel stacks'] ?? 0]).toEqual([0, 0, 0]);
    expect(left['page cache']).toBe(kernel.pageCache.cachedPages);
    expect(active(booted, 'vm_area_struct')).toBe(0);
  });
});
