/**
 * lru_add_pvecs: per-CPU arrays of 16 pages that are about to join the LRU lists, one for inactive and one for active
 * pages; mm/swap.c of 2.6.0. A full one goes to the lists in one go, under one acquisition of each zone's lock.
 *
 * Deviation: a pagevec holds no reference of its own, so that counts are those of users; a page that is freed meanwhile
 * is taken out of whichever pagevec holds it (the kernel frees it when the pagevec is drained). While a page waits,
 * MemMap.previous is WAITING and MemMap.next its place, and PG_lru is set, so that whoever frees it asks for its removal.
 */
import type { KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { MemMap } from '../mem-map.ts';
import { PG_LRU } from '../page-flags.ts';
import type { StaticData } from '../static-data.ts';

export const PAGEVEC_SIZE = 16;
const WAITING = -1;
const BYTES = 128;

/** Puts the pages of `pages[from]` to `pages[from + count - 1]` (-1: none) on their lists. */
type Drain = (on: KernelCpu, pages: Int32Array, from: number, count: number, kind: number) => void;

export class Pagevecs {
  /** Pages of pagevec v in [16 v, 16 v + 16); -1 for one that was freed. */
  private pages = new Int32Array(0);
  private counts = new Int32Array(0);
  private readonly at: KAddr[] = [];

  /** `kinds`: pagevecs a CPU. */
  constructor(
    private readonly memMap: MemMap,
    private readonly data: StaticData,
    private readonly kinds: number,
    private readonly drain: Drain,
  ) {}

  /** Pages that wait in all pagevecs. */
  get waiting(): number {
    let waiting = 0;
    for (const page of this.pages) if (page >= 0) waiting++;
    return waiting;
  }

  add(on: KernelCpu, kind: number, page: number): void {
    const { memMap } = this;
    const vec = on.cpu * this.kinds + kind;
    if (vec >= this.counts.length) this.grow(vec);
    const place = vec * PAGEVEC_SIZE + this.counts[vec]++;
    this.pages[place] = page;
    memMap.previous[page] = WAITING;
    memMap.next[page] = place;
    memMap.flags[page] |= PG_LRU;
    on.write(this.addressOf(vec));
    if (this.counts[vec] === PAGEVEC_SIZE) this.empty(on, vec);
  }

  /** lru_add_drain(): what waits on this CPU goes to the lists. */
  drainAll(on: KernelCpu): void {
    for (let kind = 0; kind < this.kinds; kind++) {
      const vec = on.cpu * this.kinds + kind;
      if (vec >= this.counts.length) return;
      on.read(this.addressOf(vec));
      if (this.counts[vec] > 0) this.empty(on, vec);
    }
  }

  holds(page: number): boolean {
    return this.memMap.previous[page] === WAITING;
  }

  /** Takes a page that waits out of its pagevec. */
  forget(on: KernelCpu, page: number): void {
    const { memMap } = this;
    const place = memMap.next[page];
    this.pages[place] = -1;
    memMap.flags[page] &= ~PG_LRU;
    memMap.previous[page] = 0;
    memMap.next[page] = 0;
    on.write(this.addressOf(place >> 4));
  }

  private empty(on: KernelCpu, vec: number): void {
    const { pages, memMap } = this;
    const from = vec * PAGEVEC_SIZE;
    const count = this.counts[vec];
    this.counts[vec] = 0;
    for (let i = from; i < from + count; i++) {
      if (pages[i] >= 0) memMap.previous[pages[i]] = memMap.next[pages[i]] = 0;
    }
    this.drain(on, pages, from, count, vec % this.kinds);
    pages.fill(-1, from, from + count);
  }

  private addressOf(vec: number): KAddr {
    return (this.at[vec] ??= this.data.claim(BYTES));
  }

  private grow(vec: number): void {
    const size = Math.max(8, 2 ** Math.ceil(Math.log2(vec + 1)));
    const pages = new Int32Array(size * PAGEVEC_SIZE).fill(-1);
    pages.set(this.pages);
    this.pages = pages;
    const counts = new Int32Array(size);
    counts.set(this.counts);
    this.counts = counts;
  }
}
