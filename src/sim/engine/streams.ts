/**
 * The streams of all programs, each with its place, its block of records and the streams that wait for it. A block is
 * read when it is needed, so a trace larger than memory runs.
 */
import { REF_FETCH, KIND_MASK, RECORD_WORDS } from '../workloads/trace.ts';
import type { Program, ReferenceStream } from '../workloads/workload.ts';
import type { PageTable } from '../hardware/page-table.ts';

const BLOCK_RECORDS = 4096;

/** One stream on its CPU. */
export class Running {
  /** Records executed. */
  position = 0;
  started = false;
  ended = false;
  /** Instructions are records of their own: known after the first block. */
  hasFetches = false;
  readonly words: Int32Array;
  private readonly block = new Uint32Array(BLOCK_RECORDS * RECORD_WORDS);
  /** Next record of the block, and how many it holds. */
  at = 0;
  filled = 0;

  constructor(
    readonly stream: ReferenceStream,
    readonly table: PageTable | undefined,
    /** Stream that must end first. */
    readonly after: Running | undefined,
  ) {
    this.words = new Int32Array(this.block.buffer);
  }

  /** Makes sure that the block has a record to execute; false at the end of the stream. */
  refill(limit: number): boolean {
    if (this.at < this.filled) return true;
    if (this.position >= limit) return false;
    const wanted = Math.min(BLOCK_RECORDS, limit - this.position);
    const into = wanted === BLOCK_RECORDS ? this.block : this.block.subarray(0, wanted * RECORD_WORDS);
    this.filled = this.stream.read(this.position, into);
    this.at = 0;
    if (this.position === 0) this.hasFetches = this.sawFetch();
    return this.filled > 0;
  }

  private sawFetch(): boolean {
    for (let i = 0; i < this.filled; i++) {
      if ((this.words[i * RECORD_WORDS + 1] & KIND_MASK) === REF_FETCH) return true;
    }
    return false;
  }
}

/** Streams of all programs, in order; `spaces[program][n]` is the page table of address space n. */
export function makeRunning(
  programs: readonly Program[],
  spaces: readonly (readonly (PageTable | undefined)[])[],
): readonly Running[] {
  return programs.flatMap((program, index) => {
    const made: Running[] = [];
    for (const stream of program.streams) {
      const after = stream.after === undefined ? undefined : made[stream.after];
      made.push(new Running(stream, spaces[index][stream.addressSpace], after));
    }
    return made;
  });
}
