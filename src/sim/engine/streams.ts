/**
 * The streams of all programs, each with its place, its block of records and the streams that wait for it. A block is
 * read when it is needed, so a trace larger than memory runs.
 */
import { RECORD_WORDS } from '../workloads/trace.ts';
import type { Program, ReferenceStream } from '../workloads/workload.ts';
import type { PageTable } from '../hardware/page-table.ts';

const BLOCK_RECORDS = 4096;

/** One stream on its CPU. */
export class Running {
  /** Records executed. */
  position = 0;
  /** Virtual time at which the stream ended, ns; -1 before. */
  endedAt = -1;
  /** Next record of the block to execute, and how many it holds. */
  at = 0;
  filled = 0;
  /** The block, as the cores read it. */
  readonly words: Int32Array;
  private readonly block = new Uint32Array(BLOCK_RECORDS * RECORD_WORDS);

  constructor(
    readonly stream: ReferenceStream,
    readonly table: PageTable | undefined,
    /** Stream that must end first. */
    private readonly after: Running | undefined,
  ) {
    this.words = new Int32Array(this.block.buffer);
  }

  /** When the stream may start, ns; -1 while the stream that it waits for has not ended. */
  startsAt(): number {
    if (this.after === undefined) return this.stream.startNs;
    return this.after.endedAt < 0 ? -1 : Math.max(this.stream.startNs, this.after.endedAt);
  }

  /** Makes sure that the block has a record to execute; false at the end of the stream. */
  refill(): boolean {
    if (this.at < this.filled) return true;
    this.filled = this.stream.read(this.position, this.block);
    this.at = 0;
    return this.filled > 0;
  }

  /** Records up to `at` of the block have been executed. */
  advance(at: number): void {
    this.position += at - this.at;
    this.at = at;
  }

  end(now: number): void {
    this.endedAt = now;
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
      made.push(new Running(stream, spaces[index]?.[stream.addressSpace], after));
    }
    return made;
  });
}
