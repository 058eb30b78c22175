/**
 * A resource that carries one transfer at a time (a memory bus, a link), as a ledger of its time: virtual time is cut
 * into slots of SLOT_NS, a transfer books its time in the first slots that have some left, and waits until the first of
 * them. CPUs run a little ahead of each other, so bookings do not come in order of time; the ledger does not mind.
 * Bandwidth is conserved exactly; the wait within one slot is not finer than the slot.
 *
 * Slots live in a ring: time that lies more than the ring behind the newest booking counts as free.
 */
import { ceilPowerOfTwo } from '../base/bits.ts';

const SLOT_NS = 128;
/** The longest line, and a header. */
const TRANSFER_BYTES = 256;
/** More requesters than this do not wait for one resource at the same time. */
const MOST_WAITING = 1024;
const MOST_CLEARING = 64;

/** What `requesters` CPUs can have booked ahead of the last of them: a transfer each, and a page to be cleared. */
export function backlogOf(requesters: number, clusterBytes: number): number {
  return Math.min(requesters, MOST_WAITING) * TRANSFER_BYTES + Math.min(requesters, MOST_CLEARING) * clusterBytes;
}

export class Ledger {
  /** Time booked so far, ns. */
  busyNs = 0;
  bytes = 0;
  private measuredFrom = 0;
  private readonly used: Float64Array;
  /** Which slot of virtual time a place in the ring stands for, plus 1; 0 for none yet. */
  private readonly slotOf: Float64Array;
  private readonly mask: number;

  /** `backlogBytes` can be waiting at once: the ring is four times as long as they take. */
  constructor(
    private readonly nsPerByte: number,
    private readonly queued: boolean,
    backlogBytes: number,
  ) {
    const slots = ceilPowerOfTwo(Math.max(64, (4 * backlogBytes * nsPerByte) / SLOT_NS));
    this.used = new Float64Array(slots);
    this.slotOf = new Float64Array(slots);
    this.mask = slots - 1;
  }

  /** Time booked since measure() was called last, or since the beginning, ns. */
  get measuredNs(): number {
    return this.busyNs - this.measuredFrom;
  }

  measure(): void {
    this.measuredFrom = this.busyNs;
  }

  /** Books a transfer that could start at `now`; returns how long it waits, ns. */
  book(now: number, bytes: number): number {
    let left = bytes * this.nsPerByte;
    this.busyNs += left;
    this.bytes += bytes;
    if (!this.queued) return 0;
    const { used, slotOf, mask } = this;
    let wait = -1;
    let slot = Math.floor(now / SLOT_NS);
    for (;;) {
      const place = slot & mask;
      if (slotOf[place] < slot + 1) {
        slotOf[place] = slot + 1;
        used[place] = 0;
      } else if (slotOf[place] > slot + 1) {
        return wait < 0 ? 0 : wait;
      }
      const free = SLOT_NS - used[place];
      if (free > 0) {
        if (wait < 0) wait = Math.max(0, slot * SLOT_NS + used[place] - now);
        if (left <= free) {
          used[place] += left;
          return wait;
        }
        used[place] = SLOT_NS;
        left -= free;
      }
      slot++;
    }
  }
  /**
   * Books a stream of `bytes` that without others takes `ns` from `now` on, spread evenly, so that others get in
   * between. Returns how long it takes, ns: more than `ns` where they were there first.
   */
  stream(now: number, bytes: number, ns: number): number {
    let left = bytes * this.nsPerByte;
    this.busyNs += left;
    this.bytes += bytes;
    if (!this.queued || left === 0) return ns;
    const { used, slotOf, mask } = this;
    const share = Math.min(1, left / ns);
    const first = Math.floor(now / SLOT_NS);
    let at = now;
    for (let slot = first; ; slot++) {
      const end = (slot + 1) * SLOT_NS;
      const place = slot & mask;
      // A stream longer than the ring books its beginning; the rest counts as free, as the past does.
      const known = slot - first < mask && slotOf[place] <= slot + 1;
      if (known && slotOf[place] < slot + 1) {
        slotOf[place] = slot + 1;
        used[place] = 0;
      }
      const wanted = Math.min(left, (end - at) * share);
      const taken = known ? Math.max(0, Math.min(wanted, SLOT_NS - used[place])) : wanted;
      if (known) used[place] += taken;
      left -= taken;
      if (left <= 1e-9) return Math.max(ns, at + taken / share - now);
      at = end;
    }
  }
}
