/**
 * A translation look-aside buffer: set-associative, true LRU, most recent way first, flushed whole on a change of
 * address space (CR3), as the P6's without global pages. A value is the first L1 line of the page.
 *
 * Tags and values of all CPUs lie in one table each (base/arena.ts), since the core's hot loop looks at the first way of
 * a set itself.
 */
import { Arena } from '../base/arena.ts';
import { log2 } from '../base/bits.ts';

/** What the TLBs of all CPUs that run have room for. */
export const MOST_TLB_ENTRIES = 2 ** 22;
const tagsArena = new Arena(MOST_TLB_ENTRIES);
const valuesArena = new Arena(MOST_TLB_ENTRIES);
/** Virtual page numbers, -1 for none, and beside each the first L1 line of its page. */
export const allTags = tagsArena.data;
export const allValues = valuesArena.data;

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
    this.tags = tagsArena.claim(shape.entries, -1, this);
    this.values = valuesArena.claim(shape.entries, 0, this);
  }

  /** Brings the entry to the front; false when it is not there. */
  find(vpn: number): boolean {
    const { tags, values, ways } = this;
    const first = (vpn & this.setMask) * ways;
    for (let i = first; i < first + ways; i++) {
      if (allTags[tags + i] !== vpn) continue;
      const value = allValues[values + i];
      this.shift(first, i);
      allTags[tags + first] = vpn;
      allValues[values + first] = value;
      return true;
    }
    return false;
  }

  insert(vpn: number, value: number): void {
    const first = (vpn & this.setMask) * this.ways;
    this.shift(first, first + this.ways - 1);
    allTags[this.tags + first] = vpn;
    allValues[this.values + first] = value;
  }

  /** First L1 line of a page that is at the front of its set. */
  front(vpn: number): number {
    return allValues[this.values + (vpn & this.setMask) * this.ways];
  }

  flush(): void {
    allTags.fill(-1, this.tags, this.tags + this.entries);
  }

  private shift(first: number, to: number): void {
    for (let i = to; i > first; i--) {
      allTags[this.tags + i] = allTags[this.tags + i - 1];
      allValues[this.values + i] = allValues[this.values + i - 1];
    }
  }
}
