/**
 * Pages under write: PG_writeback from the submission to the completion, and who waits for them; end_page_writeback(),
 * blk_congestion_wait() and test_clear_page_dirty() of 2.6.0 (2.4 keeps the page locked instead, with PG_launder: the
 * same bit here).
 *
 * The model's completion interrupt is settle(): the next look that page replacement takes after a write is done ends it,
 * on the CPU that looks. Deviations: requests are not merged, so a waiter for the queue waits for as many pages as a
 * merged request would have (SWAP_CLUSTER_MAX); buffer heads of swap pages go when their transfer is done (2.4: when the
 * page leaves the swap cache); a page under read is not locked, its reader waits for it.
 */
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { PG_PRIVATE, PG_RECLAIM, PG_SWAPCACHE, PG_WRITEBACK } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { InFlight } from './in-flight.ts';

/** SWAP_CLUSTER_MAX of mm/vmscan.c. */
export const SWAP_CLUSTER_MAX = 32;
/** A tick of HZ = 100 and of HZ = 1000 kernels alike: HZ/10, ns. */
export const TENTH = 1e8;

export class Writeback {
  /** Pages under write (nr_writeback). */
  pages = 0;
  /** Writes begun so far. */
  begun = 0;
  /** rotate_reclaimable_page(): what page replacement does with a page that it wrote and that is clean now. */
  onReclaimable: ((on: KernelCpu, page: number) => void) | undefined;
  private readonly inFlight = new InFlight();
  /** When the write of each page is done. */
  private until = new Float64Array(0);

  constructor(private readonly parts: KernelParts) {}

  /** The write of a page has been submitted and is done at `doneAt`. */
  started(on: KernelCpu, page: number, doneAt: number): void {
    const { memMap } = this.parts;
    if (page >= this.until.length) this.grow(page);
    if ((memMap.flags[page] & PG_WRITEBACK) === 0) this.pages++;
    this.begun++;
    memMap.flags[page] |= PG_WRITEBACK;
    on.write(memMap.addressOf(page));
    this.until[page] = doneAt;
    this.inFlight.push(page, doneAt);
  }

  /** Ends the writes that are done by now. */
  settle(on: KernelCpu): void {
    const now = on.now;
    for (let page = this.inFlight.take(now); page >= 0; page = this.inFlight.take(now)) {
      if (this.inFlight.time === this.until[page]) this.end(on, page);
    }
  }

  /** wait_on_page_writeback(): sleeps until the page is written. */
  waitOn(on: KernelCpu, page: number): void {
    if ((this.parts.memMap.flags[page] & PG_WRITEBACK) === 0) return;
    sleepUntil(on, this.until[page]);
    this.settle(on);
  }

  /** blk_congestion_wait(WRITE, timeout): sleeps until a request is done, or so many ns. */
  congestionWait(on: KernelCpu, timeout: number): void {
    sleepUntil(on, this.congestionEnds(on.now, timeout));
    this.settle(on);
  }

  /** When a sleeper of blk_congestion_wait() wakes. */
  congestionEnds(now: number, timeout: number): number {
    return Math.max(now, Math.min(now + timeout, this.inFlight.doneAt(SWAP_CLUSTER_MAX)));
  }

  /** When the write of a page is done; 0 for one that is not under write. */
  doneAt(page: number): number {
    return this.until[page] ?? 0;
  }

  /** The page is being freed: nobody waits for its write any more. */
  forget(page: number): void {
    const { flags } = this.parts.memMap;
    if ((flags[page] & PG_WRITEBACK) === 0) return;
    flags[page] &= ~(PG_WRITEBACK | PG_RECLAIM);
    this.until[page] = 0;
    this.pages--;
  }

  private end(on: KernelCpu, page: number): void {
    const { memMap } = this.parts;
    const outer = on.enter(FN.end_page_writeback);
    const reclaimable = (memMap.flags[page] & PG_RECLAIM) !== 0;
    memMap.flags[page] &= ~(PG_WRITEBACK | PG_RECLAIM);
    this.until[page] = 0;
    this.pages--;
    on.write(memMap.addressOf(page));
    if ((memMap.flags[page] & (PG_PRIVATE | PG_SWAPCACHE)) === (PG_PRIVATE | PG_SWAPCACHE)) {
      this.parts.block.releaseBuffers(on, page);
    }
    if (reclaimable) this.onReclaimable?.(on, page);
    on.leave(outer);
  }

  private grow(page: number): void {
    const until = new Float64Array(Math.max(4096, 2 ** Math.ceil(Math.log2(page + 1))));
    until.set(this.until);
    this.until = until;
  }
}

/** Sleeps until `time`; where no task runs that could sleep, the CPU stands still. */
export function sleepUntil(on: KernelCpu, time: number): void {
  if (on.task !== undefined) on.waitUntil(time);
  else if (time > on.now) on.spend(time - on.now);
}
