/**
 * A task of a script: it walks through its operations, calls the kernel for those that are system calls, and turns
 * touches and computing into blocks of references, so that faults happen by themselves. What it does not model: signals,
 * descriptors, and any result of an operation that a program could branch on.
 *
 * Computing without references has nothing to do with anybody else, so it may go PIECE_NS beyond the end of a turn.
 */
import * as C from '../base/counters.ts';
import { InputError, type Issue, makeIssue } from '../base/errors.ts';
import { subSeed } from '../base/rng.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { Image } from '../kernel/syscalls.ts';
import type { Task } from '../kernel/task.ts';
import type { OperationOf, PlainOperation } from '../workloads/operations.ts';
import { Burst, type BurstShape } from './burst.ts';
import { Draws } from './draws.ts';
import type { Execution, Outcome } from './execution.ts';
import { OperationStack } from './operation-stack.ts';
import { ProgramText } from './program-text.ts';
import { Regions } from './regions.ts';
import type { ScriptRun } from './script-run.ts';
import { setWhere } from './task-affinity.ts';
import { TaskBinding } from './task-binding.ts';
import { TaskFiles } from './task-files.ts';
import { TaskMemory } from './task-memory.ts';

/** What a program itself takes between two operations; assumed. */
const OPERATION_INSTRUCTIONS = 10;
const PIECE_NS = 20_000;

/** Where a task comes from. */
export interface Family {
  readonly parent: Interpreter | undefined;
  /** Number of the copy that it, or its forefather, was started as. */
  readonly copy: number;
  /** Round of the innermost repeat in which it was forked. */
  readonly round: number;
}

/** Number of the process within the workload, and the seed that is its own. */
interface Identity extends Family {
  readonly number: number;
  readonly seed: number;
}

/** What an interpreter that is blocked without waitNs waits for. */
type Pending = 'nothing' | 'sleep' | 'children' | 'vfork' | 'barrier';

export class Interpreter implements Execution {
  wakesAt = Infinity;
  private readonly operations: OperationStack;
  private readonly memory: TaskMemory;
  private readonly binding: TaskBinding;
  private readonly files: TaskFiles;
  private readonly text: ProgramText;
  private burst: Burst | undefined;
  /** Instructions of a compute operation without references that are left. */
  private instructions = 0;
  /** Bursts begun: each has a seed of its own. */
  private bursts = 0;
  private pending: Pending = 'nothing';
  /** Children that may live on for the wait to end. */
  private mayLive = 0;
  private children = 0;
  /** Blocked without an end: release() has to tell the run. */
  private parked = false;
  private ended = false;
  /** The program that it is about to exec on the CPU that it was moved to. */
  private execs: Image | undefined;
  /** It has been moved to another CPU, and goes on there. */
  private yields = false;
  private readonly begun = new Map<string, number>();
  /** References so far that go on with earlier ones, by the address of their part. */
  private readonly cursors = new Map<number, number>();
  /** CPU that it ran on last. */
  private cpu = -1;
  /** Its parent waits for it to exec or exit. */
  private lent: boolean;

  constructor(
    private readonly world: ScriptRun,
    readonly task: Task,
    program: string,
    private readonly identity: Identity,
    regions = new Regions(),
    lent = false,
  ) {
    this.lent = lent;
    this.operations = new OperationStack(program, world.script.programs[program]);
    const draws = new Draws(identity.seed, world.seed);
    this.text = new ProgramText(world.texts, identity.seed);
    this.memory = new TaskMemory(world.host.syscalls, task, this.operations, draws, regions);
    this.binding = new TaskBinding(world, task, this.operations, this.memory);
    this.files = new TaskFiles(world, task, this.operations, draws, () => ({
      number: identity.number,
      copy: identity.copy,
      round: this.round,
    }));
  }

  run(on: KernelCpu, until: number): Outcome {
    this.parked = false;
    const { timeline, scheduling } = this.world.host;
    if (this.cpu !== on.cpu) {
      if (this.cpu >= 0) timeline?.migrated(on, this.task, this.cpu);
      scheduling?.lives.runs(this.task, on.node);
      this.cpu = on.cpu;
    }
    if (this.isPending(on) && this.task.state !== 'dead') return this.block();
    while (on.core.clock < until) {
      if (this.ended || this.task.state === 'dead') return this.end(on);
      try {
        this.step(on, until);
      } catch (error) {
        throw this.placed(error);
      }
      const { waitNs } = this.task;
      if (waitNs > 0) {
        timeline?.waited(on, this.task, on.core.clock, waitNs);
        this.wakesAt = Infinity;
        return 'blocked';
      }
      if (this.pending !== 'nothing') return this.block();
      if (this.yields) {
        this.yields = false;
        return 'more';
      }
    }
    return this.ended ? this.end(on) : 'more';
  }

  /** What it waited for has happened: by what `on` runs, when that has waited for its disks. */
  release(on: KernelCpu): void {
    this.pending = 'nothing';
    if (!this.parked) return;
    this.parked = false;
    this.world.host.tasks.wake(this, on.now, on);
  }

  /** Why it does not go on, for a run in which nobody can; undefined where it could. */
  get stuckAt(): Issue | undefined {
    if (this.pending === 'nothing' || this.pending === 'sleep') return undefined;
    const expected = { children: 'children that end', vfork: 'a child that execs or ends', barrier: 'enough parties' };
    return makeIssue('stuck', this.operations.place, expected[this.pending], 'a wait without an end');
  }

  /** A child has ended. */
  private childEnded(on: KernelCpu): void {
    this.children--;
    if (this.pending === 'children' && this.children <= this.mayLive) this.release(on);
  }

  private isPending(on: KernelCpu): boolean {
    if (this.pending === 'sleep' && on.core.clock >= this.wakesAt) this.pending = 'nothing';
    return this.pending !== 'nothing';
  }

  private block(): Outcome {
    if (this.pending !== 'sleep') {
      this.wakesAt = Infinity;
      this.parked = true;
    }
    return 'blocked';
  }

  private end(on: KernelCpu): Outcome {
    const { parent } = this.identity;
    this.ended = true;
    this.world.ended(this);
    this.giveBack(on);
    parent?.childEnded(on);
    return 'ended';
  }

  /** The parent's address space, if that was lent, is the parent's again. */
  private giveBack(on: KernelCpu): void {
    if (!this.lent) return;
    this.lent = false;
    this.identity.parent?.release(on);
  }

  /** A piece of what is under way, or the next operation. */
  private step(on: KernelCpu, until: number): void {
    if (this.execs !== undefined) {
      this.exec(on, this.execs);
    } else if (this.burst !== undefined) {
      this.reference(on, until, this.burst);
    } else if (this.files.busy) {
      this.files.move(on);
    } else if (this.instructions > 0) {
      const piece = Math.min(this.instructions, Math.ceil(PIECE_NS / this.world.host.instructionNs));
      on.compute(piece);
      on.count(C.INSTRUCTIONS, piece);
      this.instructions -= piece;
      this.text.advance(on, piece, this.memory.regions);
    } else {
      const operation = this.operations.next();
      if (operation === undefined) {
        this.exit(on);
        return;
      }
      this.world.advance(this.world.costs.of(operation));
      on.compute(OPERATION_INSTRUCTIONS);
      if (operation.op !== 'repeat') this.execute(on, operation);
    }
  }

  private reference(on: KernelCpu, until: number, burst: Burst): void {
    const { every } = burst.shape;
    const block = this.world.blocks.of(on.cpu);
    block.load(burst);
    let to = block.filled;
    if (every > 1) {
      const fits = Math.ceil((until - on.core.clock) / (every * this.world.host.instructionNs));
      to = Math.min(to, block.at + Math.max(1, fits));
    }
    const done = block.advance(on.core.run(block.at, to, until, false));
    if (every > 1) {
      on.compute(done * (every - 1));
      on.count(C.INSTRUCTIONS, done * (every - 1));
      this.text.advance(on, done * every, this.memory.regions);
    }
    if (burst.left === 0) this.burst = undefined;
  }

  private execute(on: KernelCpu, operation: PlainOperation): void {
    const { task, world } = this;
    const { syscalls } = world.host;
    switch (operation.op) {
      case 'compute':
        this.compute(operation);
        return;
      case 'touch':
      case 'references':
        this.refer(operation);
        return;
      case 'mmap': {
        const { file, segment } = operation;
        const mapped = file === undefined ? undefined : this.files.file(file);
        this.memory.mmap(on, operation, segment === undefined ? mapped : world.segment(on, segment));
        return;
      }
      case 'munmap':
      case 'mprotect':
      case 'mremap':
      case 'remapFilePages':
      case 'brk':
      case 'mlock':
      case 'munlock':
        this.memory.execute(on, operation);
        return;
      case 'setMempolicy':
      case 'mbind':
      case 'shmbind':
      case 'membind':
      case 'memSetbinding':
        this.binding.execute(on, operation);
        return;
      case 'read':
      case 'write':
      case 'create':
      case 'truncate':
      case 'unlink':
      case 'fsync':
        this.files.execute(on, operation);
        return;
      case 'fork':
      case 'vfork':
      case 'clone':
        this.fork(on, operation);
        return;
      case 'exec':
        this.execs = world.image(operation.image);
        // Placed elsewhere: the program is read in there.
        if (world.host.scheduling?.sched.exec(on, task, this.execs.file) === true) this.yields = true;
        else this.exec(on, this.execs);
        return;
      case 'setAffinity':
      case 'place':
        this.yields = setWhere(world, on, task, operation, this.operations.place);
        return;
      case 'wait':
        if (this.children <= operation.running) return;
        this.mayLive = operation.running;
        this.pending = 'children';
        return;
      case 'exit':
        this.exit(on);
        return;
      case 'sleep':
        if (operation.ns === 0) return;
        this.pending = 'sleep';
        this.wakesAt = on.now + operation.ns;
        return;
      case 'barrier':
        // The last one goes on at once; what wakes the others is its arrival.
        this.pending = 'barrier';
        if (world.arrive(on, operation.name, operation.parties, this)) this.pending = 'nothing';
        return;
      case 'sysctl':
        syscalls.sysctl(on, operation.name, operation.value);
        world.host.timeline?.turned(on, operation.name, operation.value);
        return;
      case 'measure':
        world.host.measure?.(on.now);
        world.host.timeline?.phase?.(on, 'measure');
        return;
      case 'transaction':
        this.mark(on, operation);
    }
  }

  private compute({ instructions, workingSet }: OperationOf<'compute'>): void {
    if (workingSet === undefined) {
      this.instructions = instructions;
      return;
    }
    const { every, writeEvery, order } = workingSet;
    const count = Math.max(1, Math.floor(instructions / every));
    this.refers({ ...this.memory.extent(workingSet), step: 32, order, count, writeEvery, every });
  }

  private refer(operation: OperationOf<'touch' | 'references'>): void {
    const extent = this.memory.extent(operation);
    if (operation.op === 'references') {
      const { pattern, stride, count, writeEvery, resume } = operation;
      const first = resume === true ? this.resumed(extent.start, count) : 0;
      this.refers({ ...extent, step: stride, order: pattern, count, writeEvery, every: 1, first });
      return;
    }
    const { step, order, write } = operation;
    const count = operation.count ?? Math.ceil(extent.bytes / step);
    if (operation.from === 0 && !write) this.memory.regions.touched(operation.region, extent.bytes);
    this.refers({ ...extent, step, order, count, writeEvery: write ? 1 : 0, every: 1 });
  }

  /** Number at which references over the part from `start` on go on, which are `count` more now. */
  private resumed(start: number, count: number): number {
    const first = this.cursors.get(start) ?? 0;
    this.cursors.set(start, first + count);
    return first;
  }

  private refers(shape: Omit<BurstShape, 'seed' | 'scatterSeed'>): void {
    const seed = subSeed(this.identity.seed, this.bursts++);
    this.burst = new Burst({ ...shape, seed, scatterSeed: this.world.seed });
  }

  private fork(on: KernelCpu, { op, program }: OperationOf<'fork' | 'vfork' | 'clone'>): void {
    const { world, identity, task } = this;
    const child = world.host.syscalls[op](on, task);
    const { regions } = this.memory;
    const family: Family = { parent: this, copy: identity.copy, round: this.round };
    this.children++;
    if (op === 'vfork') this.pending = 'vfork';
    world.launch(child, program, family, on.now, op === 'fork' ? regions.copy() : regions, op === 'vfork');
  }

  private exec(on: KernelCpu, image: Image): void {
    const { task } = this;
    this.execs = undefined;
    this.memory.regions = Regions.of(image, this.world.host.syscalls.exec(on, task, image));
    if (task.mm !== undefined) on.core.switchTo(task.mm.table);
    this.giveBack(on);
  }

  private mark(on: KernelCpu, { name, mark }: OperationOf<'transaction'>): void {
    const began = this.begun.get(name);
    if (mark === 'begin') {
      this.begun.set(name, on.now);
      this.world.beginsTransaction(on, name);
    } else if (began !== undefined) {
      this.begun.delete(name);
      this.world.latencies.add(name, began, on.now);
      on.count(C.TRANSACTIONS);
    }
  }

  private exit(on: KernelCpu): void {
    this.ended = true;
    this.world.host.syscalls.exit(on, this.task);
    // Nobody is left to sleep.
    this.task.waitNs = 0;
  }

  private get round(): number {
    return this.operations.round ?? this.identity.round;
  }

  /** The kernel's own complaint about a program, with the place in the script. */
  private placed(error: unknown): unknown {
    if (!(error instanceof InputError) || error.issues.some(({ path }) => path.startsWith('programs.'))) return error;
    const { place } = this.operations;
    return new InputError(
      error.source,
      error.issues.map((issue) => ({ ...issue, path: place })),
    );
  }
}
