/**
 * Tasks that are not on a runqueue and will be: by the time at which they wake, or begin. Timers and disks wake them, or
 * another task does, at a time that may lie ahead (it waits for a disk itself, or its CPU is ahead of the others).
 */
import { invariant } from '../base/errors.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { Execution } from './execution.ts';

/** A task of the run. */
export interface Ticket {
  readonly execution: Execution;
  /** Virtual time from which on it may run, ns. */
  readyAt: number;
  /** Turn in which it was put to sleep: of two that wake at the same time the one that slept first goes first. */
  turn: number;
  /** CPU of the task that wakes it; undefined: a timer or a disk does, on the CPU where it slept. */
  waker: KernelCpu | undefined;
  /** It has never been on a runqueue. */
  isNew: boolean;
}

export class Sleepers {
  /** Binary heap by readyAt and turn. */
  private readonly heap: Ticket[] = [];
  private turns = 0;

  get length(): number {
    return this.heap.length;
  }

  /** When the next one wakes, ns; Infinity where nobody sleeps. */
  get nextWake(): number {
    return this.heap.length === 0 ? Infinity : this.heap[0].readyAt;
  }

  /** Sleeps until `at`. */
  add(ticket: Ticket, at: number): void {
    invariant(at < Infinity, 'a task sleeps without an end', { pid: ticket.execution.task.pid });
    ticket.readyAt = at;
    ticket.turn = this.turns++;
    const { heap } = this;
    let place = heap.length;
    heap.push(ticket);
    for (let up = (place - 1) >> 1; place > 0 && sooner(ticket, heap[up]); up = (place - 1) >> 1) {
      heap[place] = heap[up];
      place = up;
    }
    heap[place] = ticket;
  }

  /** Takes out the first one of those that wake before `time`. */
  takeBefore(time: number): Ticket | undefined {
    return this.nextWake < time ? this.pop() : undefined;
  }

  private pop(): Ticket {
    const { heap } = this;
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
