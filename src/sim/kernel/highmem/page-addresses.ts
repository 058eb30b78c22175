/**
 * page_address(): at which slot of the persistent kmaps a highmem page is mapped, if it is. 2.4 keeps it in page->virtual;
 * 2.6.0 (mm/highmem.c) in a hash of 128 buckets, each with an interrupt-safe lock, of descriptors from a pool of
 * LAST_PKMAP. Windows of an address space or task (UKVA, never merged) have a small table of their own.
 */
import { after, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { MemMap } from '../mem-map.ts';
import type { StaticData } from '../static-data.ts';

export interface PageAddresses {
  /** Slot of the page, or -1. */
  find(on: KernelCpu, page: number): number;
  set(on: KernelCpu, page: number, slot: number): void;
  forget(on: KernelCpu, page: number): void;
}

/** 2.4: a word in struct page. */
export class VirtualField implements PageAddresses {
  private readonly slots = new Map<number, number>();

  constructor(private readonly memMap: MemMap) {}

  find(on: KernelCpu, page: number): number {
    on.read(this.memMap.addressOf(page));
    return this.slots.get(page) ?? -1;
  }

  set(on: KernelCpu, page: number, slot: number): void {
    on.write(this.memMap.addressOf(page));
    this.slots.set(page, slot);
  }

  forget(on: KernelCpu, page: number): void {
    on.write(this.memMap.addressOf(page));
    this.slots.delete(page);
  }
}

/** PA_HASH_ORDER 7; a bucket is a list head and a lock on a line of its own. */
const BUCKETS = 128;
const BUCKET_BYTES = 32;
/** struct page_address_map: page, virtual, list. */
const MAP_BYTES = 16;
/** GOLDEN_RATIO_PRIME of linux/hash.h on 32 bits. */
const GOLDEN_RATIO = 0x9e370001;

/** 2.6: hashed. Chains are singly linked here, their heads in the buckets; a descriptor has the number of its slot. */
export class HashedAddresses implements PageAddresses {
  private readonly bucketsAt: KAddr;
  private readonly mapsAt: KAddr;
  private readonly poolAt: KAddr;
  /** First and next descriptor + 1, 0 for none. */
  private readonly heads = new Int32Array(BUCKETS);
  private readonly nexts: Int32Array;
  private readonly pages: Int32Array;

  constructor(
    slots: number,
    data: StaticData,
    private readonly structPageBytes: number,
  ) {
    this.bucketsAt = data.claim(BUCKETS * BUCKET_BYTES);
    this.mapsAt = data.claim(slots * MAP_BYTES);
    this.poolAt = data.claim(BUCKET_BYTES);
    this.nexts = new Int32Array(slots);
    this.pages = new Int32Array(slots).fill(-1);
  }

  find(on: KernelCpu, page: number): number {
    const outer = on.enter(FN.page_address);
    const bucket = this.bucketOf(page);
    const at = this.lock(on, bucket);
    let slot = this.heads[bucket] - 1;
    while (slot >= 0) {
      on.read(this.mapAt(slot));
      if (this.pages[slot] === page) break;
      slot = this.nexts[slot] - 1;
    }
    on.unlock('page_address_lock', at);
    on.leave(outer);
    return slot;
  }

  set(on: KernelCpu, page: number, slot: number): void {
    const outer = on.enter(FN.page_address);
    this.pool(on);
    on.write(this.mapAt(slot));
    this.pages[slot] = page;
    this.nexts[slot] = 0;
    const bucket = this.bucketOf(page);
    const at = this.lock(on, bucket);
    // list_add_tail(): the head's prev is the last, no walk.
    if (this.heads[bucket] === 0) this.heads[bucket] = slot + 1;
    else {
      let last = this.heads[bucket] - 1;
      while (this.nexts[last] !== 0) last = this.nexts[last] - 1;
      on.write(this.mapAt(last));
      this.nexts[last] = slot + 1;
    }
    on.unlock('page_address_lock', at);
    on.leave(outer);
  }

  forget(on: KernelCpu, page: number): void {
    const outer = on.enter(FN.page_address);
    const bucket = this.bucketOf(page);
    const at = this.lock(on, bucket);
    let before = -1;
    let slot = this.heads[bucket] - 1;
    while (slot >= 0) {
      on.read(this.mapAt(slot));
      if (this.pages[slot] === page) break;
      before = slot;
      slot = this.nexts[slot] - 1;
    }
    if (slot >= 0) {
      if (before < 0) this.heads[bucket] = this.nexts[slot];
      else {
        on.write(this.mapAt(before));
        this.nexts[before] = this.nexts[slot];
      }
      this.pages[slot] = -1;
    }
    on.unlock('page_address_lock', at);
    this.pool(on);
    on.leave(outer);
  }

  private lock(on: KernelCpu, bucket: number): KAddr {
    const at = after(this.bucketsAt, bucket * BUCKET_BYTES);
    on.lock('page_address_lock', at);
    return at;
  }

  /** Takes a descriptor from the pool, or gives one back: its lock and list are one line. */
  private pool(on: KernelCpu): void {
    on.lock('page_address_lock', this.poolAt);
    on.unlock('page_address_lock', this.poolAt);
  }

  private mapAt(slot: number): KAddr {
    return after(this.mapsAt, slot * MAP_BYTES);
  }

  /** hash_ptr() of the struct page, its place in mem_map standing for its address. */
  private bucketOf(page: number): number {
    return Math.imul(page * this.structPageBytes, GOLDEN_RATIO) >>> 25;
  }
}

/** A window's own: a few lines, searched by the page's number. */
export class WindowAddresses implements PageAddresses {
  private readonly slots = new Map<number, number>();

  /** `at`: of `lines` lines. */
  constructor(
    private readonly at: KAddr,
    private readonly lines: number,
  ) {}

  find(on: KernelCpu, page: number): number {
    on.read(this.lineOf(page));
    return this.slots.get(page) ?? -1;
  }

  set(on: KernelCpu, page: number, slot: number): void {
    on.write(this.lineOf(page));
    this.slots.set(page, slot);
  }

  forget(on: KernelCpu, page: number): void {
    on.write(this.lineOf(page));
    this.slots.delete(page);
  }

  private lineOf(page: number): KAddr {
    return after(this.at, (page % this.lines) * BUCKET_BYTES);
  }
}
