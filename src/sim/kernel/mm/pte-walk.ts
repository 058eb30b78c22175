/**
 * What reverse maps and page replacement do to single ptes: try_to_unmap_one() of 2.6.0 mm/rmap.c as far as it is about
 * the pte. With shared page tables the flush and rss are for every mm that uses the pte page.
 */
import { makePte, PTE_ACCESSED, PTE_DIRTY, PTE_FILE, PTE_SWAP, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { PG_SWAPCACHE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { PteWalk } from '../rmap/rmap.ts';
import type { Mm } from './mm.ts';
import { VM_NONLINEAR } from './vma.ts';
import { setPageDirty } from './zap.ts';

export class KernelPteWalk implements PteWalk {
  constructor(private readonly parts: KernelParts) {}

  mmsOf(pte: number): readonly Mm[] {
    return this.parts.tables.pages.mmsOf(pte >> this.parts.ptePages.entriesShift);
  }

  find(on: KernelCpu, mm: Mm, vpn: number): number {
    const { table } = mm;
    if (vpn >= table.vpns || !table.hasUpperPage(vpn)) return -1;
    on.read(table.upperEntryAddress(vpn));
    const pte = table.pteOf(vpn);
    if (pte < 0) return -1;
    const { ptePages, highmem } = this.parts;
    const slot = ptePages.slots[pte >> ptePages.entriesShift];
    highmem.mapPtes(on, slot, mm, 'KM_PTE2');
    on.read(ptePages.addressOf(pte));
    highmem.unmapPtes(on, slot, mm, 'KM_PTE2');
    return pte;
  }

  testAndClearYoung(on: KernelCpu, pte: number): boolean {
    const { ptePages } = this.parts;
    const at = ptePages.addressOf(pte);
    on.read(at);
    const value = ptePages.get(pte);
    if ((value & PTE_ACCESSED) === 0) return false;
    on.atomic(at);
    ptePages.set(pte, value & ~PTE_ACCESSED);
    return true;
  }

  take(on: KernelCpu, pte: number, page: number): void {
    const { ptePages, memMap, tlb, tables, pages } = this.parts;
    const ptePage = pte >> ptePages.entriesShift;
    const value = ptePages.get(pte);
    const vpn = ptePages.vpnOf(pte);
    const mms = tables.pages.mmsOf(ptePage);
    on.atomic(ptePages.addressOf(pte));
    ptePages.set(pte, this.leaves(on, mms[0], vpn, page, value));
    on.write(ptePages.addressOf(pte));
    for (let i = 0; i < mms.length; i++) tlb.page(on, mms[i], vpn);
    if ((value & PTE_DIRTY) !== 0) setPageDirty(this.parts, on, page);
    tables.countRss(on, ptePage, -1);
    memMap.unmap(page);
    pages.put(on, page);
  }

  /** What the pte holds afterwards: a swap entry, the file's page where the mapping is not linear, or nothing. */
  private leaves(on: KernelCpu, mm: Mm, vpn: number, page: number, value: number): number {
    const { memMap, swap } = this.parts;
    if ((memMap.flags[page] & PG_SWAPCACHE) !== 0) {
      const entry = memMap.priv[page];
      swap.duplicate(on, entry);
      return makePte(entry, PTE_SWAP);
    }
    const vma = mm.vmaAt(vpn);
    if (vma === undefined || (vma.flags & VM_NONLINEAR) === 0) return 0;
    const piece = pteNumber(value) - memMap.slotOf(page);
    const pgoff = (memMap.index[page] << memMap.shift) + piece;
    return pgoff === vma.pgoffOf(vpn) ? 0 : makePte(pgoff, PTE_FILE);
  }
}
