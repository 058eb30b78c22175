/**
 * The buddy allocator of one zone: mm/page_alloc.c of Linux 2.4 and 2.6.0, where each pair of buddies has one bit per
 * order (the exclusive or of "in use at this order" of the two) and the top order has none. Units are page clusters,
 * counted from the zone's start, so alignment is relative to the zone's mem_map as it is in those kernels.
 *
 * Splitting a block: kernels up to 2.6.7 put the lower half on the free list and go on with the upper one; later ones
 * the other way round (W. L. Irwin's change to expand(), for physical contiguity of successive pages).
 *
 * A block of the top order that has never been split is a number in a range: boot's blocks cost nothing until they are
 * used. Everything else about the clusters of one such block lies in the block's own columns, made when it is first
 * split: 10 bytes a cluster.
 *
 * What an operation touched (list links, pair bits) stands in `touched` until the next one, so that the caller can charge
 * it as references; the allocator itself knows no addresses.
 */
import { invariant } from '../base/errors.ts';
import type { KernelTraits } from '../profiles/traits.ts';

export type SplitGives = KernelTraits['splitGives'];

/** Kinds of touch: a block put on the head of its list, one taken off (from anywhere), a pair bit turned. */
export const LINKED = 0;
export const UNLINKED = 1;
export const TOGGLED = 2;
/** Numbers a touch takes in `touched`. */
export const TOUCH = 5;
/** A block taken from the top is split ten times at most, and a merge goes up as far. */
const MOST_TOUCHES = 32;

/** What is known of the clusters of one top-order block. */
interface Columns {
  /** Links of the free lists, kept at a free block's first cluster: cluster of the zone plus 1, 0 for none. */
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** Order of the free block that starts here, plus 1. */
  readonly freeOrder: Uint8Array;
  /** One flag a pair of buddies: of order o at (top >> (o + 1)) + pair, as in a heap. */
  readonly pairs: Uint8Array;
}

export class Buddy {
  /** Free clusters, whatever their order. */
  free = 0;
  /** Free blocks by order. */
  readonly blocks: Int32Array;
  /**
   * What the last take() or giveBack() touched, TOUCH numbers each: kind, order, block, and its neighbours on
   * the list plus 1: the one behind it, the one before; 0 where there is none (the head).
   */
  readonly touched = new Int32Array(MOST_TOUCHES * TOUCH);
  /** Numbers of `touched` that are in use. */
  touches = 0;
  /** First block of each order's list, plus 1; 0 for none. */
  private readonly heads: Int32Array;
  /** Ranges of top-order blocks that boot freed and nobody took yet, as clusters [from, to); the last is used first, from its end. */
  private readonly untouched: { readonly from: number; to: number }[] = [];
  private readonly columns: (Columns | undefined)[];
  private readonly topShift: number;
  private readonly topMask: number;

  constructor(
    readonly clusters: number,
    private readonly maxOrder: number,
    private readonly splitGives: SplitGives,
  ) {
    this.blocks = new Int32Array(maxOrder);
    this.heads = new Int32Array(maxOrder);
    this.topShift = maxOrder - 1;
    this.topMask = (1 << this.topShift) - 1;
    this.columns = new Array<Columns | undefined>(Math.ceil(clusters / (1 << this.topShift))).fill(undefined);
  }

  /**
   * Frees clusters `from` to `to` (exclusive) as boot does, one after the other: the last block freed is handed out
   * first. Before anything is taken only.
   */
  release(from: number, to: number): void {
    const firstTop = Math.ceil(from / (1 << this.topShift)) * (1 << this.topShift);
    const lastTop = Math.floor(to / (1 << this.topShift)) * (1 << this.topShift);
    if (firstTop >= lastTop) {
      this.releasePieces(from, to);
      return;
    }
    this.releasePieces(from, firstTop);
    this.untouched.push({ from: firstTop, to: lastTop });
    this.free += lastTop - firstTop;
    this.blocks[this.topShift] += (lastTop - firstTop) >> this.topShift;
    this.releasePieces(lastTop, to);
  }

  /** First cluster of a free block of 2^order clusters, or -1 when there is none. */
  take(order: number): number {
    this.touches = 0;
    for (let from = order; from < this.maxOrder; from++) {
      let block = this.takeListed(from);
      if (block < 0) continue;
      for (let half = from - 1; half >= order; half--) {
        this.toggle(block, half);
        if (this.splitGives === 'upper') {
          this.link(block, half);
          block += 1 << half;
        } else {
          this.link(block + (1 << half), half);
        }
      }
      this.free -= 1 << order;
      return block;
    }
    return -1;
  }

  /** Frees a block and merges it with its buddy, upwards, as long as the pair bit says that the buddy is free. */
  giveBack(block: number, order: number): void {
    invariant(this.freeBlockAt(block) < 0, 'a free block is freed again', { block, order });
    this.touches = 0;
    this.free += 1 << order;
    let at = block;
    let size = order;
    while (size < this.topShift) {
      if (this.toggle(at, size)) break;
      this.unlink(at ^ (1 << size), size);
      at &= ~(1 << size);
      size++;
    }
    this.link(at, size);
  }

  /** Order of the free block that starts at a cluster, or -1. */
  freeBlockAt(cluster: number): number {
    const columns = this.columns[cluster >> this.topShift];
    const listed = columns === undefined ? -1 : columns.freeOrder[cluster & this.topMask] - 1;
    if (listed >= 0 || (cluster & this.topMask) !== 0) return listed;
    return this.untouched.some(({ from, to }) => cluster >= from && cluster < to) ? this.topShift : -1;
  }

  /** The pair bit of the block's pair; for tests and dumps. */
  pairBit(block: number, order: number): boolean {
    const columns = this.columns[block >> this.topShift];
    return columns !== undefined && columns.pairs[this.pairOf(block, order)] === 1;
  }

  private releasePieces(from: number, to: number): void {
    for (let at = from; at < to;) {
      let order = 0;
      while (order < this.topShift && at % (2 << order) === 0 && at + (2 << order) <= to) order++;
      this.giveBack(at, order);
      at += 1 << order;
    }
  }

  /** Takes the first free block of an order off its list, or -1. */
  private takeListed(order: number): number {
    if (this.heads[order] !== 0) {
      const block = this.heads[order] - 1;
      this.unlink(block, order);
      if (order < this.topShift) this.toggle(block, order);
      return block;
    }
    const range = this.untouched[this.untouched.length - 1];
    if (order < this.topShift || range === undefined) return -1;
    range.to -= 1 << order;
    this.touch(UNLINKED, order, range.to, 0, 0);
    if (range.to === range.from) this.untouched.pop();
    this.blocks[order]--;
    return range.to;
  }

  private of(cluster: number): Columns {
    const index = cluster >> this.topShift;
    const known = this.columns[index];
    if (known !== undefined) return known;
    const size = 1 << this.topShift;
    const made = {
      next: new Int32Array(size),
      previous: new Int32Array(size),
      freeOrder: new Uint8Array(size),
      pairs: new Uint8Array(size),
    };
    this.columns[index] = made;
    return made;
  }

  private pairOf(block: number, order: number): number {
    return (1 << (this.topShift - order - 1)) + ((block & this.topMask) >> (order + 1));
  }

  /** Toggles the pair bit and returns it: true when exactly one of the two is free now. */
  private toggle(block: number, order: number): boolean {
    const { pairs } = this.of(block);
    const pair = this.pairOf(block, order);
    pairs[pair] ^= 1;
    this.touch(TOGGLED, order, block, 0, 0);
    return pairs[pair] === 1;
  }

  private link(block: number, order: number): void {
    const columns = this.of(block);
    const at = block & this.topMask;
    const head = this.heads[order];
    columns.next[at] = head;
    columns.previous[at] = 0;
    columns.freeOrder[at] = order + 1;
    if (head !== 0) this.of(head - 1).previous[(head - 1) & this.topMask] = block + 1;
    this.heads[order] = block + 1;
    this.blocks[order]++;
    this.touch(LINKED, order, block, head, 0);
  }

  private unlink(block: number, order: number): void {
    const columns = this.of(block);
    const at = block & this.topMask;
    invariant(columns.freeOrder[at] === order + 1, 'a pair bit calls a block free that is not', { block, order });
    const next = columns.next[at];
    const previous = columns.previous[at];
    if (previous === 0) this.heads[order] = next;
    else this.of(previous - 1).next[(previous - 1) & this.topMask] = next;
    if (next !== 0) this.of(next - 1).previous[(next - 1) & this.topMask] = previous;
    columns.freeOrder[at] = 0;
    this.blocks[order]--;
    this.touch(UNLINKED, order, block, next, previous);
  }

  private touch(kind: number, order: number, block: number, next: number, previous: number): void {
    const { touched } = this;
    let at = this.touches;
    touched[at++] = kind;
    touched[at++] = order;
    touched[at++] = block;
    touched[at++] = next;
    touched[at++] = previous;
    this.touches = at;
  }
}
