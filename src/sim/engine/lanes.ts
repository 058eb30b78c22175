/**
 * All CPUs of a run and all its tasks: who is on which CPU, who waits, who sleeps. Tasks come while it runs (fork), and
 * CPUs do where a kernel thread has to run on one that no task may use.
 *
 * Everybody who becomes runnable does so at the beginning of a round, with the time from which on it may run. Kernel
 * threads are looked at every POLL_NS (deviation: that long they may be late).
 */
import { invariant } from '../base/errors.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { KernelThread } from '../kernel/reclaim/reclaim.ts';
import { Task, type TaskState } from '../kernel/task.ts';
import type { TlbFlush } from '../kernel/tlb-flush.ts';
import type { Execution, Outcome, TaskStarter } from './execution.ts';
import { Lane, type ThreadTicket, type Work } from './lane.ts';
import { RunQueue, type Ticket } from './run-queue.ts';

const POLL_NS = 4096;

/** What lanes need of the kernel. */
export interface LaneKernel {
  readonly tlb: Pick<TlbFlush, 'loaded'>;
  readonly threads: readonly KernelThread[];
  cpu(cpu: number): KernelCpu;
}

export class Lanes implements TaskStarter, Work {
  /** In the order of their CPUs' numbers. */
  readonly all: Lane[] = [];
  /** Tasks that have been started and have not ended. */
  living = 0;
  /** When the last task that has ended did so, ns. */
  endedAt = 0;
  /** One CPU alone is at work, as nextTime() saw it. */
  alone = false;
  private readonly queue = new RunQueue();
  private readonly parked = new Map<Execution, Ticket>();
  private readonly threads: readonly ThreadTicket[];
  private readonly working = new Set<ThreadTicket>();
  private readonly byCpu = new Map<number, Lane>();
  /**
   * Of each lane: its clock and whether it was busy when it was looked at last. Others can only put a clock forward
   * meanwhile (interrupts), so a lane that was seen beyond a round's end need not be asked.
   */
  private reached = new Float64Array(0);
  private atWork = new Uint8Array(0);
  private nextPoll = 0;
  private roundEnd = 0;
  /** Lane that goes first in a round: each in turn, since who books a bus first waits least. */
  private first = 0;

  /** `cpus`: those that tasks may run on. */
  constructor(
    private readonly kernel: LaneKernel,
    cpus: Iterable<number>,
  ) {
    for (const cpu of [...new Set(cpus)].sort((a, b) => a - b)) this.add(cpu);
    this.threads = kernel.threads.map((thread) => {
      return { thread, task: new Task(0, thread.name, undefined, thread.cpus, 0), readyAt: 0 };
    });
  }

  start(execution: Execution, atNs: number): void {
    this.living++;
    this.queue.sleep({ execution, readyAt: atNs, turn: 0 }, atNs);
  }

  wake(execution: Execution, atNs: number): void {
    const ticket = this.parked.get(execution);
    invariant(ticket !== undefined, 'a task is woken that does not wait', { pid: execution.task.pid });
    this.parked.delete(execution);
    this.queue.sleep(ticket, atNs);
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
      const { clock } = all[behind].on.core;
      if (clock === reached[behind]) return Math.max(now, clock);
      reached[behind] = clock;
    }
  }

  /** One round: every CPU that lies before its end runs up to it. */
  round(from: number, end: number): void {
    if (this.queue.nextWake < end) this.queue.wakeBefore(end);
    if (from >= this.nextPoll) this.poll(from);
    this.roundEnd = end;
    const { all, reached, atWork, queue } = this;
    this.first = (this.first + 1) % all.length;
    let place = this.first;
    for (let left = all.length; left > 0; left--) {
      if (atWork[place] === 1 ? reached[place] < end : queue.length > 0) {
        all[place].run(end);
        this.look(place);
      }
      if (++place === all.length) place = 0;
    }
  }

  private look(place: number): void {
    const lane = this.all[place];
    this.reached[place] = lane.on.core.clock;
    this.atWork[place] = lane.busy ? 1 : 0;
  }

  take(lane: Lane): Ticket | undefined {
    return this.queue.take(lane.on.cpu, this.all.length, this.isFree);
  }

  /** True of a CPU that has its turn in this round and nothing to run. */
  private readonly isFree = (cpu: number): boolean => {
    const lane = this.byCpu.get(cpu);
    return lane !== undefined && !lane.busy && lane.on.core.clock < this.roundEnd;
  };

  waits(lane: Lane): boolean {
    return this.queue.has(lane.on.cpu);
  }

  left(ticket: Ticket, outcome: Outcome, now: number): void {
    const { execution } = ticket;
    const { task } = execution;
    const { waitNs } = task;
    task.waitNs = 0;
    if (outcome === 'ended') {
      this.living--;
      this.endedAt = Math.max(this.endedAt, now);
      task.state = 'dead';
      return;
    }
    if (waitNs > 0) {
      task.ioNs += waitNs;
      this.sleep(ticket, now + waitNs, 'waiting');
    } else if (outcome === 'more') this.sleep(ticket, now, 'runnable');
    else if (execution.wakesAt < Infinity) this.sleep(ticket, Math.max(now, execution.wakesAt), 'sleeping');
    else {
      if (task.state !== 'dead') task.state = 'sleeping';
      this.parked.set(execution, ticket);
    }
  }

  rests(thread: ThreadTicket, until: number): void {
    thread.readyAt = until;
    this.working.delete(thread);
  }

  /** A task that was killed meanwhile comes back too, to end. */
  private sleep(ticket: Ticket, until: number, state: TaskState): void {
    const { task } = ticket.execution;
    if (task.state !== 'dead') task.state = state;
    this.queue.sleep(ticket, until);
  }

  /** Nobody runs: the first time at which somebody may. */
  private nextStart(now: number): number {
    const { queue, all } = this;
    let time = Math.min(queue.nextWake, queue.firstStart(all.map(({ on }) => on)));
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

  private add(cpu: number): Lane {
    const lane = new Lane(this.kernel.cpu(cpu), this.kernel.tlb, this);
    this.byCpu.set(cpu, lane);
    const place = this.all.findIndex(({ on }) => on.cpu > cpu);
    this.all.splice(place < 0 ? this.all.length : place, 0, lane);
    this.reached = new Float64Array(this.all.length);
    this.atWork = new Uint8Array(this.all.length);
    for (let i = 0; i < this.all.length; i++) this.look(i);
    return lane;
  }
}

const rank = (lane: Lane): number => (lane.busy ? lane.on.core.clock : -1);
