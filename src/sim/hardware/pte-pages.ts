/**
 * Every pte page of the machine in one pool: 512 eight-byte entries (PAE, 64-bit) or 1,024 four-byte ones each. Page
 * tables point at them, several at one where the kernel shares them. A pte is one Int32: slot of the frame (or swap
 * entry, or file page) << PTE_SHIFT with the flags below; 0 is pte_none. `pte` numbers count entries of the whole pool.
 */
import { kaddr, type KAddr } from '../base/units.ts';

export const PTE_PRESENT = 1;
export const PTE_RW = 2;
export const PTE_ACCESSED = 4;
export const PTE_DIRTY = 8;
/** Not present: the number is a swap entry. */
export const PTE_SWAP = 16;
/** Not present: the number is a page of the file (nonlinear mapping). */
export const PTE_FILE = 32;
export const PTE_SHIFT = 7;

export class PtePages {
  /** log2 of the entries of a pte page. */
  readonly entriesShift: number;
  /** log2 of the bytes of an entry. */
  readonly entryShift: number;
  /** All entries; changes its identity when the pool grows. */
  ptes: Int32Array;
  /** Slot of the frame that holds each pte page (4 KiB, also where a page cluster holds several). */
  slots = new Int32Array(16);
  /** First virtual page that it maps. */
  baseVpns = new Int32Array(16);
  /** Page tables that point to it; 0 for a pte page that is not in use. */
  sharers = new Int32Array(16);
  /** Present ptes. */
  present = new Int32Array(16);
  private readonly free: number[] = [];
  private count = 0;

  constructor(wide: boolean) {
    this.entriesShift = wide ? 9 : 10;
    this.entryShift = wide ? 3 : 2;
    this.ptes = new Int32Array(16 << this.entriesShift);
  }

  get entries(): number {
    return 1 << this.entriesShift;
  }

  /** Pte pages in use. */
  get inUse(): number {
    return this.count - this.free.length;
  }

  /** A new pte page of empty entries; returns its number. */
  make(slot: number, baseVpn: number): number {
    const page = this.free.pop() ?? this.count++;
    if (page === this.slots.length) this.grow();
    this.slots[page] = slot;
    this.baseVpns[page] = baseVpn;
    this.sharers[page] = 0;
    this.present[page] = 0;
    this.ptes.fill(0, page << this.entriesShift, (page + 1) << this.entriesShift);
    return page;
  }

  drop(page: number): void {
    this.free.push(page);
  }

  get(pte: number): number {
    return this.ptes[pte];
  }

  /** Writes an entry and keeps the number of present ones. */
  set(pte: number, value: number): void {
    const before = this.ptes[pte];
    this.ptes[pte] = value;
    this.present[pte >> this.entriesShift] += (value & PTE_PRESENT) - (before & PTE_PRESENT);
  }

  /** Where an entry lies. */
  addressOf(pte: number): KAddr {
    return kaddr(this.slots[pte >> this.entriesShift], (pte & (this.entries - 1)) << this.entryShift);
  }

  /** Virtual page that an entry maps. */
  vpnOf(pte: number): number {
    return this.baseVpns[pte >> this.entriesShift] + (pte & (this.entries - 1));
  }

  private grow(): void {
    const size = this.slots.length * 2;
    const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const bigger = new Int32Array(size);
      bigger.set(old);
      return bigger;
    };
    this.slots = wider(this.slots);
    this.baseVpns = wider(this.baseVpns);
    this.sharers = wider(this.sharers);
    this.present = wider(this.present);
    const ptes = new Int32Array(size << this.entriesShift);
    ptes.set(this.ptes);
    this.ptes = ptes;
  }
}

/** The pte of a frame. */
export function makePte(slot: number, flags: number): number {
  return (slot << PTE_SHIFT) | flags;
}

/** Slot, swap entry or file page of a pte. */
export function pteNumber(pte: number): number {
  return pte >>> PTE_SHIFT;
}
