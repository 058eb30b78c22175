import { describe, expect, it } from 'vitest';
import { Xoshiro128, hashAt, mix32, subSeed } from '../../../src/sim/base/rng.ts';

describe('chance', () => {
  it('is xoshiro128**: the vector of the reference implementation from state 1, 2, 3, 4', () => {
    const rng = new Xoshiro128([1, 2, 3, 4]);
    // As in the tests of the Rust crate rand_xoshiro, made with xoshiro128starstar.c of Blackman and Vigna.
    expect(Array.from({ length: 10 }, () => rng.next())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('mixes as fmix32 of MurmurHash3 does', () => {
    // Values of the public-domain MurmurHash3.cpp.
    expect([0, 1, 2, 0xffffffff].map(mix32)).toEqual([0, 0x514e28b7, 0x30f4c306, 0x81f16f39]);
  });

  it('gives each seed, index and position its own number, and always the same', () => {
    const numbers = new Set<number>();
    for (let position = 0; position < 20_000; position++) numbers.add(hashAt(7, position));
    expect(numbers.size).toBeGreaterThan(19_990); // 20,000 draws of 2^32 collide 0.05 times
    expect(hashAt(7, 123)).toBe(hashAt(7, 123));
    expect(hashAt(7, 123)).not.toBe(hashAt(8, 123));
    expect(hashAt(7, 2 ** 32 + 123)).not.toBe(hashAt(7, 123));
    expect(new Set(Array.from({ length: 1000 }, (_, i) => subSeed(42, i))).size).toBe(1000);
  });

  it('spreads evenly over a range: chi-squared of 256 cells stays below its 99.99 % point', () => {
    for (const draw of [
      (i: number) => hashAt(3, i) >>> 24,
      (
        (rng) => () =>
          rng.below(256)
      )(Xoshiro128.of(3)),
    ]) {
      const cells = new Array<number>(256).fill(0);
      const draws = 256 * 400;
      for (let i = 0; i < draws; i++) cells[draw(i)]++;
      const chi2 = cells.reduce((sum, cell) => sum + (cell - 400) ** 2 / 400, 0);
      expect(chi2).toBeLessThan(347.7); // 255 degrees of freedom
    }
  });
});
