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
    if ((this.#lows.length + 1) * BLOCK <= this.#values.length) this.#grow();
    const end = Math.min(to, this.#values.length);
    const start = Math.max(0, from);
    const head = Math.min(end, Math.ceil(start / BLOCK) * BLOCK);
    const tail = Math.max(head, Math.floor(end / BLOCK) * BLOCK);
    this.low = -1;
    this.high = -1;
    this.#walk(start, head);
    for (let block = head / BLOCK; block < tail / BLOCK; block++) this.#take(this.#lows[block], this.#highs[block]);
    this.#walk(tail, end);
  }

  #walk(from: number, to: number): void {
    for (let at = from; at < to; at++) if (!Number.isNaN(this.#values[at])) this.#take(at, at);
  }

  /** Puts the found ones in the place of `low` and `high` where they are more extreme. */
  #take(low: number, high: number): void {
    if (low < 0) return;
    const values = this.#values;
    if (this.low < 0 || values[low] < values[this.low]) this.low = low;
    if (this.high < 0 || values[high] > values[this.high]) this.high = high;
  }

  #grow(): void {
    for (let block = this.#lows.length; (block + 1) * BLOCK <= this.#values.length; block++) {
      this.low = -1;
      this.high = -1;
      this.#walk(block * BLOCK, (block + 1) * BLOCK);
      this.#lows.push(this.low);
      this.#highs.push(this.high);
    }
  }
}
