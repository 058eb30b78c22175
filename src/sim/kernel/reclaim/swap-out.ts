/**
 * swap_out() of 2.4.22, for kernels that cannot ask a page for its ptes: goes round the address spaces, resumes each where
 * it stopped, and takes away ptes that were not used since it last came by, 32 pages that come free of users a call; mm/vmscan.c.
 *
 * mmlist is in the order in which address spaces were made (the kernel puts a child behind its parent); init_mm, which has
 * nothing mapped, is where a round begins.
 */
import { PTE_DIRTY, PTE_PRESENT, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { Mm } from '../mm/mm.ts';
import { VM_HUGETLB, VM_LOCKED, type Vma } from '../mm/vma.ts';
import { PG_ACTIVE, PG_DIRTY, PG_LOCKED, PG_WRITEBACK } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { hasMapping } from './page-state.ts';
import type { TwoLists } from './two-lists.ts';
import { SWAP_CLUSTER_MAX } from './writeback.ts';

/** swap_address of an address space that has been gone through. */
const TASK_SIZE = Infinity;
const INIT_MM = 0;

export class SwapOut {
  /** Ptes taken away so far. */
  unmapped = 0;
  /** Number of swap_mm. */
  private current = INIT_MM;
  /** swap_address (vpn) by number of the mm; 0 where there is none. */
  private readonly addresses = new Map<number, number>();

  constructor(
    private readonly parts: KernelParts,
    private readonly lru: TwoLists,
  ) {}

  /** True when 32 pages have lost their last user. `eligible`: zones (by number) whose pages are wanted. */
  swapOut(on: KernelCpu, eligible: Uint8Array): boolean {
    const outer = on.enter(FN.swap_out);
    let left = SWAP_CLUSTER_MAX;
    for (let counter = this.parts.mms.size; counter >= 0 && left > 0; counter--) {
      const mm = this.nextMm();
      if (mm === undefined) break;
      left = this.swapOutMm(on, mm, left, eligible);
    }
    on.leave(outer);
    return left === 0;
  }

  /** swap_mm, or the next that has not been gone through, each that has begins anew; undefined where there is none at all. */
  private nextMm(): Mm | undefined {
    const { mms } = this.parts;
    while (mms.size > 0) {
      const mm = mms.get(this.current);
      if (mm !== undefined && this.addresses.get(mm.id) !== TASK_SIZE) return mm;
      this.addresses.delete(this.current);
      this.current = this.after(this.current);
    }
    return undefined;
  }

  /** Number of the mm behind one on mmlist, which init_mm closes. */
  private after(id: number): number {
    for (const other of this.parts.mms.keys()) if (other > id) return other;
    return INIT_MM;
  }

  private swapOutMm(on: KernelCpu, mm: Mm, wanted: number, eligible: Uint8Array): number {
    let left = wanted;
    on.lock('page_table_lock', mm.at);
    let address = this.addresses.get(mm.id) ?? 0;
    for (let i = mm.indexAbove(address); i < mm.vmas.length && left > 0; i++) {
      const vma = mm.vmas[i];
      on.read(vma.at);
      address = Math.max(address, vma.start);
      if ((vma.flags & VM_HUGETLB) !== 0) continue;
      left = this.swapOutVma(on, mm, vma, address, left, eligible);
    }
    if (left > 0) this.addresses.set(mm.id, TASK_SIZE);
    on.unlock('page_table_lock', mm.at);
    return left;
  }

  private swapOutVma(on: KernelCpu, mm: Mm, vma: Vma, from: number, wanted: number, eligible: Uint8Array): number {
    const { ptePages, memMap, walk } = this.parts;
    const perPage = ptePages.entries;
    let left = wanted;
    for (let vpn = from; vpn < vma.end && left > 0;) {
      const end = Math.min(vma.end, (Math.floor(vpn / perPage) + 1) * perPage);
      let pte = walk.find(on, mm, vpn);
      if (pte < 0) {
        vpn = end;
        continue;
      }
      let line = -1;
      for (; vpn < end && left > 0; vpn++, pte++) {
        const at = ptePages.addressOf(pte);
        if (at !== line) on.read(at);
        line = at;
        const value = ptePages.get(pte);
        if ((value & PTE_PRESENT) === 0) continue;
        if (this.tryToSwapOut(on, vma, pte, memMap.pageOf(pteNumber(value)), eligible)) left--;
      }
      this.addresses.set(mm.id, vpn);
    }
    return left;
  }

  /** try_to_swap_out(): true when the page has no user left but its cache. */
  private tryToSwapOut(on: KernelCpu, vma: Vma, pte: number, page: number, eligible: Uint8Array): boolean {
    const outer = on.enter(FN.try_to_swap_out);
    const freeable = this.tryPte(on, vma, pte, page, eligible);
    on.leave(outer);
    return freeable;
  }

  private tryPte(on: KernelCpu, vma: Vma, pte: number, page: number, eligible: Uint8Array): boolean {
    const { memMap, walk, rmap, swap, ptePages, pages } = this.parts;
    if ((vma.flags & VM_LOCKED) !== 0 || walk.testAndClearYoung(on, pte)) {
      this.lru.markAccessed(on, page);
      return false;
    }
    on.read(memMap.addressOf(page));
    if ((memMap.flags[page] & PG_ACTIVE) !== 0 || eligible[memMap.zone[page]] === 0) return false;
    if ((memMap.flags[page] & (PG_LOCKED | PG_WRITEBACK)) !== 0) return false;
    const dirty = (ptePages.get(pte) & PTE_DIRTY) !== 0 || (memMap.flags[page] & PG_DIRTY) !== 0;
    if (!hasMapping(memMap, page) && dirty && !swap.add(on, page)) return false;
    pages.get(on, page);
    walk.take(on, pte, page);
    this.unmapped++;
    rmap.remove(on, page, pte);
    // The cache's reference and this one.
    const freeable = memMap.count[page] <= 2;
    pages.put(on, page);
    return freeable;
  }
}
