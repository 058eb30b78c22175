/**
 * move_page_tables() of 2.6.0 mm/mremap.c: page by page from the end, each with a flush of its own. A swap entry or file
 * pte moves as it is; a page's reverse map follows it, and where it cannot (anonmm knows one address a page) the page is
 * copied. With shared page tables both sides are unshared first.
 */
import { makePte, PTE_DIRTY, PTE_PRESENT, PTE_SHIFT, pteNumber } from '../../hardware/pte-pages.ts';
import { GFP_HIGHUSER } from '../alloc/gfp.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import { copyHighpage } from '../highmem/highpage.ts';
import { OWNER, PG_ANON } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { readyAdd } from './fill.ts';
import type { PageTables } from './page-tables.ts';
import type { Vma } from './vma.ts';

const FLAGS = (1 << PTE_SHIFT) - 1;

export class MoveRange {
  constructor(
    private readonly parts: KernelParts,
    private readonly tables: PageTables,
  ) {}

  move(on: KernelCpu, vma: Vma, from: number, to: number, pages: number, newVma: Vma): void {
    for (let i = pages - 1; i >= 0; i--) this.moveOne(on, vma, from + i, to + i, newVma);
  }

  /** move_one_page(). */
  private moveOne(on: KernelCpu, vma: Vma, from: number, to: number, newVma: Vma): void {
    const { mm } = vma;
    const { ptePages, highmem } = this.parts;
    if (!mm.table.hasUpperPage(from)) return;
    const outer = on.enter(FN.move_one_page);
    on.lock('page_table_lock', mm.at);
    on.read(mm.table.upperEntryAddress(from));
    const { locks } = this.tables;
    if (mm.table.ptePageOf(from) >= 0) {
      locks.lockPage(on, mm.table.ptePageOf(from));
      this.tables.breakShare(on, mm, from);
      // Two pte pages are not waited for with one of them locked; and the target's comes before the source's number is
      // taken: making it may reclaim, and clear the source.
      locks.unlockPage(on, mm.table.ptePageOf(from));
      const target = this.tables.ensurePte(on, mm, to, true);
      const source = mm.table.pteOf(from);
      if (mm.table.ptePageOf(from) !== mm.table.ptePageOf(to)) locks.lockPage(on, mm.table.ptePageOf(from));
      // get_one_pte_map_nested(): the target is mapped already.
      const slot = ptePages.slots[source >> ptePages.entriesShift];
      highmem.mapPtes(on, slot, mm, 'KM_PTE1');
      on.read(ptePages.addressOf(source));
      highmem.unmapPtes(on, slot, mm, 'KM_PTE1');
      const value = ptePages.get(source);
      if ((value & PTE_PRESENT) !== 0)
        readyAdd(on, this.parts, this.parts.memMap.pageOf(pteNumber(value)), newVma, target, source);
      if (value !== 0) this.carry(on, source, target, from, to, newVma);
      locks.unlockBoth(on, target, source);
    }
    on.unlock('page_table_lock', mm.at);
    on.leave(outer);
  }

  /** copy_one_pte(). */
  private carry(on: KernelCpu, source: number, target: number, from: number, to: number, vma: Vma): void {
    const { ptePages, memMap, rmap, tlb } = this.parts;
    on.work(STEP.copy);
    const value = ptePages.get(source);
    ptePages.set(source, 0);
    on.atomic(ptePages.addressOf(source));
    if ((value & PTE_PRESENT) !== 0) tlb.page(on, vma.mm, from);
    ptePages.set(target, value);
    on.write(ptePages.addressOf(target));
    if ((value & PTE_PRESENT) === 0) return;
    const page = memMap.pageOf(pteNumber(value));
    if (rmap.moved(on, page, source, target, vma, to)) this.copyAway(on, page, source, target, vma, to);
  }

  /**
   * The target gets a copy instead of a page that others know by its old address (Hugh Dickins' anonmm: shared pages are
   * copied early). The reverse map still has the page under `source`.
   */
  private copyAway(on: KernelCpu, page: number, source: number, target: number, vma: Vma, vpn: number): void {
    const { ptePages, memMap, rmap, pages, reclaim, placement } = this.parts;
    const fresh = pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous, placement.forVma(on, vma, vpn));
    memMap.flags[fresh] |= PG_ANON;
    copyHighpage(on, this.parts, page, fresh);
    const value = ptePages.get(target);
    const piece = pteNumber(value) - memMap.slotOf(page);
    ptePages.set(target, makePte(memMap.slotOf(fresh) + piece, (value & FLAGS) | PTE_DIRTY));
    on.write(ptePages.addressOf(target));
    memMap.unmap(page);
    rmap.remove(on, page, source);
    memMap.map(fresh);
    rmap.add(on, fresh, target, vma, vpn);
    reclaim.add(on, fresh);
    pages.put(on, page);
  }
}
