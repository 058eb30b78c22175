/** The pages that a mapping has, one pte after the other, for counts that take no virtual time. */
import { PTE_PRESENT, type PtePages } from '../../hardware/pte-pages.ts';
import type { Mm } from './mm.ts';
import type { Vma } from './vma.ts';

/** Shows `see` every pte of the mapping that is present. Huge pages, and stretches without a pte page, are passed over. */
export function eachPresent(
  ptePages: PtePages,
  { table }: Mm,
  { start, end }: Pick<Vma, 'start' | 'end'>,
  see: (pte: number) => void,
): void {
  for (let vpn = start; vpn < end; vpn++) {
    const at = table.pteOf(vpn);
    if (at < 0) {
      vpn |= ptePages.entries - 1;
      continue;
    }
    const pte = ptePages.get(at);
    if ((pte & PTE_PRESENT) !== 0) see(pte);
  }
}
