/**
 * The scheduler of 2.4.18, kernel/sched.c: one list of runnable tasks under one runqueue_lock, HZ = 100. schedule() looks at
 * every task of the list and takes the one of the best goodness(): ticks left of its slice, 15 more where it ran on this CPU
 * last (PROC_CHANGE_PENALTY), 1 more for the address space that is loaded. When all have used up their slices, the counters
 * of all tasks of the system are computed anew; who sleeps keeps half of what it had. Who becomes runnable gets an idle CPU,
 * its own before the one that has been idle longest, or that of the running task that it beats by most (reschedule_idle()).
 *
 * Each look at a task is a reference to the line of its task_struct that holds all that goodness() needs; task_structs lie
 * at the same place of stacks of 8 KB, so they meet in few sets of a cache.
 *
 * Deviations: nice values but 0, yielding and real-time tasks are left out; an idle CPU does not poll and is told by an IPI.
 * Tasks of traces have no task_struct: where there are no others, scheduling costs nothing.
 */
import * as C from '../../base/counters.ts';
import { invariant } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import type { Task } from '../task.ts';
import { Reschedules } from './reschedules.ts';
import { type CpuData, RunList } from './run-list.ts';
import type { Leaving, Placer, ScheduleListener, Scheduler, SchedulerParts } from './scheduler.ts';

const TICK_NS = 10e6;
/** NICE_TO_TICKS(0): 60 ms. */
export const SLICE_TICKS = 6;
/** MAX_COUNTER: what a parent has at most when it gets back what its children did not use. */
const MOST_TICKS = 20;
export const PROC_CHANGE_PENALTY = 15;
/** 20 - nice. */
const NICE_WEIGHT = 20;
/** schedule() takes anybody rather than this. */
const NOBODY = -1000;
const EARLY = -500;

export class OneRunqueue implements Scheduler {
  readonly tickNs = TICK_NS;
  readonly idleTicks = false;
  placer: Placer | undefined;
  private list: RunList;
  private resched: Reschedules;
  /** Every task (for_each_task), in the order of their making. */
  private readonly everybody = new Set<Task>();
  /** Where running tasks are to go on. */
  private readonly movesTo = new Map<Task, number>();

  constructor(private readonly parts: SchedulerParts) {
    this.list = new RunList(parts, []);
    this.resched = new Reschedules([], parts.profile.kernel.flush, { kicked: () => undefined });
  }

  get reschedAt(): Float64Array {
    return this.resched.at;
  }

  get loads(): RunList {
    return this.list;
  }

  online(cpus: readonly number[], listener: ScheduleListener): void {
    this.list = new RunList(this.parts, cpus);
    this.resched = new Reschedules(cpus, this.parts.profile.kernel.flush, listener);
  }

  start(task: Task, atNs: number): number {
    const { sched } = task;
    sched.slice = SLICE_TICKS;
    sched.timestamp = atNs;
    sched.cpu = this.emptiest(task);
    this.everybody.add(task);
    this.list.add(undefined, task);
    if (this.list.of(sched.cpu)?.current === undefined) this.resched.kickAt(sched.cpu, atNs);
    return sched.cpu;
  }

  fork(on: KernelCpu, child: Task): number {
    const { parent, sched } = child;
    if (parent === undefined) return this.start(child, on.core.clock);
    const outer = on.enter(FN.wake_up_forked_process);
    this.list.change(on, parent);
    sched.slice = (parent.sched.slice + 1) >> 1;
    parent.sched.slice >>= 1;
    if (parent.sched.slice === 0) this.resched.kick(on, on.cpu);
    sched.cpu = this.placer?.fork(on, parent, child) ?? on.cpu;
    this.everybody.add(child);
    this.enqueue(on, child);
    on.leave(outer);
    return sched.cpu;
  }

  wake(on: KernelCpu, task: Task, _by: 'task' | 'interrupt', atNs: number): number {
    const { sched } = task;
    if (task.at === 0) {
      this.list.add(undefined, task);
      sched.timestamp = atNs;
      if (this.list.of(sched.cpu)?.current === undefined) this.resched.kickAt(sched.cpu, atNs);
      return sched.cpu;
    }
    const outer = on.enter(FN.try_to_wake_up);
    this.enqueue(on, task, atNs - on.core.clock);
    on.leave(outer);
    return sched.cpu;
  }

  leave(on: KernelCpu, task: Task, how: Leaving): void {
    const { sched, parent } = task;
    // Else it would go on there, asleep or dead.
    invariant(!this.movesTo.has(task), 'a task leaves that has still to go to another CPU', { pid: task.pid, how });
    sched.leaves = true;
    if (how !== 'ended') return;
    this.everybody.delete(task);
    if (parent === undefined || parent.state === 'dead') return;
    // release_task(): a parent is not to suffer for making many processes.
    this.list.change(on, parent);
    parent.sched.slice = Math.min(MOST_TICKS, parent.sched.slice + sched.slice);
  }

  /** Leaves the CPU in FN.schedule: who called it enters what comes next. */
  pick(on: KernelCpu): Task | undefined {
    const { list } = this;
    const data = this.dataOf(on);
    const before = data.current;
    const isFree = list.paying === 0 && (before === undefined || before.at === 0);
    this.resched.taken(on);
    const paid = isFree ? undefined : on;
    if (paid !== undefined) {
      paid.enter(FN.schedule);
      paid.lock('runqueue_lock', list.lockAt);
    }
    if (before?.sched.leaves === true) this.takeOff(paid, before);
    let next = this.best(paid, data, on.core.clock);
    while (next !== undefined && next.sched.slice === 0) {
      this.recalculate(paid);
      next = this.best(paid, data, on.core.clock);
    }
    this.set(paid, data, next, on.core.clock);
    paid?.unlock('runqueue_lock', list.lockAt);
    if (paid !== undefined && before !== undefined && before !== next) this.scheduleTail(paid, before);
    return next;
  }

  /** update_process_times(). */
  tick(on: KernelCpu): void {
    const task = this.dataOf(on).current;
    if (task === undefined) return;
    const { sched } = task;
    if (this.list.paying === 0) {
      sched.slice = Math.max(0, sched.slice - 1);
      if (sched.slice === 0 && this.list.running(on.cpu) > 1) this.resched.kickAt(on.cpu, on.core.clock);
      return;
    }
    const outer = on.enter(FN.scheduler_tick);
    on.spend(this.parts.profile.kernel.flush.irqNs);
    this.list.change(on, task);
    sched.slice = Math.max(0, sched.slice - 1);
    if (sched.slice === 0) this.resched.kick(on, on.cpu);
    on.leave(outer);
  }

  exec(on: KernelCpu, task: Task, file: string): boolean {
    const cpu = this.placer?.exec(on, task, file) ?? on.cpu;
    if (cpu === on.cpu) return false;
    this.migrate(on, task, cpu);
    return this.movesTo.has(task);
  }

  migrate(on: KernelCpu, task: Task, cpu: number): void {
    const { sched } = task;
    const data = this.list.of(sched.cpu);
    if (sched.cpu === cpu || data === undefined || this.list.of(cpu) === undefined) return;
    if (data.current === task) {
      this.movesTo.set(task, cpu);
      sched.leaves = true;
      this.resched.kick(on, data.cpu);
    } else if (!sched.listed) sched.cpu = cpu;
    else {
      on.lock('runqueue_lock', this.list.lockAt);
      this.list.change(on, task);
      this.list.settle(task, cpu);
      this.rescheduleIdle(on, task);
      on.unlock('runqueue_lock', this.list.lockAt);
    }
  }

  current(cpu: number): Task | undefined {
    return this.list.of(cpu)?.current;
  }

  runnable(cpu: number): number {
    return this.list.running(cpu);
  }

  node(place: number): number {
    return this.list.nodeRunning(place);
  }

  /** goodness(): 0 where the slice is used up. */
  goodness(task: Task, cpu: number, mm: Task['mm']): number {
    const { sched } = task;
    if (sched.slice === 0) return 0;
    const near = sched.cpu === cpu ? PROC_CHANGE_PENALTY : 0;
    return sched.slice + near + (task.mm === mm || task.mm === undefined ? 1 : 0) + NICE_WEIGHT;
  }

  /** The loop of schedule(); one whose slice is used up where nobody better may run. */
  private best(on: KernelCpu | undefined, data: CpuData, now: number): Task | undefined {
    let best: Task | undefined;
    let most = NOBODY;
    on?.read(this.list.headAt);
    for (let { first: task } = this.list.tasks; task !== undefined; task = task.sched.next) {
      if (on !== undefined) {
        this.list.look(on, task);
        on.work(STEP.goodness);
      }
      if (!this.mayRun(task, data.cpu)) continue;
      // Woken by a CPU that is ahead of this one: rather anybody who is there already.
      const early = task !== data.current && task.sched.timestamp > now ? EARLY : 0;
      const weight = this.goodness(task, data.cpu, data.mm) + early;
      if (weight > most) {
        most = weight;
        best = task;
      }
    }
    return best;
  }

  /** can_schedule(): nobody else runs it, and it may use the CPU. */
  private mayRun(task: Task, cpu: number): boolean {
    const runs = this.list.of(task.sched.cpu)?.current === task;
    return (!runs || task.sched.cpu === cpu) && task.cpus.includes(cpu);
  }

  /** The counters of all tasks, runnable or not. */
  private recalculate(on: KernelCpu | undefined): void {
    const { list } = this;
    if (on !== undefined) {
      on.unlock('runqueue_lock', list.lockAt);
      on.lock('tasklist_lock', list.headAt);
    }
    for (const task of this.everybody) {
      if (on !== undefined) {
        list.change(on, task);
        on.work(STEP.recalculate);
      }
      task.sched.slice = (task.sched.slice >> 1) + SLICE_TICKS;
    }
    if (on === undefined) return;
    on.unlock('tasklist_lock', list.headAt);
    on.lock('runqueue_lock', list.lockAt);
  }

  /** Off the list, or on to another CPU. */
  private takeOff(on: KernelCpu | undefined, task: Task): void {
    task.sched.leaves = false;
    const cpu = this.movesTo.get(task);
    if (cpu === undefined) {
      this.list.remove(on, task);
      return;
    }
    // At once: this CPU may take it again (exec leaves it the right to), and then it goes nowhere later.
    this.movesTo.delete(task);
    on?.count(C.MIGRATIONS);
    const data = this.list.of(task.sched.cpu);
    if (data !== undefined) data.current = undefined;
    this.list.settle(task, cpu);
  }

  /** The CPU runs `task` from now on. */
  private set(on: KernelCpu | undefined, data: CpuData, task: Task | undefined, now: number): void {
    data.scheduledAt = now;
    data.current = task;
    if (on !== undefined) on.write(data.at);
    if (task === undefined) return;
    if (task.mm !== undefined) data.mm = task.mm;
    task.sched.timestamp = Math.max(now, task.sched.timestamp);
    if (on !== undefined) this.list.change(on, task);
    if (task.sched.cpu === data.cpu) return;
    if (on !== undefined && task.lastCpu >= 0) {
      on.count(C.MIGRATIONS);
      if (this.list.nodeOf(task.sched.cpu) !== data.node) on.count(C.NODE_MIGRATIONS);
    }
    this.list.settle(task, data.cpu);
  }

  /** __schedule_tail(): who was taken off the CPU and could go on may find another. */
  private scheduleTail(on: KernelCpu, task: Task): void {
    if (!task.sched.listed) return;
    on.lock('runqueue_lock', this.list.lockAt);
    this.rescheduleIdle(on, task);
    on.unlock('runqueue_lock', this.list.lockAt);
  }

  /** wake_up_process(). */
  private enqueue(on: KernelCpu, task: Task, shift = 0): void {
    on.lock('runqueue_lock', this.list.lockAt);
    this.list.add(on, task);
    task.sched.timestamp = on.core.clock + shift;
    this.rescheduleIdle(on, task, shift);
    on.unlock('runqueue_lock', this.list.lockAt);
  }

  private rescheduleIdle(on: KernelCpu, task: Task, shift = 0): void {
    const outer = on.enter(FN.reschedule_idle);
    const own = this.list.of(task.sched.cpu);
    if (own !== undefined && own.current === undefined && this.mayRun(task, own.cpu))
      this.resched.kick(on, own.cpu, shift);
    else {
      const target = this.idleOrWorse(on, task);
      if (target >= 0) this.resched.kick(on, target, shift);
    }
    on.leave(outer);
  }

  /** The CPU that has been idle longest, or else the one whose task is worse by most; -1 for none. */
  private idleOrWorse(on: KernelCpu, task: Task): number {
    let idle = -1;
    let oldest = Infinity;
    let worse = -1;
    let most = 0;
    for (const { cpu, at, current, mm, scheduledAt } of this.list.cpus) {
      if (!task.cpus.includes(cpu)) continue;
      on.read(at);
      on.work(STEP.queue);
      if (current === undefined) {
        if (scheduledAt >= oldest) continue;
        oldest = scheduledAt;
        idle = cpu;
      } else if (idle < 0) {
        this.list.look(on, current);
        const by = this.goodness(task, cpu, mm) - this.goodness(current, cpu, mm);
        if (by <= most) continue;
        most = by;
        worse = cpu;
      }
    }
    return idle >= 0 ? idle : worse;
  }

  /** For a task that nobody has made: the allowed CPU with the fewest runnable tasks, the first among equals. */
  private emptiest(task: Task): number {
    const mine = task.cpus.filter((cpu) => this.list.of(cpu) !== undefined);
    return mine.reduce((best, cpu) => (this.list.running(cpu) < this.list.running(best) ? cpu : best), mine[0] ?? 0);
  }

  private dataOf(on: KernelCpu): CpuData {
    const data = this.list.of(on.cpu);
    invariant(data !== undefined, 'a CPU that is not online schedules', { cpu: on.cpu });
    return data;
  }
}
