/** The O(1) scheduler by hand, and its runqueues' books in runs at random. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { SchedLab, tasksOf } from './sched-lab.ts';

const MS = 1e6;
const lab = (cpus: readonly number[] = [0]): SchedLab =>
  new SchedLab({ scheduler: 'o1', nodeBalance: 'none', taskPlacement: 'none' }, cpus);

describe('a CPU', () => {
  it('runs equal tasks in turn, 102 ticks each: who has used up its slice waits until all others have', () => {
    const one = lab();
    const tasks = [one.start(), one.start(), one.start()];
    one.pick(0);
    const ran = one.ticks(0, 1, 612);
    const turns = ran.filter((task, tick) => tick === 0 || task !== ran[tick - 1]);
    expect(turns.map((task) => task?.pid)).toEqual([0, 1, 2, 0, 1, 2, 0].map((at) => tasks[at].pid));
    expect(ran.slice(0, 101).every((task) => task === tasks[0])).toBe(true);
    expect(ran[101]).toBe(tasks[1]);
  });

  it('goes to a task that wakes with a better priority, and not to one that is as good', () => {
    const one = lab();
    const [hog, sleeper] = [one.start(), one.start()];
    one.pick(0);
    one.leave(0);
    const [woken, runs] = [hog, sleeper];
    expect(one.sched.current(0)).toBe(runs);
    one.spend(0, 5 * MS);
    one.wake(woken, 0, 'interrupt');
    // Ten times 5 ms of 1020: no bonus.
    expect([woken.sched.priority, one.sched.reschedAt[0]]).toEqual([125, Infinity]);
    one.leave(0);
    expect(one.sched.current(0)).toBe(woken);
    one.spend(0, 15 * MS);
    one.wake(runs, 0, 'interrupt');
    expect(runs.sched.priority).toBe(124);
    expect(one.sched.reschedAt[0]).toBeLessThan(Infinity);
    expect(one.pick(0)).toBe(runs);
  });

  it('does not take an interactive task off for good when its slice is used up', () => {
    const one = lab();
    const [busy, other] = [one.start(), one.start()];
    one.pick(0);
    busy.sched.sleepAvg = 1020 * MS;
    busy.sched.slice = 1;
    one.ticks(0, 1, 1);
    expect(tasksOf(one.o1.loads.of(0).active).includes(busy)).toBe(true);
    expect(one.sched.current(0)).toBe(busy);
    other.sched.slice = 1;
    expect(busy.sched.slice).toBe(102);
  });

  it('is told by an interrupt where another wakes a task on it, once', () => {
    const two = lab([0, 1]);
    const [here, there] = [two.start([0]), two.start([1])];
    two.pick(0);
    two.pick(1);
    two.leave(1);
    expect(two.sched.current(1)).toBe(undefined);
    two.spend(0, 2 * MS);
    expect(two.wake(there, 0)).toBe(1);
    expect(two.on(0).core.counters[C.RESCHEDULE_IPIS]).toBe(1);
    expect(two.sched.reschedAt[1]).toBeGreaterThan(2 * MS);
    expect([two.pick(1), two.sched.reschedAt[1], two.sched.current(0)]).toEqual([there, Infinity, here]);
  });
});

describe('fork', () => {
  it('halves what is left of the slice, and the child runs first, on its parent’s CPU', () => {
    const two = lab([0, 1]);
    const parent = two.start([0, 1]);
    two.pick(0);
    two.ticks(0, 1, 21);
    expect(parent.sched.slice).toBe(81);
    const child = two.fork(0);
    expect([parent.sched.slice, child.sched.slice, child.sched.firstSlice]).toEqual([40, 41, true]);
    expect(child.sched.cpu).toBe(0);
    expect(two.sched.reschedAt[0]).toBeLessThan(Infinity);
    expect(two.pick(0)).toBe(child);
    expect(two.leave(0, 'ended')).toBe(parent);
    // What the child did not use is its parent's again.
    expect(parent.sched.slice).toBe(81);
  });
});

describe('tasks', () => {
  it('move to a CPU that they may run on: a running one when its CPU schedules, a sleeping one where it wakes', () => {
    const two = lab([0, 1]);
    const [first, second] = [two.start([0]), two.start([0])];
    two.pick(0);
    first.cpus = [1];
    two.sched.migrate(two.on(0), first, 1);
    expect(two.sched.current(0)).toBe(first);
    expect(two.pick(0)).toBe(second);
    expect([first.sched.cpu, two.sched.runnable(0), two.sched.runnable(1)]).toEqual([1, 1, 1]);
    expect(two.pick(1)).toBe(first);
    two.leave(1);
    first.cpus = [0];
    two.sched.migrate(two.on(0), first, 0);
    expect(two.wake(first, 0)).toBe(0);
  });

  it.each(['sleeps', 'waits', 'ended'] as const)(
    'that have still to go to another CPU do not leave in another way (%s)',
    (how) => {
      const two = lab([0, 1]);
      const task = two.start();
      two.pick(0);
      two.sched.migrate(two.on(0), task, 1);
      expect(() => two.leave(0, how)).toThrow('still to go to another CPU');
    },
  );

  it('that wait are pulled by a CPU that goes idle, one at a time', () => {
    const two = lab([0, 1]);
    const tasks = [1, 2, 3].map(() => two.start([0]));
    for (const task of tasks) task.cpus = [0, 1];
    const own = two.start([1]);
    two.pick(0);
    two.pick(1);
    // Else what waits for CPU 0 was put there later than CPU 1 looks.
    two.spend(1, MS);
    expect(two.leave(1)).toBe(tasks[2]);
    expect([two.sched.runnable(0), two.sched.runnable(1), own.sched.array]).toEqual([2, 1, undefined]);
    expect(two.on(1).core.counters[C.BALANCE_PULLS]).toBe(1);
  });
});

type Step = {
  readonly what: 'start' | 'fork' | 'leave' | 'end' | 'wake' | 'tick' | 'move';
  readonly cpu: number;
  readonly pick: number;
};

describe('runs at random', () => {
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.record({
      what: fc.constantFrom('start', 'start', 'fork', 'leave', 'end', 'wake', 'wake', 'tick', 'tick', 'tick', 'move'),
      cpu: fc.constantFrom(0, 1, 4, 5, 12),
      pick: fc.nat(1000),
    }),
    { maxLength: 80 },
  );

  it.each(['none', '2.5.59', '2.6.0'] as const)(
    'keep every task in one array of one runqueue, and the counts of CPUs and nodes true (%s)',
    (nodeBalance) => {
      fc.assert(
        fc.property(steps, (list) => {
          const five = new SchedLab({ scheduler: 'o1', nodeBalance, taskPlacement: 'none' }, [0, 1, 4, 5, 12]);
          const asleep = new Set<Task>();
          const alive = new Set<Task>();
          let jiffies = 0;
          for (const { what, cpu, pick } of list) {
            five.spend(cpu, 1 + (pick % 7) * MS);
            const runs = five.sched.current(cpu);
            if (what === 'start') alive.add(five.start(pick % 3 === 0 ? [cpu] : five.cpus));
            else if (what === 'fork' && runs !== undefined) alive.add(five.fork(cpu));
            else if (what === 'leave' && runs !== undefined) {
              asleep.add(runs);
              five.leave(cpu);
            } else if (what === 'end' && runs !== undefined) {
              alive.delete(runs);
              five.leave(cpu, 'ended');
            } else if (what === 'wake' && asleep.size > 0) {
              const task = [...asleep][pick % asleep.size];
              asleep.delete(task);
              five.wake(task, cpu);
            } else if (what === 'tick') five.sched.tick(five.on(cpu), ++jiffies);
            else if (what === 'move') {
              const task = [...alive][pick % alive.size] as Task | undefined;
              if (task?.cpus.includes(cpu) === true) five.sched.migrate(five.on(cpu), task, cpu);
            }
            // A CPU that schedules may send a task to one that has had its turn here.
            const due = (): number | undefined => five.cpus.find((each) => five.sched.reschedAt[each] < Infinity);
            for (let each = due(); each !== undefined; each = due()) five.pick(each);
            checkBooks(five, alive, asleep);
          }
        }),
        { numRuns: 12 },
      );
    },
  );
});

function checkBooks(five: SchedLab, alive: ReadonlySet<Task>, asleep: ReadonlySet<Task>): void {
  const { loads } = five.o1;
  const seen = new Set<Task>();
  const nodes = [0, 0, 0, 0];
  for (const queue of loads.all) {
    const here = [...tasksOf(queue.active), ...tasksOf(queue.expired)];
    for (const task of here) {
      expect(seen.has(task), `task ${task.pid} is in two arrays`).toBe(false);
      seen.add(task);
      expect(task.sched.cpu).toBe(queue.cpu);
      expect([queue.active, queue.expired]).toContain(task.sched.array);
    }
    expect(queue.running).toBe(here.length);
    expect(here.length === 0 ? undefined : here.includes(queue.current as Task)).toBe(
      here.length === 0 ? undefined : true,
    );
    nodes[five.nodeOf(queue.cpu)] += here.length;
  }
  expect([0, 1, 2, 3].map((place) => five.sched.node(place))).toEqual(nodes);
  for (const task of alive) expect(seen.has(task)).toBe(!asleep.has(task));
}
