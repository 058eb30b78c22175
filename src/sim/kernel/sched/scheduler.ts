/**
 * What the run asks of the kernel's scheduler. There are two: one runqueue (one-runqueue.ts) and one for each CPU
 * (o1.ts). Both work on behalf of a CPU `on`: what they look at and lock is on its clock.
 *
 * CPUs that no task of the run may use are as if they were not online: no runqueue, and nobody looks at them. What a CPU
 * has to do with a decision made for it, it does when its own clock has come there: it is told by `reschedAt`.
 */
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';
import type { Task } from '../task.ts';
import type { NodeLoads } from './loads.ts';

/** What schedulers need of the kernel. */
export type SchedulerParts = Pick<KernelParts, 'profile' | 'traits' | 'layout' | 'machine' | 'data'>;

/** How a task leaves its CPU: it waits for a disk (uninterruptible), sleeps for something else, or has ended. */
export type Leaving = 'waits' | 'sleeps' | 'ended';

/** Is told what becomes of CPUs. */
export interface ScheduleListener {
  /** A CPU is to call pick() from reschedAt[cpu] on: an interrupt, or a flag that an idle CPU looks at. */
  kicked(cpu: number): void;
}

/** Chooses CPUs at fork and exec (task-placement.ts); none: a child begins where its parent is, exec stays. */
export interface Placer {
  fork(on: KernelCpu, parent: Task, child: Task): number;
  exec(on: KernelCpu, task: Task, file: string): number;
}

export interface Scheduler {
  /** need_resched of each CPU by its number: virtual time from which on it is to call pick(); Infinity where it is not. */
  readonly reschedAt: Float64Array;
  /** Length of a tick (1 s / HZ), ns. */
  readonly tickNs: number;
  /** True where an idle CPU might find something to take at its next tick. */
  readonly idleTicks: boolean;

  placer: Placer | undefined;
  /** What runs where, of the CPUs that are online. */
  readonly loads: NodeLoads;

  /** CPUs that tasks may run on; before any task is started. */
  online(cpus: readonly number[], listener: ScheduleListener): void;
  /** A task out of nothing (as init would start it) is on a runqueue from `atNs` on; takes no time. Returns its CPU. */
  start(task: Task, atNs: number): number;
  /** A child that fork has made: wake_up_forked_process(). Returns its CPU. */
  fork(on: KernelCpu, child: Task): number;
  /**
   * try_to_wake_up(): a task that slept is runnable from `atNs` on, which may lie before or after what the CPU's clock says
   * (it is woken at the beginning of a round). `by` an interrupt, or what a task did. Returns its CPU.
   */
  wake(on: KernelCpu, task: Task, by: 'task' | 'interrupt', atNs: number): number;
  /** The running task of `on` leaves: the pick() that follows takes it off its runqueue. */
  leave(on: KernelCpu, task: Task, how: Leaving): void;
  /** schedule(): who runs on `on` from now on; the one that did, if it may go on; undefined where nobody can. */
  pick(on: KernelCpu): Task | undefined;
  /** scheduler_tick() number `jiffies` on a CPU that is busy or idle. */
  tick(on: KernelCpu, jiffies: number): void;
  /** do_execve() begins: true where the placer has another CPU for the task. It goes on there after the pick() that is due. */
  exec(on: KernelCpu, task: Task, file: string): boolean;
  /**
   * set_cpus_allowed(): moves a task to a CPU that it may run on. One that runs leaves its CPU with the pick() that is then
   * due, one that sleeps wakes there.
   */
  migrate(on: KernelCpu, task: Task, cpu: number): void;

  /** Who runs on a CPU; undefined while it is idle. */
  current(cpu: number): Task | undefined;
  /** Runnable tasks of a CPU (2.4: that ran on it last), the running one among them; and of a node by its place. */
  runnable(cpu: number): number;
  node(place: number): number;
}
