/** A scheduler as simple as can be: the task whose time has come first runs, on the CPU that is least far, for a turn. */
import type { Execution, TaskStarter } from '../../../src/sim/engine/execution.ts';
import type { KernelCpu } from '../../../src/sim/kernel/cpu.ts';

interface Runnable {
  readonly execution: Execution;
  readonly at: number;
}

export class SimpleTasks implements TaskStarter {
  private readonly runnable: Runnable[] = [];

  constructor(private readonly cpus: readonly KernelCpu[]) {}

  start(execution: Execution, at: number): void {
    this.runnable.push({ execution, at });
  }

  wake(execution: Execution, at: number): void {
    this.runnable.push({ execution, at });
  }

  /** Until no task can go on. `before`: what a CPU does before it runs a task, `after`: when it has. */
  finish(turn: number, before: (on: KernelCpu) => void = () => undefined, after: () => void = () => undefined): void {
    while (this.runnable.length > 0) {
      const { execution, at } = this.first();
      const { task } = execution;
      const mine = this.cpus.filter(({ cpu }) => task.cpus.includes(cpu));
      const on = mine.reduce((least, cpu) => (cpu.core.clock < least.core.clock ? cpu : least));
      on.core.clock = Math.max(on.core.clock, at);
      on.task = task;
      before(on);
      const outcome = execution.run(on, on.core.clock + turn);
      if (outcome === 'more') this.start(execution, on.core.clock);
      else if (outcome === 'blocked') this.sleep(execution, on.core.clock);
      after();
      on.task = undefined;
    }
  }

  /** The first of those whose time comes first. */
  private first(): Runnable {
    const first = this.runnable.reduce((a, b) => (b.at < a.at ? b : a));
    this.runnable.splice(this.runnable.indexOf(first), 1);
    return first;
  }

  private sleep(execution: Execution, now: number): void {
    const { task, wakesAt } = execution;
    if (task.waitNs > 0) {
      this.start(execution, now + task.waitNs);
      task.ioNs += task.waitNs;
      task.waitNs = 0;
    } else if (wakesAt < Infinity) this.start(execution, wakesAt);
  }
}
