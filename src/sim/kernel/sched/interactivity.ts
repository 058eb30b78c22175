/**
 * Who is interactive, and how long a slice is: the formulas of kernel/sched.c, 2.6.0 (sleep_avg, CURRENT_BONUS,
 * effective_prio(), TASK_INTERACTIVE, recalc_task_prio()), with HZ = 1000. Numbers as the source has them but for
 * CHILD_PENALTY, 95 in the 2.5 kernels (90 in 2.6.0).
 *
 * A task gains sleep_avg while it sleeps and loses it while it runs; up to MAX_SLEEP_AVG it is worth a bonus of 0 to
 * MAX_BONUS, of which half is taken off: from 5 priorities worse to 5 better than its nice value says. Times in ns, slices
 * in ticks; divisions are those of integers.
 */
import type { Task } from '../task.ts';
import type { SchedState } from './sched-state.ts';

export const O1_TICK_NS = 1e6;
const MIN_TIMESLICE = 10;
export const MAX_TIMESLICE = 200;
const FIRST_USER = 100;
const LAST_USER = 139;
export const MAX_BONUS = 10;
const INTERACTIVE_DELTA = 2;
const PARENT_PENALTY = 100;
const CHILD_PENALTY = 95;
export const EXIT_WEIGHT = 3;
const CREDIT_LIMIT = 100;
/** ON_RUNQUEUE_WEIGHT: what waiting for a CPU after a wake-up by a task counts as sleep, in per cent. */
const ON_RUNQUEUE_WEIGHT = 30;
/** AVG_TIMESLICE: that of nice 0. */
const AVERAGE = timeslice(120);
const MAX_SLEEP_AVG = AVERAGE * MAX_BONUS;
/** STARVATION_LIMIT, in ticks. */
export const STARVATION_LIMIT = MAX_SLEEP_AVG;
export const MAX_SLEEP_NS = MAX_SLEEP_AVG * O1_TICK_NS;

/** task_timeslice(): 10 ticks for nice 19 to 200 for nice -20; 102 for nice 0. */
export function timeslice(staticPriority: number): number {
  const range = MAX_TIMESLICE - MIN_TIMESLICE;
  return MIN_TIMESLICE + Math.floor((range * (LAST_USER - staticPriority)) / (LAST_USER - FIRST_USER));
}

/** CURRENT_BONUS: 0 to 10. */
export function bonusOf(sleepAvg: number): number {
  return Math.floor((Math.floor(sleepAvg / O1_TICK_NS) * MAX_BONUS) / MAX_SLEEP_AVG);
}

/** effective_prio(). */
export function effectivePriority({ sleepAvg, staticPriority }: SchedState): number {
  const priority = staticPriority - (bonusOf(sleepAvg) - MAX_BONUS / 2);
  return Math.min(LAST_USER, Math.max(FIRST_USER, priority));
}

/** DELTA: how much better than its nice value a task must be to be interactive. */
const deltaOf = (staticPriority: number): number => Math.trunc(((staticPriority - 120) * 10) / 40) + INTERACTIVE_DELTA;

export const isInteractive = ({ priority, staticPriority }: SchedState): boolean =>
  priority <= staticPriority - deltaOf(staticPriority);

/** TIMESLICE_GRANULARITY: an interactive task goes to the end of its list after so many ticks. */
export function granularity(sleepAvg: number, cpus: number): number {
  const shift = (MAX_BONUS - bonusOf(sleepAvg) || 1) - 1;
  return MIN_TIMESLICE * 2 ** shift * (cpus > 1 ? cpus : 1);
}

/** JUST_INTERACTIVE_SLEEP: a sleep that makes a task interactive and no more. */
function justInteractive(staticPriority: number): number {
  const ticks = Math.floor((MAX_SLEEP_AVG * (MAX_BONUS / 2 + deltaOf(staticPriority) + 1)) / MAX_BONUS) - 1;
  return ticks * O1_TICK_NS;
}

/** recalc_task_prio(): the task has slept (or waited for a CPU) until `now`. */
export function hasSlept({ sched, mm }: Task, now: number): void {
  const slept = Math.min(Math.max(0, now - sched.timestamp), MAX_SLEEP_NS);
  if (slept > 0) {
    const just = justInteractive(sched.staticPriority);
    if (mm !== undefined && sched.activated !== -1 && slept > just) {
      sched.sleepAvg = (MAX_SLEEP_AVG - AVERAGE) * O1_TICK_NS;
      if (sched.credit <= CREDIT_LIMIT) sched.credit++;
    } else gain(sched, slept, just, mm !== undefined);
  }
  sched.priority = effectivePriority(sched);
}

/** The lower sleep_avg is, the faster it rises; waits for disks make nobody more than just interactive. */
function gain(sched: SchedState, slept: number, just: number, isUser: boolean): void {
  let more = slept * (MAX_BONUS - bonusOf(sched.sleepAvg) || 1);
  const slice = timeslice(sched.staticPriority) * O1_TICK_NS;
  if (sched.credit < -CREDIT_LIMIT && more > slice) more = slice;
  if (sched.activated === -1 && sched.credit <= CREDIT_LIMIT && isUser) {
    if (sched.sleepAvg >= just) more = 0;
    else if (sched.sleepAvg + more >= just) {
      sched.sleepAvg = just;
      more = 0;
    }
  }
  sched.sleepAvg += more;
  if (sched.sleepAvg <= MAX_SLEEP_NS) return;
  sched.sleepAvg = MAX_SLEEP_NS;
  if (sched.credit <= CREDIT_LIMIT) sched.credit++;
}

/** What schedule() does to a task that was woken and has waited for its CPU since: that counts in part, by a task that woke it. */
export function hasWaited(task: Task, now: number): void {
  const { sched } = task;
  let waited = Math.max(0, now - sched.timestamp);
  // Kernel arithmetic: 30 * 128 / 100 is 38.
  if (sched.activated === 1) waited = (waited * Math.floor((ON_RUNQUEUE_WEIGHT * 128) / 100)) / 128;
  hasSlept(task, sched.timestamp + waited);
}

/** The task has run until `now`, at the switch from it. */
export function hasRun(sched: SchedState, now: number): void {
  let ran = Math.min(Math.max(0, now - sched.timestamp), MAX_SLEEP_NS);
  if (sched.credit > CREDIT_LIMIT) ran /= bonusOf(sched.sleepAvg) || 1;
  sched.sleepAvg -= ran;
  if (sched.sleepAvg > 0) return;
  sched.sleepAvg = 0;
  if (Math.abs(sched.credit) <= CREDIT_LIMIT) sched.credit--;
}

/** wake_up_forked_process(): parents and children are less interactive for it. */
export function hasForked(parent: SchedState, child: SchedState): void {
  const bonus = bonusOf(parent.sleepAvg);
  parent.sleepAvg = penalised(bonus, PARENT_PENALTY);
  child.sleepAvg = penalised(bonus, CHILD_PENALTY);
  child.credit = 0;
  child.priority = effectivePriority(child);
}

function penalised(bonus: number, penalty: number): number {
  return Math.floor((Math.floor((bonus * penalty) / 100) * MAX_SLEEP_AVG) / MAX_BONUS) * O1_TICK_NS;
}

/** sched_exit(): a child that was less interactive makes its parent so, and what is left of a first slice goes back. */
export function hasExited(parent: SchedState, child: SchedState): void {
  if (child.firstSlice) parent.slice = Math.min(MAX_TIMESLICE, parent.slice + child.slice);
  if (child.sleepAvg >= parent.sleepAvg) return;
  const part = EXIT_WEIGHT + 1;
  parent.sleepAvg = Math.floor(parent.sleepAvg / part) * EXIT_WEIGHT + Math.floor(child.sleepAvg / part);
}
