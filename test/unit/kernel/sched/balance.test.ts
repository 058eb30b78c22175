/** How often CPUs balance, and with whom. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelTraits } from '../../../../src/sim/profiles/traits.ts';
import { type Balancer, makeBalancer } from '../../../../src/sim/kernel/sched/balance.ts';
import { bootKernel } from '../../../support/kernel.ts';
import { tableLoads } from './loads.ts';

const { kernel, on } = bootKernel({ builtIn: 'numaq-16g-4quad' });

interface Balanced {
  /** Tick, or -1 for a schedule() that found nothing. */
  readonly jiffies: number;
  readonly cpus: readonly number[];
  readonly idle: boolean;
}

/** CPU 1 of node 0, where one task runs, beside a node 2 with 12; what it balances with while `drive` goes on. */
function balanced(kind: KernelTraits['nodeBalance'], is64: boolean, drive: (of: Driver) => void): readonly Balanced[] {
  const loads = tableLoads(kernel.data, [4, 4, 4, 4]);
  loads.table[1] = 1;
  loads.table[8] = 12;
  const seen: Balanced[] = [];
  let now = -1;
  const balancer: Balancer = makeBalancer(kind, is64, loads, (_, cpus, idle) => {
    seen.push({ jiffies: now, cpus, idle });
    return 0;
  });
  drive({
    ticks: (from, to, idle) => {
      for (now = from; now <= to; now++) balancer.tick(on(1), idle, now);
      now = -1;
    },
    goesIdle: () => balancer.goesIdle(on(1)),
  });
  return seen;
}

interface Driver {
  readonly ticks: (from: number, to: number, idle: boolean) => void;
  readonly goesIdle: () => void;
}

const own = [0, 1, 2, 3];
const across = [1, 8, 9, 10, 11];
const times = (all: readonly Balanced[], cpus: readonly number[]): readonly number[] =>
  all.filter((each) => each.cpus.join() === cpus.join()).map(({ jiffies }) => jiffies);

describe('2.6.0', () => {
  it('balances a busy CPU within its node every 200 ms and across nodes every 400 ms, across first', () => {
    const seen = balanced('2.6.0', false, ({ ticks }) => ticks(1, 2000, false));
    expect(times(seen, own)).toEqual([200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000]);
    expect(times(seen, across)).toEqual([400, 800, 1200, 1600, 2000]);
    expect(seen.filter(({ jiffies }) => jiffies === 400).map(({ cpus }) => cpus)).toEqual([across, own]);
  });

  it('balances an idle CPU within its node at every tick of 1 ms and across nodes at every fifth', () => {
    const seen = balanced('2.6.0', false, ({ ticks }) => ticks(1, 20, true));
    expect(times(seen, own)).toHaveLength(20);
    expect(times(seen, across)).toEqual([5, 10, 15, 20]);
    expect(seen.every(({ idle }) => idle)).toBe(true);
  });

  it('never lets schedule() that goes idle look beyond its node', () => {
    const seen = balanced('2.6.0', false, ({ goesIdle }) => {
      for (let time = 0; time < 1000; time++) goesIdle();
    });
    expect(times(seen, own)).toHaveLength(1000);
    expect(seen).toHaveLength(1000);
  });
});

describe('2.6.0, whatever a CPU does from tick to tick', () => {
  it('looks across nodes at most every 400 ms while busy and every 5 ms while idle', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 300 }), fc.boolean()), { maxLength: 12 }),
        (first, stretches) => {
          const seen = balanced('2.6.0', false, ({ ticks, goesIdle }) => {
            let at = first;
            for (const [idle, length, goes] of stretches) {
              ticks(at, at + length - 1, idle);
              at += length;
              if (goes) goesIdle();
            }
          });
          for (const [idle, least] of [
            [false, 400],
            [true, 5],
          ] as const) {
            const at = times(
              seen.filter((each) => each.idle === idle),
              across,
            );
            for (let place = 1; place < at.length; place++) {
              expect(at[place] - at[place - 1]).toBeGreaterThanOrEqual(least);
            }
          }
        },
      ),
    );
  });
});

describe('2.5.59', () => {
  it('goes for the busiest node once in 100 balances on i386, and otherwise within its own', () => {
    const seen = balanced('2.5.59', false, ({ ticks }) => ticks(1, 300, true));
    expect(times(seen, across)).toEqual([100, 200, 300]);
    expect(times(seen, own)).toHaveLength(297);
  });

  it('goes for it once in 10 on other machines', () => {
    expect(
      times(
        balanced('2.5.59', true, ({ ticks }) => ticks(1, 30, true)),
        across,
      ),
    ).toEqual([10, 20, 30]);
  });

  it('balances a busy CPU every 250 ms, and so across nodes every 25 s on i386', () => {
    const seen = balanced('2.5.59', false, ({ ticks }) => ticks(1, 50_000, false));
    expect(seen).toHaveLength(200);
    expect(times(seen, across)).toEqual([25_000, 50_000]);
  });

  it('counts balances of schedule() too', () => {
    const seen = balanced('2.5.59', false, ({ ticks, goesIdle }) => {
      for (let time = 0; time < 99; time++) goesIdle();
      ticks(1, 1, true);
    });
    expect(times(seen, across)).toEqual([1]);
  });
});

describe('a kernel that knows no nodes', () => {
  it('balances with all CPUs', () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    const seen = balanced('none', false, ({ ticks, goesIdle }) => {
      ticks(1, 400, false);
      ticks(401, 402, true);
      goesIdle();
    });
    expect(times(seen, all)).toEqual([200, 400, 401, 402, -1]);
    expect(seen).toHaveLength(5);
  });
});
