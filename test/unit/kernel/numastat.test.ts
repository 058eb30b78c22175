/** numastat by the code of 2.6.11, by hand; and its sums for any stream. */
import { describe, expect, it } from 'vitest';
import { NUMASTAT_COLUMNS, Numastat } from '../../../src/sim/kernel/numastat.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';

const of = (stat: Numastat, node: number): Record<string, number> => {
  const counts = stat.of(node);
  return Object.fromEntries(NUMASTAT_COLUMNS.flatMap((name, i) => (counts[i] === 0 ? [] : [[name, counts[i]]])));
};

describe('numastat', () => {
  it('scores a page of the first zone as a hit there, local to the CPU that asked', () => {
    const stat = new Numastat(2);
    stat.count(1, 1, 1, false);
    expect([of(stat, 0), of(stat, 1)]).toEqual([{}, { numa_hit: 1, local_node: 1 }]);
  });

  it('scores a page from elsewhere as a miss where it came from and as foreign where it was wanted', () => {
    const stat = new Numastat(2);
    stat.count(1, 0, 1, false);
    expect([of(stat, 0), of(stat, 1)]).toEqual([{ numa_miss: 1, other_node: 1 }, { numa_foreign: 1 }]);
  });

  it('scores the kernel’s page of a node without low memory as a hit on node 0, for another node', () => {
    const stat = new Numastat(3);
    stat.count(0, 0, 2, false);
    expect([of(stat, 0), of(stat, 2)]).toEqual([{ numa_hit: 1, other_node: 1 }, {}]);
  });

  it('scores an interleave hit only where interleave got the node that it chose', () => {
    const stat = new Numastat(2);
    stat.count(1, 1, 0, true);
    stat.count(1, 0, 0, true);
    expect(of(stat, 1)).toEqual({ numa_hit: 1, numa_foreign: 1, interleave_hit: 1, other_node: 1 });
    expect(of(stat, 0)).toEqual({ numa_miss: 1, local_node: 1 });
  });

  it.each(seeds(5))(
    'has as many misses as foreign, and on each node hit and miss are local and other (seed %i)',
    (seed) => {
      const dice = new Dice(seed);
      const nodes = dice.between(1, 9);
      const stat = new Numastat(nodes);
      for (let i = 0; i < 1000; i++) {
        stat.count(dice.below(nodes), dice.below(nodes), dice.below(nodes), dice.chanceOf(1, 2));
      }
      const all = Array.from({ length: nodes }, (_, node) => stat.of(node));
      const sum = (column: number): number => all.reduce((total, counts) => total + counts[column], 0);
      expect(sum(1)).toBe(sum(2));
      for (const [hit, miss, , , local, other] of all) expect(hit + miss).toBe(local + other);
      expect(sum(0) + sum(1)).toBe(1000);
    },
  );
});
