import { describe, expect, it } from 'vitest';
import type { Moment } from '../../src/sim/engine/moment.ts';
import { KeptMoments } from './kept-moments.ts';

const cpu = { node: 0, user: 1, kernel: 0, lock: 0, remote: 0, idle: 0, task: '' };
const moment = (timeNs: number, cpus = 1): Moment => ({
  timeNs,
  cpus: Array.from({ length: cpus }, (_, at) => ({ ...cpu, cpu: at })),
  nodes: [],
  zones: [],
  links: [],
});
const times = (moments: readonly Moment[]): number[] => moments.map(({ timeNs }) => timeNs);
const bounds = { most: 4, mostRows: 1e9, least: 2 };

describe('kept moments', () => {
  it('are all there as long as they are few', () => {
    const kept = new KeptMoments(bounds);
    kept.add([moment(1), moment(2)]);
    expect(times(kept.add([moment(3)]))).toEqual([1, 2, 3]);
  });

  it('are every other one when they become too many, and the newest always', () => {
    const kept = new KeptMoments(bounds);
    expect(times(kept.add([1, 2, 3, 4, 5].map((at) => moment(at))))).toEqual([1, 3, 5]);
    expect(times(kept.add([moment(6)]))).toEqual([1, 3, 5, 6]);
    expect(times(kept.add([moment(7)]))).toEqual([1, 3, 5, 7]);
    expect(times(kept.add([moment(8), moment(9)]))).toEqual([1, 5, 9]);
  });

  it('end with the one where the run stands between two rows, until another comes', () => {
    const kept = new KeptMoments(bounds);
    const between = (timeNs: number): Moment => ({ ...moment(timeNs), between: true });
    expect(times(kept.add([moment(1), between(1.5)]))).toEqual([1, 1.5]);
    expect(times(kept.add([between(1.7)]))).toEqual([1, 1.7]);
    expect(times(kept.add([moment(2), between(2.1)]))).toEqual([1, 2, 2.1]);
  });

  it('lie evenly over a long run, however they come', () => {
    const kept = new KeptMoments({ most: 64, mostRows: 1e9, least: 8 });
    let shown: readonly Moment[] = [];
    for (let at = 0; at < 10_000; at += 7) {
      shown = kept.add(Array.from({ length: Math.min(7, 10_000 - at) }, (_, more) => moment(at + more)));
    }
    const gaps = new Set(
      times(shown)
        .slice(1, -1)
        .map((time, at) => time - times(shown)[at]),
    );
    expect(shown.length).toBeLessThanOrEqual(65);
    expect(shown.length).toBeGreaterThan(32);
    expect(gaps.size).toBe(1);
    expect(shown.at(-1)?.timeNs).toBe(9999);
  });

  it('are fewer on a large machine, down to a handful', () => {
    const kept = new KeptMoments({ most: 100, mostRows: 50, least: 3 });
    expect(kept.add(Array.from({ length: 20 }, (_, at) => moment(at, 10))).length).toBeLessThanOrEqual(6);
    const huge = new KeptMoments({ most: 100, mostRows: 50, least: 3 });
    expect(times(huge.add([1, 2, 3].map((at) => moment(at, 1000))))).toEqual([1, 2, 3]);
  });
});
