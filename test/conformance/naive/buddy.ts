/**
 * The buddy system by lists: for every order a list of free blocks, the last one freed first; merging looks for the
 * buddy in the list. No bitmaps. What is free is also kept as a set of clusters, from which blocks can be made anew.
 */
export class NaiveBuddy {
  readonly lists: number[][];
  readonly freeClusters = new Set<number>();

  constructor(
    private readonly maxOrder: number,
    private readonly splitGives: 'upper' | 'lower',
  ) {
    this.lists = Array.from({ length: maxOrder }, () => []);
  }

  giveBack(block: number, order: number): void {
    for (let i = 0; i < 2 ** order; i++) this.freeClusters.add(block + i);
    let at = block;
    let size = order;
    for (; size < this.maxOrder - 1; size++) {
      const list = this.lists[size];
      const buddy = (at / 2 ** size) % 2 === 0 ? at + 2 ** size : at - 2 ** size;
      const place = list.indexOf(buddy);
      if (place < 0) break;
      list.splice(place, 1);
      at = Math.min(at, buddy);
    }
    this.lists[size].unshift(at);
  }

  /** Frees clusters from `from` to `to` as the largest aligned blocks, in ascending order. */
  release(from: number, to: number): void {
    for (let at = from; at < to;) {
      let order = this.maxOrder - 1;
      while (at % 2 ** order !== 0 || at + 2 ** order > to) order--;
      this.giveBack(at, order);
      at += 2 ** order;
    }
  }

  take(order: number): number {
    const from = this.lists.findIndex((list, size) => size >= order && list.length > 0);
    if (from < 0) return -1;
    let block = this.lists[from].shift() as number;
    for (let size = from - 1; size >= order; size--) {
      const upper = block + 2 ** size;
      this.lists[size].unshift(this.splitGives === 'upper' ? block : upper);
      if (this.splitGives === 'upper') block = upper;
    }
    for (let i = 0; i < 2 ** order; i++) this.freeClusters.delete(block + i);
    return block;
  }

  /** Free blocks as they must be, from the set of free clusters alone: at each place the largest aligned block that is free. */
  blocksAnew(clusters: number): Map<number, number> {
    const blocks = new Map<number, number>();
    for (let at = 0; at < clusters;) {
      let order = this.maxOrder - 1;
      while (order >= 0 && (at % 2 ** order !== 0 || !this.allFree(at, 2 ** order))) order--;
      if (order >= 0) blocks.set(at, order);
      at += order >= 0 ? 2 ** order : 1;
    }
    return blocks;
  }

  private allFree(from: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (!this.freeClusters.has(from + i)) return false;
    return true;
  }
}
