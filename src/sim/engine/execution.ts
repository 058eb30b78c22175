/**
 * What a lane (a CPU of the run) executes: a stream of references or a script's task, both seen as something that runs
 * for a while and says how it stopped. The lane has loaded the task's address space and has entered FN.user before run().
 */
import type { KernelCpu } from '../kernel/cpu.ts';
import type { Task } from '../kernel/task.ts';

/**
 * more: the CPU's clock has reached `until`, or a piece is done; it can go on at once.
 * blocked: the task has to sleep. With task.waitNs > 0 for that long (a disk; the lane takes it as ioNs and sets it to
 * 0); otherwise until `wakesAt`, or until TaskStarter.wake() is called for it where that is Infinity.
 * ended: the task is dead (exit() has been called where it has an address space of its own).
 */
export type Outcome = 'more' | 'blocked' | 'ended';

export interface Execution {
  readonly task: Task;
  /** Virtual time at which a blocked execution without waitNs goes on; Infinity until somebody wakes it. */
  readonly wakesAt: number;
  /** Runs on `on` until its clock has reached `until` or something stops it; an operation of the kernel may go beyond. */
  run(on: KernelCpu, until: number): Outcome;
}

/** What an execution may ask of the run: others to be started, and sleepers to be woken. */
export interface TaskStarter {
  /** A new execution becomes runnable at virtual time `atNs`. */
  start(execution: Execution, atNs: number): void;
  /** An execution that is blocked without an end is woken at virtual time `atNs` by what `on` runs. */
  wake(execution: Execution, atNs: number, on: KernelCpu): void;
}
