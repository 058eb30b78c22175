/**
 * The end of every fault: ptes that map a page, with the counts that belong to them. A page has a reference for each pte
 * (the caller brings the first) and a mapcount of as many; the reverse map and rss are told. do_anonymous_page() and
 * do_no_page() of mm/memory.c, 2.6.0; the vector of page clusters is Clusters'.
 */
import * as C from '../../base/counters.ts';
import { PMD_RW } from '../../hardware/page-table.ts';
import { makePte } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { STEP } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Vma } from './vma.ts';

export class Fill {
  constructor(private readonly parts: KernelParts) {}

  /**
   * Maps the pieces of `page` that the first `count` virtual pages of Clusters.vpns show; `vpn` is the fault's own and
   * `pte` its entry. `flags` go into each, `own` into the fault's alone. The caller's reference becomes a pte's.
   */
  vector(
    on: KernelCpu,
    vma: Vma,
    vpn: number,
    pte: number,
    page: number,
    flags: number,
    own: number,
    count: number,
  ): void {
    const { tables } = this.parts;
    const { vpns } = tables.clusters;
    for (let i = 0; i < count; i++) {
      const each = vpns[i];
      if (i > 0) {
        this.parts.pages.get(on, page);
        on.work(STEP.piece);
      }
      const piece = tables.clusters.pieceOf(vma, each);
      this.one(on, vma, each, pte + each - vpn, page, piece, each === vpn ? flags | own : flags);
    }
  }

  /**
   * How many of the `count` pieces of a vector may be filled: all, or the fault's own alone where the pte page is shared to be
   * copied on write, since the others that use it need not have the same mapping beside it.
   */
  reach(vma: Vma, vpn: number, pte: number, count: number): number {
    const { ptePages, tables } = this.parts;
    if (count === 1 || ptePages.sharers[pte >> ptePages.entriesShift] === 1) return count;
    if ((vma.mm.table.pmdOf(vpn) & PMD_RW) !== 0) return count;
    tables.clusters.vpns[0] = vpn;
    return 1;
  }

  /** Maps one piece of a page by a pte that is not present. */
  one(on: KernelCpu, vma: Vma, vpn: number, pte: number, page: number, piece: number, flags: number): void {
    const { tables, memMap, rmap } = this.parts;
    memMap.map(page);
    tables.setPte(on, pte, makePte(memMap.slotOf(page) + piece, flags));
    rmap.add(on, page, pte, vma, vpn);
    on.count(C.PTES_FILLED);
  }
}

/**
 * Under page_table_lock of a vma's mm and pte_page_lock of the pte pages of two ptes (which may be one): what the reverse
 * map needs for one pte more is at hand afterwards. Where memory has to be waited for the locks are let go, and page
 * replacement may clear ptes meanwhile.
 */
export function readyAdd(
  on: KernelCpu,
  { rmap, tables }: KernelParts,
  page: number,
  vma: Vma,
  pte: number,
  other = pte,
): void {
  if (rmap.tryPrepareAdd(on, page, vma)) return;
  tables.locks.unlockBoth(on, pte, other);
  on.unlock('page_table_lock', vma.mm.at);
  rmap.prepareAdd(on, page, vma);
  on.lock('page_table_lock', vma.mm.at);
  tables.locks.lockBoth(on, pte, other);
}
