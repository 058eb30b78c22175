/**
 * Where a task may run: sched_setaffinity() and set_cpus_allowed() of kernel/sched.c, 2.6.0, and the call of the OLS 2003
 * BOF by which a program says on which node it wants to be (never merged; a model: set_cpus_allowed() to the node's CPUs).
 * CPUs that no workload of the run may use are not online. Memory stays where it is; children inherit the mask.
 *
 * 2.4's mainline has cpus_allowed, but no call that sets it.
 */
import type { KernelTraits } from '../../profiles/traits.ts';
import type { BootLayout } from '../boot/layout.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { CallResult } from '../policy/mempolicy.ts';
import type { Task } from '../task.ts';
import type { TaskLives } from './lives.ts';
import type { Scheduler } from './scheduler.ts';

interface Parts {
  readonly traits: Pick<KernelTraits, 'scheduler' | 'taskPlacement'>;
  readonly layout: Pick<BootLayout, 'nodes'>;
  readonly lives: TaskLives;
  readonly sched: Scheduler;
}

export class Affinity {
  constructor(private readonly parts: Parts) {}

  /** sched_setaffinity(): EINVAL where none of the CPUs is online. The task moves where it may no longer be. */
  set(on: KernelCpu, task: Task, cpus: readonly number[]): CallResult {
    const { traits, sched } = this.parts;
    if (traits.scheduler === '2.4') return 'ENOSYS';
    const { cpusOf } = sched.loads;
    const online = [...new Set(cpus)].sort((a, b) => a - b).filter((cpu) => cpusOf.some((all) => all.includes(cpu)));
    if (online.length === 0) return 'EINVAL';
    // any_online_cpu(): the first.
    this.allow(on, task, online, online[0]);
    return 0;
  }

  /** The task wants to run on the node `id` from here on: EINVAL where none of its CPUs is online. */
  place(on: KernelCpu, task: Task, id: number): CallResult {
    const { traits, layout, sched, lives } = this.parts;
    if (traits.taskPlacement !== 'told') return 'ENOSYS';
    const place = layout.nodes.findIndex((node) => node.id === id);
    const cpus = sched.loads.cpusOf[place] ?? [];
    if (cpus.length === 0) return 'EINVAL';
    lives.placed(task, 'told', place);
    this.allow(on, task, cpus, this.emptiest(on, cpus));
    return 0;
  }

  /** set_cpus_allowed(): to `cpu`, unless the task may stay where it is. */
  private allow(on: KernelCpu, task: Task, cpus: readonly number[], cpu: number): void {
    const outer = on.enter(FN.set_cpus_allowed);
    task.cpus = cpus;
    if (!cpus.includes(task.sched.cpu)) this.parts.sched.migrate(on, task, cpu);
    on.leave(outer);
  }

  private emptiest(on: KernelCpu, cpus: readonly number[]): number {
    const { loads } = this.parts.sched;
    let best = cpus[0];
    for (const cpu of cpus) {
      on.read(loads.queueAt(cpu));
      if (loads.running(cpu) < loads.running(best)) best = cpu;
    }
    return best;
  }
}
