/**
 * Partial objrmap against pte_chains in A. Morton's rmap-test, 30 processes x 30 mappings instead of 100 x 100, mappings of 60
 * pages instead of 600. Published, processes' time as time(1) has it: linear 13.2 times the system time of pte_chains,
 * random (-V 2 -i 1) 0.35 times, one task with 10,000 mappings 39 times.
 *
 * At this size the walks are short enough for kswapd to do most of them while the tasks wait for the disk; time(1) does not
 * see that. So the cost of the scans is looked for in the machine's system time (linear: the tasks' alone is about 3 times
 * as much), and that of fork and exit in the tasks' (random: the machine's is about 6 times as much, kswapd's walks).
 */
import { describe, expect, it } from 'vitest';
import { compare, MANY_TASKS, memoryFor, ONE_TASK, type RmapTest } from '../support/rmap-test.ts';

const SECONDS = 1000;
const many: RmapTest = { processes: 30, mappings: 30, pages: 60, iterations: 2 };
const random: RmapTest = { ...many, iterations: 1, order: 'random', processed: 1 };
const one: RmapTest = { processes: 1, mappings: 500, pages: 7, iterations: 1 };

describe('rmap-test with objrmap against pte_chains', () => {
  const forMany = memoryFor(Math.round(30 * 60 * MANY_TASKS));
  const forOne = memoryFor(Math.round(500 * 7 * ONE_TASK));

  it(
    'takes several times the system time where many processes walk over many mappings in turn',
    () => {
      const { machine, tasks, freed } = compare(many, forMany);
      expect(freed).toBeGreaterThan(0);
      expect(machine).toBeGreaterThanOrEqual(5);
      expect(tasks).toBeGreaterThan(1);
    },
    120 * SECONDS,
  );

  it(
    'takes the tasks less where they touch a few pages at random: fork and exit are cheaper',
    () => {
      const { tasks, freed } = compare(random, forMany);
      expect(freed).toBeGreaterThan(0);
      expect(tasks).toBeLessThan(1);
    },
    120 * SECONDS,
  );

  it(
    'takes ten times and more where one task has five hundred mappings',
    () => {
      const { machine, tasks, freed } = compare(one, forOne);
      expect(freed).toBeGreaterThan(0);
      expect(machine).toBeGreaterThanOrEqual(10);
      expect(tasks).toBeGreaterThan(1);
    },
    120 * SECONDS,
  );

  it.each([
    ['many processes', many, 2 * forMany],
    ['random pages', random, 2 * forMany],
    ['one task', one, 2 * forOne],
  ])('takes no more with memory doubled, where nothing is to be found: %s', (_, test, memKib) => {
    const { machine, tasks, freed } = compare(test, memKib);
    expect(freed).toBe(0);
    expect(machine).toBeLessThanOrEqual(1);
    expect(tasks).toBeLessThanOrEqual(1);
  });
});
