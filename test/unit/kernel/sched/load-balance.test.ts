/** load_balance() of 2.6.0 by hand: whom it takes tasks from, how many and which. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { LoadBalancer } from '../../../../src/sim/kernel/sched/load-balance.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { SchedLab } from './sched-lab.ts';

const MS = 1e6;

/** So many tasks on each of the CPUs from 0 on, which may all move, and the first of each runs. */
class Balance {
  readonly lab: SchedLab;
  readonly of: Task[][];
  private readonly balancer: LoadBalancer;

  constructor(...counts: readonly number[]) {
    const cpus = counts.map((_, cpu) => cpu);
    this.lab = new SchedLab({ scheduler: 'o1', nodeBalance: 'none', taskPlacement: 'none' }, cpus);
    this.of = counts.map((count, cpu) => Array.from({ length: count }, () => this.lab.start([cpu])));
    for (const [cpu, tasks] of this.of.entries()) if (tasks.length > 0) this.lab.pick(cpu);
    for (const task of this.lab.tasks) task.cpus = cpus;
    // Whatever ran is out of the caches.
    for (const cpu of cpus) this.lab.on(cpu).core.clock = 100 * MS;
    this.balancer = new LoadBalancer(this.lab.o1.loads, 6 * MS, () => undefined);
  }

  /** Pids of the tasks that CPU `cpu` takes, in the order of their coming. */
  run(cpu: number, idle: boolean): readonly number[] {
    const { lab } = this;
    const { loads } = lab.o1;
    const own = loads.of(cpu);
    const on = lab.on(cpu);
    const before = new Set(lab.tasks.filter((task) => task.sched.cpu === cpu));
    loads.lock(on, own);
    const moved = this.balancer.balance(on, own, loads.cpus, idle);
    loads.unlock(on, own);
    const came = lab.tasks.filter((task) => task.sched.cpu === cpu && !before.has(task));
    expect(came).toHaveLength(moved);
    expect(on.core.counters[C.BALANCE_PULLS]).toBe(moved);
    return came.map(({ pid }) => pid);
  }
}

describe('an idle CPU', () => {
  it('takes one task of the longest runqueue, the last of the list', () => {
    const balance = new Balance(0, 2, 4);
    expect(balance.run(0, true)).toEqual([balance.of[2][3].pid]);
  });

  it('takes nothing of a CPU that has one task', () => {
    expect(new Balance(0, 1, 1).run(0, true)).toEqual([]);
  });

  it('takes expired tasks before active ones, and of them the best priority first', () => {
    const balance = new Balance(0, 5);
    const [, active, first, best, last] = balance.of[1];
    const queue = balance.lab.o1.loads.of(1);
    const on = balance.lab.on(1);
    for (const [task, priority] of [
      [first, 125],
      [best, 122],
      [last, 125],
    ] as const) {
      queue.active.dequeue(on, task);
      task.sched.priority = priority;
      queue.expired.enqueue(on, task);
    }
    active.sched.timestamp = 0;
    const came = [1, 2, 3, 4].map(() => {
      const { tasks } = balance.lab;
      const before = new Set(tasks.filter((task) => task.sched.cpu === 0));
      balance.lab.o1.loads.of(0);
      runIdle(balance);
      return tasks.find((task) => task.sched.cpu === 0 && !before.has(task));
    });
    expect(came).toEqual([best, last, first, active]);
  });

  it('takes nobody who runs or may not run there', () => {
    const balance = new Balance(0, 3);
    const [running, pinned, free] = balance.of[1];
    pinned.cpus = [1];
    free.cpus = [1];
    expect(balance.run(0, true)).toEqual([]);
    expect(balance.lab.sched.current(1)).toBe(running);
  });
});

describe('a busy CPU', () => {
  it('takes half of the imbalance', () => {
    const balance = new Balance(1, 7);
    balance.run(0, false);
    // The first look remembers what there was: nothing was known, and that is less.
    expect(balance.lab.sched.runnable(0)).toBe(1);
    expect(balance.run(0, false)).toHaveLength(3);
  });

  it('takes nothing where the imbalance is less than a quarter', () => {
    const balance = new Balance(7, 9);
    balance.run(0, false);
    expect(balance.run(0, false)).toEqual([]);
  });

  it('goes by the shorter of what a runqueue has and had, and the longer of its own', () => {
    const balance = new Balance(1, 7);
    balance.run(0, false);
    const { loads } = balance.lab.o1;
    loads.of(0).seen[1] = 2;
    // min(7, 2) - max(1, 1) is 1; what is seen now counts the next time.
    loads.of(0).seen[0] = 2;
    expect(balance.run(0, false)).toEqual([]);
    expect(loads.of(0).seen[1]).toBe(7);
  });

  it('leaves tasks that ran within the cache’s decay time, where an idle one takes them', () => {
    for (const idle of [false, true]) {
      const balance = new Balance(1, 7);
      balance.lab.o1.loads.of(0).seen[1] = 7;
      for (const task of balance.of[1]) task.sched.timestamp = 95 * MS;
      expect(balance.run(0, idle)).toHaveLength(idle ? 1 : 0);
    }
  });

  it('takes all that may move where the imbalance is 1: half of it is 0, which is counted down before it is tested', () => {
    const balance = new Balance(1, 2);
    balance.lab.o1.loads.of(0).seen[1] = 2;
    expect(balance.run(0, false)).toHaveLength(1);
    const three = new Balance(2, 3);
    three.lab.o1.loads.of(0).seen[1] = 3;
    expect(three.run(0, false)).toHaveLength(2);
  });
});

function runIdle(balance: Balance): void {
  const { loads } = balance.lab.o1;
  const on = balance.lab.on(0);
  const own = loads.of(0);
  const { running } = own;
  // As if nothing were there: the CPU is to take again.
  own.running = 0;
  loads.lock(on, own);
  new LoadBalancer(loads, 6 * MS, () => undefined).balance(on, own, loads.cpus, true);
  loads.unlock(on, own);
  own.running += running;
}
