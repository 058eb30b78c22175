/** Which ptes a fault fills: its own alone, with pages of one frame. */
import type { KernelParts } from '../parts.ts';
import type { Vma } from './vma.ts';

export class Clusters {
  private readonly mask: number;

  constructor(parts: KernelParts) {
    this.mask = (1 << parts.traits.mmuShift) - 1;
  }

  /** Piece of its page cluster that a virtual page of a vma shows. */
  pieceOf(vma: Vma, vpn: number): number {
    return vma.pgoffOf(vpn) & this.mask;
  }
}
