/**
 * What the object-based reverse maps do at each address where a page should be: walk the page table there, see whether
 * the pte maps this page, test its accessed bit or take it away. page_referenced_one() and try_to_unmap_one() of 2.6.7
 * mm/rmap.c, and their forerunners of partial objrmap (2.5.66-mm) and of anonmm.
 *
 * A page cluster has a pte for each of its pieces that lies in the vma; they are looked at one by one. Deviation: trylocks of
 * page_table_lock never fail. With shared page tables a pte that several mms use is counted in the first of them.
 */
import * as C from '../../base/counters.ts';
import { PTE_PRESENT, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { STEP } from '../functions.ts';
import type { Mm } from '../mm/mm.ts';
import { VmaList } from '../mm/vma-list.ts';
import { type Vma, VM_LOCKED } from '../mm/vma.ts';
import { PG_SWAPCACHE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { UnmapResult } from './rmap.ts';
import { linksOf } from './vma-ring.ts';

/** How a kernel goes about it. */
export interface WalkRule {
  /** page_table_lock is tried before it is known whether the vma covers the page (partial objrmap of 2.5.66). */
  readonly locksFirst: boolean;
  /** try_to_unmap_one() gives up at a pte that was accessed since page_referenced() (2.6.7). */
  readonly sparesYoung: boolean;
  /** An mm without any page present is passed over (2.6.7, anonmm). */
  readonly skipsEmpty: boolean;
}

export class VmaWalk {
  /** Mappings of the page that a walk has not met yet. */
  left = 0;
  private readonly vmas: VmaList;

  constructor(
    private readonly parts: KernelParts,
    private readonly rule: WalkRule,
  ) {
    this.vmas = new VmaList(parts);
  }

  /** Begins a walk over the ptes of a page. */
  begin(page: number): void {
    this.left = this.parts.memMap.mapcount[page];
  }

  /** page_referenced_one(): how many accessed bits of a page's ptes in a vma were set. */
  referenced(on: KernelCpu, page: number, vma: Vma): number {
    if (!this.covers(on, page, vma)) return 0;
    const { mm } = vma;
    if (!this.rule.locksFirst) on.lock('page_table_lock', mm.at);
    const young = this.youngIn(on, page, mm, this.firstVpn(page, vma), vma.start, vma.end);
    on.unlock('page_table_lock', mm.at);
    return young;
  }

  /** try_to_unmap_one(): `fail` where the vma or a pte forbids it, else `success`, also where nothing was found. */
  unmap(on: KernelCpu, page: number, vma: Vma): UnmapResult {
    if (!this.covers(on, page, vma)) return 'success';
    const { mm } = vma;
    if (!this.rule.locksFirst) on.lock('page_table_lock', mm.at);
    const result = this.unmapIn(on, page, mm, this.firstVpn(page, vma), vma.start, vma.end, vma);
    on.unlock('page_table_lock', mm.at);
    return result;
  }

  /** As referenced(), for an address space and the address where the page's first piece should be. */
  referencedAt(on: KernelCpu, page: number, mm: Mm, vpn: number): number {
    on.lock('page_table_lock', mm.at);
    const young = this.youngIn(on, page, mm, vpn, 0, mm.table.vpns);
    on.unlock('page_table_lock', mm.at);
    return young;
  }

  /** As unmap(), for an address space and an address; the vma is looked up where a pte is found. */
  unmapAt(on: KernelCpu, page: number, mm: Mm, vpn: number): UnmapResult {
    on.lock('page_table_lock', mm.at);
    const result = this.unmapIn(on, page, mm, vpn, 0, mm.table.vpns, undefined);
    on.unlock('page_table_lock', mm.at);
    return result;
  }

  /** The ptes of a page in a vma, at no cost. */
  collect(page: number, vma: Vma, into: number[]): void {
    this.collectAt(page, vma.mm, this.firstVpn(page, vma), vma.start, vma.end, into);
  }

  /** The same in an address space from the address of the page's first piece on, as far as [start, end) goes. */
  collectAt(page: number, mm: Mm, first: number, start: number, end: number, into: number[]): void {
    for (let vpn = first; vpn < first + (1 << this.parts.memMap.shift); vpn++) {
      if (vpn < start || vpn >= end || !mm.table.hasUpperPage(vpn)) continue;
      const pte = mm.table.pteOf(vpn);
      if (pte >= 0 && this.maps(pte, page) && !into.includes(pte)) into.push(pte);
    }
  }

  /** Ptes that map `page` in a vma, each handed to `found` with page_table_lock held. */
  each(on: KernelCpu, page: number, vma: Vma, found: (pte: number) => void): void {
    const first = this.firstVpn(page, vma);
    const { memMap } = this.parts;
    for (let piece = 0; piece < 1 << memMap.shift; piece++) {
      const vpn = first + piece;
      if (vpn < vma.start || vpn >= vma.end) continue;
      const pte = this.pteAt(on, page, vma.mm, vpn);
      if (pte >= 0 && this.countsFor(pte, vma.mm)) found(pte);
    }
  }

  /** Reads what tells whether a vma covers the page. With `locksFirst` the lock is held when it does. */
  private covers(on: KernelCpu, page: number, vma: Vma): boolean {
    const { mm } = vma;
    on.count(C.RMAP_STEPS);
    on.work(STEP.skip);
    on.read(linksOf(vma));
    on.read(vma.at);
    if (this.rule.skipsEmpty) {
      on.read(mm.at);
      if (mm.rss === 0) return false;
    }
    if (this.rule.locksFirst) on.lock('page_table_lock', mm.at);
    const first = this.firstVpn(page, vma);
    const covers = first + (1 << this.parts.memMap.shift) > vma.start && first < vma.end;
    if (!covers && this.rule.locksFirst) on.unlock('page_table_lock', mm.at);
    return covers;
  }

  /** Virtual page in a vma at which piece 0 of a page would be; it may lie outside, even below 0. */
  private firstVpn(page: number, vma: Vma): number {
    const { memMap } = this.parts;
    return vma.start + memMap.index[page] * (1 << memMap.shift) - vma.pgoff;
  }

  private youngIn(on: KernelCpu, page: number, mm: Mm, first: number, start: number, end: number): number {
    const { walk, memMap } = this.parts;
    let young = 0;
    for (let piece = 0; piece < 1 << memMap.shift; piece++) {
      const vpn = first + piece;
      if (vpn < start || vpn >= end) continue;
      const pte = this.pteAt(on, page, mm, vpn);
      if (pte < 0) continue;
      if (walk.testAndClearYoung(on, pte)) young++;
      if (this.countsFor(pte, mm)) this.left--;
    }
    return young;
  }

  private unmapIn(
    on: KernelCpu,
    page: number,
    mm: Mm,
    first: number,
    start: number,
    end: number,
    vma: Vma | undefined,
  ): UnmapResult {
    const { memMap } = this.parts;
    for (let piece = 0; piece < 1 << memMap.shift; piece++) {
      const vpn = first + piece;
      if (vpn < start || vpn >= end) continue;
      const pte = this.pteAt(on, page, mm, vpn);
      if (pte < 0) continue;
      const within = vma ?? this.vmas.find(on, mm, vpn);
      if (within === undefined || within.start > vpn || !this.takeOne(on, page, pte, within)) return 'fail';
    }
    return 'success';
  }

  private takeOne(on: KernelCpu, page: number, pte: number, vma: Vma): boolean {
    const { walk, memMap } = this.parts;
    if ((vma.flags & VM_LOCKED) !== 0 || this.lockedElsewhere(pte, vma)) return false;
    if (this.rule.sparesYoung) {
      if (walk.testAndClearYoung(on, pte)) return false;
      // Somebody else has the page (get_user_pages()): its swap cache and the caller hold it beside its ptes.
      const inSwap = (memMap.flags[page] & PG_SWAPCACHE) !== 0;
      if (inSwap && memMap.count[page] !== memMap.mapcount[page] + 2) return false;
    }
    walk.take(on, pte, page);
    this.left--;
    on.count(C.RMAP_REMOVES);
    return true;
  }

  /** With shared page tables: one of the others that use the pte has locked the page. */
  private lockedElsewhere(pte: number, vma: Vma): boolean {
    const mms = this.parts.walk.mmsOf(pte);
    if (mms.length === 1) return false;
    const vpn = this.parts.ptePages.vpnOf(pte);
    return mms.some((mm) => mm !== vma.mm && ((mm.vmaAt(vpn)?.flags ?? 0) & VM_LOCKED) !== 0);
  }

  /** The pte at an address if it maps this page, else -1. */
  private pteAt(on: KernelCpu, page: number, mm: Mm, vpn: number): number {
    if (vpn < 0) return -1;
    const pte = this.parts.walk.find(on, mm, vpn);
    return pte >= 0 && this.maps(pte, page) ? pte : -1;
  }

  private maps(pte: number, page: number): boolean {
    const { ptePages, memMap } = this.parts;
    const value = ptePages.get(pte);
    return (value & PTE_PRESENT) !== 0 && memMap.pageOf(pteNumber(value)) === page;
  }

  private countsFor(pte: number, mm: Mm): boolean {
    return this.parts.walk.mmsOf(pte)[0] === mm;
  }
}
