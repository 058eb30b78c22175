/**
 * All CPUs of a run and all its tasks: who is on which CPU, who waits, who sleeps. Tasks come while it runs (fork), and
 * CPUs do where a kernel thread has to run on one that no task may use. Who runs where is for the kernel's scheduler to say.
 *
 * Sleepers wake at the beginning of a round, on the CPU where they slept or on that of the task that wakes them, which pays
 * for it. Kernel threads are looked at every POLL_NS (deviation: that long they may be late). Idle CPUs tick only while
 * some CPU has tasks to spare.
 */
import { invariant } from '../base/errors.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { KernelThread } from '../kernel/reclaim/reclaim.ts';
import type { ScheduleListener, Scheduler } from '../kernel/sched/scheduler.ts';
import { Task, type TaskState } from '../kernel/task.ts';
import type { TlbFlush } from '../kernel/tlb-flush.ts';
import type { Execution, Outcome, TaskStarter } from './execution.ts';
import { Lane, type ThreadTicket, type Work } from './lane.ts';
import { Sleepers, type Ticket } from './sleepers.ts';
import { Ticks } from './ticks.ts';

const POLL_NS = 4096;

/** What lanes need of the kernel. */
export interface LaneKernel {
  readonly tlb: Pick<TlbFlush, 'loaded'>;
  readonly threads: readonly KernelThread[];
  readonly sched: Scheduler;
  cpu(cpu: number): KernelCpu;
}

export class Lanes implements TaskStarter, Work, ScheduleListener {
  /** In the order of their CPUs' numbers. */
  readonly all: Lane[] = [];
  /** Tasks that have been started and have not ended. */
  living = 0;
  /** When the last task that has ended did so, ns. */
  endedAt = 0;
  /** One CPU alone is at work, as nextTime() saw it. */
  alone = false;
  private readonly sleepers = new Sleepers();
  private readonly tickets = new Map<Task, Ticket>();
  private readonly parked = new Set<Ticket>();
  private readonly threads: readonly ThreadTicket[];
  private readonly working = new Set<ThreadTicket>();
  private readonly places = new Map<number, number>();
  /**
   * Of each lane: when it goes on and whether it was busy when it was looked at last. Others can only put a clock forward
   * meanwhile (interrupts), so a lane that was seen beyond a round's end need not be asked.
   */
  private reached = new Float64Array(0);
  private atWork = new Uint8Array(0);
  private nextPoll = 0;
  private nextIdleTick = 0;
  /** Ticks of idle CPUs before this have been, or were none, ns. */
  private tickedUntil = 0;
  /** Lane that goes first in a round: each in turn, since who books a bus first waits least. */
  private first = 0;

  /** `cpus`: those that tasks may run on. */
  constructor(
    private readonly kernel: LaneKernel,
    cpus: Iterable<number>,
  ) {
    const online = [...new Set(cpus)].sort((a, b) => a - b);
    kernel.sched.online(online, this);
    for (const [place, cpu] of online.entries()) {
      this.add(cpu, new Ticks(kernel.sched.tickNs, place / (online.length + 1)));
    }
    this.threads = kernel.threads.map((thread) => {
      return { thread, task: new Task(0, thread.name, undefined, thread.cpus, 0), readyAt: 0 };
    });
  }

  start(execution: Execution, atNs: number): void {
    this.living++;
    const { task } = execution;
    const ticket: Ticket = { execution, readyAt: atNs, turn: 0, waker: undefined, isNew: true };
    this.tickets.set(task, ticket);
    const on = this.parentsCpu(task);
    // The child is on a runqueue before its parent goes on.
    if (on?.core.clock === atNs) this.place(ticket, on);
    else this.sleepers.add(ticket, atNs);
  }

  wake(execution: Execution, atNs: number, on: KernelCpu): void {
    const ticket = this.ticketOf(execution.task);
    invariant(this.parked.delete(ticket), 'a task is woken that does not wait', { pid: execution.task.pid });
    ticket.waker = on;
    this.sleepers.add(ticket, atNs);
  }

  /** When the next thing happens, not before `now`; Infinity where every task has ended, or waits for others that do too. */
  nextTime(now: number): number {
    if (this.parked.size === this.living) return Infinity;
    const { all, reached, atWork } = this;
    for (;;) {
      let busy = 0;
      let behind = -1;
      for (let place = 0; place < atWork.length; place++) {
        if (atWork[place] === 0) continue;
        busy++;
        if (behind < 0 || reached[place] < reached[behind]) behind = place;
      }
      this.alone = busy === 1;
      if (behind < 0) return Math.max(now, this.nextStart(now));
      const goesOnAt = all[behind].goesOnAt;
      if (goesOnAt === reached[behind]) return Math.max(now, goesOnAt);
      reached[behind] = goesOnAt;
    }
  }

  /** One round: every CPU that lies before its end runs up to it. */
  round(from: number, end: number): void {
    if (this.sleepers.nextWake < end) this.wakeBefore(end);
    if (from >= this.nextPoll) this.poll(from);
    if (!this.kernel.sched.idleTicks) this.tickedUntil = from;
    else if (end > this.nextIdleTick) this.tickIdle(end);
    const { all, reached, atWork } = this;
    this.first = (this.first + 1) % all.length;
    let place = this.first;
    for (let left = all.length; left > 0; left--) {
      if (atWork[place] === 1 && reached[place] < end) {
        all[place].run(end);
        this.look(place);
      }
      if (++place === all.length) place = 0;
    }
  }

  kicked(cpu: number): void {
    this.look(this.placeOf(cpu));
  }

  ticketOf(task: Task): Ticket {
    const ticket = this.tickets.get(task);
    invariant(ticket !== undefined, 'a task that was not started', { pid: task.pid });
    return ticket;
  }

  left(ticket: Ticket, outcome: Outcome, now: number): void {
    const { execution } = ticket;
    const { task } = execution;
    const { waitNs } = task;
    task.waitNs = 0;
    if (outcome === 'ended') {
      this.living--;
      this.endedAt = Math.max(this.endedAt, now);
      this.tickets.delete(task);
      task.state = 'dead';
      return;
    }
    if (waitNs > 0) {
      task.ioNs += waitNs;
      this.sleep(ticket, now + waitNs, 'waiting');
    } else if (execution.wakesAt < Infinity) this.sleep(ticket, Math.max(now, execution.wakesAt), 'sleeping');
    else {
      if (task.state !== 'dead') task.state = 'sleeping';
      this.parked.add(ticket);
    }
  }

  rests(thread: ThreadTicket, until: number): void {
    thread.readyAt = until;
    this.working.delete(thread);
  }

  private look(place: number): void {
    const lane = this.all[place];
    const busy = lane.busy ? 1 : 0;
    // Its ticks are those of an idle CPU from now on.
    if (busy < this.atWork[place]) this.nextIdleTick = 0;
    this.reached[place] = lane.goesOnAt;
    this.atWork[place] = busy;
  }

  /** CPU on which a task runs that makes a new one just now. */
  private parentsCpu({ parent }: Task): KernelCpu | undefined {
    if (parent === undefined || !this.places.has(parent.lastCpu)) return undefined;
    const { on } = this.all[this.placeOf(parent.lastCpu)];
    return on.task === parent ? on : undefined;
  }

  /** Everybody who wakes, or begins, before `end` does so, in order. */
  private wakeBefore(end: number): void {
    const { sched } = this.kernel;
    for (;;) {
      const ticket = this.sleepers.takeBefore(end);
      if (ticket === undefined) return;
      const { execution, readyAt, waker, isNew } = ticket;
      const { task } = execution;
      ticket.waker = undefined;
      if (isNew) {
        if (task.parent === undefined || task.at === 0) {
          ticket.isNew = false;
          sched.start(task, readyAt);
        } else this.place(ticket, this.wokenBy(task.parent.lastCpu, readyAt));
        continue;
      }
      const lane = this.all[this.placeOf(waker?.cpu ?? Math.max(0, task.sched.cpu))];
      if (task.state !== 'dead') task.state = 'runnable';
      lane.interruptAt(readyAt);
      sched.wake(lane.on, task, waker === undefined ? 'interrupt' : 'task', readyAt);
      this.look(this.placeOf(lane.on.cpu));
    }
  }

  /** A CPU that does something at `time`. */
  private wokenBy(cpu: number, time: number): KernelCpu {
    const lane = this.all[this.placeOf(cpu)];
    lane.interruptAt(time);
    return lane.on;
  }

  /** A child goes on a runqueue. */
  private place(ticket: Ticket, on: KernelCpu): void {
    ticket.isNew = false;
    this.kernel.sched.fork(on, ticket.execution.task);
    this.look(this.placeOf(on.cpu));
  }

  /** Ticks of idle CPUs up to `end`: from where they were looked at last, since rounds leave out what nobody ran in. */
  private tickIdle(end: number): void {
    let next = Infinity;
    for (let place = 0; place < this.all.length; place++) {
      if (this.atWork[place] === 1) continue;
      const lane = this.all[place];
      let at = lane.nextTick(this.tickedUntil);
      for (; at < end; at = lane.nextTick(this.tickedUntil)) lane.tickIdle();
      this.look(place);
      next = Math.min(next, at);
    }
    this.tickedUntil = end;
    this.nextIdleTick = next;
  }

  private placeOf(cpu: number): number {
    const place = this.places.get(cpu);
    invariant(place !== undefined, 'a CPU that is not in the run', { cpu });
    return place;
  }

  /** A task that was killed meanwhile comes back too, to end. */
  private sleep(ticket: Ticket, until: number, state: TaskState): void {
    const { task } = ticket.execution;
    if (task.state !== 'dead') task.state = state;
    this.sleepers.add(ticket, until);
  }

  /** Nobody runs: the first time at which somebody may. */
  private nextStart(now: number): number {
    let time = this.sleepers.nextWake;
    for (const { thread, readyAt } of this.threads) {
      const ready = thread.ready(Math.max(now, readyAt)) ? now : thread.wakesAt;
      time = Math.min(time, Math.max(ready, readyAt));
    }
    // Threads are looked at again at once, since what comes next may be theirs.
    this.nextPoll = Math.min(this.nextPoll, time);
    return time;
  }

  /** Puts kernel threads that have work on a CPU of theirs: an idle one, else the one that is least far. */
  private poll(now: number): void {
    this.nextPoll = now + POLL_NS;
    for (const ticket of this.threads) {
      const { thread, readyAt } = ticket;
      if (readyAt > now || !thread.ready(now) || this.working.has(ticket)) continue;
      this.working.add(ticket);
      let chosen: Lane | undefined;
      for (const lane of this.all) {
        if (!thread.cpus.includes(lane.on.cpu)) continue;
        if (chosen === undefined || rank(lane) < rank(chosen)) chosen = lane;
      }
      chosen ??= this.add(thread.cpus[0]);
      chosen.assign(ticket, now);
      this.look(this.all.indexOf(chosen));
    }
  }

  private add(cpu: number, ticks?: Ticks): Lane {
    const lane = new Lane(this.kernel.cpu(cpu), this.kernel.tlb, this.kernel.sched, ticks, this);
    const place = this.all.findIndex(({ on }) => on.cpu > cpu);
    this.all.splice(place < 0 ? this.all.length : place, 0, lane);
    for (const [at, { on }] of this.all.entries()) this.places.set(on.cpu, at);
    this.reached = new Float64Array(this.all.length);
    this.atWork = new Uint8Array(this.all.length);
    for (let i = 0; i < this.all.length; i++) this.look(i);
    return lane;
  }
}

const rank = (lane: Lane): number => (lane.busy ? lane.on.core.clock : -1);
