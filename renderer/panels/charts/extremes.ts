/**
 * The lowest and the highest of any stretch of a series that grows at its end, without looking at every value: full blocks
 * remember theirs. A NaN is a gap and never an extreme.
 */

const BLOCK = 16;

export class Extremes {
  readonly #values: readonly number[];
  /** Positions of the lowest and the highest of each full block; -1 where it is all gaps. */
  readonly #low: number[] = [];
  readonly #high: number[] = [];

  /** `values` may grow at its end; whoever changes it before that calls clear(). */
  constructor(values: readonly number[]) {
    this.#values = values;
  }

  /** Forgets all: the values were taken anew. */
  clear(): void {
    this.#low.length = 0;
    this.#high.length = 0;
  }

  /** Position of the lowest value from `from` (inclusive) to `to` (exclusive); -1 where there is none. */
  lowest(from: number, to: number): number {
    return this.#search(from, to, this.#low, -1);
  }

  /** Position of the highest value from `from` (inclusive) to `to` (exclusive); -1 where there is none. */
  highest(from: number, to: number): number {
    return this.#search(from, to, this.#high, 1);
  }

  /** `sign`: 1 looks for the highest, -1 for the lowest; the first one of equals. */
  #search(from: number, to: number, blocks: readonly number[], sign: 1 | -1): number {
    this.#grow();
    const values = this.#values;
    const end = Math.min(to, values.length);
    let best = -1;
    let most = -Infinity;
    let at = Math.max(0, from);
    while (at < end) {
      let candidate = at;
      if (at % BLOCK === 0 && at + BLOCK <= end) {
        candidate = blocks[at / BLOCK];
        at += BLOCK;
      } else {
        at += 1;
      }
      if (candidate < 0) continue;
      const value = sign * values[candidate];
      // Not greater for a NaN.
      if (value > most || (best < 0 && value === most)) {
        most = value;
        best = candidate;
      }
    }
    return best;
  }

  #grow(): void {
    const values = this.#values;
    for (let block = this.#low.length; (block + 1) * BLOCK <= values.length; block++) {
      let low = -1;
      let high = -1;
      for (let at = block * BLOCK; at < (block + 1) * BLOCK; at++) {
        const value = values[at];
        if (Number.isNaN(value)) continue;
        if (low < 0 || value < values[low]) low = at;
        if (high < 0 || value > values[high]) high = at;
      }
      this.#low.push(low);
      this.#high.push(high);
    }
  }
}
