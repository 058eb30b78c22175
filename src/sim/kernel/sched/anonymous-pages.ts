/** Anonymous pages of an address space by the node they lie on, as numa_maps would add them up. Takes no virtual time. */
import { PTE_PRESENT, pteNumber } from '../../hardware/pte-pages.ts';
import type { Mm } from '../mm/mm.ts';
import { OWNER } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';

/** Present pages (4 KiB) of `mm` that are anonymous, copies of file pages among them, by place. */
export function anonymousPages({ ptePages, memMap, layout }: KernelParts, mm: Mm): Float64Array {
  const pages = new Float64Array(layout.nodes.length);
  for (const { start, end } of mm.vmas) {
    for (let vpn = start; vpn < end; vpn++) {
      const pte = mm.table.pteOf(vpn);
      if (pte < 0) {
        vpn |= ptePages.entries - 1;
        continue;
      }
      const value = ptePages.get(pte);
      if ((value & PTE_PRESENT) === 0) continue;
      const page = memMap.pageOf(pteNumber(value));
      if (memMap.owner[page] === OWNER.anonymous) pages[memMap.homeOf(page)]++;
    }
  }
  return pages;
}
