/** How fast a run may go, and how many moments a message carries. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinned } from '../../../src/lab/moment-budget.ts';
import { Pace } from '../../../src/lab/pace.ts';
import type { Moment } from '../../../src/sim/index.ts';

describe('a pace', () => {
  it('is none to begin with, and none again', () => {
    const pace = new Pace();
    expect([pace.limited, pace.allowedNs(0), pace.waitMs(0, 1e9)]).toEqual([false, Infinity, 0]);
    pace.set(1000, 0, 0);
    expect(pace.limited).toBe(true);
    pace.set(null, 0, 0);
    expect(pace.allowedNs(5)).toBe(Infinity);
  });

  it('lets a run that waits as long as it is told go on just then', () => {
    const amount = fc.double({ min: 1, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(amount, amount, amount, amount, (rate, nowMs, fromNs, ahead) => {
        const pace = new Pace();
        pace.set(rate, nowMs, fromNs);
        const timeNs = fromNs + ahead;
        const there = nowMs + pace.waitMs(nowMs, timeNs);
        expect(pace.allowedNs(there) / timeNs).toBeCloseTo(1, 4);
      }),
    );
  });

  it('is so many ns a second from where it was set, and does not make up for a pause', () => {
    const pace = new Pace();
    pace.set(2000, 1000, 500);
    expect(pace.allowedNs(3000)).toBe(500 + 2 * 2000);
    pace.restart(60_000, 4500);
    expect(pace.allowedNs(60_000)).toBe(4500);
  });
});

describe('moments of a message', () => {
  const moment = (timeNs: number, cpus: number): Moment => {
    const idle = { node: 0, user: 0, kernel: 0, lock: 0, remote: 0, idle: 1, task: '' };
    return {
      timeNs,
      cpus: Array.from({ length: cpus }, (_, cpu) => ({ cpu, ...idle })),
      nodes: [],
      zones: [],
      links: [],
    };
  };

  it('are all there are where they are small, or few', () => {
    const small = Array.from({ length: 100 }, (_, at) => moment(at, 8));
    expect(thinned(small)).toEqual(small);
    expect(thinned([moment(0, 10_000)])).toHaveLength(1);
    expect(thinned([])).toEqual([]);
  });

  it('are evenly fewer where they are large, and the last one stays', () => {
    const large = Array.from({ length: 101 }, (_, at) => moment(at, 256));
    const kept = thinned(large).map(({ timeNs }) => timeNs);
    expect(kept.length).toBeLessThanOrEqual(16);
    expect(kept.length).toBeGreaterThanOrEqual(8);
    expect(kept.at(-1)).toBe(100);
    const gaps = new Set(kept.slice(1).map((timeNs, at) => timeNs - kept[at]));
    expect(gaps.size).toBe(1);
  });
});
