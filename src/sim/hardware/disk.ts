/**
 * A disk: one arm, which serves requests in the order in which they are asked for, each with an access (seek and
 * rotation) unless its first block follows the last one of the request before it, and then its transfer. Figures from
 * the profile; a megabyte is 10^6 bytes, as makers count.
 *
 * Tasks ask ahead of their CPUs' clocks (a system call books all its reads, one after the other, before it sleeps), so
 * requests do not come in order of time: a request takes the first gap that it fits into. Deviations: what stands
 * behind a gap keeps the access that it was booked with; no elevator, no write cache; DMA takes no time of the memory bus.
 */

/** Spans of busy time that are remembered; time before them counts as past. */
const MOST_SPANS = 4096;

export interface DiskSpec {
  readonly name: string;
  readonly bandwidthMBps: number;
  readonly accessMs: number;
  readonly queueDepth: number;
  readonly dmaBits: 24 | 32 | 64;
}

/** The arm at work without a break. */
interface Span {
  readonly start: number;
  end: number;
  /** Block after the last one that it moves. */
  next: number;
}

export class Disk {
  readonly name: string;
  /** Requests that the controller takes at once. */
  readonly queueDepth: number;
  /** Bits of an address that its DMA reaches. */
  readonly dmaBits: 24 | 32 | 64;
  requests = 0;
  readBytes = 0;
  writtenBytes = 0;
  /** Time that the arm has been booked for, ns; of it, accesses. */
  busyNs = 0;
  accessNs = 0;
  private readonly nsPerByte: number;
  private readonly access: number;
  /** In order of time, a gap before each. */
  private readonly spans: Span[] = [];
  /** Ends of requests, ascending. */
  private readonly ends: number[] = [];

  /** `place`: of the node that it is attached to. */
  constructor(
    spec: DiskSpec,
    readonly place: number,
    private readonly blockBytes = 4096,
  ) {
    this.name = spec.name;
    this.queueDepth = spec.queueDepth;
    this.dmaBits = spec.dmaBits;
    this.nsPerByte = 1000 / spec.bandwidthMBps;
    this.access = spec.accessMs * 1e6;
  }

  /**
   * A request of `bytes` from block `block` on, asked for at `now`: the time at which it is done, ns. Reading and writing
   * take the same time.
   */
  book(now: number, block: number, bytes: number, write: boolean): number {
    const transfer = bytes * this.nsPerByte;
    const after = block + Math.ceil(bytes / this.blockBytes);
    const { spans } = this;
    // The last span that begins by `now`, and from there the first gap that is long enough.
    let at = spans.length - 1;
    while (at >= 0 && spans[at].start > now) at--;
    for (; ; at++) {
      const before = at < 0 ? undefined : spans[at];
      const access = before?.next === block ? 0 : this.access;
      const start = Math.max(now, before?.end ?? 0);
      const end = start + access + transfer;
      const following = spans[at + 1];
      if (following !== undefined && end > following.start) continue;
      if (before !== undefined && before.end === start) {
        before.end = end;
        before.next = after;
      } else spans.splice(at + 1, 0, { start, end, next: after });
      if (spans.length > MOST_SPANS) spans.shift();
      this.requests++;
      if (write) this.writtenBytes += bytes;
      else this.readBytes += bytes;
      this.busyNs += access + transfer;
      this.accessNs += access;
      this.queue(end);
      return end;
    }
  }

  /** Requests that are not done at `now`. */
  pending(now: number): number {
    const { ends } = this;
    let at = ends.length;
    while (at > 0 && ends[at - 1] > now) at--;
    return ends.length - at;
  }

  private queue(end: number): void {
    const { ends } = this;
    let at = ends.length;
    while (at > 0 && ends[at - 1] > end) at--;
    ends.splice(at, 0, end);
    if (ends.length > 2 * MOST_SPANS) ends.splice(0, MOST_SPANS);
  }
}
