/**
 * A set-associative cache array with true LRU: within a set, way 0 is the most recently used and empty ways come last,
 * so order is recency and there are no time stamps. Used for L2 and remote caches; L1 and TLB have their own inlined
 * form of the same idea (core.ts).
 */
import { log2 } from '../base/bits.ts';

/** MESI, as one byte a line; of a node for a remote cache's line, of a CPU for an L2 line. */
export const INVALID = 0;
export const SHARED = 1;
export const EXCLUSIVE = 2;
export const MODIFIED = 3;

export interface CacheShape {
  readonly bytes: number;
  readonly ways: number;
  readonly lineBytes: number;
}

export class SetAssoc {
  readonly sets: number;
  readonly ways: number;
  /** Line numbers, -1 for none; column [set * ways + way]. */
  readonly lines: Int32Array;
  /** MESI, same index. */
  readonly states: Uint8Array;
  private readonly setMask: number;

  /** What the last insert() pushed out: -1 for nothing. */
  evictedLine = -1;
  evictedState = INVALID;

  constructor(shape: CacheShape) {
    this.ways = shape.ways;
    this.sets = shape.bytes / (shape.lineBytes * shape.ways);
    log2(this.sets);
    this.setMask = this.sets - 1;
    this.lines = new Int32Array(this.sets * this.ways).fill(-1);
    this.states = new Uint8Array(this.sets * this.ways);
  }

  /** Index of the line, or -1. Recency stays as it is. */
  find(line: number): number {
    const { lines, ways } = this;
    const first = (line & this.setMask) * ways;
    for (let i = first; i < first + ways; i++) if (lines[i] === line) return i;
    return -1;
  }

  /** Makes the line at `index` the most recent of its set; returns its new index. */
  touch(index: number): number {
    const { lines, states, ways } = this;
    const first = index - (index % ways);
    if (index === first) return first;
    const line = lines[index];
    const state = states[index];
    for (let i = index; i > first; i--) {
      lines[i] = lines[i - 1];
      states[i] = states[i - 1];
    }
    lines[first] = line;
    states[first] = state;
    return first;
  }

  /** Puts a line that is not there in as the most recent of its set; what goes for it is left in `evicted...`. */
  insert(line: number, state: number): void {
    const { lines, states, ways } = this;
    const first = (line & this.setMask) * ways;
    const last = first + ways - 1;
    this.evictedLine = lines[last];
    this.evictedState = states[last];
    for (let i = last; i > first; i--) {
      lines[i] = lines[i - 1];
      states[i] = states[i - 1];
    }
    lines[first] = line;
    states[first] = state;
  }

  /** Empties the way at `index`; the ways behind it move up, so that empty ones stay last. */
  remove(index: number): void {
    const { lines, states, ways } = this;
    const last = index - (index % ways) + ways - 1;
    for (let i = index; i < last; i++) {
      lines[i] = lines[i + 1];
      states[i] = states[i + 1];
    }
    lines[last] = -1;
    states[last] = INVALID;
  }
}
