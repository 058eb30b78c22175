/** Who runs next, by hand, and sleepers against a sorted list. */
import { describe, expect, it } from 'vitest';
import type { Execution } from '../../../src/sim/engine/execution.ts';
import { RunQueue, type Ticket } from '../../../src/sim/engine/run-queue.ts';
import { Task } from '../../../src/sim/kernel/task.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';

function ticket(pid: number, cpus: readonly number[], lastCpu: number): Ticket {
  const task = new Task(pid, `task ${pid}`, undefined, cpus, 0);
  task.lastCpu = lastCpu;
  const execution: Execution = { task, wakesAt: Infinity, run: () => 'ended' };
  return { execution, readyAt: 0, turn: 0 };
}

function queueOf(...tickets: readonly Ticket[]): RunQueue {
  const queue = new RunQueue();
  for (const each of tickets) queue.sleep(each, 0);
  queue.wakeBefore(1);
  return queue;
}

/** Every other CPU has something to do. */
const busy = (): boolean => false;

const pid = (taken: Ticket | undefined): number | undefined => taken?.execution.task.pid;

describe('a CPU takes', () => {
  it('the first of the queue, where none ran on it', () => {
    const queue = queueOf(ticket(1, [0, 1], 1), ticket(2, [0, 1], 1));
    expect([queue.take(0, 2, busy), queue.take(0, 2, busy), queue.take(0, 2, busy)].map(pid)).toEqual([
      1,
      2,
      undefined,
    ]);
  });

  it('one that ran on it last before others, and one that never ran as if it had', () => {
    const queue = queueOf(ticket(1, [0, 1], 1), ticket(2, [0, 1], 0));
    expect(pid(queue.take(0, 2, busy))).toBe(2);
    expect(pid(queueOf(ticket(1, [0, 1], 1), ticket(2, [0, 1], -1)).take(0, 2, busy))).toBe(2);
  });

  it('the first all the same where its own stands further back than there are CPUs', () => {
    const queue = queueOf(ticket(1, [0, 1], 1), ticket(2, [0, 1], 1), ticket(3, [0, 1], 0));
    expect(pid(queue.take(0, 2, busy))).toBe(1);
  });

  it('nothing of what ran last on a CPU that is free: that one takes it', () => {
    const queue = queueOf(ticket(1, [0, 1], 1), ticket(2, [0, 1, 2], 2));
    expect(pid(queue.take(0, 3, (cpu) => cpu > 0))).toBe(undefined);
    expect(pid(queue.take(0, 3, (cpu) => cpu === 1))).toBe(2);
    expect(pid(queue.take(1, 3, busy))).toBe(1);
  });

  it('only what may run on it', () => {
    const queue = queueOf(ticket(1, [1], 1), ticket(2, [1, 2], 2), ticket(3, [0], 0));
    expect([queue.has(0), queue.has(3)]).toEqual([true, false]);
    expect([queue.take(0, 1, busy), queue.take(0, 1, busy), queue.take(2, 1, busy)].map(pid)).toEqual([
      3,
      undefined,
      2,
    ]);
    expect(queue.length).toBe(1);
  });
});

describe('sleepers', () => {
  it.each(seeds(5))(
    'wake in order of time, of the same time in the order of their falling asleep (seed %i)',
    (seed) => {
      const dice = new Dice(seed);
      const queue = new RunQueue();
      let naive: { readonly at: number; readonly pid: number }[] = [];
      let now = 0;
      for (let step = 0; step < 500; step++) {
        if (dice.chanceOf(2, 3)) {
          const at = now + dice.below(20);
          queue.sleep(ticket(step, [0], 0), at);
          naive = [...naive, { at, pid: step }].sort((a, b) => a.at - b.at);
        } else {
          now += dice.below(12);
          queue.wakeBefore(now);
          const due = naive.filter(({ at }) => at < now);
          naive = naive.filter(({ at }) => at >= now);
          expect(queue.nextWake).toBe(naive[0]?.at ?? Infinity);
          const woken = due.map(() => queue.take(0, 1, busy));
          expect(woken.map(pid), `step ${step}`).toEqual(due.map((each) => each.pid));
          expect(woken.map((each) => each?.readyAt)).toEqual(due.map(({ at }) => at));
        }
        expect(queue.sleepers).toBe(naive.length);
      }
    },
  );
});
