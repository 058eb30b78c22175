/** The reverse map by brute force: every pte of every page table is looked at. A pte page that several mms share counts once. */
import { PTE_PRESENT, pteNumber } from '../../../src/sim/hardware/pte-pages.ts';
import type { Kernel } from '../../../src/sim/kernel/kernel.ts';

/** Ptes by the page that they map, ascending. */
export function scanPtes(kernel: Kernel): ReadonlyMap<number, readonly number[]> {
  const { ptePages, memMap, mms } = kernel;
  const seen = new Set<number>();
  const found = new Map<number, number[]>();
  for (const { table } of mms.values()) {
    for (let vpn = 0; vpn < table.vpns; vpn += ptePages.entries) {
      const ptePage = table.ptePageOf(vpn);
      if (ptePage < 0 || seen.has(ptePage)) continue;
      seen.add(ptePage);
      for (let pte = ptePage * ptePages.entries; pte < (ptePage + 1) * ptePages.entries; pte++) {
        const value = ptePages.get(pte);
        if ((value & PTE_PRESENT) === 0) continue;
        const page = memMap.pageOf(pteNumber(value));
        const ptes = found.get(page);
        if (ptes === undefined) found.set(page, [pte]);
        else ptes.push(pte);
      }
    }
  }
  for (const ptes of found.values()) ptes.sort((a, b) => a - b);
  return found;
}
