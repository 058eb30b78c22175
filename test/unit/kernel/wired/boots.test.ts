/** The kernel whole: programs map, touch, fork and exit, and every page comes back. */
import { describe, expect, it } from 'vitest';
import { OWNER } from '../../../../src/sim/kernel/page-flags.ts';
import { bootKernel } from '../../../support/kernel.ts';

const machines = ['pc-256m', 'laptop-1g', 'numaq-16g-4quad', 'numaq-64g-8quad', 'smp-8way'];

describe.each(machines)('a kernel on %s', (builtIn) => {
  it('gives a process its pages and takes them back when it exits', () => {
    const { kernel, on, process, touch } = bootKernel({ builtIn });
    const task = process();
    const used = (): number => kernel.allZones.reduce((sum, zone) => sum + zone.owned[OWNER.anonymous], 0);
    const start = kernel.syscalls.mmap(on(), task, { pages: 40, pgoff: 0, shared: false, writable: true });
    for (let page = 0; page < 40; page++) touch(task, start + page, true);
    expect(task.mm?.rss).toBe(40);
    expect(used()).toBe(40);
    const child = kernel.syscalls.fork(on(), task);
    expect(used()).toBe(40);
    for (let page = 0; page < 10; page++) touch(child, start + page, true);
    expect(used()).toBe(50);
    kernel.syscalls.exit(on(), child);
    expect(used()).toBe(40);
    on().task = task;
    kernel.syscalls.exit(on(), task);
    expect(used()).toBe(0);
  });
});
