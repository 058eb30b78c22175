/** The O(1) arrays against a list that is sorted anew at every step. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kaddr } from '../../../../src/sim/base/units.ts';
import { PRIORITIES, PriorityArray } from '../../../../src/sim/kernel/sched/priority-array.ts';
import { Task } from '../../../../src/sim/kernel/task.ts';
import { bootKernel } from '../../../support/kernel.ts';
import { tasksOf } from './sched-lab.ts';

/** Tasks by priority, of the same priority in the order in which they came. */
class SortedList {
  private list: Task[] = [];

  enqueue(task: Task): void {
    this.list = [...this.list, task].sort((a, b) => a.sched.priority - b.sched.priority);
  }

  dequeue(task: Task): void {
    this.list = this.list.filter((each) => each !== task);
  }

  before(task: Task, place: Task): void {
    const at = this.list.indexOf(place);
    this.list = [...this.list.slice(0, at), task, ...this.list.slice(at)];
  }

  get all(): readonly Task[] {
    return this.list;
  }
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('in', 'in', 'out', 'before'),
    pick: fc.nat(1000),
    priority: fc.integer({ min: 0, max: 139 }),
  }),
  { maxLength: 120 },
);

describe('a priority array', () => {
  it('holds tasks in the order of a sorted list, and finds the best of them', () => {
    const { on } = bootKernel();
    fc.assert(
      fc.property(steps, (list) => {
        const array = new PriorityArray(kaddr(0, 0));
        const naive = new SortedList();
        let pid = 1;
        for (const { what, pick, priority } of list) {
          const there = naive.all.length === 0 ? undefined : naive.all[pick % naive.all.length];
          const task = new Task(pid++, 'task', undefined, [0], 0);
          task.sched.priority = priority;
          if (what === 'in' || there === undefined) {
            array.enqueue(on(), task);
            naive.enqueue(task);
          } else if (what === 'out') {
            array.dequeue(on(), there);
            naive.dequeue(there);
          } else {
            array.enqueueBefore(on(), task, there);
            naive.before(task, there);
          }
          const [first] = naive.all;
          const best = array.find(on());
          expect(best).toBe(first === undefined ? PRIORITIES : first.sched.priority);
          expect(array.first(best)).toBe(first);
          expect(array.last(best)).toBe(naive.all.findLast((each) => each.sched.priority === best));
          expect(array.find(on(), priority)).toBe(
            naive.all.find((each) => each.sched.priority >= priority)?.sched.priority ?? PRIORITIES,
          );
          expect(array.count).toBe(naive.all.length);
        }
        expect(tasksOf(array)).toEqual(naive.all);
      }),
      { numRuns: 60 },
    );
  });
});
