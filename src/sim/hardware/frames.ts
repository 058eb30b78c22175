/**
 * Physical memory as far as it is touched. A 4 KiB frame gets a slot when it is first used; slots go out in chunks of
 * CHUNK_FRAMES consecutive frames of one node, so that the low bits of a slot are those of its frame (counted from the
 * node's start) and cache sets come out as on the machine, while line numbers fit 31 bits whatever the machine's size.
 * Deviation: caches whose ways span more than 8 MiB see their upper index bits permuted.
 */
import { InputError, makeIssue } from '../base/errors.ts';
import { asPfn, type Pfn } from '../base/units.ts';

const CHUNK_SHIFT = 11;
const CHUNK_FRAMES = 1 << CHUNK_SHIFT;
/** 2^24 slots of 4 KiB, less a chunk: 64 GiB touched; a line of 32 bytes then has a number below 2^31 - 1. */
const MAX_CHUNKS = (1 << 24) / CHUNK_FRAMES - 1;

export class Frames {
  /** Home node (its place in the profile) of each chunk of slots. */
  private homes = new Int32Array(16);
  /** First frame (from the node's start) of each chunk of slots. */
  private firsts = new Int32Array(16);
  private chunks = 0;
  /** Per node: chunk of the node's memory to chunk of slots plus 1. */
  private readonly slotChunk: Int32Array[];

  /** `starts`, `ends`: pfns of each node's span. */
  constructor(
    private readonly starts: readonly number[],
    ends: readonly number[],
  ) {
    this.slotChunk = starts.map((start, node) => new Int32Array(Math.ceil((ends[node] - start) / CHUNK_FRAMES)));
  }

  /** Slot of a frame of the node at place `node`; makes its chunk when it is the first. Throws InputError beyond 64 GiB touched. */
  slotOf(node: number, pfn: Pfn): number {
    const index = pfn - this.starts[node];
    const table = this.slotChunk[node];
    let chunk = table[index >> CHUNK_SHIFT] - 1;
    if (chunk < 0) {
      chunk = this.chunks++;
      if (chunk === MAX_CHUNKS) {
        throw new InputError('', [makeIssue('too-much-touched', '', 'at most 64 GiB of memory touched', 'more')]);
      }
      if (chunk === this.homes.length) {
        const bigger = new Int32Array(chunk * 2);
        bigger.set(this.homes);
        this.homes = bigger;
        const firsts = new Int32Array(chunk * 2);
        firsts.set(this.firsts);
        this.firsts = firsts;
      }
      this.homes[chunk] = node;
      this.firsts[chunk] = index & ~(CHUNK_FRAMES - 1);
      table[index >> CHUNK_SHIFT] = chunk + 1;
    }
    return chunk * CHUNK_FRAMES + (index & (CHUNK_FRAMES - 1));
  }

  /** Slots made so far: every slot in use is below. */
  get size(): number {
    return this.chunks * CHUNK_FRAMES;
  }

  /** Frame of a slot. */
  pfnOf(slot: number): Pfn {
    const chunk = slot >> CHUNK_SHIFT;
    return asPfn(this.starts[this.homes[chunk]] + this.firsts[chunk] + (slot & (CHUNK_FRAMES - 1)));
  }

  /** Node that a slot's frame lies on. */
  homeOf(slot: number): number {
    return this.homes[slot >> CHUNK_SHIFT];
  }
}
