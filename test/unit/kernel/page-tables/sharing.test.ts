/** Shared page tables, case by case: who shares, who unshares when, and what it leaves behind. PAE: 512 ptes a pte page. */
import { beforeEach, describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { PMD_RW } from '../../../../src/sim/hardware/page-table.ts';
import { PTE_PRESENT, PTE_RW } from '../../../../src/sim/hardware/pte-pages.ts';
import type { Mm } from '../../../../src/sim/kernel/mm/mm.ts';
import { VM_READ, VM_SHARED, VM_WRITE } from '../../../../src/sim/kernel/mm/vma.ts';
import { checkTables } from './check-tables.ts';
import { TableKernel } from './table-kernel.ts';

const PRIVATE = VM_READ | VM_WRITE;
const SHARED = VM_READ | VM_WRITE | VM_SHARED;
const BASE = 0x40000;

describe('shared page tables', () => {
  let kernel: TableKernel;
  let parent: Mm;
  const counter = (which: number): number => kernel.on.core.counters[which];
  const boot = (sharedPageTables: 'rule' | 'always'): void => {
    kernel = new TableKernel({ machine: { pae: true }, kernel: { sharedPageTables } });
    parent = kernel.mm();
  };
  /** Private memory of `tables` pte pages in one vma, one page written in each. */
  const fill = (tables: number): void => {
    kernel.map(parent, BASE, BASE + tables * 512, PRIVATE);
    for (let i = 0; i < tables; i++) kernel.write(parent, BASE + i * 512, i + 1);
  };

  beforeEach(() => boot('always'));

  it('follow the rule of three: an address space of three pte pages copies, one of four shares', () => {
    boot('rule');
    fill(3);
    kernel.fork(parent);
    expect(counter(C.PTE_PAGES_SHARED)).toBe(0);
    kernel.map(parent, BASE + 3 * 512, BASE + 4 * 512, PRIVATE);
    kernel.write(parent, BASE + 3 * 512, 4);
    kernel.fork(parent);
    expect(counter(C.PTE_PAGES_SHARED)).toBe(4);
    checkTables(kernel);
  });

  it('cost a fork no reference to any page, and give the child its rss', () => {
    fill(2);
    const page = kernel.parts.memMap.pageOf(kernel.parts.ptePages.get(parent.table.pteOf(BASE)) >>> 7);
    const child = kernel.fork(parent);
    expect(kernel.parts.memMap.count[page]).toBe(1);
    expect(kernel.ptesOf.get(page)?.size).toBe(1);
    expect(child.rss).toBe(2);
    expect(parent.table.ptePageOf(BASE)).toBe(child.table.ptePageOf(BASE));
    expect((parent.table.pmdOf(BASE) | child.table.pmdOf(BASE)) & PMD_RW).toBe(0);
  });

  it('unshare a pte page whole at the first write through it, the others not at all', () => {
    fill(2);
    kernel.write(parent, BASE + 7, 77);
    const child = kernel.fork(parent);
    kernel.write(child, BASE, 9);
    expect(counter(C.PTE_UNSHARES)).toBe(1);
    expect(kernel.read(parent, BASE)).toBe(1);
    expect(kernel.read(child, BASE + 7)).toBe(77);
    expect(parent.table.ptePageOf(BASE)).not.toBe(child.table.ptePageOf(BASE));
    expect(parent.table.ptePageOf(BASE + 512)).toBe(child.table.ptePageOf(BASE + 512));
    checkTables(kernel);
  });

  it('take the right to write from the old entries when exactly two share, so that the last user copies too', () => {
    fill(1);
    const child = kernel.fork(parent);
    kernel.write(child, BASE + 1, 2);
    expect(kernel.parts.ptePages.get(parent.table.pteOf(BASE)) & PTE_RW).toBe(0);
    kernel.write(parent, BASE, 50);
    expect(counter(C.PTE_UNSHARES)).toBe(1);
    expect(kernel.read(child, BASE)).toBe(1);
    checkTables(kernel);
  });

  it('keep pages apart when one of three has unshared and another has gone', () => {
    fill(1);
    const one = kernel.fork(parent);
    const other = kernel.fork(parent);
    kernel.write(one, BASE + 1, 2);
    expect(kernel.parts.ptePages.get(parent.table.pteOf(BASE)) & PTE_RW).toBe(PTE_RW);
    kernel.exit(parent);
    kernel.write(other, BASE, 50);
    expect(kernel.read(one, BASE)).toBe(1);
    checkTables(kernel);
  });

  it('let a read fault fill an entry for all where all map the same there', () => {
    const file = kernel.file(4096);
    kernel.map(parent, BASE, BASE + 512, PRIVATE, file, 0);
    kernel.read(parent, BASE);
    const child = kernel.fork(parent);
    kernel.read(child, BASE + 1);
    expect(counter(C.PTE_UNSHARES)).toBe(0);
    expect(parent.rss).toBe(2);
    checkTables(kernel);
  });

  it('do not let a mapping made after the fork show in the other process', () => {
    fill(1);
    kernel.unmap(parent, BASE + 256, BASE + 512);
    const child = kernel.fork(parent);
    kernel.map(child, BASE + 256, BASE + 512, PRIVATE);
    expect(kernel.read(child, BASE + 300)).toBe(0);
    expect(kernel.parts.ptePages.get(parent.table.pteOf(BASE + 300))).toBe(0);
    expect(counter(C.PTE_UNSHARES)).toBe(1);
  });

  it('let go of a pte page whose range is unmapped whole, and unshare one unmapped in part', () => {
    fill(2);
    const child = kernel.fork(parent);
    kernel.unmap(child, BASE, BASE + 512 + 100);
    expect(counter(C.PTE_UNSHARES)).toBe(1);
    expect(child.table.ptePageOf(BASE)).toBe(-1);
    expect(kernel.read(parent, BASE)).toBe(1);
    expect(child.rss).toBe(0);
    checkTables(kernel);
  });

  it('join the pte pages of an identical shared mapping, and of no other', () => {
    const file = kernel.file(4096);
    const [same, shifted, shorter] = [kernel.mm(), kernel.mm(), kernel.mm()];
    kernel.map(parent, BASE, BASE + 1024, SHARED, file, 0);
    kernel.map(same, BASE, BASE + 1024, SHARED, file, 0);
    kernel.map(shifted, BASE, BASE + 1024, SHARED, file, 512);
    kernel.map(shorter, BASE, BASE + 512, SHARED, file, 0);
    kernel.write(parent, BASE + 5, 5);
    for (const mm of [same, shifted, shorter]) kernel.read(mm, BASE + 5);
    expect(kernel.read(same, BASE + 5)).toBe(5);
    expect(same.table.ptePageOf(BASE)).toBe(parent.table.ptePageOf(BASE));
    for (const mm of [shifted, shorter]) expect(mm.table.ptePageOf(BASE)).not.toBe(parent.table.ptePageOf(BASE));
    kernel.write(same, BASE + 6, 6);
    expect(counter(C.PTE_UNSHARES)).toBe(0);
    expect(kernel.read(parent, BASE + 6)).toBe(6);
    expect(parent.rss).toBe(2);
    checkTables(kernel);
  });

  it('stay shared and writable over a fork where a shared mapping covers them whole', () => {
    kernel.map(parent, BASE, BASE + 1024, SHARED, kernel.file(4096), 0);
    kernel.write(parent, BASE, 1);
    const child = kernel.fork(parent);
    kernel.write(child, BASE + 1, 2);
    expect(kernel.read(parent, BASE + 1)).toBe(2);
    expect(counter(C.PTE_UNSHARES)).toBe(0);
  });

  it('flip the right of the upper entry alone when a shared mapping is protected whole', () => {
    const vma = kernel.map(parent, BASE, BASE + 512, SHARED, kernel.file(4096), 0);
    kernel.write(parent, BASE, 1);
    const child = kernel.fork(parent);
    vma.flags &= ~VM_WRITE;
    kernel.tables.protect(kernel.on, vma, BASE, BASE + 512, false);
    expect(parent.table.pmdOf(BASE) & PMD_RW).toBe(0);
    expect(child.table.pmdOf(BASE) & PMD_RW).toBe(PMD_RW);
    kernel.write(child, BASE, 2);
    expect(kernel.read(parent, BASE)).toBe(2);
    vma.flags |= VM_WRITE;
    kernel.tables.protect(kernel.on, vma, BASE, BASE + 512, true);
    kernel.write(parent, BASE, 3);
    expect(kernel.read(child, BASE)).toBe(3);
    expect(counter(C.PTE_UNSHARES)).toBe(0);
  });

  it('lose a page that is swapped out in every process at once, with rss of each', () => {
    fill(1);
    const child = kernel.fork(parent);
    const pte = parent.table.pteOf(BASE);
    kernel.swapOut(kernel.parts.memMap.pageOf(kernel.parts.ptePages.get(pte) >>> 7));
    expect(kernel.parts.ptePages.get(pte) & PTE_PRESENT).toBe(0);
    expect([parent.rss, child.rss]).toEqual([0, 0]);
    expect(kernel.read(child, BASE)).toBe(1);
    checkTables(kernel);
  });

  it('name one mm directly, and several in a struct mm_chain each', () => {
    fill(1);
    const active = (): number => kernel.parts.slabs.caches.find(({ name }) => name === 'mm_chain')?.active ?? 0;
    expect(active()).toBe(0);
    const children: Mm[] = [];
    for (const users of [2, 3, 4, 5, 6]) {
      children.push(kernel.fork(parent));
      expect(active()).toBe(users);
    }
    // The middle one, the newest, the oldest: whoever goes, its element goes with it.
    for (const [place, left] of [
      [2, 5],
      [3, 4],
      [0, 3],
      [0, 2],
    ]) {
      for (const child of children.splice(place, 1)) kernel.exit(child);
      expect(active()).toBe(left);
    }
    for (const child of children) kernel.exit(child);
    expect(active()).toBe(0);
    checkTables(kernel);
  });
});
