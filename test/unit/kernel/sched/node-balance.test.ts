/** Which node is the busiest: by hand for each kernel, and against a naive twin. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeBalance } from '../../../../src/sim/kernel/sched/node-balance.ts';
import { NaiveBusiest } from '../../../conformance/naive/busiest-node.ts';
import { bootKernel } from '../../../support/kernel.ts';
import { tableLoads } from './loads.ts';

const { kernel, on } = bootKernel({ builtIn: 'numaq-16g-4quad' });

/** Puts `running` tasks on the first CPU of each node and lets CPU 0 look `looks` times. */
function busiest(running: readonly number[], normalised: boolean, cpusOf = [4, 4, 4, 4], looks = 1): number {
  const loads = tableLoads(kernel.data, cpusOf);
  for (const [place, count] of running.entries()) loads.table[loads.cpusOf[place][0] ?? 0] += count;
  const balance = new NodeBalance(loads, normalised);
  let found = -1;
  for (let look = 0; look < looks; look++) found = balance.findBusiest(on(0));
  return found;
}

describe('the busiest node', () => {
  // 10 * 4 / 4 = 10 against 10 * 5 / 4 = 12: 1200 <= 1250. With 6: 10 * 6 / 4 = 15, 1500 > 1250.
  it.each([
    { running: [4, 5, 0, 0], expected: -1 },
    { running: [4, 6, 0, 0], expected: 1 },
    { running: [4, 6, 8, 6], expected: 2 },
    { running: [4, 6, 6, 6], expected: 1 },
    { running: [0, 0, 0, 0], expected: -1 },
    { running: [0, 1, 0, 0], expected: 1 },
    { running: [8, 8, 8, 9], expected: -1 },
    // 20 against 25: exactly 125 per cent is not beyond it.
    { running: [8, 10, 0, 0], expected: -1 },
  ])('is node $expected of $running in 2.6.0', ({ running, expected }) => {
    expect(busiest(running, true)).toBe(expected);
  });

  // 4 against 5: 500 <= 500. 4 against 6: 600 > 500.
  it.each([
    { running: [4, 5, 0, 0], expected: -1 },
    { running: [4, 6, 0, 0], expected: 1 },
    { running: [3, 4, 0, 0], expected: 1 },
  ])('is node $expected of $running in 2.5.59', ({ running, expected }) => {
    expect(busiest(running, false)).toBe(expected);
  });

  it('counts by CPUs in 2.6.0 and by tasks in 2.5.59, so that a node of one CPU with two tasks goes unseen there', () => {
    // 2.6.0: 10 against 20. 2.5.59: 4 against 2.
    expect(busiest([4, 2], true, [4, 1])).toBe(1);
    expect(busiest([4, 2], false, [4, 1])).toBe(-1);
  });

  it('passes over nodes without CPUs', () => {
    expect(busiest([0, 0, 3], true, [4, 0, 4])).toBe(2);
  });

  it('remembers half of what it saw: a node that has just emptied is still busy for a look', () => {
    const loads = tableLoads(kernel.data, [4, 4]);
    const balance = new NodeBalance(loads, true);
    loads.table[0] = 4;
    loads.table[4] = 8;
    // 10 against 20.
    expect(balance.findBusiest(on(0))).toBe(1);
    loads.table[4] = 4;
    // 5 + 10 against 10 + 10: 2000 > 1875.
    expect(balance.findBusiest(on(0))).toBe(1);
    // 7 + 10 against 10 + 10: 2000 <= 2125.
    expect(balance.findBusiest(on(0))).toBe(-1);
  });

  it('remembers what each CPU has seen for itself', () => {
    const loads = tableLoads(kernel.data, [4, 4]);
    const balance = new NodeBalance(loads, true);
    loads.table[4] = 8;
    expect(balance.findBusiest(on(0))).toBe(1);
    loads.table[4] = 0;
    expect(balance.findBusiest(on(0))).toBe(1);
    expect(balance.findBusiest(on(1))).toBe(-1);
  });

  it.each([true, false])(
    'is the one that a naive twin finds, whatever is looked at in whatever order (%s)',
    (normalised) => {
      const cpusOf = [4, 1, 0, 3];
      const step = fc.record({
        cpu: fc.integer({ min: 0, max: 7 }),
        moves: fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 30 })), { maxLength: 4 }),
      });
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
          const loads = tableLoads(kernel.data, cpusOf);
          const balance = new NodeBalance(loads, normalised);
          const naive = new NaiveBusiest(normalised);
          for (const { cpu, moves } of steps) {
            for (const [at, running] of moves) loads.table[at] = running;
            const nodes = cpusOf.map((cpus, place) => ({ cpus, running: loads.nodeRunning(place) }));
            expect(balance.findBusiest(on(cpu))).toBe(naive.find(cpu, loads.nodeOf(cpu), nodes));
          }
        }),
        { numRuns: 200 },
      );
    },
  );
});
