/** Records made by hand or copied from a source, where the cores read them. */
import { claimBlock, type RecordBlock } from '../../../src/sim/hardware/record-blocks.ts';
import { REF_FETCH, REF_MODIFY, REF_READ, REF_WRITE, SIZE_SHIFT } from '../../../src/sim/workloads/trace.ts';

const KIND = { read: REF_READ, write: REF_WRITE, modify: REF_MODIFY, fetch: REF_FETCH } as const;
export type Kind = keyof typeof KIND;

export interface Reference {
  readonly kind: Kind;
  /** Below 2^32. */
  readonly address: number;
  readonly size: number;
}

/** The two words of a reference, as trace.ts lays them out. */
export function wordsOf({ kind, address, size }: Reference): readonly [number, number] {
  return [address, KIND[kind] | (size << SIZE_SHIFT)];
}

export class Records {
  private readonly block: RecordBlock;
  /** First record, as the cores count them. */
  readonly first: number;

  constructor(readonly capacity: number) {
    this.block = claimBlock(capacity, this);
    this.first = this.block.first;
  }

  /** To be written by a source. */
  get view(): Uint32Array {
    return this.block.view;
  }

  /** Writes references from the first record on; returns the end. */
  load(references: readonly Reference[]): number {
    references.forEach((reference, i) => this.block.view.set(wordsOf(reference), 2 * i));
    return this.first + references.length;
  }
}
