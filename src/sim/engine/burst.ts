/**
 * Many references of one operation, as records for the cores' hot loop. Record number p is a function of seed and p
 * alone, so a burst that was interrupted goes on from its position on whatever CPU the task runs next.
 *
 * Skewed: Gray's self-similar distribution with h = 0.2 ("Quickly generating billion-record synthetic databases", SIGMOD
 * 1994), four fifths of the references to a fifth of the cells, with the exponent log h / log (1 - h) = 7.2 taken as 7
 * so that it is a product; hot cells are scattered over the part.
 */
import { hashAt } from '../base/rng.ts';
import { permutation } from '../workloads/permutation.ts';
import { put } from '../workloads/pattern.ts';
import { REF_READ, REF_WRITE } from '../workloads/trace.ts';

export interface BurstShape {
  /** Virtual address of the first byte, and bytes of the part. */
  readonly start: number;
  readonly bytes: number;
  /** Bytes from one cell to the next. */
  readonly step: number;
  readonly order: 'linear' | 'random' | 'skewed' | 'chase';
  /** References in all. */
  readonly count: number;
  /** Every so-many-th reference writes: 0 none, 1 each. */
  readonly writeEvery: number;
  readonly seed: number;
  /** Where hot cells lie and how the cycle goes: the same for all tasks that share the memory. */
  readonly scatterSeed: number;
  /** Instructions that each reference stands for, itself included. */
  readonly every: number;
  /** Number of the first reference, where this burst goes on with an earlier one; else 0. */
  readonly first?: number;
}

/** Bytes of a reference: a word of the era. */
const WORD = 4;
const TWO_32 = 2 ** 32;

/** Rank, 0 the hottest, of a cell out of `cells`, for 32 random bits. */
export function skewedRank(bits: number, cells: number): number {
  const share = bits / TWO_32;
  const cube = share * share * share;
  return Math.floor(cube * cube * share * cells);
}

export class Burst {
  /** References made. */
  position = 0;
  private readonly cells: number;
  private readonly scatter: ((index: number) => number) | undefined;

  constructor(readonly shape: BurstShape) {
    const { bytes, step, order, scatterSeed } = shape;
    this.cells = Math.max(1, Math.ceil((bytes - WORD + 1) / step));
    this.scatter = order === 'skewed' || order === 'chase' ? permutation(this.cells, scatterSeed) : undefined;
  }

  get left(): number {
    return this.shape.count - this.position;
  }

  /** Writes the next records to `into`, from its start on; returns how many. The position stays where it is. */
  fill(into: Uint32Array): number {
    const { shape, position } = this;
    const count = Math.min(into.length >>> 1, this.left);
    const { start, step, writeEvery, first = 0 } = shape;
    for (let at = 0; at < count; at++) {
      const number = first + position + at;
      const writes = writeEvery !== 0 && number % writeEvery === writeEvery - 1;
      put(into, at, start + this.cell(number) * step, writes ? REF_WRITE : REF_READ, WORD);
    }
    return count;
  }

  private cell(number: number): number {
    const { cells, scatter, shape } = this;
    if (scatter === undefined) {
      return shape.order === 'linear' ? number % cells : Math.floor((hashAt(shape.seed, number) / TWO_32) * cells);
    }
    if (shape.order === 'chase') return scatter(number % cells);
    return scatter(skewedRank(hashAt(shape.seed, number), cells));
  }
}
