/** What must hold of page tables at any time, recounted from the entries themselves. */
import { expect } from 'vitest';
import { PTE_PRESENT, pteNumber } from '../../../../src/sim/hardware/pte-pages.ts';
import type { Mm } from '../../../../src/sim/kernel/mm/mm.ts';
import type { TableKernel } from './table-kernel.ts';

/** Recounts sharers, present ptes, rss, the reverse map, mappings and references of every page. */
export function checkTables(kernel: TableKernel): void {
  const { ptePages, memMap, traits, mms, spaces } = kernel.parts;
  const { entries, entriesShift } = ptePages;
  const users = new Map<number, Mm[]>();
  for (const mm of mms.values()) {
    let rss = 0;
    let count = 0;
    for (let base = 0; base < mm.table.vpns; base += entries) {
      const ptePage = mm.table.ptePageOf(base);
      if (ptePage < 0) continue;
      count++;
      rss += ptePages.present[ptePage];
      users.set(ptePage, [...(users.get(ptePage) ?? []), mm]);
      expect(ptePages.baseVpns[ptePage], 'the address of a pte page').toBe(base);
    }
    expect(mm.ptePages, 'pte pages of an mm').toBe(count);
    expect(mm.rss, 'rss').toBe(rss);
  }
  const mapped = new Map<number, number[]>();
  /** Upper entries that point into each page of ptes: into one pte page, unless they are packed. */
  const references = new Map<number, number>();
  for (const [ptePage, mmsOf] of users) {
    expect(ptePages.sharers[ptePage], 'sharers').toBe(mmsOf.length);
    expect(
      [...kernel.tables.pages.mmsOf(ptePage)].sort((a, b) => a.id - b.id),
      'the list of mms',
    ).toEqual(mmsOf.sort((a, b) => a.id - b.id));
    const page = kernel.tables.pages.pageOf(ptePage);
    references.set(page, (references.get(page) ?? 0) + mmsOf.length);
    let present = 0;
    for (let pte = ptePage << entriesShift; pte < (ptePage + 1) << entriesShift; pte++) {
      const value = ptePages.get(pte);
      if ((value & PTE_PRESENT) === 0) continue;
      present++;
      const page = memMap.pageOf(pteNumber(value));
      mapped.set(page, [...(mapped.get(page) ?? []), pte]);
    }
    expect(ptePages.present[ptePage], 'present ptes').toBe(present);
  }
  for (const [page, count] of references) expect(memMap.count[page], 'page_count of a pte page').toBe(count);
  expect(kernel.tables.pages.pages, 'pages of ptes').toBe(references.size);
  if (!traits.packPtePages) expect(references.size).toBe(users.size);
  expect(ptePages.inUse, 'pte pages in use').toBe(users.size);
  const cached = new Set([...spaces.values()].flatMap((space) => [...space.pages.values()].map((page) => page - 1)));
  expect(new Set(kernel.ptesOf.keys()), 'pages of the reverse map').toEqual(new Set(mapped.keys()));
  for (const [page, ptes] of mapped) {
    expect(kernel.ptesOf.get(page), 'reverse map').toEqual(new Set(ptes));
    expect(memMap.mapcount[page], 'mapcount').toBe(ptes.length);
    expect(memMap.count[page], 'page_count').toBe(ptes.length + (cached.has(page) ? 1 : 0));
  }
}

/** In a vma every pte shows the piece of its page that its offset says. */
export function checkPieces(kernel: TableKernel): void {
  const { ptePages, memMap, mms } = kernel.parts;
  for (const mm of mms.values()) {
    for (const vma of mm.vmas) {
      for (let vpn = vma.start; vpn < vma.end; vpn++) {
        const pte = mm.table.pteOf(vpn);
        if (pte < 0 || (ptePages.get(pte) & PTE_PRESENT) === 0) continue;
        const slot = pteNumber(ptePages.get(pte));
        expect(slot - memMap.slotOf(memMap.pageOf(slot))).toBe(kernel.tables.clusters.pieceOf(vma, vpn));
      }
    }
  }
}
