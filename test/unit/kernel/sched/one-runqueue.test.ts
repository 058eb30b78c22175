/** The scheduler of 2.4.18 by hand: goodness, the counters of all tasks, who gets which CPU, and its one lock. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { PROC_CHANGE_PENALTY, SLICE_TICKS } from '../../../../src/sim/kernel/sched/one-runqueue.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { SchedLab } from './sched-lab.ts';

const MS = 1e6;
const lab = (cpus: readonly number[] = [0]): SchedLab =>
  new SchedLab({ scheduler: '2.4', nodeBalance: 'none', taskPlacement: 'none' }, cpus);

describe('goodness', () => {
  it('is the ticks left and 20, 15 more on the CPU where the task was, 1 more for the loaded address space', () => {
    const two = lab([0, 1]);
    const task = two.start([0]);
    expect(SLICE_TICKS).toBe(6);
    expect(two.one.goodness(task, 0, undefined)).toBe(6 + 20 + PROC_CHANGE_PENALTY);
    expect(two.one.goodness(task, 1, undefined)).toBe(6 + 20);
    expect(two.one.goodness(task, 0, task.mm)).toBe(6 + 20 + 15 + 1);
  });

  it('is 0 for a task whose slice is used up', () => {
    const task = lab().start();
    task.sched.slice = 0;
    expect(lab().one.goodness(task, 0, task.mm)).toBe(0);
  });
});

describe('a CPU', () => {
  it('runs equal tasks for 60 ms each, and gives all of them new slices when nobody has ticks left', () => {
    const one = lab();
    const tasks = [one.start(), one.start()];
    one.pick(0);
    const ran = one.ticks(0, 1, 24);
    const first = ran[0];
    const other = tasks.find((task) => task !== first);
    const turn = (task: Task | undefined): (Task | undefined)[] => Array<Task | undefined>(6).fill(task);
    // At the sixth tick the slice is used up, and the next is picked. The last one to run has its address space loaded.
    expect(ran.slice(0, 5)).toEqual(turn(first).slice(1));
    expect(ran.slice(5, 11)).toEqual(turn(other));
    expect(ran.slice(11, 17)).toEqual(turn(other));
    expect(ran.slice(17, 23)).toEqual(turn(first));
  });

  it('lets who slept keep half of what it had when the counters are computed anew', () => {
    const one = lab();
    const [first, second] = [one.start(), one.start()];
    const runs = one.pick(0);
    const sleeper = runs === first ? second : first;
    one.leave(0);
    expect(one.sched.current(0)).toBe(sleeper);
    one.leave(0);
    one.wake(first, 0);
    one.wake(second, 0);
    one.pick(0);
    const slept = one.sched.current(0) === first ? second : first;
    const busy = slept === first ? second : first;
    one.leave(0);
    one.leave(0);
    one.wake(busy, 0);
    one.pick(0);
    one.ticks(0, 1, 6);
    expect([busy.sched.slice, slept.sched.slice]).toEqual([6, 9]);
  });

  it('looks at every runnable task, wherever that ran', () => {
    const reads = [4, 40].map((tasks) => {
      const two = lab([0, 1]);
      for (let i = 0; i < tasks; i++) two.start([1]);
      two.start([0]);
      two.pick(1);
      const { counters } = two.on(0).core;
      const before = counters[C.KERNEL_READS];
      two.pick(0);
      return counters[C.KERNEL_READS] - before;
    });
    expect(reads[1] - reads[0]).toBe(36);
  });
});

describe('a task that wakes', () => {
  it('gets the CPU where it was, if that is idle, by an interrupt from another', () => {
    const three = lab([0, 1, 2]);
    const [a, b] = [three.start([0]), three.start([1])];
    b.cpus = [0, 1, 2];
    three.pick(0);
    three.pick(1);
    three.leave(1);
    three.wake(b, 0);
    expect(three.on(0).core.counters[C.RESCHEDULE_IPIS]).toBe(1);
    expect(three.pick(1)).toBe(b);
    expect(three.sched.current(0)).toBe(a);
  });

  it('gets the CPU that has been idle longest, where its own has something to do', () => {
    const four = lab([0, 1, 2, 3]);
    const tasks = [0, 1, 2, 3].map((cpu) => four.start([cpu]));
    for (const cpu of four.cpus) four.pick(cpu);
    for (const [cpu, at] of [
      [2, 10],
      [3, 20],
      [1, 30],
    ] as const) {
      four.on(cpu).core.clock = at * MS;
      four.leave(cpu);
    }
    const busy = four.start([1]);
    four.on(1).core.clock = 40 * MS;
    expect(four.pick(1)).toBe(busy);
    four.on(0).core.clock = 50 * MS;
    tasks[1].cpus = four.cpus;
    four.wake(tasks[1], 0);
    expect(four.sched.reschedAt[2]).toBeLessThan(Infinity);
    expect([four.sched.reschedAt[1], four.sched.reschedAt[3]]).toEqual([Infinity, Infinity]);
    four.on(2).core.clock = 60 * MS;
    expect(four.pick(2)).toBe(tasks[1]);
    expect(four.on(2).core.counters[C.MIGRATIONS]).toBe(1);
  });

  it('takes the place of the running task that it beats by most, where nobody is idle', () => {
    const two = lab([0, 1]);
    const [first, second, third] = [two.start([0]), two.start([1]), two.start([1])];
    two.pick(0);
    const runs = two.pick(1);
    const waits = runs === second ? third : second;
    for (const task of [second, third]) task.cpus = [0, 1];
    const before = two.sched.reschedAt[0];
    expect(before).toBe(Infinity);
    two.leave(1);
    expect(two.sched.current(1)).toBe(waits);
    waits.sched.slice = 1;
    // On CPU 1 it has 15 more: 6 + 20 + 15 against 1 + 20 + 15 + 1.
    two.wake(runs as Task, 0);
    expect(two.sched.reschedAt[1]).toBeLessThan(Infinity);
    expect(two.sched.reschedAt[0]).toBe(Infinity);
    expect([two.pick(1), two.sched.current(0)]).toEqual([runs, first]);
  });
});

describe('fork', () => {
  it('halves the ticks that are left, and the child goes to an idle CPU at once', () => {
    const two = lab([0, 1]);
    const parent = two.start();
    two.pick(0);
    two.pick(1);
    two.ticks(0, 1, 1);
    const child = two.fork(0);
    expect([parent.sched.slice, child.sched.slice]).toEqual([2, 3]);
    expect(two.pick(1)).toBe(child);
    two.leave(1, 'ended');
    expect(parent.sched.slice).toBe(5);
  });
});

describe('a task that is sent to another CPU', () => {
  it.each(['sleeps', 'waits', 'ended'] as const)('does not leave in another way before (%s)', (how) => {
    const two = lab([0, 1]);
    const task = two.start([0, 1]);
    two.pick(0);
    two.sched.migrate(two.on(0), task, 1);
    expect(() => two.leave(0, how)).toThrow('still to go to another CPU');
  });

  it('sleeps like any other where the CPU that it leaves takes it again', () => {
    const two = lab([0, 1]);
    const task = two.start([0, 1]);
    two.pick(0);
    two.sched.migrate(two.on(0), task, 1);
    expect(two.pick(0)).toBe(task);
    expect(two.leave(0)).toBe(undefined);
    expect([two.pick(1), two.one.loads.length]).toEqual([undefined, 0]);
  });
});

describe('the one lock', () => {
  it('makes CPUs that schedule at the same time wait for each other', () => {
    const four = lab([0, 1, 4, 8]);
    for (let i = 0; i < 60; i++) four.start();
    for (const cpu of four.cpus) four.on(cpu).core.clock = MS;
    for (const cpu of four.cpus) four.pick(cpu);
    const waits = four.cpus.map((cpu) => four.on(cpu).core.counters[C.LOCK_WAIT_NS]);
    expect(waits[0]).toBe(0);
    for (const wait of waits.slice(1)) expect(wait).toBeGreaterThan(1000);
  });
});

describe('runs at random', () => {
  const steps = fc.array(
    fc.record({
      what: fc.constantFrom('start', 'fork', 'leave', 'end', 'wake', 'wake', 'tick', 'tick', 'pick'),
      cpu: fc.constantFrom(0, 1, 4, 12),
      pick: fc.nat(1000),
    }),
    { maxLength: 80 },
  );

  it('have every runnable task in the list once, run nobody on two CPUs, and pick the best goodness', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const four = lab([0, 1, 4, 12]);
        const asleep = new Set<Task>();
        const alive = new Set<Task>();
        for (const [step, { what, cpu, pick }] of list.entries()) {
          // All at one time: nobody is ahead of the others.
          const now = (step + 1) * MS;
          for (const each of four.cpus) four.on(each).core.clock = now;
          const runs = four.sched.current(cpu);
          if (what === 'start') alive.add(four.start(pick % 3 === 0 ? [cpu] : four.cpus));
          else if (what === 'fork' && runs !== undefined) alive.add(four.fork(cpu));
          else if (what === 'leave' && runs !== undefined) {
            asleep.add(runs);
            four.leave(cpu);
          } else if (what === 'end' && runs !== undefined) {
            alive.delete(runs);
            four.leave(cpu, 'ended');
          } else if (what === 'wake' && asleep.size > 0) {
            const task = [...asleep][pick % asleep.size];
            asleep.delete(task);
            four.wake(task, cpu);
          } else if (what === 'tick') four.sched.tick(four.on(cpu), step);
          else if (what === 'pick') pickBest(four, cpu);
          check(four, alive, asleep);
        }
      }),
      { numRuns: 25 },
    );
  });

  /** schedule() against the best of all, by a sorted list. */
  function pickBest(four: SchedLab, cpu: number): void {
    for (const each of four.cpus) four.on(each).core.clock += MS;
    const { list } = { list: four.one.loads };
    const data = list.of(cpu);
    const may: Task[] = [];
    for (let { first: task } = list.tasks; task !== undefined; task = task.sched.next) {
      const elsewhere = four.cpus.some((each) => each !== cpu && four.sched.current(each) === task);
      if (!elsewhere && task.cpus.includes(cpu)) may.push(task);
    }
    const weight = (task: Task): number => four.one.goodness(task, cpu, data?.mm);
    const best = [...may].sort((a, b) => weight(b) - weight(a)).at(0);
    const isUsedUp = best !== undefined && weight(best) === 0;
    const picked = four.pick(cpu);
    if (!isUsedUp) expect(picked).toBe(best);
    else expect(may).toContain(picked);
  }

  function check(four: SchedLab, alive: ReadonlySet<Task>, asleep: ReadonlySet<Task>): void {
    const list = four.one.loads;
    const listed: Task[] = [];
    for (let { first: task } = list.tasks; task !== undefined; task = task.sched.next) listed.push(task);
    expect(new Set(listed).size).toBe(listed.length);
    expect(new Set(listed)).toEqual(new Set([...alive].filter((task) => !asleep.has(task))));
    expect(list.length).toBe(listed.length);
    const running = four.cpus.map((cpu) => four.sched.current(cpu)).filter((task) => task !== undefined);
    expect(new Set(running).size).toBe(running.length);
    for (const task of running) expect(listed).toContain(task);
    for (const place of [0, 1, 2, 3]) {
      const here = listed.filter(({ sched }) => four.nodeOf(sched.cpu) === place);
      expect(four.sched.node(place)).toBe(here.length);
    }
  }
});
