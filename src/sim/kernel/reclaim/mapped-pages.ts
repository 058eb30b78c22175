/**
 * nr_mapped: pages that some pte maps; 2.6.0 keeps a counter (page_add_rmap()), which page replacement and writeback read.
 * Here it is counted from the mem_map's mapcounts when it is asked for, at most once in 10 ms of virtual time: nobody who
 * reads it needs it to the page.
 */
import type { MemMap } from '../mem-map.ts';
import type { KernelParts } from '../parts.ts';

const INTERVAL = 1e7;

export class MappedPages {
  private readonly memMap: MemMap;
  private pages = 0;
  private next = 0;
  private since = 0;

  constructor(private readonly parts: KernelParts) {
    this.memMap = parts.memMap;
  }

  /** nr_mapped at virtual time `now`. */
  at(now: number): number {
    if (now < this.next && now >= this.since) return this.pages;
    const { mapcount } = this.memMap;
    let mapped = 0;
    for (let page = 0; page < mapcount.length; page++) if (mapcount[page] > 0) mapped++;
    this.pages = mapped;
    this.since = now;
    this.next = now + INTERVAL;
    return mapped;
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
