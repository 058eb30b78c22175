/**
 * A CPU of the run and what it runs: kernel threads that have work, then tasks from the run queue, in slices of
 * SLICE_NS. A thread that wakes goes first; when it has had its slice, tasks that could run get as much time as it took
 * (deviation: all of them together, however many they are; a thread's step is not cut, so its slice may be longer). A switch takes schedule() and switch_mm(), and a look at the task's stack; where the kernel's own scheduler
 * would look beside that is not modelled (run-queue.ts).
 *
 * A CPU without work stays behind: its clock jumps when it gets some, and what it jumps over is idle time.
 */
import * as C from '../base/counters.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import { FN } from '../kernel/functions.ts';
import type { KernelThread } from '../kernel/reclaim/reclaim.ts';
import type { Task } from '../kernel/task.ts';
import type { TlbFlush } from '../kernel/tlb-flush.ts';
import type { Outcome } from './execution.ts';
import type { Ticket } from './run-queue.ts';

/** 2.6's default; 2.4 gives 60 ms. */
export const SLICE_NS = 100e6;

/** Where a lane gets its tasks from, and what becomes of them. */
export interface Work {
  /** The next task for a CPU; undefined where nobody who is runnable may run there. */
  take(lane: Lane): Ticket | undefined;
  /** True where somebody else could run there. */
  waits(lane: Lane): boolean;
  /** The task has left the CPU at `now`; 'more': at the end of its slice. */
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
  private sliceEnd = 0;
  /** What kernel threads have had since tasks last had their turn, ns; and until when that turn lasts. */
  private threadNs = 0;
  private tasksUntil = 0;
  private last: Task | undefined;

  constructor(
    readonly on: KernelCpu,
    private readonly tlb: Pick<TlbFlush, 'loaded'>,
    private readonly work: Work,
  ) {}

  get busy(): boolean {
    return this.current !== undefined || this.threads.length > 0;
  }

  /** A kernel thread has work to do here, from `now` on. */
  assign(thread: ThreadTicket, now: number): void {
    if (!this.busy) this.idleUntil(now);
    this.threads.push(thread);
  }

  /** Runs up to `end`, or until there is nothing to run. */
  run(end: number): void {
    const { on } = this;
    const { core } = on;
    while (core.clock < end) {
      const waits = this.threads.length > 0;
      if (waits && core.clock >= this.tasksUntil) {
        this.runThread(this.threads[0], end);
        continue;
      }
      const ticket = this.current;
      if (ticket === undefined) {
        const next = this.work.take(this);
        if (next !== undefined) this.switchIn(next);
        else if (waits) this.tasksUntil = 0;
        else return;
        continue;
      }
      if (on.task !== ticket.execution.task) {
        on.charge();
        this.load(ticket.execution.task);
      }
      const until = Math.min(end, this.sliceEnd, waits ? this.tasksUntil : Infinity);
      const outcome = ticket.execution.run(on, until);
      if (outcome !== 'more') this.switchOut(ticket, outcome);
      else if (core.clock >= this.sliceEnd) this.endSlice(ticket);
    }
  }

  /** Idle time up to `now` that is not in the counters yet, ns. */
  idleNs(now: number): number {
    return this.busy ? 0 : Math.max(0, now - this.on.core.clock);
  }

  /** At the end of a run: the idle time since the CPU did something last. Its clock goes on saying when that was. */
  settle(now: number): void {
    const idle = this.idleNs(now);
    this.on.charge();
    this.on.profile[FN.idle] += idle;
    this.on.core.counters[C.IDLE_NS] += idle;
  }

  private switchIn(ticket: Ticket): void {
    const { task } = ticket.execution;
    this.idleUntil(ticket.readyAt);
    this.current = ticket;
    this.load(task);
    this.sliceEnd = this.on.core.clock + SLICE_NS;
  }

  private switchOut(ticket: Ticket, outcome: Outcome): void {
    const { on } = this;
    on.enter(FN.idle);
    on.task = undefined;
    this.current = undefined;
    this.work.left(ticket, outcome, on.core.clock);
  }

  private endSlice(ticket: Ticket): void {
    if (this.work.waits(this)) this.switchOut(ticket, 'more');
    else this.sliceEnd = this.on.core.clock + SLICE_NS;
  }

  /** schedule() and switch_mm() to a task. */
  private load(task: Task): void {
    const { on } = this;
    on.task = task;
    on.core.countFor(task);
    on.enter(FN.schedule);
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
    const sliceEnd = from + SLICE_NS - this.threadNs;
    while (core.clock < Math.min(end, sliceEnd) && thread.ready(core.clock) && task.waitNs === 0) thread.step(on);
    this.threadNs += core.clock - from;
    if (this.threadNs >= SLICE_NS) {
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
