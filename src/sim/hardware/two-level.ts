/**
 * Two cache levels and nothing else, as cache simulators have them: L1 data and a unified L2, true LRU, write-back,
 * write-allocate, not inclusive, addresses used as they are. After DineroIV (Edler & Hill), whose counts it gives
 * exactly: a victim's write-back and the fill are both accesses of L2, a write that covers a whole line allocates it
 * without a fill, and dirty lines are written back at the end.
 *
 * Hot loop: a way is one Int32, line << 1 | dirty, in order of recency. L1 is worked on in an array of the module,
 * copied in and out once for each block, for the reason that base/arena.ts gives.
 */
import { log2 } from '../base/bits.ts';
import {
  KIND_MASK,
  RECORD_WORDS,
  REF_FETCH,
  REF_READ,
  REF_WRITE,
  REGION_HIGH_SHIFT,
  SIZE_MASK,
  SIZE_SHIFT,
} from '../workloads/trace.ts';
import * as C from '../base/counters.ts';
import { allRecords } from './record-blocks.ts';
import type { CacheShape } from './set-assoc.ts';

const EMPTY = -2; // an even number: not dirty; no line has it as its key since line numbers stay below 2^30

/** Lines of the largest L1. */
export const MOST_L1_LINES = 2 ** 20;
/** Ways of the L1 at work, and one more: the loop looks at the second way of a set whatever their number. */
const ways = new Int32Array(MOST_L1_LINES + 1);

interface TwoLevelCosts {
  readonly instructionNs: number;
  readonly l2HitNs: number;
  readonly memoryNs: number;
}

export class TwoLevel {
  /** Virtual time so far, ns. */
  clock = 0;
  private readonly l1: Int32Array;
  private readonly l2: Int32Array;
  private readonly l1Ways: number;
  private readonly l2Ways: number;
  private readonly l1SetMask: number;
  private readonly l2SetMask: number;
  private readonly l1LineShift: number;
  private readonly l2LineShift: number;

  /** `instructions`: fetch records take the time of an instruction ('count') or nothing at all ('skip'). */
  constructor(
    l1: CacheShape,
    l2: CacheShape,
    private readonly costs: TwoLevelCosts,
    private readonly instructions: 'count' | 'skip',
    readonly counters: Float64Array = new Float64Array(C.COUNTERS),
  ) {
    this.l1Ways = l1.ways;
    this.l2Ways = l2.ways;
    this.l1LineShift = log2(l1.lineBytes);
    this.l2LineShift = log2(l2.lineBytes);
    this.l1SetMask = l1.bytes / (l1.lineBytes * l1.ways) - 1;
    this.l2SetMask = l2.bytes / (l2.lineBytes * l2.ways) - 1;
    this.l1 = new Int32Array((this.l1SetMask + 1) * l1.ways).fill(EMPTY);
    this.l2 = new Int32Array((this.l2SetMask + 1) * l2.ways).fill(EMPTY);
  }

  /**
   * Simulates records `from` (inclusive) to `to` (exclusive) of record-blocks.ts. `hasFetches`: instructions are records
   * of their own; otherwise every data record counts as one.
   */
  run(from: number, to: number, hasFetches: boolean): void {
    ways.set(this.l1);
    ways[this.l1.length] = EMPTY; // what a larger L1 left there is not this one's second way
    this.runBlock(from, to, hasFetches);
    this.l1.set(ways.subarray(0, this.l1.length));
  }

  /** The hot loop, on the L1 in `ways`. */
  private runBlock(from: number, to: number, hasFetches: boolean): void {
    const { l1Ways, l1SetMask, l1LineShift } = this;
    const lineBytes = 1 << l1LineShift;
    const lineMask = lineBytes - 1;
    const highShift = 32 - l1LineShift;
    let fetches = 0;
    let modifies = 0;
    let writes = 0;
    for (let i = from * RECORD_WORDS; i < to * RECORD_WORDS; i += RECORD_WORDS) {
      const address = allRecords[i];
      const meta = allRecords[i + 1];
      const kind = meta & KIND_MASK;
      const line = (address >>> l1LineShift) | ((meta >>> REGION_HIGH_SHIFT) << highShift);
      const size = (meta >> SIZE_SHIFT) & SIZE_MASK;
      if (kind > REF_WRITE) {
        if (kind === REF_FETCH) fetches++;
        else {
          modifies++;
          this.reference(line, kind, false);
          this.rest(line, (address & lineMask) + size - lineBytes, kind);
        }
        continue;
      }
      writes += kind;
      const key = (line << 1) | 1;
      const first = Math.imul(line & l1SetMask, l1Ways);
      const most = ways[first];
      const offset = address & lineMask;
      if ((most | 1) === key) ways[first] = most | kind;
      else {
        // The second way inlined: most hits that are not of the first are of it. (One way only: the next set's, no match.)
        const second = ways[first + 1];
        if ((second | 1) === key) {
          ways[first + 1] = most;
          ways[first] = second | kind;
        } else this.reference(line, kind, offset === 0 && size >= lineBytes);
      }
      if (offset + size > lineBytes) this.rest(line, offset + size - lineBytes, kind);
    }
    const records = to - from - fetches;
    const c = this.counters;
    c[C.WRITES] += writes + modifies;
    c[C.READS] += records - writes;
    if (this.instructions !== 'skip') c[C.FETCHES] += fetches;
    c[C.L1D_WRITES] += writes + modifies;
    c[C.L1D_READS] += records - writes;
    const instructions = hasFetches && this.instructions === 'count' ? fetches : records;
    c[C.INSTRUCTIONS] += instructions;
    this.clock += instructions * this.costs.instructionNs;
  }

  /** Writes every dirty line back, L1 first, as DineroIV does at the end of a run. */
  flush(): void {
    const { l1, l2 } = this;
    for (let i = 0; i < l1.length; i++) {
      if ((l1[i] & 1) === 0) continue;
      this.counters[C.L1_WRITEBACKS]++;
      this.accessL2((l1[i] >>> 1) >>> (this.l2LineShift - this.l1LineShift), 1);
      l1[i] = EMPTY;
    }
    for (let i = 0; i < l2.length; i++) {
      if ((l2[i] & 1) === 0) continue;
      this.counters[C.L2_WRITEBACKS]++;
      l2[i] = EMPTY;
    }
  }

  /** The lines after the first of a reference, of which `left` bytes lie beyond it. */
  private rest(line: number, left: number, kind: number): void {
    const lineBytes = 1 << this.l1LineShift;
    for (let next = line + 1; left > 0; next++, left -= lineBytes) {
      if (kind !== REF_WRITE) this.counters[C.L1D_READS]++;
      if (kind !== REF_READ) this.counters[C.L1D_WRITES]++;
      this.reference(next, kind, left >= lineBytes);
    }
  }

  /** One line; `whole`: the reference covers all of it. A modify's write hits after its read. */
  private reference(line: number, kind: number, whole: boolean): void {
    const { l1Ways } = this;
    const first = (line & this.l1SetMask) * l1Ways;
    const write = kind === REF_READ ? 0 : 1;
    const key = (line << 1) | 1;
    for (let way = 0; way < l1Ways; way++) {
      const entry = ways[first + way];
      if ((entry | 1) !== key) continue;
      for (let i = first + way; i > first; i--) ways[i] = ways[i - 1];
      ways[first] = entry | write;
      return;
    }
    const victim = ways[first + l1Ways - 1];
    for (let i = first + l1Ways - 1; i > first; i--) ways[i] = ways[i - 1];
    ways[first] = (line << 1) | write;
    const toL2 = this.l2LineShift - this.l1LineShift;
    if ((victim & 1) === 1) {
      this.counters[C.L1_WRITEBACKS]++;
      this.accessL2((victim >>> 1) >>> toL2, 1);
    }
    this.counters[kind === REF_WRITE ? C.L1D_WRITE_MISSES : C.L1D_READ_MISSES]++;
    if (whole && kind === REF_WRITE) return;
    this.clock += this.accessL2(line >>> toL2, 0) ? this.costs.l2HitNs : this.costs.memoryNs;
  }

  /** True for a hit. */
  private accessL2(line: number, write: 0 | 1): boolean {
    const { l2, l2Ways, counters } = this;
    const first = (line & this.l2SetMask) * l2Ways;
    const key = (line << 1) | 1;
    counters[write === 1 ? C.L2_WRITES : C.L2_READS]++;
    for (let way = 0; way < l2Ways; way++) {
      const entry = l2[first + way];
      if ((entry | 1) !== key) continue;
      for (let i = first + way; i > first; i--) l2[i] = l2[i - 1];
      l2[first] = entry | write;
      return true;
    }
    counters[write === 1 ? C.L2_WRITE_MISSES : C.L2_READ_MISSES]++;
    if ((l2[first + l2Ways - 1] & 1) === 1) counters[C.L2_WRITEBACKS]++;
    for (let i = first + l2Ways - 1; i > first; i--) l2[i] = l2[i - 1];
    l2[first] = (line << 1) | write;
    return false;
  }
}
