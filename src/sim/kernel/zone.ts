/**
 * A zone at work: its layout and its buddy allocator. What boot has taken is taken from the zone's start, holes are
 * never free, and a cluster that a hole touches is not either. The allocator is made when the zone is first asked for a
 * page, so that a machine of thousands of nodes costs what its touched zones cost.
 */
import { asPfn, type Pfn } from '../base/units.ts';
import { Buddy, type SplitGives } from './buddy.ts';
import type { ZoneLayout } from './boot/layout.ts';

/** Frames that are not free at the start, as [from, to) of pfns in ascending order. */
export type TakenRange = readonly [from: number, to: number];

export class Zone {
  private buddy: Buddy | undefined;
  private readonly frees: number;
  /** First pfn of cluster 0: the zone's start, or the first whole cluster after it where a zone was cut in between. */
  private readonly base: number;
  private readonly clusters: number;

  /** `place`: place of the zone's node; `clusterFrames`: 4 KiB frames per cluster. */
  constructor(
    readonly place: number,
    readonly node: number,
    readonly layout: ZoneLayout,
    private readonly clusterFrames: number,
    private readonly maxOrder: number,
    private readonly splitGives: SplitGives,
    private readonly taken: readonly TakenRange[],
  ) {
    this.base = Math.ceil(layout.startPfn / clusterFrames) * clusterFrames;
    this.clusters = Math.max(0, Math.floor((layout.startPfn + layout.pages - this.base) / clusterFrames));
    let free = 0;
    this.freeRanges((from, to) => (free += to - from));
    this.frees = free;
  }

  /** Free page clusters. */
  get free(): number {
    return this.buddy === undefined ? this.frees : this.buddy.free;
  }

  /** Free 4 KiB frames. */
  get freeFrames(): number {
    return this.free * this.clusterFrames;
  }

  /** First pfn of a block of 2^order clusters, or -1. */
  take(order: number): Pfn {
    if (this.free === 0) return asPfn(-1);
    const block = this.allocator().take(order);
    return asPfn(block < 0 ? -1 : this.base + block * this.clusterFrames);
  }

  /** Gives a block back by its first pfn. */
  giveBack(pfn: Pfn, order: number): void {
    this.allocator().giveBack((pfn - this.base) / this.clusterFrames, order);
  }

  /** Free blocks by order, as the free-list census prints them. */
  get census(): readonly number[] {
    return Array.from(this.allocator().blocks);
  }

  private allocator(): Buddy {
    if (this.buddy === undefined) {
      const buddy = new Buddy(this.clusters, this.maxOrder, this.splitGives);
      this.freeRanges((from, to) => buddy.release(from, to));
      this.buddy = buddy;
    }
    return this.buddy;
  }

  /** Calls `visit` with each run of whole clusters, counted from the zone's start, that is free after boot. */
  private freeRanges(visit: (from: number, to: number) => void): void {
    const { startPfn, pages } = this.layout;
    const size = this.clusterFrames;
    const run = (from: number, to: number): void => {
      const first = Math.max(0, Math.ceil((from - this.base) / size));
      const last = Math.min(this.clusters, Math.floor((to - this.base) / size));
      if (last > first) visit(first, last);
    };
    let at = startPfn;
    for (const [from, to] of this.taken) {
      if (to <= startPfn || from >= startPfn + pages) continue;
      if (from > at) run(at, from);
      at = Math.max(at, to);
    }
    if (at < startPfn + pages) run(at, startPfn + pages);
  }
}
