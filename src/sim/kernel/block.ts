/**
 * The block layer as far as memory is concerned: submit_bio() of 2.6.0, submit_bh() of 2.4. A request of one page is booked on
 * the disk's own time; its bio or buffer heads come from slabs in low memory, and a page out of the device's reach is
 * bounced (bounce.ts): a write is copied when it is submitted, by way of a persistent kmap, a read when it is done, by way
 * of KM_BOUNCE_READ.
 *
 * Deviations: requests are not merged or sorted; the interrupt at the end, and a read's copy, are charged to the CPU that
 * submitted, when it submits.
 */
import * as C from '../base/counters.ts';
import { FRAME_BYTES, type KAddr } from '../base/units.ts';
import type { SlabCache } from './alloc/slab.ts';
import { BouncePool } from './bounce.ts';
import { Buffers } from './buffers.ts';
import type { KernelCpu } from './cpu.ts';
import { FN } from './functions.ts';
import type { BlockIo } from './io.ts';
import type { KernelParts } from './parts.ts';

const QUEUE_BYTES = 128;
/** sizeof(struct bio) with its one bio_vec, 2.6.0 on i386: 56 and 12 bytes. */
const BIO_BYTES = 68;
/** queue_nr_requests, and blk_congestion threshold of 2.6.0: an eighth less, and one. */
const QUEUE_REQUESTS = 128;
const CONGESTED_AT = QUEUE_REQUESTS - QUEUE_REQUESTS / 8 + 1;

export class Block implements BlockIo {
  readonly devices: number;
  readonly buffers: Buffers;
  readonly bouncePool: BouncePool;
  readonly isaPool: BouncePool;
  private readonly queueAt: readonly KAddr[];
  /** When each of a device's writes is done, in order (rq[WRITE]): reads do not congest writers. */
  private readonly writes: readonly number[][];
  /** First frame that each device does not reach. */
  private readonly reach: readonly number[];
  /** bios of requests that are not done: time at which they are, and object. */
  private readonly times: number[] = [];
  private readonly bios: number[] = [];
  private bioCache: SlabCache | undefined;
  /** Highest frame of low memory: a device that does not reach it bounces to the DMA zone. */
  private readonly lowEnd: number;

  constructor(private readonly parts: KernelParts) {
    const { disks } = parts.machine;
    this.devices = disks.length;
    this.queueAt = disks.map(() => parts.data.claim(QUEUE_BYTES));
    this.writes = disks.map(() => []);
    this.reach = disks.map(({ dmaBits }) => (dmaBits === 64 ? Infinity : 2 ** (dmaBits - 12)));
    this.lowEnd = parts.layout.maxLowPfn;
    this.buffers = new Buffers(parts);
    this.bouncePool = new BouncePool(parts, false);
    this.isaPool = new BouncePool(parts, true);
  }

  submit(on: KernelCpu, device: number, block: number, page: number, write: boolean, bytes?: number): number {
    const { machine, memMap } = this.parts;
    const clusterBytes = FRAME_BYTES << memMap.shift;
    const size = Math.min(bytes ?? clusterBytes, clusterBytes);
    const frames = Math.ceil(size / FRAME_BYTES);
    const outer = on.enter(FN.blk_submit);
    this.reap(on);
    if (this.parts.traits.requests === 'buffer_head' || size < clusterBytes) this.buffers.use(on, page);
    const bio = this.parts.traits.requests === 'bio' ? this.makeBio(on) : -1;
    const bounces = this.bounces(device, page, frames);
    const pool = this.lowEnd > this.reach[device] ? this.isaPool : this.bouncePool;
    const bounce = bounces ? pool.take(on) : undefined;
    if (bounce !== undefined && write) this.copyOut(on, page, bounce.page, frames);
    on.lock('queue_lock', this.queueAt[device]);
    on.write(this.queueAt[device]);
    const done = machine.disks[device].book(on.now, block, size, write);
    on.unlock('queue_lock', this.queueAt[device]);
    if (write) this.queueWrite(this.writes[device], done, on.now);
    on.count(write ? C.PGPGOUT : C.PGPGIN, frames);
    const inner = on.enter(FN.end_io);
    on.spend(this.parts.profile.kernel.flush.irqNs);
    if (bounce !== undefined) {
      if (!write) this.copyIn(on, bounce.page, page, frames);
      pool.hold(bounce.page, bounce.reserved, done);
      on.count(C.BOUNCED_PAGES);
    }
    on.leave(inner);
    if (bio >= 0) this.hold(bio, done);
    on.leave(outer);
    return done;
  }

  congested(device: number, now: number): boolean {
    // A machine without disks: pages of segments would go to swap that is not there.
    if (device >= this.devices) return false;
    const writes = this.writes[device];
    // The one that makes it congested is done later than `now`, or not.
    return writes.length >= CONGESTED_AT && writes[writes.length - CONGESTED_AT] > now;
  }

  releaseBuffers(on: KernelCpu, page: number): boolean {
    return this.buffers.release(on, page);
  }

  /** True where a transfer of the page's first frames ends above what the device reaches. */
  bounces(device: number, page: number, frames: number): boolean {
    const { memMap, frames: slots } = this.parts;
    return slots.pfnOf(memMap.slotOf(page)) + frames > this.reach[device];
  }

  private copyOut(on: KernelCpu, page: number, to: number, frames: number): void {
    const outer = on.enter(FN.bounce_copy);
    this.parts.highmem.kmap(on, page);
    this.parts.pages.copy(on, page, to, frames);
    this.parts.highmem.kunmap(on, page);
    on.leave(outer);
  }

  private copyIn(on: KernelCpu, from: number, page: number, frames: number): void {
    const outer = on.enter(FN.bounce_copy);
    this.parts.highmem.kmapAtomic(on, page, 'KM_BOUNCE_READ');
    this.parts.pages.copy(on, from, page, frames);
    this.parts.highmem.kunmapAtomic(on, page, 'KM_BOUNCE_READ');
    on.leave(outer);
  }

  private makeBio(on: KernelCpu): number {
    this.bioCache ??= this.parts.slabs.cache('bio', BIO_BYTES);
    const bio = this.bioCache.alloc(on);
    // A mempool stands behind the slab: without memory the request goes on with a bio of the pool.
    if (bio >= 0) on.write(this.bioCache.addressOf(bio));
    return bio;
  }

  private queueWrite(writes: number[], done: number, now: number): void {
    let at = writes.length;
    while (at > 0 && writes[at - 1] > done) at--;
    writes.splice(at, 0, done);
    let past = 0;
    while (writes[past] <= now) past++;
    if (past > CONGESTED_AT) writes.splice(0, past);
  }

  private hold(bio: number, done: number): void {
    let at = this.times.length;
    while (at > 0 && this.times[at - 1] > done) at--;
    this.times.splice(at, 0, done);
    this.bios.splice(at, 0, bio);
  }

  /** Requests that are done by now give their bios back. */
  private reap(on: KernelCpu): void {
    const { now } = on;
    let done = 0;
    while (done < this.times.length && this.times[done] <= now) this.bioCache?.free(on, this.bios[done++]);
    if (done === 0) return;
    this.times.splice(0, done);
    this.bios.splice(0, done);
  }
}
