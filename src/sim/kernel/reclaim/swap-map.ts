/**
 * The swap area's map: a count for each entry, and which entry goes next; scan_swap_map() of mm/swapfile.c, 2.4 and 2.6.0
 * alike. Entries go out one after the other within clusters of 256 that were empty when they were begun, then, when no
 * cluster is empty any more, the lowest free one.
 *
 * Entry 0 is the header of the area. The map is an array of 16-bit counts; deviation: its lines beyond the first 32 KiB
 * share those of the first (the kernel has it in vmalloc memory).
 */
import { after, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';

export const SWAPFILE_CLUSTER = 256;
export const MAP_BYTES = 32 * 1024;

export class SwapMap {
  /** Free entries. */
  free: number;
  private counts = new Int32Array(SWAPFILE_CLUSTER);
  private lowest = 1;
  private highest: number;
  private next = 1;
  private left = 0;

  /** `entries`: of the area, its header included; 0 or 1 for none. */
  constructor(
    readonly entries: number,
    private readonly at: KAddr,
  ) {
    this.free = Math.max(0, entries - 1);
    this.highest = entries - 1;
  }

  /** References of an entry: ptes that hold it, and the swap cache. */
  countOf(entry: number): number {
    return entry < this.counts.length ? this.counts[entry] : 0;
  }

  /** An entry with count 1, or -1. */
  allocate(on: KernelCpu): number {
    if (this.free === 0) return -1;
    const entry = this.scan(on);
    if (entry < 0) return -1;
    if (entry === this.lowest) this.lowest++;
    if (entry === this.highest) this.highest--;
    if (this.lowest > this.highest) {
      this.lowest = this.entries;
      this.highest = 0;
    }
    this.change(on, entry, 1);
    this.free--;
    this.next = entry + 1;
    return entry;
  }

  /** Adds to an entry's count; what it comes to. A count of 0 makes it free. */
  change(on: KernelCpu, entry: number, by: number): number {
    if (entry >= this.counts.length) this.grow(entry);
    on.write(this.addressOf(entry));
    const count = (this.counts[entry] += by);
    if (count === 0) {
      this.free++;
      if (entry < this.lowest) this.lowest = entry;
      if (entry > this.highest) this.highest = entry;
    }
    return count;
  }

  private scan(on: KernelCpu): number {
    if (this.left > 0) {
      while (this.next <= this.highest) {
        const entry = this.next++;
        if (this.busy(on, entry)) continue;
        this.left--;
        return entry;
      }
    }
    this.left = SWAPFILE_CLUSTER;
    for (let start = this.lowest; start + SWAPFILE_CLUSTER - 1 <= this.highest;) {
      let at = start;
      while (at < start + SWAPFILE_CLUSTER && !this.busy(on, at)) at++;
      if (at === start + SWAPFILE_CLUSTER) return start;
      start = at + 1;
    }
    for (let entry = this.lowest; entry <= this.highest; entry++) if (!this.busy(on, entry)) return entry;
    return -1;
  }

  /** Looks at an entry's count; a line of the map is read once for the 16 counts in it. */
  private busy(on: KernelCpu, entry: number): boolean {
    if ((entry & 15) === 0 || entry === this.lowest) on.read(this.addressOf(entry));
    return this.countOf(entry) > 0;
  }

  private addressOf(entry: number): KAddr {
    return after(this.at, (entry * 2) % MAP_BYTES);
  }

  private grow(entry: number): void {
    const counts = new Int32Array(2 ** Math.ceil(Math.log2(entry + 1)));
    counts.set(this.counts);
    this.counts = counts;
  }
}
