/**
 * The buddy allocator of one zone: mm/page_alloc.c of Linux 2.4 and 2.6.0, where each pair of buddies has one bit per
 * order (the exclusive or of "in use at this order" of the two) and the top order has none. Units are page clusters,
 * counted from the zone's start, so alignment is relative to the zone's mem_map as it is in those kernels.
 *
 * Splitting a block: kernels up to 2.6.7 put the lower half on the free list and go on with the upper one; later ones
 * the other way round (W. L. Irwin's change to expand(), for physical contiguity of successive pages).
 *
 * Columns are zero until used, so that memory of the host goes to the clusters that are touched: at most 9.25 bytes each.
 */
import { invariant } from '../base/errors.ts';

export type SplitGives = 'upper' | 'lower';

export class Buddy {
  /** Free clusters, whatever their order. */
  free = 0;
  /** Free blocks by order. */
  readonly blocks: Int32Array;
  /** First block of each order's list, plus 1; 0 for none. */
  private readonly heads: Int32Array;
  /** List links of a free block's first cluster, plus 1. */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** Order of the free block that starts here, plus 1. */
  private readonly freeOrder: Uint8Array;
  /** The pair bits, one map an order below the top. */
  private readonly pairs: readonly Uint8Array[];

  constructor(
    readonly clusters: number,
    private readonly maxOrder: number,
    private readonly splitGives: SplitGives,
  ) {
    this.blocks = new Int32Array(maxOrder);
    this.heads = new Int32Array(maxOrder);
    this.next = new Int32Array(clusters);
    this.previous = new Int32Array(clusters);
    this.freeOrder = new Uint8Array(clusters);
    this.pairs = Array.from({ length: maxOrder - 1 }, (_, order) => new Uint8Array((clusters >> (order + 4)) + 1));
  }

  /** Frees clusters `from` to `to` (exclusive) one after the other, as boot does: the last block freed is handed out first. */
  release(from: number, to: number): void {
    for (let at = from; at < to;) {
      let order = 0;
      while (order < this.maxOrder - 1 && at % (2 << order) === 0 && at + (2 << order) <= to) order++;
      this.giveBack(at, order);
      at += 1 << order;
    }
  }

  /** First cluster of a free block of 2^order clusters, or -1 when there is none. */
  take(order: number): number {
    for (let from = order; from < this.maxOrder; from++) {
      if (this.heads[from] === 0) continue;
      let block = this.heads[from] - 1;
      this.unlink(block, from);
      if (from < this.maxOrder - 1) this.toggle(block, from);
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
    invariant(this.freeOrder[block] === 0, 'a free block is freed again', { block, order });
    this.free += 1 << order;
    let at = block;
    let size = order;
    while (size < this.maxOrder - 1) {
      if (this.toggle(at, size)) break;
      this.unlink(at ^ (1 << size), size);
      at &= ~(1 << size);
      size++;
    }
    this.link(at, size);
  }

  /** Order of the free block that starts at a cluster, or -1. */
  freeBlockAt(cluster: number): number {
    return this.freeOrder[cluster] - 1;
  }

  /** The pair bit of the block's pair; for tests and dumps. */
  pairBit(block: number, order: number): boolean {
    const pair = block >> (order + 1);
    return (this.pairs[order][pair >> 3] & (1 << (pair & 7))) !== 0;
  }

  /** Toggles the pair bit and returns it: true when exactly one of the two is free now. */
  private toggle(block: number, order: number): boolean {
    const pair = block >> (order + 1);
    const bit = 1 << (pair & 7);
    const map = this.pairs[order];
    map[pair >> 3] ^= bit;
    return (map[pair >> 3] & bit) !== 0;
  }

  private link(block: number, order: number): void {
    const head = this.heads[order];
    this.next[block] = head;
    this.previous[block] = 0;
    if (head !== 0) this.previous[head - 1] = block + 1;
    this.heads[order] = block + 1;
    this.freeOrder[block] = order + 1;
    this.blocks[order]++;
  }

  private unlink(block: number, order: number): void {
    invariant(this.freeOrder[block] === order + 1, 'a pair bit calls a block free that is not', { block, order });
    const next = this.next[block];
    const previous = this.previous[block];
    if (previous === 0) this.heads[order] = next;
    else this.next[previous - 1] = next;
    if (next !== 0) this.previous[next - 1] = previous;
    this.freeOrder[block] = 0;
    this.blocks[order]--;
  }
}
