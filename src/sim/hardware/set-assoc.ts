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
  /** Line numbers plus 1, 0 for none (so that a large cache takes up what is used of it); column [set * ways + way]. */
  private readonly tags: Int32Array;
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
    this.tags = new Int32Array(this.sets * this.ways);
    this.states = new Uint8Array(this.sets * this.ways);
  }

  /** Line at an index, -1 for none. */
  lineAt(index: number): number {
    return this.tags[index] - 1;
  }

  /** Index of the line, or -1. Recency stays as it is. */
  find(line: number): number {
    const { tags, ways } = this;
    const first = (line & this.setMask) * ways;
    for (let i = first; i < first + ways; i++) if (tags[i] === line + 1) return i;
    return -1;
  }

  /** Makes the line at `index` the most recent of its set; returns its new index. */
  touch(index: number): number {
    const { tags, states, ways } = this;
    const first = index - (index % ways);
    if (index === first) return first;
    const tag = tags[index];
    const state = states[index];
    for (let i = index; i > first; i--) {
      tags[i] = tags[i - 1];
      states[i] = states[i - 1];
    }
    tags[first] = tag;
    states[first] = state;
    return first;
  }

  /** Puts a line that is not there in as the most recent of its set; what goes for it is left in `evicted...`. */
  insert(line: number, state: number): void {
    const { tags, states, ways } = this;
    const first = (line & this.setMask) * ways;
    const last = first + ways - 1;
    this.evictedLine = tags[last] - 1;
    this.evictedState = states[last];
    for (let i = last; i > first; i--) {
      tags[i] = tags[i - 1];
      states[i] = states[i - 1];
    }
    tags[first] = line + 1;
    states[first] = state;
  }

  /** Empties the way at `index`; the ways behind it move up, so that empty ones stay last. */
  remove(index: number): void {
    const { tags, states, ways } = this;
    const last = index - (index % ways) + ways - 1;
    for (let i = index; i < last; i++) {
      tags[i] = tags[i + 1];
      states[i] = states[i + 1];
    }
    tags[last] = 0;
    states[last] = INVALID;
  }
}
