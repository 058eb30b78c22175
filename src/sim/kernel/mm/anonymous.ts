/**
 * do_anonymous_page(): the first touch of private memory, mm/memory.c of 2.6.0. With page clusters one page fills the
 * vector of the aligned cluster.
 *
 * Deviation: a read takes a page too; 2.4 and 2.6.0 map ZERO_PAGE until the first write, which the programs of the lab
 * nearly always begin with (and a trace's text would share one frame).
 */
import * as C from '../../base/counters.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_RW } from '../../hardware/pte-pages.ts';
import { GFP_HIGHUSER } from '../alloc/gfp.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { clearHighpage } from '../highmem/highpage.ts';
import { OWNER, PG_ANON } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Fill } from './fill.ts';
import type { Vma } from './vma.ts';

export class AnonymousFaults {
  constructor(
    private readonly parts: KernelParts,
    private readonly fill: Fill,
  ) {}

  /** A page for anonymous memory of a vma, placed by the policy; its contents are the caller's. */
  page(on: KernelCpu, vma: Vma, vpn: number): number {
    const { pages, placement, memMap } = this.parts;
    const page = pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous, placement.forVma(on, vma, vpn));
    memMap.flags[page] |= PG_ANON;
    return page;
  }

  /** Called and left under the lock over the ptes. */
  fault(on: KernelCpu, vma: Vma, vpn: number, pte: number, write: boolean): void {
    const outer = on.enter(FN.do_anonymous_page);
    const { mm } = vma;
    const { tables, rmap, highmem, ptePages, reclaim } = this.parts;
    tables.locks.unlock(on, mm, pte);
    rmap.prepareAnon(on, vma);
    const page = this.page(on, vma, vpn);
    clearHighpage(on, this.parts, page);
    rmap.prepareAdd(on, page, vma);
    tables.locks.lock(on, mm, pte);
    const slot = ptePages.slots[pte >> ptePages.entriesShift];
    highmem.mapPtes(on, slot, mm, 'KM_PTE0');
    const count = this.fill.reach(vma, vpn, pte, tables.clusters.anonymous(on, vma, vpn, pte));
    const flags = PTE_PRESENT | PTE_ACCESSED | (vma.writable ? PTE_RW : 0);
    this.fill.vector(on, vma, vpn, pte, page, flags, write ? PTE_DIRTY : 0, count);
    highmem.unmapPtes(on, slot, mm, 'KM_PTE0');
    reclaim.add(on, page);
    reclaim.markAccessed(on, page);
    on.count(C.ANON_FAULTS);
    on.leave(outer);
  }
}
