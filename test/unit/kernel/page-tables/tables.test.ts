/** What page tables take, and what walking them does, by hand. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { PTE_DIRTY, PTE_RW } from '../../../../src/sim/hardware/pte-pages.ts';
import { FREE_PTE_NR } from '../../../../src/sim/kernel/mm/mmu-gather.ts';
import { VM_HUGETLB, VM_READ, VM_SHARED, VM_WRITE } from '../../../../src/sim/kernel/mm/vma.ts';
import { OWNER } from '../../../../src/sim/kernel/page-flags.ts';
import { checkTables } from './check-tables.ts';
import { TableKernel } from './table-kernel.ts';

const PRIVATE = VM_READ | VM_WRITE;
const SHARED = VM_READ | VM_WRITE | VM_SHARED;
const BASE = 0x40000;
const MIB = 256;

describe('an address space', () => {
  it('has 16 KiB of upper levels with PAE and 3 GiB of user space, 4 KiB without', () => {
    const pae = new TableKernel({ machine: { pae: true } });
    expect(pae.tables.upperBytes(pae.mm().table)).toBe(16 * 1024);
    const plain = new TableKernel({ machine: { pae: false } });
    expect(plain.tables.upperBytes(plain.mm().table)).toBe(4 * 1024);
  });

  it('gives everything back at exit', () => {
    const kernel = new TableKernel({ machine: { pae: true } });
    const mm = kernel.mm();
    kernel.map(mm, BASE, BASE + 3000, PRIVATE);
    for (let i = 0; i < 3000; i += 100) kernel.write(mm, BASE + i, i);
    kernel.exit(mm);
    expect(mm.rss).toBe(0);
    const upper = kernel.parts.slabs.caches.filter(({ name }) => name === 'pgd' || name === 'pae_pmd');
    expect(upper.map(({ active }) => active)).toEqual([0, 0]);
    for (const zone of kernel.parts.allZones) {
      expect(zone.owned[OWNER.anonymous] + zone.owned[OWNER['page tables']]).toBe(0);
    }
  });
});

describe('processes that touch all of one 64 MiB segment', () => {
  const touchAll = (kernel: TableKernel, processes: number): void => {
    const file = kernel.file(64 * MIB);
    for (let i = 0; i < processes; i++) {
      const mm = kernel.mm();
      kernel.map(mm, BASE, BASE + 64 * MIB, SHARED, file, 0);
      for (let vpn = 0; vpn < 64 * MIB; vpn++) kernel.read(mm, BASE + vpn);
    }
  };

  it.each([1, 2])('hold 8 bytes of pte each for each page (%i processes)', (processes) => {
    const kernel = new TableKernel({ machine: { pae: true } });
    touchAll(kernel, processes);
    expect(kernel.tables.pages.kilobytes).toBe(processes * 128);
  });

  it('hold one set of pte pages when these are shared', () => {
    const kernel = new TableKernel({ machine: { pae: true }, kernel: { sharedPageTables: 'rule' } });
    touchAll(kernel, 2);
    expect(kernel.tables.pages.kilobytes).toBe(128);
    checkTables(kernel);
  });

  it('hold none with huge pages, which fork copies and exit gives back', () => {
    const kernel = new TableKernel({ machine: { pae: true }, kernel: { hugePages: 4 } });
    const { hugetlb } = kernel.parts;
    const mm = kernel.mm();
    const vma = kernel.map(mm, BASE, BASE + 8 * MIB, SHARED | VM_HUGETLB, kernel.file(8 * MIB), 0);
    for (let base = BASE; base < vma.end; base += 512) {
      kernel.tables.huge.map(kernel.on, vma, base, hugetlb.take(kernel.on, 0));
    }
    expect(hugetlb.free).toBe(0);
    const child = kernel.fork(mm);
    expect([mm.rss, child.rss]).toEqual([2048, 2048]);
    kernel.exit(mm);
    expect(hugetlb.free).toBe(0);
    expect(kernel.tables.pages.kilobytes).toBe(0);
    kernel.exit(child);
    expect(hugetlb.free).toBe(4);
  });
});

describe('an unmap', () => {
  it(`flushes once for every ${FREE_PTE_NR} pages on several CPUs, and frees a page only after that`, () => {
    const kernel = new TableKernel({ builtIn: 'numaq-16g-4quad' });
    const { memMap, tlb } = kernel.parts;
    const mm = kernel.mm();
    mm.cpus.add(1);
    kernel.map(mm, BASE, BASE + 1200, PRIVATE);
    for (let i = 0; i < 1200; i++) kernel.write(mm, BASE + i, i);
    const pages = [...kernel.ptesOf.keys()];
    const inUse: number[] = [];
    const flush = tlb.mm.bind(tlb);
    tlb.mm = (on, which) => {
      inUse.push(pages.filter((page) => memMap.count[page] > 0).length);
      flush(on, which);
    };
    const before = kernel.on.core.counters[C.TLB_SHOOTDOWNS];
    kernel.unmap(mm, BASE, BASE + 1200);
    // 1200 pages and no pte page: they stay until their GiB is empty, but it is, so three pte pages go with the last.
    expect(inUse).toEqual([1200, 1200 - FREE_PTE_NR, 1200 - 2 * FREE_PTE_NR]);
    expect(kernel.on.core.counters[C.TLB_SHOOTDOWNS] - before).toBe(3);
    expect(pages.every((page) => memMap.count[page] === 0)).toBe(true);
  });

  it('frees pte pages only with a whole pgd entry: 1 GiB with PAE, 4 MiB without', () => {
    for (const [pae, left] of [
      [true, 2],
      [false, 0],
    ] as const) {
      const kernel = new TableKernel({ machine: { pae } });
      const mm = kernel.mm();
      kernel.map(mm, BASE, BASE + 1024, PRIVATE);
      kernel.map(mm, BASE + 4096, BASE + 4097, PRIVATE);
      for (const vpn of [BASE, BASE + 600, BASE + 4096]) kernel.write(mm, vpn, 1);
      kernel.unmap(mm, BASE, BASE + 1024);
      expect(mm.ptePages).toBe(left + 1);
    }
  });
});

describe('a fork', () => {
  it('takes the right to write from private pages on both sides, and leaves shared ones theirs without their dirt', () => {
    const kernel = new TableKernel();
    const { ptePages } = kernel.parts;
    const mm = kernel.mm();
    kernel.map(mm, BASE, BASE + 10, PRIVATE);
    kernel.map(mm, BASE + 10, BASE + 20, SHARED, kernel.file(10), 0);
    kernel.write(mm, BASE, 1);
    kernel.write(mm, BASE + 10, 2);
    const child = kernel.fork(mm);
    const of = (which: typeof mm, vpn: number): number => ptePages.get(which.table.pteOf(vpn)) & (PTE_RW | PTE_DIRTY);
    expect([of(mm, BASE), of(child, BASE)]).toEqual([PTE_DIRTY, PTE_DIRTY]);
    expect([of(mm, BASE + 10), of(child, BASE + 10)]).toEqual([PTE_RW | PTE_DIRTY, PTE_RW]);
    kernel.write(child, BASE, 3);
    expect([kernel.read(mm, BASE), kernel.read(child, BASE)]).toEqual([1, 3]);
  });

  it('reads the ptes of a pte page line by line: a full one costs its lines, not its entries', () => {
    const kernel = new TableKernel({ machine: { pae: true } });
    const mm = kernel.mm();
    kernel.map(mm, BASE, BASE + 512, PRIVATE);
    kernel.write(mm, BASE, 1);
    const before = kernel.on.core.counters[C.KERNEL_READS];
    kernel.fork(mm);
    const reads = kernel.on.core.counters[C.KERNEL_READS] - before;
    // 4,096 bytes of ptes in granules of 32.
    expect(reads).toBeGreaterThanOrEqual(128);
    expect(reads).toBeLessThan(200);
  });
});

describe('a move', () => {
  it('carries each page to its new address, with a flush each', () => {
    const kernel = new TableKernel();
    const mm = kernel.mm();
    const vma = kernel.map(mm, BASE, BASE + 8, PRIVATE);
    for (let i = 0; i < 8; i += 2) kernel.write(mm, BASE + i, i + 1);
    const moved = kernel.map(mm, BASE + 5000, BASE + 5008, PRIVATE, undefined, BASE);
    kernel.tables.move(kernel.on, vma, BASE, BASE + 5000, 8, moved);
    for (let i = 0; i < 8; i++) expect(kernel.read(mm, BASE + 5000 + i)).toBe(i % 2 === 0 ? i + 1 : 0);
    checkTables(kernel);
  });

  it('leaves a page that the reverse map cannot follow to the others, and maps a copy', () => {
    const kernel = new TableKernel();
    const { memMap, rmap } = kernel.parts;
    const mm = kernel.mm();
    const vma = kernel.map(mm, BASE, BASE + 1, PRIVATE);
    kernel.write(mm, BASE, 1);
    const [page] = kernel.ptesOf.keys();
    kernel.fork(mm);
    rmap.moved = () => true;
    const moved = kernel.map(mm, BASE + 5000, BASE + 5001, PRIVATE, undefined, BASE);
    kernel.tables.move(kernel.on, vma, BASE, BASE + 5000, 1, moved);
    expect([memMap.count[page], memMap.mapcount[page]]).toEqual([1, 1]);
    expect(kernel.ptesOf.size).toBe(2);
    expect(kernel.on.core.counters[C.COPIED_BYTES]).toBe(4096);
    checkTables(kernel);
  });
});
