/** Page clusters in page tables: 8 pieces of 4 KiB a page (PAGE_MMUSHIFT 3), by hand. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { pteNumber } from '../../../../src/sim/hardware/pte-pages.ts';
import type { Mm } from '../../../../src/sim/kernel/mm/mm.ts';
import { VM_READ, VM_SHARED, VM_WRITE } from '../../../../src/sim/kernel/mm/vma.ts';
import { bootKernel } from '../../../support/kernel.ts';
import { checkTables } from './check-tables.ts';
import { TableKernel } from './table-kernel.ts';

const PRIVATE = VM_READ | VM_WRITE;
const SHARED = VM_READ | VM_WRITE | VM_SHARED;
const BASE = 0x40000;
const clustered = { machine: { pae: true }, kernel: { pageMmuShift: 3 } } as const;

/** Virtual pages present from BASE on, of the next `count`. */
function presentIn(kernel: TableKernel, mm: Mm, count: number): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => {
    const pte = mm.table.pteOf(BASE + i);
    return pte >= 0 && (kernel.parts.ptePages.get(pte) & 1) === 1;
  });
}

describe('an anonymous fault with clusters', () => {
  it('fills the pieces of the aligned cluster that lie in the vma, and counts how full the vector is', () => {
    const kernel = new TableKernel(clustered);
    const mm = kernel.mm();
    kernel.map(mm, BASE + 5, BASE + 20, PRIVATE);
    kernel.write(mm, BASE + 6, 1);
    expect(presentIn(kernel, mm, 24)).toEqual([5, 6, 7]);
    kernel.write(mm, BASE + 12, 1);
    expect(presentIn(kernel, mm, 24)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    kernel.write(mm, BASE + 19, 1);
    expect(presentIn(kernel, mm, 24)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const { counters } = kernel.on.core;
    expect([counters[C.VECTORS], counters[C.VECTOR_PTES]]).toEqual([3, 15]);
    expect(mm.rss).toBe(15);
    checkTables(kernel);
  });

  it('leaves pieces alone that hold something already', () => {
    const kernel = new TableKernel(clustered);
    const mm = kernel.mm();
    kernel.map(mm, BASE, BASE + 4, PRIVATE);
    kernel.write(mm, BASE, 7);
    kernel.map(mm, BASE + 4, BASE + 8, PRIVATE);
    kernel.write(mm, BASE + 4, 8);
    expect(kernel.read(mm, BASE)).toBe(7);
    expect(kernel.parts.memMap.mapcount[[...kernel.ptesOf.keys()][0]]).toBe(4);
    checkTables(kernel);
  });

  it('goes by the offset in the anonymous object, so that a moved page keeps its pieces together', () => {
    const kernel = new TableKernel(clustered);
    const mm = kernel.mm();
    const vma = kernel.map(mm, BASE, BASE + 8, PRIVATE);
    kernel.write(mm, BASE, 1);
    const moved = kernel.map(mm, BASE + 1003, BASE + 1011, PRIVATE, undefined, BASE);
    kernel.tables.move(kernel.on, vma, BASE, BASE + 1003, 8, moved);
    expect(kernel.tables.clusters.pieceOf(moved, BASE + 1003)).toBe(0);
    const slots = Array.from({ length: 8 }, (_, i) => {
      return pteNumber(kernel.parts.ptePages.get(mm.table.pteOf(BASE + 1003 + i))) & 7;
    });
    expect(slots).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('stops at the end of the pte page', () => {
    const kernel = new TableKernel(clustered);
    const mm = kernel.mm();
    // Offset 4 at the first page: the cluster of the last four ptes goes on in the next pte page.
    kernel.map(mm, BASE, BASE + 1024, PRIVATE, undefined, 4);
    kernel.write(mm, BASE + 511, 1);
    expect(presentIn(kernel, mm, 1024)).toEqual([508, 509, 510, 511]);
  });
});

describe('a fault of a file with clusters', () => {
  it('maps the pieces of the cached page that fit the vma', () => {
    const kernel = new TableKernel(clustered);
    const mm = kernel.mm();
    kernel.map(mm, BASE, BASE + 10, SHARED, kernel.file(32), 3);
    kernel.read(mm, BASE + 2);
    // Pages 3 to 7 of the file are cluster 0's, 8 to 12 cluster 1's.
    expect(presentIn(kernel, mm, 10)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a copy on write with clusters', () => {
  it('copies the cluster once and takes all siblings over; the old page lives until its last piece is unmapped', () => {
    const kernel = new TableKernel(clustered);
    const { memMap } = kernel.parts;
    const mm = kernel.mm();
    kernel.map(mm, BASE, BASE + 8, PRIVATE);
    for (let i = 0; i < 8; i++) kernel.write(mm, BASE + i, 100 + i);
    const [old] = kernel.ptesOf.keys();
    const child = kernel.fork(mm);
    expect(memMap.count[old]).toBe(16);
    kernel.write(child, BASE + 3, 1);
    expect(memMap.count[old]).toBe(8);
    expect([kernel.read(child, BASE + 2), kernel.read(child, BASE + 3), kernel.read(mm, BASE + 3)]).toEqual([
      102, 1, 103,
    ]);
    for (let i = 0; i < 7; i++) kernel.unmap(mm, BASE + i, BASE + i + 1);
    expect(memMap.count[old]).toBe(1);
    kernel.unmap(mm, BASE + 7, BASE + 8);
    expect(memMap.count[old]).toBe(0);
    checkTables(kernel);
  });
});

describe('pte pages with clusters', () => {
  const spread = (kernel: TableKernel, tables: number): Mm => {
    const mm = kernel.mm();
    kernel.map(mm, BASE, BASE + tables * 512, PRIVATE);
    for (let i = 0; i < tables; i++) kernel.write(mm, BASE + i * 512, 1);
    return mm;
  };

  it('take a cluster each, exactly eight times what they take at 4 KiB', () => {
    const plain = new TableKernel({ machine: { pae: true } });
    const clusters = new TableKernel(clustered);
    for (const kernel of [plain, clusters]) spread(kernel, 20);
    expect(plain.tables.pages.kilobytes).toBe(80);
    expect(clusters.tables.pages.kilobytes).toBe(640);
  });

  it('lie eight to a cluster when packed, and free it with the last of them', () => {
    const kernel = new TableKernel({ ...clustered, kernel: { pageMmuShift: 3, packPtePages: true } });
    const first = spread(kernel, 9);
    expect(kernel.tables.pages.kilobytes).toBe(2 * 32);
    const second = spread(kernel, 7);
    expect(kernel.tables.pages.kilobytes).toBe(2 * 32);
    checkTables(kernel);
    kernel.exit(first);
    expect(kernel.tables.pages.kilobytes).toBe(32);
    kernel.exit(second);
    expect(kernel.tables.pages.kilobytes).toBe(0);
  });

  it('are packed on the node that has low memory for the CPUs of those that have none', () => {
    const booted = bootKernel({
      builtIn: 'numaq-16g-4quad',
      kernel: { pageMmuShift: 3, packPtePages: true, highpte: false },
    });
    const { kernel, on } = booted;
    const task = booted.process('on the second quad', 4);
    for (let i = 0; i < 8; i++) {
      const request = { pages: 1, pgoff: 0, shared: false, writable: true, at: BASE + i * 512 };
      booted.touch(task, kernel.syscalls.mmap(on(4), task, request), true, 4);
    }
    expect([on(4).node, kernel.tables.pages.kilobytes]).toEqual([1, 32]);
  });

  it('with PAGE_MMUSHIFT 0 are the same whether they would be packed or not, to the nanosecond', () => {
    const [plain, packed] = [false, true].map((packPtePages) => {
      const kernel = new TableKernel({ machine: { pae: true }, kernel: { packPtePages } });
      const mm = spread(kernel, 12);
      kernel.exit(kernel.fork(mm));
      kernel.exit(mm);
      return { clock: kernel.on.core.clock, counters: [...kernel.on.core.counters] };
    });
    expect(packed).toEqual(plain);
    expect(plain.counters[C.VECTORS]).toBe(0);
  });
});
