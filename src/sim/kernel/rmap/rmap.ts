/**
 * What the memory manager asks of a reverse map, whichever it is. One reverse map serves file and anonymous pages; the
 * partial ones hand anonymous pages to another. `pte` numbers are entries of the pool (hardware/pte-pages.ts); `page`
 * numbers are of mem_map. MemMap.mapcount is kept by the caller (mm/), one for each present pte, in every variant.
 */
import type { KernelCpu } from '../cpu.ts';
import type { Mm } from '../mm/mm.ts';
import type { Vma } from '../mm/vma.ts';

/** SWAP_SUCCESS, SWAP_AGAIN, SWAP_FAIL of try_to_unmap(). */
export type UnmapResult = 'success' | 'again' | 'fail';

export interface Rmap {
  /** As reports and traits name it. */
  readonly kind: string;
  /** True where reclaim can ask it for the ptes of a page; false for 2.4's none: swap_out() scans address spaces. */
  readonly finds: boolean;
  /**
   * pte_chain_alloc(GFP_KERNEL): what add() needs for every piece of the page (which has its kind already, PG_anon or not) in the
   * vma is at hand afterwards, on this CPU. May reclaim and wait: no spinlock is held.
   */
  prepareAdd(on: KernelCpu, page: number, vma: Vma): void;
  /** The same for one pte and with GFP_ATOMIC, under locks; false where there is no memory: let go of them and prepareAdd(). */
  tryPrepareAdd(on: KernelCpu, page: number, vma: Vma): boolean;
  /** page_add_rmap(), after one of the two: `pte` (of `vpn` in `vma`) has just been set to map `page`. */
  add(on: KernelCpu, page: number, pte: number, vma: Vma, vpn: number): void;
  /** page_remove_rmap(): `pte` has just been cleared. */
  remove(on: KernelCpu, page: number, pte: number): void;
  /** page_referenced(): test and clear the accessed bit of every pte that maps it; how many were set. */
  referenced(on: KernelCpu, page: number): number;
  /** try_to_unmap(): the page is locked; takes every pte that maps it away. */
  tryToUnmap(on: KernelCpu, page: number): UnmapResult;
  /**
   * __vma_link_file() and __remove_shared_vm_struct(): a vma of a file begins to map it, and ceases to; around every
   * change of its bounds, and around its becoming nonlinear.
   */
  linkVma(on: KernelCpu, vma: Vma): void;
  unlinkVma(on: KernelCpu, vma: Vma): void;
  /** remove_vm_struct(): a vma goes, from its file as from its anonymous memory. Nothing of it is mapped any more. */
  dropVma(on: KernelCpu, vma: Vma): void;
  /** anon_vma_prepare(): before the first anonymous page of a vma. */
  prepareAnon(on: KernelCpu, vma: Vma): void;
  /** `child` is made after `parent`, whose pages it may map too: by fork, as the other part of a split, or by mremap. */
  forkVma(on: KernelCpu, parent: Vma, child: Vma): void;
  /** An mm is made by exec (parent undefined) or fork, and goes. */
  enterMm(on: KernelCpu, mm: Mm, parent: Mm | undefined): void;
  leaveMm(on: KernelCpu, mm: Mm): void;
  /** mremap moved a page of `vma` from one pte to another (both in one mm). Returns true when the page must be copied first (anonmm). */
  moved(on: KernelCpu, page: number, from: number, to: number, vma: Vma, vpn: number): boolean;
  /** Every pte that maps the page, at no cost: for reports and checks. */
  ptesOf(page: number): readonly number[];
}

/** What a reverse map needs of the page tables, given to it by mm/. */
export interface PteWalk {
  /** Mms whose page tables point to the pte's page (several where page tables are shared). */
  mmsOf(pte: number): readonly Mm[];
  /** The pte of a vpn in an mm at the cost of walking there (highpte: an atomic kmap), or -1. */
  find(on: KernelCpu, mm: Mm, vpn: number): number;
  /** Tests and clears the accessed bit. */
  testAndClearYoung(on: KernelCpu, pte: number): boolean;
  /**
   * Takes away a present pte for try_to_unmap(): clears it, flushes the TLBs of every mm that shares it, leaves a swap
   * entry or a file pte where the page needs one, counts rss and the page's mapcount down, marks the page dirty when the
   * pte was, drops the page's reference. The reverse map removes its own entry itself.
   */
  take(on: KernelCpu, pte: number, page: number): void;
}
