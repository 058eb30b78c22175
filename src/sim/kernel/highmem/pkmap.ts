/**
 * Persistent kmaps: kmap_high(), kunmap_high(), map_new_virtual() and flush_all_zero_pkmaps() of mm/highmem.c, 2.6.0 (2.4.22
 * has the same). LAST_PKMAP slots under one lock. A slot's count: 0 free and in no TLB; 1 no users, but perhaps still in
 * some TLB, so not to be handed out before a flush; n, n - 1 users. Whenever the cursor wraps to 0 every count of 1 is
 * cleared and all TLBs are flushed, whether or not there was anything to clear, with the lock held.
 *
 * With all slots in use a caller sleeps until somebody unmaps. Here an operation of the kernel runs from its start to
 * its end at once, so that at most its own kmaps are held: map() then says no, and what that means is its caller's affair.
 */
import { InvariantError, invariant } from '../../base/errors.ts';
import { after, type KAddr } from '../../base/units.ts';
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { PageAddresses } from './page-addresses.ts';

const COUNT_BYTES = 4;

export interface PkmapSetup {
  /** LAST_PKMAP. */
  readonly slots: number;
  readonly addresses: PageAddresses;
  /** Where pkmap_count and the page table lie; the lock, unless the pool is one task's own. */
  readonly countsAt: KAddr;
  readonly ptesAt: KAddr;
  readonly pteBytes: number;
  readonly lockAt: KAddr | undefined;
  /** Makes everybody who may have loaded one of the cleared slots forget it. */
  flush(on: KernelCpu, cleared: number): void;
}

export class Pkmap {
  /** pkmap_count. */
  readonly counts: Int32Array;
  /** What each pte maps, -1 for pte_none. */
  readonly pages: Int32Array;
  /** Tasks asleep on pkmap_map_wait. */
  sleepers = 0;
  /** New mappings, flushes, slots that flushes cleared, and probes of map_new_virtual(). */
  mappings = 0;
  flushes = 0;
  cleared = 0;
  probes = 0;
  /** last_pkmap_nr. */
  private cursor = 0;

  constructor(private readonly setup: PkmapSetup) {
    this.counts = new Int32Array(setup.slots);
    this.pages = new Int32Array(setup.slots).fill(-1);
  }

  /** kmap_high() of a highmem page; false where every slot is in use: then the caller joins the sleepers. */
  map(on: KernelCpu, page: number): boolean {
    const outer = on.enter(FN.kmap_high);
    this.lock(on);
    let slot = this.setup.addresses.find(on, page);
    if (slot < 0) slot = this.mapNew(on, page);
    if (slot >= 0) {
      on.write(this.countAt(slot));
      this.counts[slot]++;
    } else this.sleepers++;
    this.unlock(on);
    on.leave(outer);
    return slot >= 0;
  }

  /** kunmap_high(); returns how many sleepers it woke: all, each of whom will try again. */
  unmap(on: KernelCpu, page: number): number {
    const outer = on.enter(FN.kunmap_high);
    this.lock(on);
    const slot = this.setup.addresses.find(on, page);
    invariant(slot >= 0 && this.counts[slot] > 1, 'kunmap: of a page that nobody has mapped', { page, slot });
    on.write(this.countAt(slot));
    const left = --this.counts[slot];
    this.unlock(on);
    const woken = left === 1 ? this.sleepers : 0;
    if (woken > 0) this.sleepers = 0;
    on.leave(outer);
    return woken;
  }

  /** Slots by what may be done with them, for reports. */
  get census(): { readonly free: number; readonly stale: number; readonly used: number } {
    let free = 0;
    let stale = 0;
    for (const count of this.counts) {
      if (count === 0) free++;
      else if (count === 1) stale++;
    }
    return { free, stale, used: this.counts.length - free - stale };
  }

  /** map_new_virtual(): the slot with its count at 1, or -1. */
  private mapNew(on: KernelCpu, page: number): number {
    const { slots, addresses } = this.setup;
    for (let budget = slots; budget > 0; budget--) {
      this.cursor = (this.cursor + 1) % slots;
      if (this.cursor === 0) {
        this.flushZero(on);
        budget = slots;
      }
      this.probes++;
      on.read(this.countAt(this.cursor));
      if (this.counts[this.cursor] !== 0) continue;
      const slot = this.cursor;
      on.write(this.pteAt(slot));
      this.pages[slot] = page;
      this.counts[slot] = 1;
      addresses.set(on, page, slot);
      this.mappings++;
      on.count(C.KMAP_MISSES);
      return slot;
    }
    return -1;
  }

  private flushZero(on: KernelCpu): void {
    const outer = on.enter(FN.flush_all_zero_pkmaps);
    let cleared = 0;
    on.readRange(this.setup.countsAt, this.setup.slots * COUNT_BYTES);
    for (let slot = 0; slot < this.setup.slots; slot++) {
      if (this.counts[slot] !== 1) continue;
      const page = this.pages[slot];
      if (page < 0) throw new InvariantError('pkmap: a slot in use without a pte', { slot });
      on.write(this.countAt(slot));
      this.counts[slot] = 0;
      on.write(this.pteAt(slot));
      this.pages[slot] = -1;
      this.setup.addresses.forget(on, page);
      cleared++;
    }
    this.flushes++;
    this.cleared += cleared;
    on.count(C.KMAP_FLUSHES);
    this.setup.flush(on, cleared);
    on.leave(outer);
  }

  private lock(on: KernelCpu): void {
    if (this.setup.lockAt !== undefined) on.lock('kmap_lock', this.setup.lockAt);
  }

  private unlock(on: KernelCpu): void {
    if (this.setup.lockAt !== undefined) on.unlock('kmap_lock', this.setup.lockAt);
  }

  private countAt(slot: number): KAddr {
    return after(this.setup.countsAt, slot * COUNT_BYTES);
  }

  private pteAt(slot: number): KAddr {
    return after(this.setup.ptesAt, slot * this.setup.pteBytes);
  }
}
