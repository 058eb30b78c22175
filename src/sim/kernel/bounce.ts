/**
 * Bounce pages: low pages that stand in for those that a device cannot reach; mm/highmem.c of 2.6.0 (blk_queue_bounce()) and
 * of 2.4.22 (create_bounce()). A page is asked of the allocator first, without waiting; where there is none a pool kept
 * for this gives one (64 pages in 2.6, 16 for ISA; 32 in 2.4), and when that is empty too the caller waits until the
 * oldest transfer is done.
 *
 * Deviations: a pool is filled when a device first bounces, not at boot; pages whose transfer is done come back at the
 * next request.
 */
import type { Gfp } from './alloc/gfp.ts';
import type { KernelCpu } from './cpu.ts';
import { OWNER } from './page-flags.ts';
import type { KernelParts } from './parts.ts';

/** ISA_POOL_SIZE. */
const ISA_PAGES = 16;

export class BouncePool {
  /** Pages of the pool that are free. */
  private readonly reserve: number[] = [];
  private filled = false;
  /** Pages in transfers by the time at which these are done, earliest first. */
  private readonly times: number[] = [];
  private readonly pages: number[] = [];
  private readonly fromReserve: boolean[] = [];

  /** `isa`: pages of the DMA zone, for devices that do not reach all of low memory. */
  constructor(
    private readonly parts: KernelParts,
    private readonly isa: boolean,
  ) {}

  /** Pages of transfers that are not done, as far as is known. */
  get inFlight(): number {
    return this.times.length;
  }

  /** A page to copy to or from; hold() says when it comes back. Waits where it must. */
  take(on: KernelCpu): { readonly page: number; readonly reserved: boolean } {
    this.fill(on);
    this.reap(on, on.now);
    const page = this.allocate(on);
    if (page >= 0) return { page, reserved: false };
    while (this.reserve.length === 0 && this.times.length > 0) {
      on.waitUntil(this.times[0]);
      this.reap(on, this.times[0]);
    }
    const kept = this.reserve.pop();
    if (kept !== undefined) return { page: kept, reserved: true };
    // Not even the pool could be filled: the allocator may wait, and ends the run where there is nothing to reclaim.
    return { page: this.parts.pages.alloc(on, this.gfp(true), 0, OWNER['kernel other']), reserved: false };
  }

  /** The transfer of a page is done at `time`. */
  hold(page: number, reserved: boolean, time: number): void {
    let at = this.times.length;
    while (at > 0 && this.times[at - 1] > time) at--;
    this.times.splice(at, 0, time);
    this.pages.splice(at, 0, page);
    this.fromReserve.splice(at, 0, reserved);
  }

  private reap(on: KernelCpu, now: number): void {
    let done = 0;
    while (done < this.times.length && this.times[done] <= now) {
      if (this.fromReserve[done]) this.reserve.push(this.pages[done]);
      else this.parts.pages.free(on, this.pages[done], 0);
      done++;
    }
    if (done === 0) return;
    this.times.splice(0, done);
    this.pages.splice(0, done);
    this.fromReserve.splice(0, done);
  }

  private fill(on: KernelCpu): void {
    if (this.filled) return;
    this.filled = true;
    const wanted = this.isa ? ISA_PAGES : this.parts.traits.bouncePages;
    for (let i = 0; i < wanted; i++) {
      const page = this.allocate(on);
      if (page < 0) return;
      this.reserve.push(page);
    }
  }

  private allocate(on: KernelCpu): number {
    return this.parts.pages.alloc(on, this.gfp(false), 0, OWNER['kernel other']);
  }

  /** GFP_NOIO without waiting: a request on its way to disk does not start others. */
  private gfp(wait: boolean): Gfp {
    return { zone: this.isa ? 'GFP_DMA' : 'GFP_KERNEL', wait, high: false, noRetry: !wait };
  }
}
