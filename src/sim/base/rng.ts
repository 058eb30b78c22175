/**
 * Seeded chance. `Xoshiro128` is a generator with a state (xoshiro128** 1.1 by Blackman and Vigna, public domain);
 * `hashAt` has none: the number that belongs to a seed and a position, for streams that are read at any position.
 */

/** Bijection of 32-bit integers in which every input bit moves every output bit: fmix32 of MurmurHash3 (Appleby, public domain). */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const GOLDEN = 0x9e3779b9; // 2^32 / golden ratio: an odd constant, as splitmix uses it

/** The seed of part `index` of whatever `seed` belongs to; 32 bits. */
export function subSeed(seed: number, index: number): number {
  return mix32(mix32(seed) + Math.imul(index + 1, GOLDEN));
}

/** 32 random bits that belong to `position` (0 to 2^53 - 1) under `seed`. */
export function hashAt(seed: number, position: number): number {
  const high = Math.floor(position / 0x1_0000_0000);
  return mix32(mix32((seed ^ Math.imul(high, GOLDEN)) + Math.imul(position | 0, GOLDEN)) ^ seed);
}

export class Xoshiro128 {
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  /** A state of four words, not all 0. */
  constructor(state: readonly [number, number, number, number]) {
    [this.s0, this.s1, this.s2, this.s3] = state;
    if ((this.s0 | this.s1 | this.s2 | this.s3) === 0) throw new RangeError('expected a state that is not all zero');
  }

  /** A generator for a 32-bit seed. */
  static of(seed: number): Xoshiro128 {
    return new Xoshiro128([subSeed(seed, 0), subSeed(seed, 1), subSeed(seed, 2), subSeed(seed, 3) | 1]);
  }

  /** The next 32 bits, 0 to 2^32 - 1. */
  next(): number {
    const product = Math.imul(this.s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= shifted;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result;
  }

  /** A whole number from 0 to `count` - 1 (count up to 2^32); the bias is below count / 2^32. */
  below(count: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * count);
  }
}
