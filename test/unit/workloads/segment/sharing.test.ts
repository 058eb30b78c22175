/** How references are shared among ranges: shares by hand, and sums of what transactions are dealt. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deal, rangeShares, targetsOf } from '../../../../src/sim/workloads/segment/sharing.ts';
import { designOf } from './designs.ts';

const four = ['a', 'b', 'c', 'd'].map((name) => ({ name, kib: 100 }));

describe('shares of ranges', () => {
  it('fall by size where nothing is said', () => {
    const { ranges } = designOf({
      ranges: [
        { name: 'big', kib: 300 },
        { name: 'small', kib: 100 },
      ],
    });
    expect(rangeShares({ ranges }, {})).toEqual([0.75, 0.25]);
  });

  it('fall by weight where it is given, whatever the sizes are', () => {
    const { ranges } = designOf({
      ranges: [
        { name: 'pool', kib: 4000, weight: 90 },
        { name: 'log', kib: 8, weight: 10 },
      ],
    });
    expect(rangeShares({ ranges }, {})).toEqual([0.9, 0.1]);
  });

  it('give a group 98 % to its own range and the rest to the others alike', () => {
    const { ranges } = designOf({ ranges: four });
    const shares = rangeShares({ ranges }, { own: { range: 'b', percent: 98 } });
    const other = 0.02 / 3;
    for (const [at, expected] of [other, 0.98, other, other].entries()) expect(shares[at]).toBeCloseTo(expected, 12);
  });

  it('give everything to an own range that is the only one', () => {
    const { ranges } = designOf();
    expect(rangeShares({ ranges }, { own: { range: 'pool', percent: 50 } })).toEqual([1]);
  });

  it('part a hot range, and reads from writes', () => {
    const design = designOf({
      ranges: [{ name: 'locks', kib: 400, pattern: 'hot', hotPercent: 25, hotReferencesPercent: 80, writePercent: 50 }],
    });
    const targets = targetsOf(design, {});
    expect(targets.map(({ from, bytes, write }) => [from, bytes, write])).toEqual([
      [0, 102_400, false],
      [0, 102_400, true],
      [102_400, 307_200, false],
      [102_400, 307_200, true],
    ]);
    for (const [at, share] of [0.4, 0.4, 0.1, 0.1].entries()) expect(targets[at].share).toBeCloseTo(share, 12);
  });
});

describe('what transactions are dealt', () => {
  it('is whole references, as many as a transaction has, and over many of them the shares', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 200 }),
        (weights, each, transactions) => {
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const dealt = deal(
            weights.map((weight) => ({ share: weight / total })),
            each,
            transactions,
          );
          expect(dealt).toHaveLength(transactions);
          for (const counts of dealt) {
            expect(counts.every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
            expect(counts.reduce((sum, count) => sum + count, 0)).toBe(each);
          }
          for (const [at, weight] of weights.entries()) {
            const got = dealt.reduce((sum, counts) => sum + counts[at], 0);
            // What one transaction owes the next ones make up for: never more than one reference per target is out.
            expect(Math.abs(got - (weight / total) * each * transactions)).toBeLessThanOrEqual(weights.length);
          }
        },
      ),
    );
  });

  it('gives 98 of 100 references to the own range and the other two to each of three others in turn', () => {
    const other = { share: 0.02 / 3 };
    const dealt = deal([{ share: 0.98 }, other, other, other], 100, 3);
    expect(dealt.map(([own]) => own)).toEqual([98, 98, 98]);
    for (const at of [1, 2, 3]) expect(dealt.reduce((sum, counts) => sum + counts[at], 0)).toBe(2);
  });
});
