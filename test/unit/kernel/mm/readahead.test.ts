/** Read-ahead windows by hand, as page_cache_readahead() of 2.6.0 moves them. */
import { describe, expect, it } from 'vitest';
import { Readahead, Readaround } from '../../../../src/sim/kernel/mm/readahead.ts';

/** Ranges [first, count] that each access asks for. */
function asked(shift: number, accesses: readonly number[]): (readonly (readonly [number, number])[])[] {
  const window = new Readahead(shift);
  return accesses.map((index) => {
    const ranges: [number, number][] = [];
    window.access(index, (first, count) => ranges.push([first, count]));
    return ranges;
  });
}

describe('read-ahead', () => {
  it('begins a file read from its start with half of 32 pages, and as many ahead', () => {
    expect(asked(0, [0])).toEqual([
      [
        [0, 16],
        [16, 16],
      ],
    ]);
  });

  it('starts the next window when the reader reaches the one ahead, two pages longer for each page read in order', () => {
    const ranges = asked(0, [...Array(17).keys()]);
    expect(ranges.slice(1, 16).flat()).toEqual([]);
    // 16 pages in order: 16 + 2 x 16, at most 32.
    expect(ranges[16]).toEqual([[32, 32]]);
  });

  it('asks for single pages where the reader jumps about', () => {
    expect(asked(0, [70, 9, 31]).flat()).toEqual([
      [70, 1],
      [9, 1],
      [31, 1],
    ]);
  });

  it('asks for nothing when the same page is read again', () => {
    expect(asked(0, [0, 0, 0]).slice(1).flat()).toEqual([]);
  });

  it('counts 128 KiB in clusters', () => {
    // 32 KiB clusters: four of them at most, two to begin with.
    expect(asked(3, [0])[0]).toEqual([
      [0, 2],
      [2, 2],
    ]);
  });
});

describe('read-around of a mapped file', () => {
  /** Of each miss in a row, whether the pages around are read too. */
  const misses = (around: Readaround, count: number): boolean[] => Array.from({ length: count }, () => around.miss());

  it('stops at the 101st miss that no hit stands against, and stays off', () => {
    const around = new Readaround();
    expect(misses(around, 100)).not.toContain(false);
    expect(misses(around, 50)).not.toContain(true);
  });

  it('comes back for as many misses as faults find their page', () => {
    const around = new Readaround();
    misses(around, 150);
    for (let i = 0; i < 3; i++) around.hit();
    expect(misses(around, 5)).toEqual([true, true, true, false, false]);
  });
});
