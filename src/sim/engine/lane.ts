/**
 * A CPU of the run and what it runs: kernel threads that have work, then whom the kernel's scheduler picks
 * (kernel/sched/). The scheduler says when it wants to be asked again (reschedAt), and gets the timer's ticks. A thread that
 * wakes goes first; when it has had THREAD_SLICE_NS, tasks that could run get as much time as it took (deviation: all of
 * them together, however many they are; a thread's step is not cut, so its slice may be longer; the scheduler does not know
 * of threads). A switch takes schedule() and switch_mm(), and a look at the task's stack.
 *
 * A CPU without work stays behind: its clock jumps when it gets some, and what it jumps over is idle time. Its ticks are
 * looked at only where it could find a task to take.
 */
import * as C from '../base/counters.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import { FN } from '../kernel/functions.ts';
import type { KernelThread } from '../kernel/reclaim/reclaim.ts';
import type { Leaving, Scheduler } from '../kernel/sched/scheduler.ts';
import type { Task } from '../kernel/task.ts';
import type { TlbFlush } from '../kernel/tlb-flush.ts';
import type { Outcome } from './execution.ts';
import type { Ticket } from './sleepers.ts';
import type { Ticks } from './ticks.ts';

/** What a kernel thread gets before tasks have their turn: about a slice of the O(1) scheduler. */
export const THREAD_SLICE_NS = 100e6;

/** Where a lane gets its tasks from, and what becomes of them. */
export interface Work {
  ticketOf(task: Task): Ticket;
  /** The task has left the CPU at `now`, and is on no runqueue. */
  left(ticket: Ticket, outcome: Outcome, now: number): void;
  /** The kernel thread has nothing more to do, or has to wait: not before `until`. */
  rests(thread: ThreadTicket, until: number): void;
}

/** A kernel thread and the task that it is (no pid, no address space): who pays for its time, and PF_MEMALLOC. */
export interface ThreadTicket {
  readonly thread: KernelThread;
  readonly task: Task;
  /** Virtual time before which it does nothing, ns. */
  readyAt: number;
}

export class Lane {
  /** What it runs; it stays here from round to round. */
  current: Ticket | undefined;
  private readonly threads: ThreadTicket[] = [];
  /** What kernel threads have had since tasks last had their turn, ns; and until when that turn lasts. */
  private threadNs = 0;
  private tasksUntil = 0;
  private last: Task | undefined;

  /** `ticks`: undefined on a CPU that tasks may not use. */
  constructor(
    readonly on: KernelCpu,
    private readonly tlb: Pick<TlbFlush, 'loaded'>,
    private readonly sched: Scheduler,
    private readonly ticks: Ticks | undefined,
    private readonly work: Work,
  ) {}

  get busy(): boolean {
    return this.current !== undefined || this.threads.length > 0 || this.reschedAt < Infinity;
  }

  /** Virtual time at which it goes on, where it is busy, ns. */
  get goesOnAt(): number {
    const { clock } = this.on.core;
    return this.current !== undefined || this.threads.length > 0 ? clock : Math.max(clock, this.reschedAt);
  }

  /** Its next tick, for a CPU that is idle; Infinity for one that does not tick. */
  nextTick(now: number): number {
    if (this.ticks === undefined || this.busy) return Infinity;
    this.ticks.skipTo(Math.max(now, this.on.core.clock));
    return this.ticks.next;
  }

  /** An idle CPU's timer interrupt: it may find a task on another runqueue. */
  tickIdle(): void {
    if (this.ticks === undefined) return;
    this.idleUntil(this.ticks.next);
    this.tick(this.ticks);
  }

  /** Something happens on the CPU at `time`; an idle one was idle until then. */
  interruptAt(time: number): void {
    if (this.current === undefined && this.threads.length === 0) this.idleUntil(time);
  }

  /** A kernel thread has work to do here, from `now` on. */
  assign(thread: ThreadTicket, now: number): void {
    this.interruptAt(now);
    this.threads.push(thread);
  }

  /** Runs up to `end`, or until there is nothing to run. */
  run(end: number): void {
    const { on, ticks } = this;
    const { core } = on;
    while (core.clock < end) {
      const waits = this.threads.length > 0;
      if (waits && core.clock >= this.tasksUntil) {
        this.runThread(this.threads[0], end);
        continue;
      }
      if (this.reschedAt <= core.clock || (this.current === undefined && this.reschedAt < end)) {
        this.interruptAt(this.reschedAt);
        this.reschedule();
        continue;
      }
      const ticket = this.current;
      if (ticket === undefined) {
        if (!waits) return;
        this.tasksUntil = 0;
        continue;
      }
      if (on.task !== ticket.execution.task) {
        on.charge();
        this.load(ticket.execution.task);
      }
      const tickAt = ticks?.next ?? Infinity;
      if (ticks !== undefined && core.clock >= tickAt) {
        this.tick(ticks);
        continue;
      }
      const until = Math.min(end, tickAt, this.reschedAt, waits ? this.tasksUntil : Infinity);
      const outcome = ticket.execution.run(on, until);
      if (outcome !== 'more') this.switchOut(ticket, outcome);
    }
  }

  /** Idle time up to `now` that is not in the counters yet, ns. */
  idleNs(now: number): number {
    return this.current !== undefined || this.threads.length > 0 ? 0 : Math.max(0, now - this.on.core.clock);
  }

  /** At the end of a run: the idle time since the CPU did something last. Its clock goes on saying when that was. */
  settle(now: number): void {
    const idle = this.idleNs(now);
    this.on.charge();
    this.on.profile[FN.idle] += idle;
    this.on.core.counters[C.IDLE_NS] += idle;
  }

  private get reschedAt(): number {
    return this.ticks === undefined ? Infinity : this.sched.reschedAt[this.on.cpu];
  }

  private tick(ticks: Ticks): void {
    const { jiffies } = ticks;
    ticks.taken();
    this.sched.tick(this.on, jiffies);
  }

  /** The task sleeps or has ended: somebody else, or nobody. */
  private switchOut(ticket: Ticket, outcome: Outcome): void {
    const { on } = this;
    const { task } = ticket.execution;
    let how: Leaving = task.waitNs > 0 ? 'waits' : 'sleeps';
    if (outcome === 'ended') how = 'ended';
    this.sched.leave(on, task, how);
    this.work.left(ticket, outcome, on.core.clock);
    this.reschedule();
  }

  /** schedule(): the scheduler says who runs. */
  private reschedule(): void {
    const { on } = this;
    const before = this.current;
    if (before !== undefined && on.task !== before.execution.task) {
      on.charge();
      on.task = before.execution.task;
    }
    const task = this.sched.pick(on);
    if (task === undefined) this.goIdle();
    else if (task === before?.execution.task) on.become(FN.user);
    else this.switchIn(task);
    if (before !== undefined && before.execution.task.state === 'running' && task !== before.execution.task) {
      before.execution.task.state = 'runnable';
    }
  }

  private switchIn(task: Task): void {
    const { on } = this;
    // Woken by a CPU that is ahead of this one.
    if (task.sched.timestamp > on.core.clock) {
      this.goIdle();
      this.idleUntil(task.sched.timestamp);
    }
    this.ticks?.skipTo(on.core.clock);
    on.charge();
    this.current = this.work.ticketOf(task);
    this.load(task, task.at !== 0);
  }

  /** What an idle CPU does from here on (ticks, interrupts, balancing) it does for nobody. */
  private goIdle(): void {
    const { on } = this;
    on.enter(FN.idle);
    on.task = undefined;
    on.core.countFor(undefined);
    this.current = undefined;
  }

  /** context_switch() and switch_mm() to a task; `picked`: the scheduler has charged for schedule() itself. */
  private load(task: Task, picked = false): void {
    const { on } = this;
    on.task = task;
    on.core.countFor(task);
    if (picked) on.become(FN.schedule);
    else on.enter(FN.schedule);
    if (task !== this.last) on.count(C.CONTEXT_SWITCHES);
    if (task.stack !== 0) on.read(task.stack);
    if (task.mm !== undefined) {
      this.tlb.loaded(on, task.mm);
      on.core.switchTo(task.mm.table);
    }
    this.last = task;
    task.lastCpu = on.cpu;
    if (task.state !== 'dead') task.state = 'running';
    on.enter(FN.user);
  }

  /** Works until `end`, until its slice ends, or until the thread has no more to do or has to wait. */
  private runThread(ticket: ThreadTicket, end: number): void {
    const { on } = this;
    const { core } = on;
    const { thread, task } = ticket;
    if (on.task !== task && thread.ready(core.clock)) this.switchToThread(task);
    const from = core.clock;
    const sliceEnd = from + THREAD_SLICE_NS - this.threadNs;
    while (core.clock < Math.min(end, sliceEnd) && thread.ready(core.clock) && task.waitNs === 0) thread.step(on);
    this.threadNs += core.clock - from;
    this.ticks?.skipTo(core.clock);
    if (this.threadNs >= THREAD_SLICE_NS) {
      this.tasksUntil = core.clock + this.threadNs;
      this.threadNs = 0;
    }
    if (task.waitNs === 0 && thread.ready(core.clock)) return;
    const until = on.core.clock + task.waitNs;
    task.ioNs += task.waitNs;
    task.waitNs = 0;
    this.threads.shift();
    if (on.task === task) this.switchBack();
    this.work.rests(ticket, until);
  }

  private switchToThread(task: Task): void {
    const { on } = this;
    on.enter(FN.schedule);
    on.task = task;
    on.core.countFor(undefined);
    on.count(C.CONTEXT_SWITCHES);
    this.tlb.loaded(on, undefined);
    this.last = task;
    task.lastCpu = on.cpu;
  }

  /** A thread has done: to the task that waits for the CPU, or to nothing; another thread switches itself. */
  private switchBack(): void {
    const { on } = this;
    const task = this.current?.execution.task;
    if (task !== undefined && this.threads.length === 0) {
      on.charge();
      this.load(task);
      return;
    }
    on.enter(FN.idle);
    on.task = undefined;
  }

  /** The CPU had nothing to do until `time`, if that lies ahead of it. */
  private idleUntil(time: number): void {
    const { on } = this;
    if (time <= on.core.clock) return;
    on.enter(FN.idle);
    on.core.clock = time;
    on.charge();
  }
}
