/**
 * When lock words were held, for those locks whose waiting is modelled (locks.ts): who asks for one that is held spins
 * until it is given back. CPUs run a little ahead of each other, so a lock may have been taken at a time that lies ahead of
 * who asks: that must not block the past. So the last holds of a word are kept as intervals of virtual time, and a lock is
 * got at the first instant, not before one asks, that lies in none of them.
 *
 * Deviations: a hold that begins in a gap may last into the next interval; of more than KEPT holds the oldest are
 * forgotten; who spins takes no line from the holder until the lock is free.
 */
import type { KAddr } from '../base/units.ts';

const KEPT = 32;

class Holds {
  private readonly from = new Float64Array(KEPT).fill(-1);
  private readonly to = new Float64Array(KEPT).fill(-1);
  private next = 0;
  /** End of the hold that ends last. */
  private last = -1;

  freeAt(now: number): number {
    let free = now;
    if (now >= this.last) return now;
    for (let again = true; again;) {
      again = false;
      for (let place = 0; place < KEPT; place++) {
        if (this.from[place] > free || this.to[place] <= free) continue;
        free = this.to[place];
        again = true;
      }
    }
    return free;
  }

  add(from: number, to: number): void {
    this.from[this.next] = from;
    this.to[this.next] = to;
    this.next = (this.next + 1) % KEPT;
    this.last = Math.max(this.last, to);
  }
}

export class LockWaits {
  private readonly words = new Map<KAddr, Holds>();

  /** The first instant from `now` on at which nobody holds the lock whose word lies at `at`, ns. */
  freeAt(at: KAddr, now: number): number {
    return this.words.get(at)?.freeAt(now) ?? now;
  }

  /** It was held from `from` to `to`. */
  held(at: KAddr, from: number, to: number): void {
    let holds = this.words.get(at);
    if (holds === undefined) {
      holds = new Holds();
      this.words.set(at, holds);
    }
    holds.add(from, to);
  }
}
