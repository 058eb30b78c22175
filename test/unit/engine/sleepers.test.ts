/** Sleepers against a sorted list. */
import { describe, expect, it } from 'vitest';
import type { Execution } from '../../../src/sim/engine/execution.ts';
import { Sleepers, type Ticket } from '../../../src/sim/engine/sleepers.ts';
import { Task } from '../../../src/sim/kernel/task.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';

function ticket(pid: number): Ticket {
  const task = new Task(pid, `task ${pid}`, undefined, [0], 0);
  const execution: Execution = { task, wakesAt: Infinity, run: () => 'ended' };
  return { execution, readyAt: 0, turn: 0, waker: undefined, isNew: false };
}

const pid = (taken: Ticket | undefined): number | undefined => taken?.execution.task.pid;

describe('sleepers', () => {
  it.each(seeds(5))(
    'wake in order of time, of the same time in the order of their falling asleep (seed %i)',
    (seed) => {
      const dice = new Dice(seed);
      const sleepers = new Sleepers();
      let naive: { readonly at: number; readonly pid: number }[] = [];
      let now = 0;
      for (let step = 0; step < 500; step++) {
        if (dice.chanceOf(2, 3)) {
          const at = now + dice.below(20);
          sleepers.add(ticket(step), at);
          naive = [...naive, { at, pid: step }].sort((a, b) => a.at - b.at);
        } else {
          now += dice.below(12);
          const due = naive.filter(({ at }) => at < now);
          naive = naive.filter(({ at }) => at >= now);
          const woken = due.map(() => sleepers.takeBefore(now));
          expect(sleepers.takeBefore(now)).toBe(undefined);
          expect(sleepers.nextWake).toBe(naive[0]?.at ?? Infinity);
          expect(woken.map(pid), `step ${step}`).toEqual(due.map((each) => each.pid));
          expect(woken.map((each) => each?.readyAt)).toEqual(due.map(({ at }) => at));
        }
        expect(sleepers.length).toBe(naive.length);
      }
    },
  );
});
