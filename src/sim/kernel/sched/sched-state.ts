/**
 * What the schedulers keep in a task_struct: fields of include/linux/sched.h, 2.6.0 (prio, static_prio, run_list, array,
 * sleep_avg, interactive_credit, timestamp, activated, time_slice, first_time_slice) and 2.4.18 (counter is the slice,
 * processor the CPU).
 */
import type { Task } from '../task.ts';
import type { PriorityArray } from './priority-array.ts';

/** static_prio at nice 0; priorities below 100 are real-time ones, which no program here has. */
export const DEFAULT_PRIORITY = 120;

export class SchedState {
  /** task_cpu(): the CPU whose runqueue it is on, or was on last; -1 before its first. */
  cpu = -1;
  /** Dynamic priority, 100 to 139, less is better; and the one that its nice value gives. */
  priority = DEFAULT_PRIORITY;
  staticPriority = DEFAULT_PRIORITY;
  /** Ticks left of its timeslice (2.4: counter). */
  slice = 0;
  /** It still has the slice that its parent shared with it at fork. */
  firstSlice = false;
  /** How much it has slept of late, ns, and how often that was enough to be called interactive. */
  sleepAvg = 0;
  credit = 0;
  /** 0: not just woken; 1 by a task, 2 by an interrupt, -1 from a wait for a disk. */
  activated = 0;
  /** When it was last put on a CPU or taken off, or began to wait or sleep, ns. */
  timestamp = 0;
  /** The array that it is in; undefined where it is in none (asleep, or 2.4). */
  array: PriorityArray | undefined;
  /** run_list: its neighbours in the list of runnable tasks that it is in. */
  next: Task | undefined;
  previous: Task | undefined;
  /** In 2.4's list of runnable tasks. */
  listed = false;
  /** schedule() is to take it off its runqueue: it sleeps, or has ended. */
  leaves = false;
}
