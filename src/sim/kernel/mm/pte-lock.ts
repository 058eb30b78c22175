/**
 * Who guards the ptes of an address space. 2.6.0 has mm->page_table_lock for all of its tables; with shared page tables
 * (CONFIG_SHAREPTE) that one guards the upper entries alone, and ptes have pte_page_lock, a bit of the struct page of their
 * pte page. A fault takes page_table_lock, walks down, takes pte_page_lock and lets go of page_table_lock; what works on
 * ranges holds both. Source: the note on locking in mm/memory.c of shpte-2.5.43-mm2-4.
 */
import type { KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';
import type { Mm } from './mm.ts';

export class PteLock {
  /** Pte pages have a lock of their own. */
  readonly perPage: boolean;

  constructor(private readonly parts: KernelParts) {
    this.perPage = parts.traits.sharedPageTables !== 'off';
  }

  /** What a fault lets go of while it waits for memory: the lock over the ptes of the pte page of `pte`. */
  unlock(on: KernelCpu, mm: Mm, pte: number): void {
    if (this.perPage) on.unlock('pte_page_lock', this.addressOf(this.pageOf(pte)));
    else on.unlock('page_table_lock', mm.at);
  }

  lock(on: KernelCpu, mm: Mm, pte: number): void {
    if (this.perPage) on.lock('pte_page_lock', this.addressOf(this.pageOf(pte)));
    else on.lock('page_table_lock', mm.at);
  }

  /** pte_page_lock of a pte page, under page_table_lock; nothing where that is all there is. */
  lockPage(on: KernelCpu, ptePage: number): void {
    if (this.perPage) on.lock('pte_page_lock', this.addressOf(ptePage));
  }

  unlockPage(on: KernelCpu, ptePage: number): void {
    if (this.perPage) on.unlock('pte_page_lock', this.addressOf(ptePage));
  }

  /** Of the pte pages of two ptes (mremap), which may be one and the same. */
  lockBoth(on: KernelCpu, one: number, other: number): void {
    this.lockPage(on, this.pageOf(one));
    if (this.pageOf(other) !== this.pageOf(one)) this.lockPage(on, this.pageOf(other));
  }

  unlockBoth(on: KernelCpu, one: number, other: number): void {
    if (this.pageOf(other) !== this.pageOf(one)) this.unlockPage(on, this.pageOf(other));
    this.unlockPage(on, this.pageOf(one));
  }

  private pageOf(pte: number): number {
    return pte >> this.parts.ptePages.entriesShift;
  }

  private addressOf(ptePage: number): KAddr {
    const { memMap, ptePages } = this.parts;
    return memMap.addressOf(memMap.pageOf(ptePages.slots[ptePage]));
  }
}
