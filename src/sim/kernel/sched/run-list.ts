/**
 * The one list of runnable tasks of 2.4.18 (runqueue_head), what each CPU runs (schedule_data), and how many of the tasks
 * ran last on each CPU and node. A running task stays in the list.
 */
import { after, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Task } from '../task.ts';
import type { NodeLoads } from './loads.ts';
import type { SchedulerParts } from './scheduler.ts';
import { TaskList } from './task-list.ts';

/** Offset of counter, mm, processor, cpus_allowed and run_list in task_struct: one line. */
const FIELDS = 32;
const LINE_BYTES = 32;
/** aligned_data[] of a CPU. */
const DATA_BYTES = 128;

/** What is known of a CPU. */
export interface CpuData {
  readonly cpu: number;
  /** Place of its node. */
  readonly node: number;
  readonly at: KAddr;
  current: Task | undefined;
  /** active_mm: while it is idle that of the task that ran last. */
  mm: Task['mm'];
  /** last_schedule: when it scheduled last, ns. */
  scheduledAt: number;
  /** Runnable tasks that ran there last. */
  runnable: number;
}

export class RunList implements NodeLoads {
  readonly tasks = new TaskList();
  readonly lockAt: KAddr;
  readonly headAt: KAddr;
  readonly cpusOf: readonly (readonly number[])[];
  /** Ascending by number. */
  readonly cpus: readonly CpuData[];
  /** nr_running; and of them those that have a task_struct (tasks of traces have none, and pay for no scheduler). */
  length = 0;
  paying = 0;
  private readonly byCpu = new Map<number, CpuData>();
  private readonly nodes: Int32Array;

  constructor({ data, machine, layout }: SchedulerParts, cpus: readonly number[]) {
    this.lockAt = data.claim(LINE_BYTES);
    this.headAt = data.claim(LINE_BYTES);
    this.cpus = [...cpus]
      .sort((a, b) => a - b)
      .map((cpu) => {
        const at = data.claim(DATA_BYTES);
        const node = machine.placeOf(cpu);
        return { cpu, node, at, current: undefined, mm: undefined, scheduledAt: 0, runnable: 0 };
      });
    for (const each of this.cpus) this.byCpu.set(each.cpu, each);
    this.cpusOf = layout.nodes.map((_, place) => this.cpus.filter(({ node }) => node === place).map(({ cpu }) => cpu));
    this.nodes = new Int32Array(layout.nodes.length);
  }

  /** Undefined for a CPU that is not online. */
  of(cpu: number): CpuData | undefined {
    return this.byCpu.get(cpu);
  }

  /** add_to_runqueue(): at the head. `on` undefined: at no cost. */
  add(on: KernelCpu | undefined, task: Task): void {
    if (on !== undefined) this.touch(on, task, this.tasks.first);
    this.tasks.prepend(task);
    task.sched.listed = true;
    this.count(task, 1);
  }

  /** del_from_runqueue(). */
  remove(on: KernelCpu | undefined, task: Task): void {
    if (on !== undefined) this.touch(on, task, task.sched.next ?? task.sched.previous);
    this.tasks.remove(task);
    task.sched.listed = false;
    this.count(task, -1);
  }

  /** task_set_cpu(): it runs there from now on, or is to. */
  settle(task: Task, cpu: number): void {
    if (task.sched.listed) this.count(task, -1);
    task.sched.cpu = cpu;
    if (task.sched.listed) this.count(task, 1);
  }

  /** Looks at the fields that goodness() needs. */
  look(on: KernelCpu, task: Task): void {
    if (task.at !== 0) on.read(after(task.at, FIELDS));
  }

  change(on: KernelCpu, task: Task): void {
    if (task.at !== 0) on.write(after(task.at, FIELDS));
  }

  nodeOf(cpu: number): number {
    return this.byCpu.get(cpu)?.node ?? 0;
  }

  running(cpu: number): number {
    return this.byCpu.get(cpu)?.runnable ?? 0;
  }

  nodeRunning(place: number): number {
    return this.nodes[place];
  }

  queueAt(cpu: number): KAddr {
    return this.byCpu.get(cpu)?.at ?? this.headAt;
  }

  /** There is no count of a node: the list's own is looked at. */
  nodeAt(): KAddr {
    return this.headAt;
  }

  private count(task: Task, by: number): void {
    this.length += by;
    if (task.at !== 0) this.paying += by;
    const data = this.byCpu.get(task.sched.cpu);
    if (data === undefined) return;
    data.runnable += by;
    this.nodes[data.node] += by;
  }

  private touch(on: KernelCpu, task: Task, neighbour: Task | undefined): void {
    on.write(this.headAt);
    this.change(on, task);
    if (neighbour !== undefined) this.change(on, neighbour);
  }
}
