/**
 * Folding: the references of a trace, with addresses of 64 bits, to the records of trace.ts. 16 MiB regions of the
 * original address space are numbered in order of first use. A reference that crosses the end of a region, or that is
 * larger than a record can say (4,095 bytes), is cut into several records, yet counts once by its kind; the cuts of large
 * ones lie on multiples of 2 KiB, so that no cache line is referenced twice for it.
 */
import { InputError, makeIssue } from '../base/errors.ts';
import { REGION_HIGH_SHIFT, REGION_SHIFT, SIZE_MASK, SIZE_SHIFT, type TraceRegion } from '../workloads/trace.ts';
import type { RecordSink } from './trace-lines.ts';

const REGION_BYTES = 2 ** REGION_SHIFT;
const OFFSET_MASK = REGION_BYTES - 1;
/** 8 TiB of touched address space: far more than a trace of any program that fits a disk. */
export const REGION_LIMIT = 2 ** 19;
/** Records handed on at once. */
export const BLOCK_RECORDS = 8192;
const CUT_BYTES = 2048;
const SLOTS = 1024;
const KEYS_PER_HIGH = 2 ** (32 - REGION_SHIFT);

/** What is known of a trace when its last record has been folded. */
export interface FoldedTrace {
  readonly records: number;
  readonly kinds: readonly [number, number, number, number];
  readonly regions: readonly TraceRegion[];
}

export class TraceFolder implements RecordSink {
  private readonly words = new Uint32Array(2 * BLOCK_RECORDS);
  private used = 0;
  private flushed = 0;
  private readonly kinds = new Float64Array(4);
  private readonly numbers = new Map<number, number>();
  private readonly bases: number[] = [];
  private starts = new Int32Array(64);
  private ends = new Int32Array(64);
  // The regions seen last, by a hash of their base: the Map is asked only when this fails.
  private readonly slotHigh = new Int32Array(SLOTS);
  private readonly slotTop = new Int32Array(SLOTS).fill(-1);
  private readonly slotRegion = new Int32Array(SLOTS);

  /** `onBlock` gets the records as they come, as words that it must copy or write before it returns. */
  constructor(
    private readonly source: string,
    private readonly onBlock: (words: Uint32Array) => void,
  ) {}

  /** Folds one reference. Throws an InputError when the trace touches more regions than can be numbered. */
  record(kind: number, high: number, low: number, size: number): void {
    const offset = low & OFFSET_MASK;
    const end = offset + size;
    if (size > SIZE_MASK || end > REGION_BYTES) return this.cut(kind, high, low, size);
    const top = low >>> REGION_SHIFT;
    const slot = (top ^ Math.imul(high, 0x9e37)) & (SLOTS - 1);
    const region =
      this.slotTop[slot] === top && this.slotHigh[slot] === (high | 0)
        ? this.slotRegion[slot]
        : this.find(high, top, slot);
    if (offset < this.starts[region]) this.starts[region] = offset;
    if (end > this.ends[region]) this.ends[region] = end;
    this.kinds[kind]++;
    const { words, used } = this;
    words[used] = (region << REGION_SHIFT) | offset;
    words[used + 1] = kind | (size << SIZE_SHIFT) | ((region >>> (32 - REGION_SHIFT)) << REGION_HIGH_SHIFT);
    this.used = used + 2;
    if (this.used === words.length) this.flush();
  }

  /** Hands the last records on. Nothing may be folded afterwards. */
  finish(): FoldedTrace {
    this.flush();
    const [reads, writes, modifies, fetches] = this.kinds;
    return {
      records: this.flushed,
      kinds: [reads, writes, modifies, fetches],
      regions: this.bases.map((base, i) => ({ base, touchedStart: this.starts[i], touchedEnd: this.ends[i] })),
    };
  }

  private flush(): void {
    if (this.used === 0) return;
    this.onBlock(this.used === this.words.length ? this.words : this.words.subarray(0, this.used));
    this.flushed += this.used / 2;
    this.used = 0;
  }

  private find(high: number, top: number, slot: number): number {
    const base = (high >>> 0) * KEYS_PER_HIGH + top;
    let region = this.numbers.get(base);
    if (region === undefined) {
      region = this.bases.length;
      if (region === REGION_LIMIT) throw this.tooMany();
      this.numbers.set(base, region);
      this.bases.push(base);
      if (region === this.starts.length) this.grow();
      this.starts[region] = REGION_BYTES;
    }
    this.slotHigh[slot] = high;
    this.slotTop[slot] = top;
    this.slotRegion[slot] = region;
    return region;
  }

  private grow(): void {
    const [starts, ends] = [this.starts, this.ends];
    this.starts = new Int32Array(starts.length * 2);
    this.ends = new Int32Array(ends.length * 2);
    this.starts.set(starts);
    this.ends.set(ends);
  }

  private cut(kind: number, high: number, low: number, size: number): void {
    const from = low >>> 0;
    const to = from + size;
    const counted = this.kinds[kind] + 1;
    for (let at = from; at < to;) {
      const regionEnd = (Math.floor(at / REGION_BYTES) + 1) * REGION_BYTES;
      const piece = to - at > SIZE_MASK ? Math.floor((at + SIZE_MASK) / CUT_BYTES) * CUT_BYTES : to;
      const end = Math.min(piece, regionEnd);
      this.record(kind, at < 0x1_0000_0000 ? high : high + 1, at | 0, end - at);
      at = end;
    }
    this.kinds[kind] = counted;
  }

  private tooMany(): InputError {
    const record = this.flushed + this.used / 2 + 1;
    const expected = `at most ${REGION_LIMIT} regions of 16 MiB`;
    return new InputError(this.source, [makeIssue('trace-regions', `record ${record}`, expected, 'one more')]);
  }
}
