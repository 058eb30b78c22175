/** Anonymous pages of an address space by the node they lie on, as numa_maps would add them up. Takes no virtual time. */
import { pteNumber } from '../../hardware/pte-pages.ts';
import type { Mm } from '../mm/mm.ts';
import { eachPresent } from '../mm/present-pages.ts';
import { OWNER } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';

/** Present pages (4 KiB) of `mm` that are anonymous, copies of file pages among them, by place. */
export function anonymousPages({ ptePages, memMap, layout }: KernelParts, mm: Mm): Float64Array {
  const pages = new Float64Array(layout.nodes.length);
  for (const vma of mm.vmas) {
    eachPresent(ptePages, mm, vma, (pte) => {
      const page = memMap.pageOf(pteNumber(pte));
      if (memMap.owner[page] === OWNER.anonymous) pages[memMap.homeOf(page)]++;
    });
  }
  return pages;
}
