/** try_to_unmap() of each kernel: what it takes, and what it may not. */
import { describe, expect, it } from 'vitest';
import { PTE_SWAP } from '../../../../src/sim/hardware/pte-pages.ts';
import { PG_DIRECT } from '../../../../src/sim/kernel/page-flags.ts';
import { Mapped, mmOf } from './mapped-pages.ts';

const variants = [
  ['pte_chain', 'pte_chain'],
  ['objrmap', 'pte_chain'],
  ['prio_tree', 'anonmm'],
  ['prio_tree', 'anon_vma'],
] as const;

describe.each(variants)('try_to_unmap() with %s and %s', (rmap, anonRmap) => {
  const make = (): Mapped => new Mapped({ rmap, anonRmap });

  it('leaves no pte of a page of a file, and gives up a reference for each', () => {
    const mapped = make();
    const { memMap } = mapped.kernel;
    const tasks = [mapped.process(), mapped.process(), mapped.process()];
    const starts = tasks.map((task, i) => mapped.map(task, i % 2, 8, { shared: i !== 2 }));
    const at = (i: number): number => starts[i] + 5 - (i % 2);
    for (const [i, task] of tasks.entries()) mapped.touch(task, at(i));
    const page = mapped.pageAt(tasks[0], at(0));
    expect(memMap.mapcount[page]).toBe(3);
    const { [page]: references } = memMap.count;
    mapped.referenced(page);
    expect(mapped.unmap(page)).toBe('success');
    expect(mapped.kernel.rmap.ptesOf(page)).toEqual([]);
    expect(memMap.count[page]).toBe(references - 3);
    for (const [i, task] of tasks.entries()) expect(mapped.isPresent(task, at(i))).toBe(false);
  });

  it('leaves swap entries in place of an anonymous page', () => {
    const mapped = make();
    const parent = mapped.process();
    const vpn = mapped.anonymous(parent, 3);
    mapped.touch(parent, vpn + 1, true);
    const child = mapped.fork(parent);
    const page = mapped.pageAt(parent, vpn + 1);
    expect(mapped.referenced(page)).toBe(1);
    expect(mapped.unmap(page, true)).toBe('success');
    for (const task of [parent, child]) {
      const value = mapped.kernel.ptePages.get(mmOf(task).table.pteOf(vpn + 1));
      expect(value & PTE_SWAP).toBe(PTE_SWAP);
    }
  });

  it('fails for a page that a vma has locked', () => {
    const mapped = make();
    const locker = mapped.process();
    const start = mapped.map(locker, 0, 4, { locked: true });
    const page = mapped.pageAt(locker, start);
    mapped.referenced(page);
    expect(mapped.unmap(page)).toBe('fail');
    expect(mapped.isPresent(locker, start)).toBe(true);
  });

  const young = rmap === 'prio_tree' ? 'fail' : 'success';
  it(`comes to ${young} for a page of a file that was accessed since page_referenced()`, () => {
    const mapped = make();
    const task = mapped.process();
    const start = mapped.map(task, 0, 4);
    mapped.touch(task, start);
    expect(mapped.unmap(mapped.pageAt(task, start))).toBe(young);
  });
});

describe('the accessed bits of a page', () => {
  it.each(variants)('are tested and cleared in every pte with %s and %s', (rmap, anonRmap) => {
    const mapped = new Mapped({ rmap, anonRmap });
    const tasks = [mapped.process(), mapped.process()];
    const starts = tasks.map((task) => mapped.map(task, 0, 4));
    for (const [i, task] of tasks.entries()) mapped.touch(task, starts[i] + 2);
    const page = mapped.pageAt(tasks[0], starts[0] + 2);
    expect(mapped.referenced(page)).toBe(2);
    expect(mapped.referenced(page)).toBe(0);
  });
});

describe('2.6.7', () => {
  it('does not take a swap-cache page that somebody else holds', () => {
    const mapped = new Mapped({ rmap: 'prio_tree', anonRmap: 'anon_vma' });
    const task = mapped.process();
    const vpn = mapped.anonymous(task, 1);
    mapped.touch(task, vpn, true);
    const page = mapped.pageAt(task, vpn);
    mapped.referenced(page);
    mapped.kernel.pages.get(mapped.on(), page);
    expect(mapped.unmap(page, true)).toBe('fail');
    mapped.kernel.pages.put(mapped.on(), page);
    expect(mapped.isPresent(task, vpn)).toBe(true);
  });

  it('finds an anonymous page where mremap has moved it', () => {
    const mapped = new Mapped({ rmap: 'prio_tree', anonRmap: 'anon_vma' });
    const task = mapped.process();
    const vpn = mapped.anonymous(task, 2);
    mapped.touch(task, vpn, true);
    const page = mapped.pageAt(task, vpn);
    // Something behind it, so that it cannot grow in place.
    const { syscalls } = mapped.kernel;
    syscalls.mmap(mapped.on(task), task, { pages: 1, pgoff: 0, shared: true, writable: true, at: vpn + 2 });
    const moved = syscalls.mremap(mapped.on(task), task, vpn, 2, 6);
    expect(moved).not.toBe(vpn);
    expect(mapped.pageAt(task, moved)).toBe(page);
    expect(mapped.kernel.rmap.ptesOf(page)).toEqual([mmOf(task).table.pteOf(moved)]);
  });
});

describe('a page of a nonlinear mapping', () => {
  /** Page 3 of the file, at its own place in one mapping and at page 0's in another. */
  function nonlinear(rmap: 'objrmap' | 'prio_tree'): { mapped: Mapped; page: number; there: () => boolean } {
    const mapped = new Mapped({ rmap });
    const task = mapped.process();
    const linear = mapped.map(task, 0, 8);
    const other = mapped.process();
    const start = mapped.map(other, 0, 8);
    mapped.touch(task, linear + 3);
    mapped.kernel.syscalls.remapFilePages(mapped.on(other), other, start, 1, 3);
    const page = mapped.pageAt(task, linear + 3);
    expect(mapped.pageAt(other, start)).toBe(page);
    return { mapped, page, there: () => mapped.isPresent(other, start) };
  }

  it('gets a pte_chain with partial objrmap, until nothing maps it', () => {
    const { mapped, page, there } = nonlinear('objrmap');
    const { memMap } = mapped.kernel;
    expect(memMap.word[page]).not.toBe(0);
    expect(memMap.flags[page] & PG_DIRECT).toBe(0);
    expect(mapped.referenced(page)).toBe(2);
    expect(mapped.unmap(page)).toBe('success');
    expect(there()).toBe(false);
    expect(memMap.word[page]).toBe(0);
  });

  it('is not seen by page_referenced() with a prio_tree, and swept by try_to_unmap()', () => {
    const { mapped, page, there } = nonlinear('prio_tree');
    expect(mapped.referenced(page)).toBe(1);
    // The first sweep finds the accessed bit, the second takes the page.
    expect(mapped.unmap(page)).toBe('again');
    expect(there()).toBe(true);
    expect(mapped.unmap(page)).toBe('success');
    expect(there()).toBe(false);
  });
});

describe('a kernel without reverse maps', () => {
  it('stops the run where somebody asks for the ptes of a page', () => {
    const mapped = new Mapped({ flavour: '2.4.22' });
    const task = mapped.process();
    const start = mapped.map(task, 0, 4);
    mapped.touch(task, start);
    expect(mapped.kernel.rmap.finds).toBe(false);
    expect(mapped.kernel.rmap.ptesOf(mapped.pageAt(task, start))).toEqual([]);
    expect(() => mapped.unmap(mapped.pageAt(task, start))).toThrow(/without reverse maps/);
  });
});
