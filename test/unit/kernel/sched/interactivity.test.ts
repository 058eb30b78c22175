/** Slices and bonuses by the formulas of kernel/sched.c, 2.6.0, worked out by hand for HZ = 1000. */
import { describe, expect, it } from 'vitest';
import {
  bonusOf,
  effectivePriority,
  granularity,
  hasExited,
  hasForked,
  hasRun,
  hasSlept,
  isInteractive,
  MAX_SLEEP_NS,
  timeslice,
} from '../../../../src/sim/kernel/sched/interactivity.ts';
import { SchedState } from '../../../../src/sim/kernel/sched/sched-state.ts';
import { bootKernel } from '../../../support/kernel.ts';

const MS = 1e6;

/** A user's task, as one that has an address space. */
function slept(ns: number, sleepAvg = 0, activated = 0): SchedState {
  const task = bootKernel().process();
  Object.assign(task.sched, { sleepAvg, activated, timestamp: 0 });
  hasSlept(task, ns);
  return task.sched;
}

describe('a slice', () => {
  it.each([
    [-20, 200],
    [0, 102],
    [10, 53],
    [19, 10],
  ])('of nice %i is %i ms', (nice, ms) => {
    expect(timeslice(120 + nice)).toBe(ms);
  });

  it('of an interactive task is cut the finer the more it sleeps and the fewer CPUs there are', () => {
    expect([0, 5, 10].map((tenths) => granularity((tenths * MAX_SLEEP_NS) / 10, 1))).toEqual([5120, 160, 10]);
    expect(granularity(MAX_SLEEP_NS, 16)).toBe(160);
  });
});

describe('the bonus', () => {
  it('is 0 to 10 for a sleep_avg of up to 1020 ms, and half of it is taken off', () => {
    expect([0, 101, 102, 509, 510, 1020].map((ms) => bonusOf(ms * MS))).toEqual([0, 0, 1, 4, 5, 10]);
    const state = new SchedState();
    const priorities = [0, 510, 1020].map((ms) => effectivePriority(Object.assign(state, { sleepAvg: ms * MS })));
    expect(priorities).toEqual([125, 120, 115]);
  });

  it('makes nobody better than 100 or worse than 139', () => {
    const state = Object.assign(new SchedState(), { staticPriority: 100, sleepAvg: MAX_SLEEP_NS });
    expect(effectivePriority(state)).toBe(100);
    expect(effectivePriority(Object.assign(state, { staticPriority: 139, sleepAvg: 0 }))).toBe(139);
  });

  it('makes a task of nice 0 interactive from 118 on', () => {
    const at = (priority: number): boolean => isInteractive(Object.assign(new SchedState(), { priority }));
    expect([117, 118, 119].map(at)).toEqual([true, true, false]);
  });
});

describe('sleeping', () => {
  it('counts ten times for a task that has not slept yet, less the more it has', () => {
    expect(slept(20 * MS).sleepAvg).toBe(200 * MS);
    // A bonus of 5: five times.
    expect(slept(20 * MS, 510 * MS).sleepAvg).toBe(610 * MS);
  });

  it('of more than 815 ms makes just interactive: 1020 - 102 ms', () => {
    expect(slept(815 * MS).sleepAvg).toBe(MAX_SLEEP_NS);
    const long = slept(816 * MS);
    expect(long.sleepAvg).toBe(918 * MS);
    expect([long.priority, isInteractive(long)]).toEqual([116, true]);
  });

  it('for a disk makes nobody more than just interactive', () => {
    expect(slept(500 * MS, 0, -1).sleepAvg).toBe(815 * MS);
    expect(slept(500 * MS, 900 * MS, -1).sleepAvg).toBe(900 * MS);
  });
});

it('running takes as much off as it lasts', () => {
  const state = Object.assign(new SchedState(), { sleepAvg: 300 * MS, timestamp: 0 });
  hasRun(state, 100 * MS);
  expect(state.sleepAvg).toBe(200 * MS);
  hasRun(state, 900 * MS);
  expect([state.sleepAvg, state.credit]).toEqual([0, -1]);
});

it('forking costs a child one of ten bonuses of its parent’s, and a parent what is beyond a whole bonus', () => {
  const parent = Object.assign(new SchedState(), { sleepAvg: 1000 * MS });
  const child = new SchedState();
  hasForked(parent, child);
  // A bonus of 9: 9 * 100 / 100 and 9 * 95 / 100 of 102 ms each.
  expect([parent.sleepAvg, child.sleepAvg]).toEqual([918 * MS, 816 * MS]);
});

it('an end gives the rest of a first slice back, and a quarter of what a busier child was', () => {
  const parent = Object.assign(new SchedState(), { slice: 51, sleepAvg: 400 * MS });
  const child = Object.assign(new SchedState(), { slice: 40, sleepAvg: 100 * MS, firstSlice: true });
  hasExited(parent, child);
  expect([parent.slice, parent.sleepAvg]).toEqual([91, 325 * MS]);
  hasExited(parent, Object.assign(new SchedState(), { slice: 40, sleepAvg: 900 * MS }));
  expect([parent.slice, parent.sleepAvg]).toEqual([91, 325 * MS]);
});
