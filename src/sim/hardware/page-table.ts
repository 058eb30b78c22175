/**
 * The page tables of one address space as the i386's walker reads them: pages of 512 eight-byte entries (PAE and
 * 64-bit) or 1,024 four-byte ones, two levels of them. The four PAE page-directory pointers sit in the CPU; the upper
 * levels of a 64-bit machine count as cached in the walker. Where the tables themselves lie (their frames) matters: the
 * walker's reads go through L2 and, from another quad, over the interconnect.
 */
const NONE = -1;

export class PageTable {
  /** ptes: slot of the frame + 1, 0 for none; page p of them starts at p << entriesShift. */
  private ptes: Int32Array;
  private ptePages = 0;
  /** Upper entry to pte page + 1. */
  private readonly upper: Int32Array;
  /** Slot of the frame that holds a pte page, or a page of the upper level. */
  private ptePageSlot = new Int32Array(16);
  private readonly upperPageSlot: Int32Array;
  private readonly entriesShift: number;
  private readonly entryMask: number;
  private readonly entryShift: number;

  /** `wide`: eight-byte entries. `vpns`: virtual pages of the address space, from 0. */
  constructor(wide: boolean, vpns: number) {
    this.entriesShift = wide ? 9 : 10;
    this.entryShift = wide ? 3 : 2;
    this.entryMask = (1 << this.entriesShift) - 1;
    const entries = Math.ceil(vpns / (1 << this.entriesShift));
    this.upper = new Int32Array(entries);
    this.upperPageSlot = new Int32Array(Math.ceil(entries / (1 << this.entriesShift))).fill(NONE);
    this.ptes = new Int32Array(4 << this.entriesShift);
  }

  /** Slot of the frame that a virtual page is mapped to, or -1. */
  lookup(vpn: number): number {
    const page = this.upper[vpn >> this.entriesShift];
    return page === 0 ? NONE : this.ptes[((page - 1) << this.entriesShift) + (vpn & this.entryMask)] - 1;
  }

  /** True when the pte page of a virtual page is there. */
  hasPtePage(vpn: number): boolean {
    return this.upper[vpn >> this.entriesShift] !== 0;
  }

  /** True when the upper page that would point to it is there. */
  hasUpperPage(vpn: number): boolean {
    return this.upperPageSlot[vpn >> (2 * this.entriesShift)] !== NONE;
  }

  addUpperPage(vpn: number, slot: number): void {
    this.upperPageSlot[vpn >> (2 * this.entriesShift)] = slot;
  }

  addPtePage(vpn: number, slot: number): void {
    const page = this.ptePages++;
    if (this.ptePages << this.entriesShift > this.ptes.length) {
      const bigger = new Int32Array(this.ptes.length * 2);
      bigger.set(this.ptes);
      this.ptes = bigger;
    }
    if (page === this.ptePageSlot.length) {
      const bigger = new Int32Array(page * 2);
      bigger.set(this.ptePageSlot);
      this.ptePageSlot = bigger;
    }
    this.ptePageSlot[page] = slot;
    this.upper[vpn >> this.entriesShift] = page + 1;
  }

  /** Points the pte of a virtual page, whose pte page is there, at a frame. */
  map(vpn: number, slot: number): void {
    const page = this.upper[vpn >> this.entriesShift] - 1;
    this.ptes[(page << this.entriesShift) + (vpn & this.entryMask)] = slot + 1;
  }

  /** Physical position, in units of 1 << `shift` bytes from slot 0, of the upper entry that the walker reads first. */
  upperEntryLine(vpn: number, shift: number): number {
    const entry = vpn >> this.entriesShift;
    const slot = this.upperPageSlot[entry >> this.entriesShift];
    return (slot << (12 - shift)) | (((entry & this.entryMask) << this.entryShift) >> shift);
  }

  /** The same of the pte, which the walker reads second. */
  pteLine(vpn: number, shift: number): number {
    const slot = this.ptePageSlot[this.upper[vpn >> this.entriesShift] - 1];
    return (slot << (12 - shift)) | (((vpn & this.entryMask) << this.entryShift) >> shift);
  }
}
