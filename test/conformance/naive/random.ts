/** Random streams of the conformance tests: a seed, and choices made of it. Every failure names its seed and step. */
import { Xoshiro128 } from '../../../src/sim/base/rng.ts';

export class Dice {
  private readonly chance: Xoshiro128;

  constructor(readonly seed: number) {
    this.chance = Xoshiro128.of(seed);
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return this.chance.below(count);
  }

  /** `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  /** True with a probability of `part` in `whole`. */
  chanceOf(part: number, whole: number): boolean {
    return this.below(whole) < part;
  }
}

/** 1 to `count`: the seeds of a property. */
export const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);
