/**
 * The runqueues of all CPUs: struct runqueue of 2.6.0 kernel/sched.c, each with a lock, nr_running, the running task, two
 * priority arrays and prev_cpu_load[], and node_nr_running of each node. They lie in the per-CPU areas, which 2.6.0 puts
 * into the boot node's low memory, and node_nr_running on lines of their own; both are made for CPUs that are online.
 *
 * Deviation: struct runqueue's fields are those of i386; on a 64-bit machine they would be longer, and on their node.
 */
import { invariant } from '../../base/errors.ts';
import { after, type KAddr } from '../../base/units.ts';
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Task } from '../task.ts';
import type { NodeLoads } from './loads.ts';
import { ARRAY_BYTES, PriorityArray } from './priority-array.ts';
import type { SchedulerParts } from './scheduler.ts';

/** Offsets of struct runqueue. */
const ACTIVE = 32;
const ARRAYS = 64;
const PREVIOUS_LOADS = ARRAYS + 2 * ARRAY_BYTES;
const ATOMIC_BYTES = 128;

/** One CPU's. */
export class Queue {
  running = 0;
  /** Of them those that have a task_struct: tasks of traces pay for no scheduler. */
  paying = 0;
  current: Task | undefined;
  /** Jiffies at which the first task of those in `expired` got there; -1 for none. */
  expiredSince = -1;
  active: PriorityArray;
  expired: PriorityArray;
  /** prev_cpu_load[]: what this CPU saw of the others when it looked last, by their place among the online ones. */
  readonly seen: Int32Array;

  constructor(
    readonly cpu: number,
    /** Place of its node. */
    readonly node: number,
    readonly at: KAddr,
    cpus: number,
  ) {
    this.active = new PriorityArray(after(at, ARRAYS));
    this.expired = new PriorityArray(after(at, ARRAYS + ARRAY_BYTES));
    this.seen = new Int32Array(cpus);
  }

  /** Where prev_cpu_load[place] lies, and the fields that schedule() needs (curr, active, expired). */
  seenAt(place: number): KAddr {
    return after(this.at, PREVIOUS_LOADS + 4 * place);
  }

  get fieldsAt(): KAddr {
    return after(this.at, ACTIVE);
  }
}

export class RunQueues implements NodeLoads {
  /** Ascending; and their runqueues in the same order. */
  readonly cpus: readonly number[];
  readonly all: readonly Queue[];
  readonly cpusOf: readonly (readonly number[])[];
  /** CPUs with two runnable tasks or more, not all of traces: somebody could take one. */
  crowded = 0;
  private readonly places = new Map<number, number>();
  private readonly nodes: Int32Array;
  private readonly nodesAt: KAddr;
  private readonly counted: boolean;

  constructor({ machine, data, layout, traits }: SchedulerParts, cpus: readonly number[]) {
    this.cpus = [...cpus].sort((a, b) => a - b);
    this.all = this.cpus.map((cpu, place) => {
      this.places.set(cpu, place);
      return new Queue(cpu, machine.placeOf(cpu), data.claim(PREVIOUS_LOADS + 4 * cpus.length), cpus.length);
    });
    this.cpusOf = layout.nodes.map((_, place) =>
      this.all.filter((queue) => queue.node === place).map((queue) => queue.cpu),
    );
    this.nodes = new Int32Array(layout.nodes.length);
    this.nodesAt = data.claim(ATOMIC_BYTES * layout.nodes.length);
    this.counted = traits.nodeBalance !== 'none';
  }

  of(cpu: number): Queue {
    return this.all[this.placeOf(cpu)];
  }

  /** Place of a CPU among those that are online. */
  placeOf(cpu: number): number {
    const place = this.places.get(cpu);
    invariant(place !== undefined, 'a CPU without a runqueue', { cpu });
    return place;
  }

  has(cpu: number): boolean {
    return this.places.has(cpu);
  }

  nodeOf(cpu: number): number {
    return this.of(cpu).node;
  }

  running(cpu: number): number {
    return this.of(cpu).running;
  }

  nodeRunning(place: number): number {
    return this.nodes[place];
  }

  queueAt(cpu: number): KAddr {
    return this.of(cpu).at;
  }

  nodeAt(place: number): KAddr {
    return after(this.nodesAt, ATOMIC_BYTES * place);
  }

  lock(on: KernelCpu, queue: Queue): void {
    on.lock('rq.lock', queue.at);
  }

  unlock(on: KernelCpu, queue: Queue): void {
    on.unlock('rq.lock', queue.at);
  }

  /** __activate_task(): into the active array; `on` undefined: before the run, at no cost. */
  activate(on: KernelCpu | undefined, task: Task, queue: Queue): void {
    queue.active.enqueue(on, task);
    this.add(on, task, queue);
  }

  /** A forked child right before its parent. */
  activateBefore(on: KernelCpu, task: Task, parent: Task, queue: Queue): void {
    const { array } = parent.sched;
    if (array === undefined) {
      this.activate(on, task, queue);
      return;
    }
    array.enqueueBefore(on, task, parent);
    this.add(on, task, queue);
  }

  /** deactivate_task(): out of its array. */
  deactivate(on: KernelCpu | undefined, task: Task, queue: Queue): void {
    task.sched.array?.dequeue(on, task);
    this.count(on, task, queue, -1);
  }

  /** pull_task(): a runnable task that does not run goes from one runqueue to the active array of another. Both are locked. */
  move(on: KernelCpu, task: Task, from: Queue, to: Queue): void {
    this.deactivate(on, task, from);
    this.activate(on, task, to);
    if (from.node !== to.node) on.count(C.NODE_MIGRATIONS);
    on.count(C.MIGRATIONS);
  }

  private add(on: KernelCpu | undefined, task: Task, queue: Queue): void {
    task.sched.cpu = queue.cpu;
    this.count(on, task, queue, 1);
  }

  /** nr_running_inc() and nr_running_dec(). */
  private count(on: KernelCpu | undefined, task: Task, queue: Queue, by: number): void {
    const before = isCrowded(queue);
    queue.running += by;
    if (task.at !== 0) queue.paying += by;
    this.nodes[queue.node] += by;
    this.crowded += isCrowded(queue) - before;
    if (on === undefined) return;
    on.write(queue.at);
    if (this.counted) on.atomic(this.nodeAt(queue.node));
  }
}

const isCrowded = ({ running, paying }: Queue): number => (running > 1 && paying > 0 ? 1 : 0);
