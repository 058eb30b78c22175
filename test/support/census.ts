/** Who holds which page, counted from outside: ptes of all page tables, the page cache, the swap cache. */
import { PTE_PRESENT, pteNumber } from '../../src/sim/hardware/pte-pages.ts';
import type { Kernel } from '../../src/sim/kernel/kernel.ts';
import { OWNER, ownerNames, PG_PRIVATE, PG_SWAPCACHE } from '../../src/sim/kernel/page-flags.ts';

/** Everything in which a kernel's counts differ from what is counted; empty where they agree. */
export function countErrors(kernel: Kernel): readonly string[] {
  const { ptePages, memMap, mms, spaces } = kernel;
  const errors: string[] = [];
  const mapped = new Map<number, number>();
  const holders = new Map<number, number>();
  const add = (to: Map<number, number>, page: number): void => void to.set(page, (to.get(page) ?? 0) + 1);
  const seen = new Set<number>();
  for (const mm of mms.values()) {
    let present = 0;
    for (let vpn = 0; vpn < mm.table.vpns; vpn += ptePages.entries) {
      const ptePage = mm.table.ptePageOf(vpn);
      if (ptePage < 0) continue;
      const first = ptePage * ptePages.entries;
      for (let pte = first; pte < first + ptePages.entries; pte++) {
        const value = ptePages.get(pte);
        if ((value & PTE_PRESENT) === 0) continue;
        present++;
        if (!seen.has(ptePage)) add(mapped, memMap.pageOf(pteNumber(value)));
      }
      seen.add(ptePage);
    }
    if (mm.rss !== present) errors.push(`mm ${mm.id}: rss ${mm.rss}, ${present} ptes present`);
    const pages = mm.vmas.reduce((sum, { start, end }) => sum + end - start, 0);
    if (mm.totalVm !== pages) errors.push(`mm ${mm.id}: totalVm ${mm.totalVm}, ${pages} pages in vmas`);
  }
  for (const [page, count] of mapped) holders.set(page, count);
  let cached = 0;
  for (const space of spaces.values()) {
    if (space.kind === 'hugetlb') continue;
    cached += space.pages.size;
    for (const [index, slot] of space.pages) {
      add(holders, slot - 1);
      const right = memMap.mapping[slot - 1] === space.id && memMap.index[slot - 1] === index;
      if (!right) errors.push(`page ${slot - 1} does not know that it is page ${index} of ${space.name}`);
    }
  }
  if (kernel.pageCache.cachedPages !== cached) errors.push(`cached ${kernel.pageCache.cachedPages}, found ${cached}`);
  const users = new Set([OWNER.anonymous, OWNER['page cache'], OWNER['shared memory']]);
  for (let page = 0; page < memMap.count.length; page++) {
    if (memMap.count[page] === 0 || !users.has(memMap.owner[page])) {
      if (mapped.has(page)) errors.push(`page ${page} is mapped and ${ownerNames[memMap.owner[page]]}`);
      continue;
    }
    const flags = memMap.flags[page];
    // The swap cache and buffer heads hold a reference each.
    const held = (holders.get(page) ?? 0) + (flags & PG_SWAPCACHE ? 1 : 0) + (flags & PG_PRIVATE ? 1 : 0);
    if (memMap.count[page] !== held) errors.push(`page ${page}: count ${memMap.count[page]}, ${held} references`);
    const ptes = mapped.get(page) ?? 0;
    const known = kernel.rmap.finds ? kernel.rmap.ptesOf(page).length : ptes;
    if (known !== ptes) errors.push(`page ${page}: the reverse map has ${known} of ${ptes} ptes`);
    if (memMap.mapcount[page] !== ptes) errors.push(`page ${page}: mapcount ${memMap.mapcount[page]}, ${ptes} ptes`);
  }
  return errors;
}

/** Pages in use by owner, those without any left out. */
export function pagesByOwner(kernel: Kernel): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const zone of kernel.allZones) {
    for (const [owner, pages] of zone.owned.entries()) {
      if (pages !== 0) sums[ownerNames[owner]] = (sums[ownerNames[owner]] ?? 0) + pages;
    }
  }
  return sums;
}
