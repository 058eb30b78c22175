/** The kernel whole under memory pressure: programs larger than memory, swap that ends, streams beside what is hot. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/sim/base/errors.ts';
import * as C from '../../../../src/sim/base/counters.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { type BootedKernel, bootKernel, type KernelOrder } from '../../../support/kernel.ts';
import { rest, settle } from '../../../support/pressure.ts';

const kernels: readonly NonNullable<KernelOrder['kernel']>[] = [
  { flavour: '2.4.22' },
  { flavour: '2.4.21-rhel3' },
  { flavour: '2.6.0' },
  { flavour: '2.5.66-pgcl', pageMmuShift: 3 },
];
const cases = kernels.map((kernel) => [`${kernel.flavour}${kernel.pageMmuShift ? ', 32 KB' : ''}`, kernel] as const);

/** 12 MiB of memory, of which some 7 are free. */
function small(kernel: KernelOrder['kernel'], swapMiB = 32): BootedKernel {
  return bootKernel({ kernel: { cmdline: 'mem=12M', swapMiB, ...kernel } });
}

function freePages({ kernel }: BootedKernel): number {
  return kernel.allZones.reduce((sum, zone) => sum + zone.free + zone.onCpuLists, 0);
}

function anonymous(booted: BootedKernel, task: Task, pages: number): number {
  return booted.kernel.syscalls.mmap(booted.on(), task, { pages, pgoff: 0, shared: false, writable: true });
}

function touchAll(booted: BootedKernel, task: Task, vpn: number, pages: number, write: boolean): void {
  for (let page = 0; page < pages; page++) {
    booted.touch(task, vpn + page, write);
    rest(booted, task);
  }
}

const PAGES = 2600;

describe.each(cases)('%s under pressure', (_, order) => {
  it('runs a program larger than memory by swap, and has memory and swap back when it exits', () => {
    const booted = small(order);
    const { kernel, on } = booted;
    const task = booted.process();
    const start = anonymous(booted, task, PAGES);
    const free = freePages(booted);
    touchAll(booted, task, start, PAGES, true);
    const { counters } = on().core;
    expect(counters[C.PSWPOUT]).toBeGreaterThan(0);
    expect(counters[C.PSWPIN]).toBe(0);
    touchAll(booted, task, start, PAGES, false);
    expect(counters[C.PSWPIN]).toBeGreaterThan(0);
    expect(counters[C.PGSTEAL]).toBeLessThanOrEqual(counters[C.PGSCAN]);
    expect(counters[C.KSWAPD_STEAL]).toBeLessThanOrEqual(counters[C.PGSTEAL]);
    expect(task.mm?.rss).toBeLessThan(PAGES);
    kernel.syscalls.exit(on(), task);
    settle(booted, task, 40e9);
    // What was under write stays in the swap cache until somebody needs its page.
    expect(kernel.swap.total - kernel.swap.free).toBe(kernel.swap.cached);
    expect(kernel.swap.cached).toBeLessThan(256);
    expect(freePages(booted)).toBeGreaterThan(free - 300);
  });

  it('ends in out of memory, with the report, when swap is full too', () => {
    const booted = small(order, 1);
    const task = booted.process();
    const start = anonymous(booted, task, PAGES);
    let report = '';
    try {
      touchAll(booted, task, start, PAGES, true);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      report = error.message;
    }
    expect(report).toContain('Out of memory');
    expect(report).toContain('Free swap: 0kB');
    expect(booted.kernel.swap.free).toBe(0);
  });

  it('reads a file larger than memory beside a process, most of which stays', () => {
    const booted = small(order);
    const { kernel, on } = booted;
    const task = booted.process();
    const hot = 480;
    const start = anonymous(booted, task, hot);
    touchAll(booted, task, start, hot, true);
    const bytes = 12 * 2 ** 20;
    const file = kernel.syscalls.file('big', bytes);
    for (let at = 0; at < bytes; at += 65536) {
      kernel.syscalls.read(on(), task, file, at, 65536);
      rest(booted, task);
      const from = ((at / 65536) * 32) % hot;
      touchAll(booted, task, start + from, 32, false);
    }
    const { counters } = on().core;
    expect(counters[C.PGSTEAL] << kernel.traits.mmuShift).toBeGreaterThan(1000);
    // Far less came from swap than from the file.
    expect(counters[C.PSWPIN]).toBeLessThan(counters[C.PGPGIN] / 8);
    expect(task.mm?.rss).toBeGreaterThan(hot / 2);
  });

  it('writes a file larger than memory, and never has more of it dirty than the limit', () => {
    const booted = small(order);
    const { kernel, on } = booted;
    const task = booted.process();
    const file = kernel.syscalls.create(on(), 'out');
    let most = 0;
    for (let at = 0; at < 10 * 2 ** 20; at += 65536) {
      kernel.syscalls.write(on(), task, file, at, 65536);
      most = Math.max(most, kernel.pageCache.dirtyPages);
      rest(booted, task);
    }
    // 40 per cent (2.4: 60) of memory, and what is written between two looks.
    const total = kernel.allZones.reduce((sum, { layout, clusterFrames }) => sum + layout.present / clusterFrames, 0);
    expect(most).toBeLessThan(total * (kernel.traits.reclaim === '2.6.0' ? 0.45 : 0.65));
    settle(booted, task, 80e9);
    expect(kernel.pageCache.dirtyPages).toBe(0);
    expect(on().core.counters[C.PGPGOUT] * 4096).toBeGreaterThanOrEqual(10 * 2 ** 20);
  });

  it('swaps shared memory and what fork shares, and both come back', () => {
    const booted = small(order);
    const { kernel, on } = booted;
    const task = booted.process();
    const pages = 1200;
    const segment = kernel.syscalls.segment(on(), 'segment', pages * 4096, false);
    const shared = kernel.syscalls.mmap(on(), task, { pages, pgoff: 0, shared: true, writable: true, file: segment });
    const own = anonymous(booted, task, 700);
    touchAll(booted, task, own, 700, true);
    const child = kernel.syscalls.fork(on(), task);
    on().task = child;
    touchAll(booted, child, shared, pages, true);
    touchAll(booted, child, own, 700, true);
    on().task = task;
    touchAll(booted, task, shared, pages, false);
    touchAll(booted, task, own, 700, false);
    expect(on().core.counters[C.PSWPOUT]).toBeGreaterThan(0);
    for (const one of [child, task]) {
      on().task = one;
      kernel.syscalls.exit(on(), one);
    }
    // What the segment holds is all that is left in swap, and in memory beside the swap cache.
    expect(kernel.memMap.mapcount.every((count) => count === 0)).toBe(true);
    expect(kernel.pageCache.cachedPages).toBeLessThanOrEqual(pages);
    expect(kernel.swap.total - kernel.swap.free).toBeLessThanOrEqual(pages + kernel.swap.cached);
  });
});

describe('page replacement of one kernel in another', () => {
  const patches: readonly NonNullable<KernelOrder['kernel']>[] = [
    { flavour: '2.6.0', reclaim: '2.4.22' },
    { flavour: '2.6.7', reclaim: '2.4.22' },
    { flavour: '2.6.0', reclaim: 'rmap15' },
    { flavour: '2.6.0', lruLock: 'global', pagevecs: false, kswapdWindow: true },
    { flavour: '2.4.21-rhel3', lruLock: 'global', pagevecs: true, split4g: true },
  ];

  it.each(patches.map((kernel) => [JSON.stringify(kernel), kernel] as const))('swaps as well: %s', (_, order) => {
    const booted = small(order);
    const task = booted.process();
    const start = anonymous(booted, task, PAGES);
    touchAll(booted, task, start, PAGES, true);
    expect(booted.on().core.counters[C.PSWPOUT]).toBeGreaterThan(0);
    booted.kernel.syscalls.exit(booted.on(), task);
    expect(booted.kernel.swap.total - booted.kernel.swap.free).toBe(booted.kernel.swap.cached);
  });

  it.each(['2.6.0', 'rmap15'] as const)('is refused for %s where there are no reverse maps', (reclaim) => {
    expect(() => small({ flavour: '2.4.22', reclaim })).toThrow(InputError);
  });
});
