/**
 * Page clusters (W. L. Irwin's pgcl-2.5, 2003): which ptes one fault fills. A page has PAGE_MMUCOUNT pieces of 4 KiB; the
 * piece that a virtual page shows is decided by its offset in the file, or in the anonymous object, so that it is the same
 * wherever mremap moves it (for memory that never moved: virtual address mod PAGE_SIZE). With PAGE_MMUSHIFT 0 a page has one
 * piece, and every answer is the fault's own pte.
 */
import * as C from '../../base/counters.ts';
import { PTE_PRESENT, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { STEP } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Vma } from './vma.ts';

const NO_PAGE = -1;

export class Clusters {
  /** Virtual pages that the last question found, the fault's own among them, in ascending order. */
  readonly vpns: Int32Array;
  private readonly mask: number;
  private readonly shift: number;

  constructor(private readonly parts: KernelParts) {
    this.shift = parts.traits.mmuShift;
    this.mask = (1 << this.shift) - 1;
    this.vpns = new Int32Array(1 << this.shift);
  }

  /** Piece of its page cluster that a virtual page of a vma shows. */
  pieceOf(vma: Vma, vpn: number): number {
    return vma.pgoffOf(vpn) & this.mask;
  }

  /** Index, in clusters, of the page that a virtual page of a vma belongs to: of the page cache, or of the anonymous object. */
  indexOf(vma: Vma, vpn: number): number {
    return Math.floor(vma.pgoffOf(vpn) / (this.mask + 1));
  }

  /**
   * The vector of an anonymous fault at `vpn`, whose pte is `pte`: the pieces of the aligned cluster that lie in the vma and in
   * the same pte page and are pte_none. How many; which stands in `vpns`, and the pte of vpns[i] is pte + vpns[i] - vpn.
   * Counts how full vectors are.
   */
  anonymous(on: KernelCpu, vma: Vma, vpn: number, pte: number): number {
    const count = this.collect(on, vma, vpn, pte, NO_PAGE);
    if (this.shift > 0) {
      on.count(C.VECTORS);
      on.count(C.VECTOR_PTES, count);
    }
    return count;
  }

  /** The same for a page of the page cache: the pieces of it that fit the vma and hold nothing yet. */
  file(on: KernelCpu, vma: Vma, vpn: number, pte: number): number {
    return this.collect(on, vma, vpn, pte, NO_PAGE);
  }

  /** The sibling ptes of a vma that map `page` (the old page of a copy on write), which all go over to the copy. */
  siblings(on: KernelCpu, vma: Vma, vpn: number, pte: number, page: number): number {
    return this.collect(on, vma, vpn, pte, page);
  }

  /** The fault's own pte, and those of the cluster that are empty, or map `page`. */
  private collect(on: KernelCpu, vma: Vma, vpn: number, pte: number, page: number): number {
    if (this.shift === 0) {
      this.vpns[0] = vpn;
      return 1;
    }
    const { ptePages, memMap } = this.parts;
    const piece = this.pieceOf(vma, vpn);
    const inPage = pte & (ptePages.entries - 1);
    const first = Math.max(vpn - piece, vma.start, vpn - inPage);
    const last = Math.min(vpn - piece + this.mask, vma.end - 1, vpn - inPage + ptePages.entries - 1);
    let count = 0;
    for (let each = first; each <= last; each++) {
      const at = pte + each - vpn;
      if (each !== vpn) {
        on.read(ptePages.addressOf(at));
        const value = ptePages.get(at);
        const takes =
          page === NO_PAGE ? value === 0 : (value & PTE_PRESENT) !== 0 && memMap.pageOf(pteNumber(value)) === page;
        if (!takes) {
          on.work(STEP.skip);
          continue;
        }
        on.work(STEP.piece);
      }
      this.vpns[count++] = each;
    }
    return count;
  }
}
