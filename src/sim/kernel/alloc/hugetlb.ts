/**
 * The hugetlb pool: large pages taken from the buddy lists of each node at boot, and given out and back one by one. Source:
 * arch/i386/mm/hugetlbpage.c of 2.6.0 (hugetlb_init, alloc_hugetlb_page, free_huge_page).
 *
 * hugepages= on the command line takes so many from all nodes in turn; the profile says how many each keeps. A node keeps what
 * its zones give above their low marks, the highest zone first. A page of another node is given out when the own has none.
 */
import { asPfn } from '../../base/units.ts';
import { hugePagesOf } from '../boot/command-line.ts';
import { largePageFrames } from '../boot/limits.ts';
import type { KernelCpu } from '../cpu.ts';
import { OWNER } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';

/** Slots are consecutive within so many frames, counted from the node's start (hardware/frames.ts). */
const CHUNK_FRAMES = 2048;
/** htlbpage_lock, the list heads and the counts. */
const POOL_BYTES = 128;

/** A large page: its first frame, in a zone. */
interface Large {
  readonly zone: Zone;
  readonly pfn: number;
}

export class HugetlbPool {
  /** 4 KiB frames of a large page: 2 MiB with PAE and on 64-bit machines, else 4 MiB. */
  readonly frames: number;
  /** HugePages_Total. */
  readonly total: number;
  private readonly order: number;
  private readonly pools: Large[][];
  private readonly at;

  constructor(private readonly parts: KernelParts) {
    const { profile, layout } = parts;
    const wide = profile.machine.bits === 64 || profile.machine.pae;
    this.frames = wide ? largePageFrames({ ...profile.machine, pae: true }) : largePageFrames(profile.machine);
    this.order = Math.max(0, Math.log2(this.frames / layout.clusterFrames));
    this.at = parts.data.claim(POOL_BYTES);
    this.pools = parts.zones.map((zones, place) => this.reserve(zones, hugePagesOf(profile, place)));
    this.total = this.free;
  }

  /** HugePages_Free. */
  get free(): number {
    return this.pools.reduce((sum, pages) => sum + pages.length, 0);
  }

  /** HugePages_Free of a node, by its place. */
  freeOf(place: number): number {
    return this.pools[place].length;
  }

  /**
   * A large page of the node at `place`, or of the next one that has any; with `places` of the first of these that has any: its
   * first page number, or -1.
   */
  take(on: KernelCpu, place: number, places?: readonly number[]): number {
    on.lock('htlbpage_lock', this.at);
    let large: Large | undefined;
    const count = places?.length ?? this.pools.length;
    for (let i = 0; i < count && large === undefined; i++) {
      large = this.pools[places?.[i] ?? (place + i) % this.pools.length].pop();
    }
    const page = large === undefined ? -1 : this.pageOf(large);
    if (page >= 0) {
      const { memMap } = this.parts;
      on.write(memMap.addressOf(page));
      memMap.count[page] = 1;
    }
    on.unlock('htlbpage_lock', this.at);
    return page;
  }

  /** The page's last user is gone: it stays in the pool of its node. */
  give(on: KernelCpu, page: number): void {
    const { memMap, frames, allZones } = this.parts;
    on.lock('htlbpage_lock', this.at);
    on.write(memMap.addressOf(page));
    memMap.count[page] = 0;
    const zone = allZones[memMap.zone[page]];
    this.pools[zone.place].push({ zone, pfn: frames.pfnOf(memMap.slotOf(page)) });
    on.unlock('htlbpage_lock', this.at);
  }

  private pageOf({ zone, pfn }: Large): number {
    const { memMap, frames } = this.parts;
    const slot = frames.slotOf(zone.place, asPfn(pfn));
    memMap.pageOf(slot + this.frames - 1);
    const page = memMap.pageOf(slot);
    for (let i = 0; i < 1 << this.order; i++) {
      memMap.zone[page + i] = zone.number;
      memMap.owner[page + i] = OWNER.hugetlb;
    }
    return page;
  }

  /** Boot takes the pages: nobody waits, and no caches are warm. */
  private reserve(zones: readonly Zone[], wanted: number): Large[] {
    const pages: Large[] = [];
    if (this.order >= this.parts.layout.maxOrder) return pages;
    const clusters = 2 ** this.order;
    const strays: Large[] = [];
    for (const zone of [...zones].reverse()) {
      while (pages.length < wanted && zone.free - clusters >= zone.marks.low) {
        const pfn = zone.take(this.order);
        if (pfn < 0) break;
        (this.inOneRow(zone, pfn) ? pages : strays).push({ zone, pfn });
      }
    }
    for (const { zone, pfn } of strays) zone.giveBack(asPfn(pfn), this.order);
    for (const { zone } of pages) {
      zone.owned[OWNER.free] -= clusters;
      zone.owned[OWNER.hugetlb] += clusters;
    }
    // Low addresses first.
    return pages.sort((a, b) => b.pfn - a.pfn);
  }

  /** The simulator numbers its frames one after the other: within a chunk of slots, counted from the node's start. */
  private inOneRow(zone: Zone, pfn: number): boolean {
    const first = (pfn - this.parts.layout.nodes[zone.place].startPfn) % CHUNK_FRAMES;
    return first + this.frames <= CHUNK_FRAMES;
  }
}
