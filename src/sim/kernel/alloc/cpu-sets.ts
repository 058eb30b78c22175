/**
 * The per-CPU page sets of a zone: a hot and a cold list for each CPU. Source: struct per_cpu_pages and
 * free_area_init_core() of 2.6.0 mm/page_alloc.c. Pages are taken from and put on the head (last in, first out, so that
 * they are in the CPU's cache); what is too much goes back to the zone from the tail.
 *
 * A list is a ring of page numbers; the links in struct page that it stands for are charged by the allocator.
 */
import type { KAddr } from '../../base/units.ts';

/** One list. Page clusters. */
export class PerCpuPages {
  count = 0;
  /** At or below: a request refills first. At or above: a freed page drains first. */
  readonly low: number;
  readonly high: number;
  readonly batch: number;
  private readonly ring: Int32Array;
  private readonly mask: number;
  /** Place of the head in the ring; the list goes upwards from there. */
  private head = 0;

  constructor(low: number, high: number, batch: number) {
    this.low = low;
    this.high = high;
    this.batch = batch;
    const size = 2 ** Math.ceil(Math.log2(Math.max(high, low + batch) + batch + 1));
    this.ring = new Int32Array(size);
    this.mask = size - 1;
  }

  push(page: number): void {
    this.head = (this.head - 1) & this.mask;
    this.ring[this.head] = page;
    this.count++;
  }

  /** list_add_tail(). */
  append(page: number): void {
    this.ring[(this.head + this.count) & this.mask] = page;
    this.count++;
  }

  /** The page at the head; the list is not empty. */
  pop(): number {
    const page = this.ring[this.head];
    this.head = (this.head + 1) & this.mask;
    this.count--;
    return page;
  }

  /** The page at the tail; the list is not empty. */
  popTail(): number {
    this.count--;
    return this.ring[(this.head + this.count) & this.mask];
  }

  /** The page at place `index` from the head. */
  peek(index: number): number {
    return this.ring[(this.head + index) & this.mask];
  }
}

/** Both lists of a CPU: struct per_cpu_pageset. */
export class CpuSets {
  readonly hot: PerCpuPages;
  readonly cold: PerCpuPages;

  /** `batch`: of the zone (boot/per-cpu.ts); `at`: where the sets lie. */
  constructor(
    batch: number,
    readonly at: KAddr,
  ) {
    this.hot = new PerCpuPages(2 * batch, 6 * batch, batch);
    this.cold = new PerCpuPages(0, 2 * batch, batch);
  }
}
