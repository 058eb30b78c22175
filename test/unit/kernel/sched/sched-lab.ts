/** A booted kernel whose scheduler is driven by hand: tasks of its own, CPUs that run what it picks. */
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { O1Scheduler } from '../../../../src/sim/kernel/sched/o1.ts';
import { OneRunqueue } from '../../../../src/sim/kernel/sched/one-runqueue.ts';
import type { PriorityArray } from '../../../../src/sim/kernel/sched/priority-array.ts';
import type { Leaving, Scheduler } from '../../../../src/sim/kernel/sched/scheduler.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import type { KernelSpec } from '../../../../src/sim/profiles/kernel-schema.ts';
import { bootKernel } from '../../../support/kernel.ts';

export class SchedLab {
  readonly sched: Scheduler;
  readonly tasks: Task[] = [];
  private readonly booted;

  constructor(
    kernel: Partial<KernelSpec>,
    readonly cpus: readonly number[],
  ) {
    this.booted = bootKernel({ builtIn: 'numaq-16g-4quad', kernel });
    this.sched = this.booted.kernel.sched;
    this.sched.online(cpus, { kicked: () => undefined });
  }

  get o1(): O1Scheduler {
    if (this.sched instanceof O1Scheduler) return this.sched;
    throw new Error('another scheduler');
  }

  get one(): OneRunqueue {
    if (this.sched instanceof OneRunqueue) return this.sched;
    throw new Error('another scheduler');
  }

  on(cpu: number): KernelCpu {
    return this.booted.on(cpu);
  }

  nodeOf(cpu: number): number {
    return this.booted.machine.placeOf(cpu);
  }

  /** A process that is on a runqueue from now on. */
  start(cpus: readonly number[] = this.cpus): Task {
    const task = this.booted.kernel.syscalls.spawn('task', cpus, 0);
    this.tasks.push(task);
    this.sched.start(task, 0);
    return task;
  }

  fork(cpu: number): Task {
    const on = this.on(cpu);
    const parent = this.sched.current(cpu);
    if (parent === undefined) throw new Error('nobody runs there');
    const child = this.booted.kernel.syscalls.fork(on, parent);
    this.tasks.push(child);
    this.sched.fork(on, child);
    return child;
  }

  /** schedule() on a CPU. */
  pick(cpu: number): Task | undefined {
    const task = this.sched.pick(this.on(cpu));
    this.on(cpu).task = task;
    if (task !== undefined) task.lastCpu = cpu;
    return task;
  }

  /** The running task sleeps (or ends), and another is picked. */
  leave(cpu: number, how: Leaving = 'sleeps'): Task | undefined {
    const task = this.sched.current(cpu);
    if (task === undefined) throw new Error('nobody runs there');
    this.sched.leave(this.on(cpu), task, how);
    return this.pick(cpu);
  }

  wake(task: Task, by: number, how: 'task' | 'interrupt' = 'task'): number {
    return this.sched.wake(this.on(by), task, how, this.on(by).core.clock);
  }

  /** The CPU's clock goes on by so much. */
  spend(cpu: number, ns: number): void {
    this.on(cpu).spend(ns);
  }

  /** Timer interrupts `from` to `to` of a CPU, which schedules when it is to; time stands still. Says who ran after each. */
  ticks(cpu: number, from: number, to: number): (Task | undefined)[] {
    const ran: (Task | undefined)[] = [];
    for (let jiffies = from; jiffies <= to; jiffies++) {
      this.sched.tick(this.on(cpu), jiffies);
      if (this.sched.reschedAt[cpu] < Infinity) this.pick(cpu);
      ran.push(this.sched.current(cpu));
    }
    return ran;
  }
}

/** Tasks of an array, best priority first, heads of lists first. */
export function tasksOf(array: PriorityArray): Task[] {
  const found: Task[] = [];
  for (let priority = array.find(undefined); priority < 140; priority = array.find(undefined, priority + 1)) {
    for (let task = array.first(priority); task !== undefined; task = task.sched.next) found.push(task);
  }
  return found;
}
