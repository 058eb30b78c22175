/**
 * Doubly linked lists of struct pages, through page->lru (MemMap.next and previous), as list_add() and list_del() of
 * include/linux/list.h work on them: each change writes the page's struct page and those of its neighbours, or the list's
 * head in the zone's data. List numbers count all lists of the machine; a page is on one list at most.
 */
import { invariant } from '../../base/errors.ts';
import type { KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { MemMap } from '../mem-map.ts';

export class LruLists {
  /** Pages on each list. */
  readonly sizes: Int32Array;
  /** page + 1 at the head (most recent) and at the tail of each list; 0 for an empty one. */
  private readonly first: Int32Array;
  private readonly last: Int32Array;

  /** `heads`: where the head of each list lies. */
  constructor(
    private readonly memMap: MemMap,
    private readonly heads: readonly KAddr[],
  ) {
    this.sizes = new Int32Array(heads.length);
    this.first = new Int32Array(heads.length);
    this.last = new Int32Array(heads.length);
  }

  /** The page that is next to go, or -1. */
  tail(on: KernelCpu, list: number): number {
    on.read(this.heads[list]);
    return this.last[list] - 1;
  }

  /** list_add(): to the head. */
  add(on: KernelCpu, list: number, page: number): void {
    const { memMap, first } = this;
    const after = first[list];
    memMap.previous[page] = 0;
    memMap.next[page] = after;
    if (after === 0) this.last[list] = page + 1;
    else memMap.previous[after - 1] = page + 1;
    first[list] = page + 1;
    this.sizes[list]++;
    on.write(after === 0 ? this.heads[list] : memMap.lruOf(after - 1));
    on.write(memMap.lruOf(page));
    on.write(this.heads[list]);
  }

  /** list_add_tail(): to the end that goes first. */
  addTail(on: KernelCpu, list: number, page: number): void {
    const { memMap, last } = this;
    const before = last[list];
    memMap.next[page] = 0;
    memMap.previous[page] = before;
    if (before === 0) this.first[list] = page + 1;
    else memMap.next[before - 1] = page + 1;
    last[list] = page + 1;
    this.sizes[list]++;
    on.write(before === 0 ? this.heads[list] : memMap.lruOf(before - 1));
    on.write(memMap.lruOf(page));
    on.write(this.heads[list]);
  }

  /** list_del(). */
  remove(on: KernelCpu, list: number, page: number): void {
    const { memMap } = this;
    const next = memMap.next[page];
    const previous = memMap.previous[page];
    if (next === 0) this.last[list] = previous;
    else memMap.previous[next - 1] = previous;
    if (previous === 0) this.first[list] = next;
    else memMap.next[previous - 1] = next;
    memMap.next[page] = 0;
    memMap.previous[page] = 0;
    invariant(--this.sizes[list] >= 0, 'a page left an LRU list that it was not on');
    on.write(memMap.lruOf(page));
    on.write(next === 0 ? this.heads[list] : memMap.lruOf(next - 1));
    on.write(previous === 0 ? this.heads[list] : memMap.lruOf(previous - 1));
  }

  /** list_splice_init(): all of `from` go before the head of `to`, in their order, at the cost of the two ends. */
  splice(on: KernelCpu, from: number, to: number): void {
    const { memMap, first, last, sizes } = this;
    on.read(this.heads[from]);
    if (sizes[from] === 0) return;
    const end = last[from];
    const after = first[to];
    memMap.next[end - 1] = after;
    if (after === 0) last[to] = end;
    else {
      memMap.previous[after - 1] = end;
      on.write(memMap.lruOf(after - 1));
    }
    first[to] = first[from];
    sizes[to] += sizes[from];
    first[from] = last[from] = sizes[from] = 0;
    on.write(memMap.lruOf(first[to] - 1));
    on.write(memMap.lruOf(end - 1));
    on.write(this.heads[to]);
    on.write(this.heads[from]);
  }

  /** Pages from the head to the tail, at no cost: for checks and reports. */
  pagesOf(list: number): readonly number[] {
    const pages: number[] = [];
    for (let at = this.first[list]; at !== 0; at = this.memMap.next[at - 1]) pages.push(at - 1);
    return pages;
  }
}
