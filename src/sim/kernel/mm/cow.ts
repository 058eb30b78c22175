/**
 * do_wp_page(): a write to a present page that may not be written, mm/memory.c of 2.6.0. The only user of an anonymous
 * page writes on in it (can_share_swap_page()); everybody else gets a copy. With page clusters the whole cluster is
 * copied once, and every pte of the vma that maps the old page goes over to the copy, so that a cluster is not
 * taken for each 4 KiB written (pgcl-2.5.70).
 *
 * While the copy is made, reclaim may take the old page away from this very pte: then the copy is dropped and the
 * program faults again, as the kernel finds with pte_same().
 */
import * as C from '../../base/counters.ts';
import { makePte, PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_RW, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import { copyHighpage } from '../highmem/highpage.ts';
import { PG_ANON, PG_DIRTY, PG_SWAPCACHE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { AnonymousFaults } from './anonymous.ts';
import type { Vma } from './vma.ts';

export class WriteProtectFaults {
  constructor(
    private readonly parts: KernelParts,
    private readonly anonymous: AnonymousFaults,
  ) {}

  /** Called and left under the lock over the ptes; the pte is present. */
  fault(on: KernelCpu, vma: Vma, vpn: number, pte: number): void {
    const outer = on.enter(FN.do_wp_page);
    const { memMap, ptePages, tables } = this.parts;
    const page = memMap.pageOf(pteNumber(ptePages.get(pte)));
    on.read(memMap.addressOf(page));
    const count = tables.clusters.siblings(on, vma, vpn, pte, page);
    if (vma.shared || this.soleUser(page, count)) this.reuse(on, vma, vpn, pte, count);
    else this.copy(on, vma, vpn, pte, page);
    on.leave(outer);
  }

  /** can_share_swap_page(): nothing but `own` ptes of the caller holds the page, its swap cache apart. */
  private soleUser(page: number, own: number): boolean {
    const { memMap, swap } = this.parts;
    if ((memMap.flags[page] & PG_ANON) === 0) return false;
    if (own === 1) return swap.exclusive(page);
    if ((memMap.flags[page] & PG_SWAPCACHE) === 0) return memMap.count[page] === own;
    return memMap.count[page] === own + 1 && swap.users(memMap.priv[page]) === 1;
  }

  private reuse(on: KernelCpu, vma: Vma, vpn: number, pte: number, count: number): void {
    const { tables, ptePages, tlb } = this.parts;
    const { vpns } = tables.clusters;
    for (let i = 0; i < count; i++) {
      const at = pte + vpns[i] - vpn;
      const own = vpns[i] === vpn ? PTE_DIRTY | PTE_ACCESSED : 0;
      tables.setPte(on, at, ptePages.get(at) | PTE_RW | own);
    }
    tlb.page(on, vma.mm, vpn);
  }

  private copy(on: KernelCpu, vma: Vma, vpn: number, pte: number, old: number): void {
    const { mm } = vma;
    const { pages, rmap, ptePages, reclaim, tables } = this.parts;
    const before = ptePages.get(pte) | PTE_ACCESSED | PTE_DIRTY;
    pages.get(on, old);
    tables.locks.unlock(on, mm, pte);
    rmap.prepareAnon(on, vma);
    const fresh = this.anonymous.page(on, vma, vpn);
    copyHighpage(on, this.parts, old, fresh);
    rmap.prepareAdd(on, fresh, vma);
    tables.locks.lock(on, mm, pte);
    on.read(ptePages.addressOf(pte));
    if ((ptePages.get(pte) | PTE_ACCESSED | PTE_DIRTY) !== before) {
      pages.put(on, fresh);
      pages.put(on, old);
      return;
    }
    const count = tables.clusters.siblings(on, vma, vpn, pte, old);
    this.replace(on, vma, vpn, pte, old, fresh, count);
    reclaim.add(on, fresh);
    reclaim.markAccessed(on, fresh);
    on.count(C.COW_FAULTS);
    pages.put(on, old);
  }

  /** break_cow() of the first `count` virtual pages of Clusters.vpns. */
  private replace(on: KernelCpu, vma: Vma, vpn: number, pte: number, old: number, fresh: number, count: number): void {
    const { mm } = vma;
    const { tables, memMap, ptePages, rmap, pages, tlb, highmem } = this.parts;
    const { vpns } = tables.clusters;
    const slot = ptePages.slots[pte >> ptePages.entriesShift];
    const first = memMap.slotOf(fresh);
    const mask = (1 << memMap.shift) - 1;
    highmem.mapPtes(on, slot, mm, 'KM_PTE0');
    for (let i = 0; i < count; i++) {
      const each = vpns[i];
      const at = pte + each - vpn;
      const was = ptePages.get(at);
      if (i > 0) {
        pages.get(on, fresh);
        on.work(STEP.piece);
      }
      if ((was & PTE_DIRTY) !== 0 && (memMap.flags[old] & PG_ANON) !== 0) memMap.flags[old] |= PG_DIRTY;
      // Dirty, every one: 2.4's swap_out() drops a clean anonymous pte as one that was never written.
      const flags = PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY;
      tables.setPte(on, at, makePte(first + (pteNumber(was) & mask), flags));
      memMap.unmap(old);
      rmap.remove(on, old, at);
      memMap.map(fresh);
      rmap.add(on, fresh, at, vma, each);
      pages.put(on, old);
    }
    highmem.unmapPtes(on, slot, mm, 'KM_PTE0');
    if (count === 1) tlb.page(on, mm, vpn);
    else tlb.mm(on, mm);
  }
}
