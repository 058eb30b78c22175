/**
 * Which CPU a task begins on. Source of `exec`: sched_balance_exec() and sched_best_cpu() of kernel/sched.c, 2.5.59 and
 * 2.6.0: a task that is alone or one of two on its runqueue stays; else the node with the least load, there the CPU with
 * the fewest tasks, its own node first among equals only by number, as the source has it. The rest are ideas of the
 * OLS 2003 BOF, models:
 * - `fork`: every child goes to the least loaded CPU of all when it is made; exec as above.
 * - `predicted`: by the history of the file (history.ts): a child that will be long is placed at fork, one that will be
 *   short stays, at exec too; nobody is predicted without history, and then exec is as above.
 * - `told`: exec as above, and a program may say on which node it wants to stay (sched_setaffinity to its CPUs).
 *
 * At fork the parent's own node, and then its own CPU, win among equals: a child shares its parent's memory.
 */
import * as C from '../../base/counters.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { Task } from '../task.ts';
import type { Placed, TaskLives } from './lives.ts';
import type { NodeLoads } from './loads.ts';
import { loadOf } from './node-balance.ts';
import type { Placer } from './scheduler.ts';

/** At exec nobody is moved from a runqueue that has so many tasks, or fewer. */
export const STAYS_UP_TO = 2;

export class TaskPlacement implements Placer {
  private readonly normalised: boolean;

  constructor(
    private readonly traits: Pick<KernelTraits, 'taskPlacement' | 'nodeBalance'>,
    /** Whose `loads` are those of the CPUs that are online by then. */
    private readonly scheduler: { readonly loads: NodeLoads },
    private readonly lives: TaskLives,
  ) {
    this.normalised = traits.nodeBalance !== '2.5.59';
  }

  private get loads(): NodeLoads {
    return this.scheduler.loads;
  }

  /** CPU on which a new child of `parent`, which runs on `on`, begins. */
  fork(on: KernelCpu, parent: Task, child: Task): number {
    const { taskPlacement } = this.traits;
    this.lives.forks(parent, child);
    if (taskPlacement !== 'fork' && taskPlacement !== 'predicted') return on.cpu;
    if (taskPlacement === 'predicted' && this.lives.predict(child) !== 'long') return on.cpu;
    const outer = on.enter(FN.sched_balance_exec);
    const cpu = this.leastLoaded(on, child);
    on.leave(outer);
    if (cpu !== on.cpu) this.note(on, child, 'fork', cpu);
    return cpu;
  }

  /** CPU on which `task`, which runs on `on`, goes on to exec `file`: the first thing that do_execve() does. */
  exec(on: KernelCpu, task: Task, file: string): number {
    const { taskPlacement } = this.traits;
    this.lives.execs(task, file);
    if (taskPlacement === 'none' || this.loads.cpusOf.length < 2) return on.cpu;
    if (taskPlacement === 'predicted' && this.lives.predict(task) === 'short') return on.cpu;
    const outer = on.enter(FN.sched_balance_exec);
    const cpu = this.bestCpu(on);
    on.leave(outer);
    // sched_migrate_task() gives up where the task may not run there.
    if (cpu === on.cpu || !task.cpus.includes(cpu)) return on.cpu;
    this.note(on, task, 'exec', cpu);
    return cpu;
  }

  private note(on: KernelCpu, task: Task, how: Placed, cpu: number): void {
    on.count(how === 'fork' ? C.FORK_PLACEMENTS : C.EXEC_PLACEMENTS);
    this.lives.placed(task, how, this.loads.nodeOf(cpu));
    on.note(() => `${task.name} is placed on CPU ${cpu} at ${how}`);
  }

  /** sched_best_cpu(). */
  private bestCpu(on: KernelCpu): number {
    const { loads } = this;
    on.read(loads.queueAt(on.cpu));
    if (loads.running(on.cpu) <= STAYS_UP_TO) return on.cpu;
    let best = -1;
    let least = Infinity;
    for (let place = 0; place < loads.cpusOf.length; place++) {
      if (loads.cpusOf[place].length === 0) continue;
      const load = this.look(on, place);
      if (load < least) {
        least = load;
        best = place;
      }
    }
    return this.emptiest(on, loads.cpusOf[best], on.cpu, undefined);
  }

  /** At fork: node and CPU with the least load of those that the task may use. */
  private leastLoaded(on: KernelCpu, task: Task): number {
    const { loads } = this;
    let best = loads.nodeOf(on.cpu);
    let least = task.cpus.includes(on.cpu) ? this.look(on, best) : Infinity;
    for (let place = 0; place < loads.cpusOf.length; place++) {
      if (place === best || !loads.cpusOf[place].some((cpu) => task.cpus.includes(cpu))) continue;
      const load = this.look(on, place);
      if (load < least) {
        least = load;
        best = place;
      }
    }
    return this.emptiest(on, loads.cpusOf[best], on.cpu, task);
  }

  private look(on: KernelCpu, place: number): number {
    const { loads } = this;
    on.read(loads.nodeAt(place));
    return loadOf(loads.nodeRunning(place), loads.cpusOf[place].length, this.normalised);
  }

  /** The CPU with the fewest runnable tasks, the first of equals; with a task, of those that it may use, its own first. */
  private emptiest(on: KernelCpu, cpus: readonly number[], otherwise: number, task: Task | undefined): number {
    const { loads } = this;
    let best = otherwise;
    let least = task !== undefined && cpus.includes(on.cpu) ? loads.running(on.cpu) : Infinity;
    for (const cpu of cpus) {
      if (task !== undefined && !task.cpus.includes(cpu)) continue;
      on.read(loads.queueAt(cpu));
      const running = loads.running(cpu);
      if (running < least) {
        least = running;
        best = cpu;
      }
    }
    return best;
  }
}
