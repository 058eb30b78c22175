/**
 * struct prio_array of 2.6.0 kernel/sched.c: a list of tasks for each of 140 priorities, a bitmap of the lists that have
 * some, and how many tasks there are. The best priority is found with five words of bitmap, however many tasks run.
 *
 * Layout, i386: nr_active, five words of bitmap, 140 list heads of 8 bytes.
 */
import { after, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Task } from '../task.ts';
import { TaskList } from './task-list.ts';

export const PRIORITIES = 140;
const WORDS = 5;
const QUEUES = 4 + 4 * WORDS;
export const ARRAY_BYTES = QUEUES + 8 * PRIORITIES;
/** Offset of run_list in task_struct; prio and array are in the lines that it touches. */
const RUN_LIST = 32;

export class PriorityArray {
  /** nr_active. */
  count = 0;
  private readonly bitmap = new Int32Array(WORDS);
  private readonly lists: (TaskList | undefined)[] = [];

  constructor(readonly at: KAddr) {}

  /** enqueue_task(): at the tail of its priority's list. `on` undefined: before the run, at no cost. */
  enqueue(on: KernelCpu | undefined, task: Task): void {
    const { priority } = task.sched;
    const list = (this.lists[priority] ??= new TaskList());
    if (on !== undefined) this.touch(on, priority, task, list.last);
    list.append(task);
    this.added(task, priority);
  }

  /** As wake_up_forked_process() puts a child in: right before its parent, with the parent's priority. */
  enqueueBefore(on: KernelCpu, task: Task, parent: Task): void {
    const { priority } = parent.sched;
    const list = (this.lists[priority] ??= new TaskList());
    task.sched.priority = priority;
    this.touch(on, priority, task, parent);
    list.insertBefore(task, parent);
    this.added(task, priority);
  }

  /** dequeue_task(). */
  dequeue(on: KernelCpu | undefined, task: Task): void {
    const { priority, next, previous } = task.sched;
    const list = this.lists[priority];
    if (list === undefined) return;
    if (on !== undefined) this.touch(on, priority, task, next ?? previous);
    list.remove(task);
    this.count--;
    if (list.first === undefined) this.bitmap[priority >> 5] &= ~(1 << (priority & 31));
    task.sched.array = undefined;
  }

  /** sched_find_first_bit() and find_next_bit(): the best priority not better than `from` that has tasks; 140 for none. */
  find(on: KernelCpu | undefined, from = 0): number {
    on?.read(this.at);
    let word = from >> 5;
    let bits = word < WORDS ? this.bitmap[word] & (-1 << (from & 31)) : 0;
    while (bits === 0 && ++word < WORDS) bits = this.bitmap[word];
    return bits === 0 ? PRIORITIES : word * 32 + 31 - Math.clz32(bits & -bits);
  }

  /** First and last task of a priority. */
  first(priority: number): Task | undefined {
    return this.lists[priority]?.first;
  }

  last(priority: number): Task | undefined {
    return this.lists[priority]?.last;
  }

  /** Where the head of a priority's list lies. */
  headAt(priority: number): KAddr {
    return after(this.at, QUEUES + 8 * priority);
  }

  private added(task: Task, priority: number): void {
    this.count++;
    this.bitmap[priority >> 5] |= 1 << (priority & 31);
    task.sched.array = this;
  }

  /** The list's head, the task's own link and its neighbour's, nr_active and the bitmap. */
  private touch(on: KernelCpu, priority: number, task: Task, neighbour: Task | undefined): void {
    on.write(this.headAt(priority));
    if (task.at !== 0) on.write(after(task.at, RUN_LIST));
    if (neighbour !== undefined && neighbour.at !== 0) on.write(after(neighbour.at, RUN_LIST));
    on.write(this.at);
  }
}
