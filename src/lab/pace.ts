/** Holds a run to so many ns of virtual time a second of real time. Times of the clock are milliseconds. */
export class Pace {
  #rate = Infinity;
  #fromMs = 0;
  #fromNs = 0;

  /** From here on: `nsPerSecond` of virtual time a second; null: as fast as it can. */
  set(nsPerSecond: number | null, nowMs: number, timeNs: number): void {
    this.#rate = nsPerSecond ?? Infinity;
    this.restart(nowMs, timeNs);
  }

  /** The run has stood still: what it did not use meanwhile it does not catch up. */
  restart(nowMs: number, timeNs: number): void {
    this.#fromMs = nowMs;
    this.#fromNs = timeNs;
  }

  get limited(): boolean {
    return this.#rate !== Infinity;
  }

  /** How far virtual time may be by now, ns. */
  allowedNs(nowMs: number): number {
    return this.limited ? this.#fromNs + (this.#rate * (nowMs - this.#fromMs)) / 1000 : Infinity;
  }

  /** Until a run that stands at `timeNs` may go on, ms. */
  waitMs(nowMs: number, timeNs: number): number {
    return this.limited ? Math.max(0, ((timeNs - this.#fromNs) / this.#rate) * 1000 - (nowMs - this.#fromMs)) : 0;
  }
}
