/**
 * A script while it runs: what its tasks have in common. Files and segments by name, barriers, transactions, the numbers
 * of processes, how far it has come. Each task is an Interpreter.
 */
import { InputError, type Issue, makeIssue } from '../base/errors.ts';
import { subSeed } from '../base/rng.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { AddressSpace } from '../kernel/mm/address-space.ts';
import type { TaskLives } from '../kernel/sched/lives.ts';
import type { Scheduler } from '../kernel/sched/scheduler.ts';
import type { Image, Syscalls } from '../kernel/syscalls.ts';
import type { Task } from '../kernel/task.ts';
import type { Script } from '../workloads/script.ts';
import type { ScriptedTasks } from '../workloads/workload.ts';
import type { TaskStarter } from './execution.ts';
import { type Errno, FailedCalls } from './failed-calls.ts';
import { type Family, Interpreter } from './interpreter.ts';
import { LaneBlocks } from './lane-blocks.ts';
import { Latencies } from './latencies.ts';
import { ProgramTexts } from './program-text.ts';
import type { Regions } from './regions.ts';
import { ScriptCosts } from './script-costs.ts';

/** What a script asks of the run that it is in. */
export interface ScriptHost {
  readonly syscalls: Syscalls;
  readonly instructionNs: number;
  readonly tasks: TaskStarter;
  /** Where a report is made: who reaches whose memory is counted from virtual time `atNs` on. */
  readonly measure?: (atNs: number) => void;
  /** Id of a CPU's node. */
  readonly nodeOf?: (cpu: number) => number;
  /** Of a kernel that schedules. */
  readonly scheduling?: {
    readonly sched: Pick<Scheduler, 'exec'>;
    readonly lives: Pick<TaskLives, 'runs'>;
  };
  /** Where a timeline is recorded. */
  readonly timeline?: TaskTimeline;
}

/** Who wants to know what becomes of tasks (engine/events.ts). */
export interface TaskTimeline {
  /** The task runs on another CPU than before. */
  migrated(on: KernelCpu, task: Task, from: number): void;
  /** The task sleeps from `startNs` on for `ns`: a disk. */
  waited(on: KernelCpu, task: Task, startNs: number, ns: number): void;
  /** A knob was turned. */
  turned(on: KernelCpu, name: string, value: number): void;
  /** The kernel refused a call that the task goes on after. */
  refused(on: KernelCpu, task: Task, call: string, errno: Errno): void;
  /** A phase of the script begins, which this names in words. */
  phase?(on: KernelCpu, words: string): void;
}

export class ScriptRun {
  readonly script: Script;
  readonly latencies = new Latencies();
  readonly failedCalls: FailedCalls;
  readonly blocks = new LaneBlocks();
  readonly costs: ScriptCosts;
  readonly texts: ProgramTexts;
  private readonly running = new Set<Interpreter>();
  private done = 0;
  private processes = 0;
  private readonly cpus: readonly number[];
  private readonly files = new Map<string, AddressSpace>();
  private readonly removed = new Set<string>();
  /** Names of transactions that have been reported as phases. */
  private readonly transactions = new Set<string>();
  private readonly waiting = new Map<string, Interpreter[]>();

  constructor(
    private readonly scripted: ScriptedTasks,
    readonly host: ScriptHost,
  ) {
    this.script = scripted.script;
    this.failedCalls = new FailedCalls(host.timeline);
    this.cpus = scripted.cpus;
    this.costs = new ScriptCosts(scripted.script);
    this.texts = new ProgramTexts(scripted.seed);
  }

  /** Starts what the script says is started. Throws an InputError for CPUs that the workload does not have. */
  start(): void {
    for (const [index, start] of this.script.start.entries()) {
      const { program, copies, atNs } = start;
      const on = this.cpusOf(start, `start[${index}]`);
      const from = this.scripted.startNs + atNs;
      for (let copy = 0; copy < copies; copy++) {
        const task = this.host.syscalls.spawn(program, on, from);
        this.launch(task, program, { parent: undefined, copy, round: 0 }, from);
      }
    }
  }

  /** A task of this run begins with a program of the script. */
  launch(task: Task, program: string, family: Family, atNs: number, regions?: Regions, lent?: boolean): void {
    const number = this.processes++;
    const identity = { ...family, number, seed: subSeed(this.seed, number) };
    const made = new Interpreter(this, task, program, identity, regions, lent);
    this.running.add(made);
    this.host.tasks.start(made, atNs);
  }

  ended(task: Interpreter): void {
    this.running.delete(task);
  }

  /** Tasks that have been started and have not ended. */
  get living(): number {
    return this.running.size;
  }

  /** Tasks that wait for each other, where the run finds that nobody can go on. */
  get stuck(): readonly Issue[] {
    return [...this.running].map((task) => task.stuckAt).filter((issue) => issue !== undefined);
  }

  get seed(): number {
    return this.scripted.seed;
  }

  /** 0 to 1. */
  get progress(): number {
    return Math.min(1, this.done / this.costs.total);
  }

  /** So much of costs.total has been done. */
  advance(cost: number): void {
    this.done += cost;
  }

  /** The file that `template` means in a task, as `name`; `place` is of the operation, for messages. */
  file(template: string, name: string, place: string): AddressSpace {
    const known = this.files.get(name);
    if (known !== undefined) return known;
    const declared = Object.hasOwn(this.script.files, template) ? this.script.files[template] : undefined;
    if (declared === undefined || this.removed.has(name)) {
      throw new InputError('', [
        makeIssue('no-file', `${place}.file`, 'a file that is there by now', JSON.stringify(name)),
      ]);
    }
    const file = this.host.syscalls.file(name, declared.bytes);
    this.files.set(name, file);
    return file;
  }

  /** creat(): an empty file of that name, whether there was one or not. */
  create(on: KernelCpu, name: string): void {
    const known = this.files.get(name);
    this.removed.delete(name);
    if (known === undefined) this.files.set(name, this.host.syscalls.create(on, name));
    else this.host.syscalls.truncate(on, known, 0);
  }

  unlink(on: KernelCpu, file: AddressSpace, name: string): void {
    this.host.syscalls.unlink(on, file);
    this.files.delete(name);
    this.removed.add(name);
  }

  segment(on: KernelCpu, name: string): AddressSpace {
    const { bytes, huge, ranges, readOnly } = this.script.segments[name];
    const space = this.host.syscalls.segment(on, name, bytes, huge, ranges);
    space.readOnly = readOnly;
    return space;
  }

  image(name: string): Image {
    return this.script.images[name];
  }

  /** A task comes to a barrier; true where it is the last one, and the others have been woken. */
  arrive(on: KernelCpu, name: string, parties: number, task: Interpreter): boolean {
    const there = this.waiting.get(name) ?? [];
    if (there.length + 1 < parties) {
      this.waiting.set(name, [...there, task]);
      return false;
    }
    this.waiting.delete(name);
    this.host.timeline?.phase?.(on, `barrier ${name}`);
    for (const each of there) each.release(on);
    return true;
  }

  /** A task begins a transaction: the first of its name is a phase. */
  beginsTransaction(on: KernelCpu, name: string): void {
    const { timeline } = this.host;
    if (timeline?.phase === undefined || this.transactions.has(name)) return;
    this.transactions.add(name);
    timeline.phase(on, `first transaction ${name}`);
  }

  /** CPUs that a program is started on: its places, those of its nodes, or all of the workload. */
  private cpusOf({ cpus, nodes }: Script['start'][number], path: string): readonly number[] {
    if (cpus !== undefined) return cpus.map((place, at) => this.cpuAt(place, `${path}.cpus[${at}]`));
    if (nodes === undefined) return this.cpus;
    const there = this.cpus.filter((cpu) => nodes.includes(this.host.nodeOf?.(cpu) ?? -1));
    if (there.length > 0) return there;
    const expected = 'nodes that CPUs of the workload lie on';
    throw new InputError('', [makeIssue('no-cpu', `${path}.nodes`, expected, nodes.join(', '))]);
  }

  private cpuAt(place: number, path: string): number {
    if (place < this.cpus.length) return this.cpus[place];
    const expected = `a place in the workload's list of ${this.cpus.length} CPUs, from 0`;
    throw new InputError('', [makeIssue('no-cpu', path, expected, String(place))]);
  }
}
