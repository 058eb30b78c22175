/**
 * How much of memory processes have mapped, which page replacement and writeback go by: nr_mapped (get_page_state()) of what
 * the zones have above their high marks; nr_free_pagecache_pages() of 2.6.0 mm/page_alloc.c.
 */
import type { KernelParts } from '../parts.ts';

export class MappedPages {
  constructor(private readonly parts: KernelParts) {}

  /** nr_mapped: pages that some pte maps. */
  get pages(): number {
    return this.parts.memMap.mapped;
  }

  /** nr_free_pagecache_pages(): what is above the zones' high marks; total_memory of vmscan.c and total_pages of writeback. */
  get total(): number {
    let total = 0;
    for (const { layout, clusterFrames, marks } of this.parts.allZones) {
      total += Math.max(0, Math.floor(layout.present / clusterFrames) - marks.high);
    }
    return Math.max(1, total);
  }
}
