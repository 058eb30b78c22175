/**
 * A translation look-aside buffer: set-associative, true LRU, most recent way first, flushed whole on a change of
 * address space (CR3), as the P6's without global pages. A value is the first L1 line of the page. Deviation: a large page
 * takes an entry for each 4 KiB of it that is touched (the P6 has a few entries for large pages beside).
 *
 * Tags and values of all CPUs lie in one table each (base/arena.ts), since the core's hot loop looks at the first way of
 * a set itself. A tag is the virtual page number, with TAG_CLEAN on top while a write has to go by the page table first:
 * the page may not be written, or its pte does not say yet that it has been. A read compares the lower bits, a write
 * the whole tag: `(tag & tagMask(write)) === vpn`.
 */
import { Arena } from '../base/arena.ts';
import { log2 } from '../base/bits.ts';

/** What the TLBs of all CPUs that run have room for. */
export const MOST_TLB_ENTRIES = 2 ** 22;
const tagsArena = new Arena(MOST_TLB_ENTRIES);
const valuesArena = new Arena(MOST_TLB_ENTRIES);
/** Tags, EMPTY_TAG for none, and beside each the first L1 line of its page. */
export const allTags = tagsArena.data;
export const allValues = valuesArena.data;

/** Bit of a tag: a write walks the page table first. */
const TAG_CLEAN = 1 << 31;
/** The virtual page number of a tag. */
export const TAG_VPN = 0x7fffffff;
/** No page: its number would be 2^31 - 1, which no address space has (page-table.ts). */
const EMPTY_TAG = -1;

export class Tlb {
  /** Where this TLB begins in the tables. */
  readonly tags: number;
  readonly values: number;
  readonly setMask: number;
  readonly ways: number;
  private readonly entries: number;

  constructor(shape: { readonly entries: number; readonly ways: number }) {
    this.entries = shape.entries;
    this.ways = shape.ways;
    this.setMask = shape.entries / shape.ways - 1;
    log2(this.setMask + 1);
    this.tags = tagsArena.claim(shape.entries, EMPTY_TAG, this);
    this.values = valuesArena.claim(shape.entries, 0, this);
  }

  /** Brings the entry to the front; false when it is not there, or (for a write, 1) must not be used for one. */
  find(vpn: number, write: number): boolean {
    const { tags, values, ways } = this;
    const first = (vpn & this.setMask) * ways;
    for (let i = first; i < first + ways; i++) {
      const tag = allTags[tags + i];
      if ((tag & TAG_VPN) !== vpn) continue;
      const value = allValues[values + i];
      this.shift(first, i);
      allTags[tags + first] = tag;
      allValues[values + first] = value;
      return (tag & (TAG_VPN | -write)) === vpn;
    }
    return false;
  }

  /** True when the page has an entry at the front of its set, whatever it may be used for: find() has just looked. */
  atFront(vpn: number): boolean {
    return (allTags[this.tags + (vpn & this.setMask) * this.ways] & TAG_VPN) === vpn;
  }

  /** Puts a page at the front of its set: as a new entry, or in place of its own at the front. `clean`: see above. */
  insert(vpn: number, value: number, clean: boolean): void {
    const first = (vpn & this.setMask) * this.ways;
    if (!this.atFront(vpn)) this.shift(first, first + this.ways - 1);
    allTags[this.tags + first] = clean ? vpn | TAG_CLEAN : vpn;
    allValues[this.values + first] = value;
  }

  /** First L1 line of a page that is at the front of its set. */
  front(vpn: number): number {
    return allValues[this.values + (vpn & this.setMask) * this.ways];
  }

  flush(): void {
    allTags.fill(EMPTY_TAG, this.tags, this.tags + this.entries);
  }

  /** Drops the entry of one page (INVLPG); those behind it move up. */
  flushPage(vpn: number): void {
    const { tags, values, ways } = this;
    const first = (vpn & this.setMask) * ways;
    const last = first + ways - 1;
    for (let i = first; i <= last; i++) {
      if ((allTags[tags + i] & TAG_VPN) !== vpn) continue;
      for (let j = i; j < last; j++) {
        allTags[tags + j] = allTags[tags + j + 1];
        allValues[values + j] = allValues[values + j + 1];
      }
      allTags[tags + last] = EMPTY_TAG;
      return;
    }
  }

  private shift(first: number, to: number): void {
    for (let i = to; i > first; i--) {
      allTags[this.tags + i] = allTags[this.tags + i - 1];
      allValues[this.values + i] = allValues[this.values + i - 1];
    }
  }
}
