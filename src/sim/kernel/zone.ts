/**
 * A zone at work: its layout, its marks of the moment, its buddy allocator, its per-CPU sets, and who owns its pages. What boot has taken is taken from the zone's start, holes are
 * never free, and a cluster that a hole touches is not either. The allocator is made when the zone is first asked for a
 * page, so that a machine of thousands of nodes costs what its touched zones cost.
 */
import { asPfn, type Pfn } from '../base/units.ts';
import { Buddy, type SplitGives } from './buddy.ts';
import type { Watermarks, ZoneLayout } from './boot/layout.ts';
import type { CpuSets } from './alloc/cpu-sets.ts';
import { OWNER, ownerNames } from './page-flags.ts';

/** Frames that are not free at the start, as [from, to) of pfns in ascending order. */
export type TakenRange = readonly [from: number, to: number];

export class Zone {
  /** Place in the kernel's list of all zones (MemMap.zone); -1 until it is wired. */
  number = -1;
  /** Marks of the moment: sysctls change them while the kernel runs. */
  marks: Watermarks;
  /** The per-CPU sets by CPU, made when a CPU first uses the zone; none where the flavour has none. */
  readonly sets: (CpuSets | undefined)[] = [];
  /** Page clusters by owner (page-flags.ts); those on per-CPU lists count as free. */
  readonly owned = new Int32Array(ownerNames.length);
  /** Of reclaim: pages looked at since one was last freed, and given up on; any page freed to the zone clears both. */
  pagesScanned = 0;
  allUnreclaimable = false;
  /** How often zone.lock was taken, requests looked at the zone, and were sent on by its marks or its empty lists. */
  lockTakes = 0;
  visits = 0;
  refusals = 0;
  private buddy: Buddy | undefined;
  private readonly frees: number;
  /** First pfn of cluster 0: the zone's start, or the first whole cluster after it where a zone was cut in between. */
  readonly base: number;
  /** Whole page clusters from there to the zone's end. */
  readonly clusters: number;

  /** `place`: place of the zone's node; `clusterFrames`: 4 KiB frames per cluster. */
  constructor(
    readonly place: number,
    readonly node: number,
    readonly layout: ZoneLayout,
    readonly clusterFrames: number,
    private readonly maxOrder: number,
    private readonly splitGives: SplitGives,
    private readonly taken: readonly TakenRange[],
  ) {
    this.base = Math.ceil(layout.startPfn / clusterFrames) * clusterFrames;
    this.clusters = Math.max(0, Math.floor((layout.startPfn + layout.pages - this.base) / clusterFrames));
    let free = 0;
    this.freeRanges((from, to) => (free += to - from));
    this.frees = free;
    this.marks = layout.watermarks;
    this.owned[OWNER.free] = free;
    this.owned[OWNER.reserved] = Math.max(0, Math.floor(layout.present / clusterFrames) - free);
  }

  /** Free page clusters of the free lists (nr_free): those on per-CPU lists are not among them. */
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

  /** Pages on the lists of all CPUs. */
  get onCpuLists(): number {
    return this.sets.reduce((sum, sets) => sum + (sets === undefined ? 0 : sets.hot.count + sets.cold.count), 0);
  }

  /** The free lists themselves, in clusters counted from `base`. */
  get lists(): Buddy {
    return this.allocator();
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
