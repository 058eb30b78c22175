/**
 * A memory trace as the simulator reads it: fixed records of two 32-bit words, pulled in blocks at any position, so
 * that every CPU reads at its own place and nothing need be in memory as a whole.
 *
 * word 0: address within the folded space, low 32 bits: (region << 24 | offset) where `region` counts 16 MiB regions
 *         of the original address space in order of first use.
 * word 1: bits 0-1 kind, bits 2-13 size in bytes (1-4095), bits 14-31 region >> 8.
 */
export const RECORD_WORDS = 2;
export const REF_READ = 0;
export const REF_WRITE = 1;
/** lackey's M: a read and a write of the same bytes. */
export const REF_MODIFY = 2;
export const REF_FETCH = 3;
export const KIND_MASK = 3;
export const SIZE_SHIFT = 2;
export const SIZE_MASK = 0xfff;
export const REGION_HIGH_SHIFT = 14;
/** A region is 2^24 bytes. */
export const REGION_SHIFT = 24;

/** A 16 MiB region that a trace touches: where it lay, and what part of it is touched (bytes, end exclusive). */
export interface TraceRegion {
  /** Original address / 2^24, up to 2^40. */
  readonly base: number;
  readonly touchedStart: number;
  readonly touchedEnd: number;
}

export interface TraceInfo {
  readonly name: string;
  readonly records: number;
  /**
   * References by kind: reads, writes, modifies, fetches. Their sum is less than `records` where references crossed the
   * end of a region or were larger than 4,095 bytes, and were cut into several records.
   */
  readonly kinds: readonly [number, number, number, number];
  readonly regions: readonly TraceRegion[];
  /** SHA-256 of the packed form (hex): what a run file remembers the trace by. */
  readonly sha256: string;
}

/** Where records come from. `read` fills `into` from record `position` on and returns how many records it wrote (0 at the end). */
export interface TraceSource {
  readonly info: TraceInfo;
  read(position: number, into: Uint32Array): number;
}
