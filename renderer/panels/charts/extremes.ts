/**
 * The lowest and the highest of any stretch of a series that grows at its end, without looking at every value: full blocks
 * remember theirs. A NaN is a gap and never an extreme.
 */

const BLOCK = 16;

export class Extremes {
  /** Positions found by the last find(); -1 where there was no value. */
  low = -1;
  high = -1;
  readonly #values: readonly number[];
  /** Positions of the lowest and the highest of each full block; -1 where it is all gaps. */
  readonly #lows: number[] = [];
  readonly #highs: number[] = [];

  /** `values` may grow at its end; whoever changes it before that calls clear(). */
  constructor(values: readonly number[]) {
    this.#values = values;
  }

  /** Forgets all: the values were taken anew. */
  clear(): void {
    this.#lows.length = 0;
    this.#highs.length = 0;
  }

  /** Position of the lowest value from `from` (inclusive) to `to` (exclusive); -1 where there is none. */
  lowest(from: number, to: number): number {
    this.find(from, to);
    return this.low;
  }

  /** Position of the highest value from `from` (inclusive) to `to` (exclusive); -1 where there is none. */
  highest(from: number, to: number): number {
    this.find(from, to);
    return this.high;
  }

  /** Finds both at once, into `low` and `high`: of equals the first. Called for every pixel column, so it makes nothing. */
  find(from: number, to: number): void {
    const values = this.#values;
    if ((this.#lows.length + 1) * BLOCK <= values.length) this.#grow();
    const end = Math.min(to, values.length);
    let low = -1;
    let high = -1;
    let least = Infinity;
    let most = -Infinity;
    let at = Math.max(0, from);
    // Up to the first full block, value by value.
    const head = Math.min(end, Math.ceil(at / BLOCK) * BLOCK);
    for (; at < head; at++) {
      const value = values[at];
      if (value < least) {
        least = value;
        low = at;
      }
      if (value > most) {
        most = value;
        high = at;
      }
    }
    for (; at + BLOCK <= end; at += BLOCK) {
      const lowest = this.#lows[at / BLOCK];
      if (lowest < 0) continue;
      const highest = this.#highs[at / BLOCK];
      if (values[lowest] < least) {
        least = values[lowest];
        low = lowest;
      }
      if (values[highest] > most) {
        most = values[highest];
        high = highest;
      }
    }
    for (; at < end; at++) {
      const value = values[at];
      if (value < least) {
        least = value;
        low = at;
      }
      if (value > most) {
        most = value;
        high = at;
      }
    }
    this.low = low;
    this.high = high;
  }

  #grow(): void {
    const values = this.#values;
    for (let block = this.#lows.length; (block + 1) * BLOCK <= values.length; block++) {
      let low = -1;
      let high = -1;
      for (let at = block * BLOCK; at < (block + 1) * BLOCK; at++) {
        const value = values[at];
        if (Number.isNaN(value)) continue;
        if (low < 0 || value < values[low]) low = at;
        if (high < 0 || value > values[high]) high = at;
      }
      this.#lows.push(low);
      this.#highs.push(high);
    }
  }
}
