/**
 * Pages taken from zones without anybody's clock: the walk of __alloc_pages() itself (kernel/page-alloc.ts) says which
 * zone of a list is next, and blocks of it are taken as long as its marks are far. What reclaim would free is not
 * known here: pages for which both walks find no zone are given to nobody.
 */
import type { Kernel } from '../../kernel/kernel.ts';
import { GFP_HIGHUSER } from '../../kernel/alloc/gfp.ts';
import { isNodeBlind } from '../../kernel/boot/plan.ts';
import { PageAllocator, type ReadyZonelist, type Supply } from '../../kernel/page-alloc.ts';
import type { KernelCpu } from '../../kernel/cpu.ts';
import type { Zone } from '../../kernel/zone.ts';

/** A zone's free pages above its high mark, of which at most a part is taken before it is looked at again. */
const PART = 8;

export class ZoneFill {
  private readonly allocator: PageAllocator;
  private readonly nodeByNode: boolean;

  constructor({ traits, sysctl }: Pick<Kernel, 'traits' | 'sysctl'>) {
    this.nodeByNode = traits.zonelistOrder === '2.4.22' && !isNodeBlind(traits);
    const rules = {
      watermarks: traits.watermarks,
      nodeByNode: this.nodeByNode,
      lowerZoneProtection: sysctl.lower_zone_protection,
    };
    this.allocator = new PageAllocator(rules, supply);
  }

  /** Takes up to `clusters` page clusters for requests along `list`; calls `got` with each zone and how many it gave. */
  take(on: KernelCpu, list: ReadyZonelist, clusters: number, got: (zone: Zone, clusters: number) => void): void {
    let left = clusters;
    while (left > 0) {
      const zone = this.next(on, list);
      if (zone === undefined) return;
      const spare = Math.floor((zone.free - zone.marks.high) / PART);
      const more = takeBlocks(zone, Math.min(left - 1, Math.max(0, spare)));
      got(zone, 1 + more);
      left -= 1 + more;
    }
  }

  /** The zone that gives the next page, which it has given then. */
  private next(on: KernelCpu, list: ReadyZonelist): Zone | undefined {
    const { allocator } = this;
    for (const walk of ['low', 'min'] as const) {
      for (const [from, to] of this.stretches(list)) {
        for (const fallback of [false, true]) {
          const part = allocator.part(from, to, fallback);
          if (allocator.walk(on, list, part, 0, walk, GFP_HIGHUSER) >= 0) return allocator.from;
        }
      }
    }
    return undefined;
  }

  /** 2.4 with nodes goes from node to node. */
  private stretches({ zones }: ReadyZonelist): readonly (readonly [from: number, to: number])[] {
    if (!this.nodeByNode) return [[0, zones.length]];
    const stretches: [number, number][] = [];
    for (const [at, zone] of zones.entries()) {
      const last = stretches.at(-1);
      if (last !== undefined && zones[last[0]].place === zone.place) last[1] = at + 1;
      else stretches.push([at, at + 1]);
    }
    return stretches;
  }
}

const supply: Supply = {
  look: () => undefined,
  take: (_on, zone, order) => (zone.take(order) >= 0 ? 0 : -1),
  cleanPages: () => 0,
  takeClean: () => -1,
};

/** Takes so many clusters of a zone in blocks as large as they come; returns how many there were. */
function takeBlocks(zone: Zone, clusters: number): number {
  let left = clusters;
  for (let order = 9; order >= 0; order--) {
    while (left >= 1 << order && zone.take(order) >= 0) left -= 1 << order;
  }
  return clusters - left;
}
