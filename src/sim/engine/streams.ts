/**
 * The streams of all programs, each with its place, its block of records and the streams that wait for it. A block is
 * read when it is needed, so a trace larger than memory runs.
 */
import { claimBlock, type RecordBlock } from '../hardware/record-blocks.ts';
import type { Program, ReferenceStream } from '../workloads/workload.ts';
import type { PageTable } from '../hardware/page-table.ts';

const BLOCK_RECORDS = 4096;
/** Where there are very many streams their blocks are shorter, so that all of them have room. */
const MANY_STREAMS = 2048;
const SHORT_BLOCK_RECORDS = 256;

/** One stream on its CPU. */
export class Running {
  /** Records executed. */
  position = 0;
  /** Virtual time at which the stream ended, ns; -1 before. */
  endedAt = -1;
  /** Next record to execute, and the end of those that have been read, as record-blocks.ts counts them. */
  at: number;
  filled: number;
  private readonly block: RecordBlock;

  constructor(
    readonly stream: ReferenceStream,
    readonly table: PageTable | undefined,
    /** Stream that must end first. */
    private readonly after: Running | undefined,
    blockRecords: number,
  ) {
    this.block = claimBlock(blockRecords, this);
    this.at = this.block.first;
    this.filled = this.block.first;
  }

  /** When the stream may start, ns; -1 while the stream that it waits for has not ended. */
  startsAt(): number {
    if (this.after === undefined) return this.stream.startNs;
    return this.after.endedAt < 0 ? -1 : Math.max(this.stream.startNs, this.after.endedAt);
  }

  /** Makes sure that the block has a record to execute; false at the end of the stream. */
  refill(): boolean {
    if (this.at < this.filled) return true;
    const { first, view } = this.block;
    this.at = first;
    this.filled = first + this.stream.read(this.position, view);
    return this.filled > first;
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
  const streams = programs.reduce((sum, program) => sum + program.streams.length, 0);
  const blockRecords = streams > MANY_STREAMS ? SHORT_BLOCK_RECORDS : BLOCK_RECORDS;
  return programs.flatMap((program, index) => {
    const made: Running[] = [];
    for (const stream of program.streams) {
      const after = stream.after === undefined ? undefined : made[stream.after];
      made.push(new Running(stream, spaces[index]?.[stream.addressSpace], after, blockRecords));
    }
    return made;
  });
}
