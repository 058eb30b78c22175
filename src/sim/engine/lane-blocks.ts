/**
 * The block of records of each CPU that runs scripts. Tasks come by the thousand and CPUs do not, so the block belongs to
 * the CPU; a task that is interrupted within it finds it again as long as no other has used it, and else has it filled
 * anew from its burst's position.
 */
import { claimBlock, type RecordBlock } from '../hardware/record-blocks.ts';
import type { Burst } from './burst.ts';

const RECORDS = 256;

export class LaneBlock {
  /** Next record to execute, and the end of those that have been written, as record-blocks.ts counts them. */
  at = 0;
  filled = 0;
  private owner: Burst | undefined;
  /** Position of the burst that record `at` is. */
  private position = 0;
  private readonly block: RecordBlock;

  constructor() {
    this.block = claimBlock(RECORDS, this);
  }

  /** Makes the records from the burst's position on those of the block. */
  load(burst: Burst): void {
    if (this.owner === burst && this.position === burst.position && this.at < this.filled) return;
    this.owner = burst;
    this.position = burst.position;
    this.at = this.block.first;
    this.filled = this.at + burst.fill(this.block.view);
  }

  /** Records up to `at` have been executed; returns how many those were. */
  advance(at: number): number {
    const done = at - this.at;
    this.at = at;
    this.position += done;
    if (this.owner !== undefined) this.owner.position += done;
    return done;
  }
}

export class LaneBlocks {
  private readonly blocks = new Map<number, LaneBlock>();

  of(cpu: number): LaneBlock {
    const known = this.blocks.get(cpu);
    if (known !== undefined) return known;
    const made = new LaneBlock();
    this.blocks.set(cpu, made);
    return made;
  }
}
