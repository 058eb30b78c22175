/**
 * do_swap_page(): a pte that holds a swap entry, mm/memory.c of 2.6.0. The page comes from the swap cache or the disk; a
 * write by its only user may go on in it, and where swap is more than half full the entry is given up at once
 * (vm_swap_full()). With page clusters every pte of the vma's cluster that holds the same entry comes back with it.
 */
import { makePte, PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_RW, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import { PG_ANON, PG_SWAPCACHE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Vma } from './vma.ts';
import type { WriteProtectFaults } from './cow.ts';

export class SwapInFaults {
  constructor(
    private readonly parts: KernelParts,
    private readonly cow: WriteProtectFaults,
  ) {}

  /** Called and left under the lock over the ptes; the pte holds a swap entry. */
  fault(on: KernelCpu, vma: Vma, vpn: number, pte: number, write: boolean): void {
    const outer = on.enter(FN.do_swap_page);
    const { mm } = vma;
    const { swap, ptePages, memMap, reclaim, rmap, pages, placement, tables } = this.parts;
    const held = ptePages.get(pte);
    const entry = pteNumber(held);
    tables.locks.unlock(on, mm, pte);
    rmap.prepareAnon(on, vma);
    const page = swap.read(on, entry, placement.forSwapIn(on, vma, vpn));
    reclaim.markAccessed(on, page);
    memMap.flags[page] |= PG_ANON;
    rmap.prepareAdd(on, page, vma);
    tables.locks.lock(on, mm, pte);
    const count = this.bring(on, vma, vpn, pte, page, held);
    if (swap.free * 2 < swap.total) swap.removeExclusive(on, page);
    // The reference of the read is still held: the page has one more than its users.
    const others = memMap.count[page] - 1 - count - ((memMap.flags[page] & PG_SWAPCACHE) === 0 ? 0 : 1);
    const alone = others === 0 && this.entryFree(page);
    pages.put(on, page);
    if (write) {
      if (alone) ptePages.set(pte, ptePages.get(pte) | PTE_RW | PTE_DIRTY);
      else this.cow.fault(on, vma, vpn, pte);
    }
    on.leave(outer);
  }

  private entryFree(page: number): boolean {
    const { memMap, swap } = this.parts;
    return (memMap.flags[page] & PG_SWAPCACHE) === 0 || swap.users(memMap.priv[page]) === 1;
  }

  /** Maps the page by every pte of the cluster, in the vma and the pte page, that holds the entry; how many. */
  private bring(on: KernelCpu, vma: Vma, vpn: number, pte: number, page: number, held: number): number {
    const { tables, ptePages, memMap, pages, swap, rmap, highmem } = this.parts;
    const size = 1 << memMap.shift;
    const first = vpn - tables.clusters.pieceOf(vma, vpn);
    const base = ptePages.baseVpns[pte >> ptePages.entriesShift];
    const from = Math.max(first, vma.start, base);
    const to = Math.min(first + size, vma.end, base + ptePages.entries);
    const slot = ptePages.slots[pte >> ptePages.entriesShift];
    highmem.mapPtes(on, slot, vma.mm, 'KM_PTE0');
    let count = 0;
    for (let each = from; each < to; each++) {
      const at = pte + each - vpn;
      if (size > 1) on.read(ptePages.addressOf(at));
      if (ptePages.get(at) !== held) continue;
      if (count > 0) on.work(STEP.piece);
      count++;
      pages.get(on, page);
      memMap.map(page);
      tables.setPte(on, at, makePte(memMap.slotOf(page) + (each - first), PTE_PRESENT | PTE_ACCESSED));
      rmap.add(on, page, at, vma, each);
      swap.release(on, pteNumber(held));
    }
    highmem.unmapPtes(on, slot, vma.mm, 'KM_PTE0');
    return count;
  }
}
