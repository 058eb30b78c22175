/**
 * The page tables of one address space as the i386's walker reads them: upper entries (pmd) that point to pte pages of
 * the pool (pte-pages.ts) or map a huge page. Three levels with PAE, two without; the four PAE page-directory pointers
 * sit in the CPU, and the upper levels of a 64-bit machine count as cached in the walker. Where the tables themselves
 * lie (their frames) matters: the walker's reads go through L2 and, from another quad, over the interconnect.
 */
import { invariant } from '../base/errors.ts';
import { kaddr, type KAddr } from '../base/units.ts';
import { PTE_PRESENT, pteNumber, type PtePages } from './pte-pages.ts';

/** Flags of an upper entry; its number (pte page + 1, or slot + 1 of a huge page's first frame) is above them. */
export const PMD_RW = 1;
export const PMD_HUGE = 2;
const PMD_SHIFT = 2;
/** Virtual pages that an address space may have: the last number of 31 bits stands for none in a TLB. */
export const MOST_VPNS = 2 ** 31 - 1;

export class PageTable {
  /** Per upper entry: number + 1 << PMD_SHIFT with flags, 0 for none. */
  readonly upper: Int32Array;
  /** Slot of the frame of each page of upper entries, -1 for none. */
  readonly upperPageSlot: Int32Array;
  /** Number that whoever made it knows it by (the kernel's mm). */
  owner = 0;
  private readonly entriesShift: number;
  private readonly entryMask: number;

  /** `vpns`: virtual pages of the address space, from 0. */
  constructor(
    readonly pool: PtePages,
    readonly vpns: number,
  ) {
    invariant(vpns <= MOST_VPNS, 'an address space has more pages than a TLB can name', { vpns });
    this.entriesShift = pool.entriesShift;
    this.entryMask = pool.entries - 1;
    const entries = Math.ceil(vpns / pool.entries);
    this.upper = new Int32Array(entries);
    this.upperPageSlot = new Int32Array(Math.ceil(entries / pool.entries)).fill(-1);
  }

  /** Number of the pte of a virtual page in the pool, or -1 where its pte page is not there (or the page is huge). */
  pteOf(vpn: number): number {
    const entry = this.upper[vpn >> this.entriesShift];
    if (entry === 0 || (entry & PMD_HUGE) !== 0) return -1;
    return (((entry >> PMD_SHIFT) - 1) << this.entriesShift) + (vpn & this.entryMask);
  }

  /** Pte page of a virtual page, or -1. */
  ptePageOf(vpn: number): number {
    const entry = this.upper[vpn >> this.entriesShift];
    return entry === 0 || (entry & PMD_HUGE) !== 0 ? -1 : (entry >> PMD_SHIFT) - 1;
  }

  /** Upper entry of a virtual page, 0 for none. */
  pmdOf(vpn: number): number {
    return this.upper[vpn >> this.entriesShift];
  }

  /** Points the upper entry at a pte page of the pool, and counts the sharer. */
  attach(vpn: number, ptePage: number, writable: boolean): void {
    this.upper[vpn >> this.entriesShift] = ((ptePage + 1) << PMD_SHIFT) | (writable ? PMD_RW : 0);
    this.pool.sharers[ptePage]++;
  }

  /** Clears the upper entry, and counts the sharer off; returns the pte page. */
  detach(vpn: number): number {
    const page = this.ptePageOf(vpn);
    this.upper[vpn >> this.entriesShift] = 0;
    this.pool.sharers[page]--;
    return page;
  }

  /** Sets or takes the right to write through the upper entry. */
  setWritable(vpn: number, writable: boolean): void {
    const at = vpn >> this.entriesShift;
    this.upper[at] = (this.upper[at] & ~PMD_RW) | (writable ? PMD_RW : 0);
  }

  /** Maps a huge page (a whole upper entry), or with slot -1 unmaps it. */
  mapHuge(vpn: number, slot: number, writable: boolean): void {
    this.upper[vpn >> this.entriesShift] =
      slot < 0 ? 0 : ((slot + 1) << PMD_SHIFT) | PMD_HUGE | (writable ? PMD_RW : 0);
  }

  /** Which 4 KiB of its huge page a virtual page is. */
  withinHuge(vpn: number): number {
    return vpn & this.entryMask;
  }

  /** Slot of the first frame of the huge page of an upper entry. */
  static hugeSlot(pmd: number): number {
    return (pmd >>> PMD_SHIFT) - 1;
  }

  /** Slot of the frame that a virtual page is mapped to, -1 for none; nothing is marked accessed. */
  slotOf(vpn: number): number {
    const upper = this.pmdOf(vpn);
    if ((upper & PMD_HUGE) !== 0) return PageTable.hugeSlot(upper) + this.withinHuge(vpn);
    const at = this.pteOf(vpn);
    if (at < 0 || (this.pool.ptes[at] & PTE_PRESENT) === 0) return -1;
    return pteNumber(this.pool.ptes[at]);
  }

  hasUpperPage(vpn: number): boolean {
    return this.upperPageSlot[vpn >> (2 * this.entriesShift)] !== -1;
  }

  addUpperPage(vpn: number, slot: number): void {
    this.upperPageSlot[vpn >> (2 * this.entriesShift)] = slot;
  }

  /** Where the upper entry of a virtual page lies: the walker reads it first. */
  upperEntryAddress(vpn: number): KAddr {
    const entry = vpn >> this.entriesShift;
    const slot = this.upperPageSlot[entry >> this.entriesShift];
    return kaddr(slot, (entry & this.entryMask) << this.pool.entryShift);
  }
}
