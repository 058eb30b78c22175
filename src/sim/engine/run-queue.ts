/**
 * Who may run next: one queue of runnable tasks for all CPUs, first in first out, and the sleeping ones by the time at
 * which they wake. Of the tasks at the head of the queue, as many as there are CPUs, a CPU takes one that ran on it last
 * (or has not run yet), else the first that may run on it at all and whose own CPU has something to do.
 *
 * The kernels' own schedulers (goodness() of 2.4, the O(1) arrays of 2.6) are not modelled yet: no priorities, nobody is
 * preempted by a task that wakes, and the queue costs no references: lane.ts charges for a switch.
 */
import { invariant } from '../base/errors.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { Execution } from './execution.ts';

/** A task in the queue, asleep, on a CPU, or waiting for somebody to wake it. */
export interface Ticket {
  readonly execution: Execution;
  /** Virtual time from which on it may run, ns. */
  readyAt: number;
  /** Turn in which it was put to sleep: of two that wake at the same time the one that slept first goes first. */
  turn: number;
}

export class RunQueue {
  private readonly runnable: Ticket[] = [];
  /** Binary heap by readyAt and turn. */
  private readonly asleep: Ticket[] = [];
  private turns = 0;
  /** Runnable tasks. */
  get length(): number {
    return this.runnable.length;
  }

  get sleepers(): number {
    return this.asleep.length;
  }

  /** When the next sleeper wakes, ns; Infinity where nobody sleeps. */
  get nextWake(): number {
    return this.asleep.length === 0 ? Infinity : this.asleep[0].readyAt;
  }

  /** When the first of the runnable tasks can begin on one of these CPUs, ns; Infinity where none can. */
  firstStart(cpus: readonly KernelCpu[]): number {
    let first = Infinity;
    for (const { execution, readyAt } of this.runnable) {
      for (const { cpu, core } of cpus) {
        if (execution.task.cpus.includes(cpu)) first = Math.min(first, Math.max(readyAt, core.clock));
      }
    }
    return first;
  }

  /** Becomes runnable at `at`, when wakeBefore() has come so far. */
  sleep(ticket: Ticket, at: number): void {
    invariant(at < Infinity, 'a task sleeps without an end', { pid: ticket.execution.task.pid });
    ticket.readyAt = at;
    ticket.turn = this.turns++;
    const heap = this.asleep;
    let place = heap.length;
    heap.push(ticket);
    for (let up = (place - 1) >> 1; place > 0 && sooner(ticket, heap[up]); up = (place - 1) >> 1) {
      heap[place] = heap[up];
      place = up;
    }
    heap[place] = ticket;
  }

  /** Everybody who wakes before `time` becomes runnable, in order. */
  wakeBefore(time: number): void {
    while (this.asleep.length > 0 && this.asleep[0].readyAt < time) {
      this.runnable.push(this.pop());
    }
  }

  /** True where a runnable task may run on the CPU. */
  has(cpu: number): boolean {
    return this.runnable.some(({ execution }) => execution.task.cpus.includes(cpu));
  }

  /**
   * Takes a task for a CPU out of the queue; undefined where none is for it. `cpus`: how many CPUs take from it;
   * `isFree`: of another CPU, which then gets the tasks that ran on it last.
   */
  take(cpu: number, cpus: number, isFree: (cpu: number) => boolean): Ticket | undefined {
    const { runnable } = this;
    let chosen = -1;
    for (let place = 0; place < runnable.length; place++) {
      const { task } = runnable[place].execution;
      if (!task.cpus.includes(cpu)) continue;
      if (chosen < 0 && (task.lastCpu < 0 || task.lastCpu === cpu || !isFree(task.lastCpu))) chosen = place;
      if (place >= cpus && chosen >= 0) break;
      if (task.lastCpu === cpu || task.lastCpu < 0) {
        chosen = place;
        break;
      }
    }
    return chosen < 0 ? undefined : runnable.splice(chosen, 1)[0];
  }

  private pop(): Ticket {
    const heap = this.asleep;
    const top = heap[0];
    const last = heap.pop() as Ticket;
    if (heap.length === 0) return top;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && sooner(heap[child + 1], heap[child])) child++;
      if (!sooner(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
    return top;
  }
}

function sooner(a: Ticket, b: Ticket): boolean {
  return a.readyAt < b.readyAt || (a.readyAt === b.readyAt && a.turn < b.turn);
}
