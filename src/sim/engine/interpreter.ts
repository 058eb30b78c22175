/**
 * A task of a script: it walks through its operations, calls the kernel for those that are system calls, and turns
 * touches and computing into blocks of references, so that faults happen by themselves. What it does not model: signals,
 * descriptors, and any result of an operation that a program could branch on.
 *
 * Computing without references has nothing to do with anybody else, so it may go PIECE_NS beyond the end of a turn. A
 * read or write is cut into pieces, each of which may sleep.
 */
import * as C from '../base/counters.ts';
import { InputError, type Issue, makeIssue } from '../base/errors.ts';
import { hashAt, subSeed } from '../base/rng.ts';
import { FRAME_BYTES, KIB } from '../base/units.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { AddressSpace } from '../kernel/mm/address-space.ts';
import type { Task } from '../kernel/task.ts';
import type { OperationOf, PlainOperation } from '../workloads/operations.ts';
import { permutation } from '../workloads/permutation.ts';
import { Burst, type BurstShape, skewedRank } from './burst.ts';
import type { Execution, Outcome } from './execution.ts';
import { OperationStack } from './operation-stack.ts';
import { cover, type Region, Regions } from './regions.ts';
import type { ScriptRun } from './script-run.ts';

/** What a program itself takes between two operations; assumed. */
const OPERATION_INSTRUCTIONS = 10;
const PIECE_NS = 20_000;
const PIECE_BYTES = 128 * KIB;

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

/** A read or write of a file that is under way. */
interface Transfer {
  readonly file: AddressSpace;
  readonly write: boolean;
  offset: number;
  left: number;
}

/** What an interpreter that is blocked without waitNs waits for. */
type Pending = 'nothing' | 'sleep' | 'children' | 'vfork' | 'barrier';

export class Interpreter implements Execution {
  wakesAt = Infinity;
  private readonly operations: OperationStack;
  private burst: Burst | undefined;
  private transfer: Transfer | undefined;
  /** Instructions of a compute operation without references that are left. */
  private instructions = 0;
  /** Bursts begun: each has a seed of its own. */
  private bursts = 0;
  /** Offsets drawn. */
  private draws = 0;
  private pending: Pending = 'nothing';
  /** Children that may live on for the wait to end. */
  private mayLive = 0;
  private children = 0;
  /** Blocked without an end: release() has to tell the run. */
  private parked = false;
  private ended = false;
  private readonly begun = new Map<string, number>();
  /** Where the next read or write of a file begins, by the file's name. */
  private readonly positions = new Map<string, number>();
  /** CPU that it ran on last. */
  private cpu = -1;
  /** Its parent waits for it to exec or exit. */
  private lent: boolean;

  constructor(
    private readonly world: ScriptRun,
    readonly task: Task,
    program: string,
    private readonly identity: Identity,
    /** What memory is called: a thread has its parent's, a child a copy of it. */
    private regions = new Regions(),
    lent = false,
  ) {
    this.lent = lent;
    this.operations = new OperationStack(program, world.script.programs[program]);
  }

  run(on: KernelCpu, until: number): Outcome {
    this.parked = false;
    const { timeline } = this.world.host;
    if (this.cpu !== on.cpu) {
      if (this.cpu >= 0) timeline?.migrated(on, this.task, this.cpu);
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
    }
    return this.ended ? this.end(on) : 'more';
  }

  /** What it waited for has happened at virtual time `atNs`. */
  release(atNs: number): void {
    this.pending = 'nothing';
    if (!this.parked) return;
    this.parked = false;
    this.world.host.tasks.wake(this, atNs);
  }

  /** Why it does not go on, for a run in which nobody can; undefined where it could. */
  get stuckAt(): Issue | undefined {
    if (this.pending === 'nothing' || this.pending === 'sleep') return undefined;
    const expected = { children: 'children that end', vfork: 'a child that execs or ends', barrier: 'enough parties' };
    return makeIssue('stuck', this.operations.place, expected[this.pending], 'a wait without an end');
  }

  /** A child has ended. */
  private childEnded(atNs: number): void {
    this.children--;
    if (this.pending === 'children' && this.children <= this.mayLive) this.release(atNs);
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
    this.giveBack(on.now);
    parent?.childEnded(on.now);
    return 'ended';
  }

  /** The parent's address space, if that was lent, is the parent's again. */
  private giveBack(atNs: number): void {
    if (!this.lent) return;
    this.lent = false;
    this.identity.parent?.release(atNs);
  }

  /** A piece of what is under way, or the next operation. */
  private step(on: KernelCpu, until: number): void {
    if (this.burst !== undefined) {
      this.reference(on, until, this.burst);
    } else if (this.transfer !== undefined) {
      this.move(on, this.transfer);
    } else if (this.instructions > 0) {
      const piece = Math.min(this.instructions, Math.ceil(PIECE_NS / this.world.host.instructionNs));
      on.work(piece);
      on.count(C.INSTRUCTIONS, piece);
      this.instructions -= piece;
    } else {
      const operation = this.operations.next();
      if (operation === undefined) {
        this.exit(on);
        return;
      }
      this.world.advance(this.world.costs.of(operation));
      on.work(OPERATION_INSTRUCTIONS);
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
      on.work(done * (every - 1));
      on.count(C.INSTRUCTIONS, done * (every - 1));
    }
    if (burst.left === 0) this.burst = undefined;
  }

  private move(on: KernelCpu, transfer: Transfer): void {
    const { syscalls } = this.world.host;
    const piece = Math.min(transfer.left, PIECE_BYTES - (transfer.offset % PIECE_BYTES));
    if (transfer.write) syscalls.write(on, this.task, transfer.file, transfer.offset, piece);
    else syscalls.read(on, this.task, transfer.file, transfer.offset, piece);
    transfer.offset += piece;
    transfer.left -= piece;
    if (transfer.left === 0) this.transfer = undefined;
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
      case 'mmap':
        this.mmap(on, operation);
        return;
      case 'munmap': {
        const { vpn, pages } = this.pages(operation);
        syscalls.munmap(on, task, vpn, pages);
        this.regions.cut(operation.region, vpn, pages);
        return;
      }
      case 'mprotect': {
        const { vpn, pages } = this.pages(operation);
        syscalls.mprotect(on, task, vpn, pages, operation.write);
        return;
      }
      case 'mremap': {
        const region = this.region(operation.region);
        const pages = Math.ceil(operation.bytes / FRAME_BYTES);
        const vpn = syscalls.mremap(on, task, region.vpn, Math.ceil(region.bytes / FRAME_BYTES), pages);
        this.regions.set(operation.region, vpn, operation.bytes, region.file);
        return;
      }
      case 'remapFilePages': {
        const { vpn, pages } = this.pages(operation);
        const offset = this.draw(operation.offset, this.fileOf(operation.region), pages * FRAME_BYTES);
        syscalls.remapFilePages(on, task, vpn, pages, Math.floor(offset / FRAME_BYTES));
        return;
      }
      case 'brk': {
        const pages = Math.sign(operation.bytes) * Math.ceil(Math.abs(operation.bytes) / FRAME_BYTES);
        const end = syscalls.brk(on, task, pages);
        this.regions.brk(operation.as, end, pages);
        return;
      }
      case 'mlock':
      case 'munlock': {
        const { vpn, pages } = this.pages(operation);
        syscalls[operation.op](on, task, vpn, pages);
        return;
      }
      case 'read':
      case 'write':
        this.begin(operation);
        return;
      case 'create':
        world.create(on, this.nameOf(operation.file));
        this.positions.delete(this.nameOf(operation.file));
        return;
      case 'truncate':
        syscalls.truncate(on, this.file(operation.file), operation.bytes);
        return;
      case 'unlink':
        world.unlink(on, this.file(operation.file), this.nameOf(operation.file));
        return;
      case 'fsync':
        syscalls.fsync(on, this.file(operation.file));
        return;
      case 'fork':
      case 'vfork':
      case 'clone':
        this.fork(on, operation);
        return;
      case 'exec': {
        const image = world.image(operation.image);
        const layout = syscalls.exec(on, task, image);
        this.regions = Regions.of(image, layout);
        if (task.mm !== undefined) on.core.switchTo(task.mm.table);
        this.giveBack(on.now);
        return;
      }
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
    this.refers({ ...this.extent(workingSet), step: 32, order, count, writeEvery, every });
  }

  private refer(operation: OperationOf<'touch' | 'references'>): void {
    const extent = this.extent(operation);
    if (operation.op === 'references') {
      const { pattern, stride, count, writeEvery } = operation;
      this.refers({ ...extent, step: stride, order: pattern, count, writeEvery, every: 1 });
      return;
    }
    const { step, order, write } = operation;
    const count = operation.count ?? Math.ceil(extent.bytes / step);
    this.refers({ ...extent, step, order, count, writeEvery: write ? 1 : 0, every: 1 });
  }

  private refers(shape: Omit<BurstShape, 'seed' | 'scatterSeed'>): void {
    const seed = subSeed(this.identity.seed, this.bursts++);
    this.burst = new Burst({ ...shape, seed, scatterSeed: this.world.seed });
  }

  private mmap(on: KernelCpu, operation: OperationOf<'mmap'>): void {
    const { as, bytes, file, segment, offset, pieces, shared, write, locked } = operation;
    const { syscalls } = this.world.host;
    const backing =
      segment === undefined ? (file === undefined ? undefined : this.file(file)) : this.world.segment(on, segment);
    const pages = Math.ceil(bytes / FRAME_BYTES);
    const begin = Math.floor(this.draw(offset, backing, pages * FRAME_BYTES) / FRAME_BYTES);
    const map = (pgoff: number, at: number | undefined): number =>
      syscalls.mmap(on, this.task, {
        pages,
        pgoff,
        shared: shared || segment !== undefined,
        writable: write,
        locked,
        name: as,
        ...(backing === undefined ? {} : { file: backing }),
        ...(at === undefined ? {} : { at }),
      });
    if (pieces === undefined) {
      this.regions.set(as, map(begin, undefined), bytes, backing);
      return;
    }
    // Room for all of them is found with a mapping that makes way at once, as programs with buffer caches do.
    const all = pages * pieces.count;
    const vpn = syscalls.mmap(on, this.task, { pages: all, pgoff: 0, shared: false, writable: false });
    syscalls.munmap(on, this.task, vpn, all);
    const step = pages + Math.ceil(pieces.gap / FRAME_BYTES);
    for (let piece = 0; piece < pieces.count; piece++) map(begin + piece * step, vpn + piece * pages);
    this.regions.set(as, vpn, all * FRAME_BYTES, backing);
  }

  /** What an offset comes to: as given, or a place in the file, in steps of `bytes`. */
  private draw(offset: number | 'random' | 'skewed', file: AddressSpace | undefined, bytes: number): number {
    if (typeof offset === 'number') return offset;
    const cells = Math.max(1, Math.floor((file?.bytes ?? 0) / bytes));
    const bits = hashAt(this.identity.seed, this.draws++);
    const scatter = permutation(cells, this.world.seed);
    const cell = offset === 'random' ? Math.floor((bits / 2 ** 32) * cells) : scatter(skewedRank(bits, cells));
    return cell * bytes;
  }

  /** A read stops at the end of the file; one that goes on where the last ended begins anew there. */
  private begin({ op, file: template, offset, bytes }: OperationOf<'read' | 'write'>): void {
    const file = this.file(template);
    const name = this.nameOf(template);
    const write = op === 'write';
    let from = offset === 'next' ? (this.positions.get(name) ?? 0) : this.draw(offset, file, bytes);
    if (!write && offset === 'next' && from >= file.bytes) from = 0;
    const left = write ? bytes : Math.min(bytes, file.bytes - from);
    this.positions.set(name, from + Math.max(0, left));
    if (left > 0) this.transfer = { file, write, offset: from, left };
  }

  private fork(on: KernelCpu, { op, program }: OperationOf<'fork' | 'vfork' | 'clone'>): void {
    const { world, identity, task } = this;
    const child = world.host.syscalls[op](on, task);
    const regions = op === 'fork' ? this.regions.copy() : this.regions;
    const family: Family = { parent: this, copy: identity.copy, round: this.round };
    this.children++;
    if (op === 'vfork') this.pending = 'vfork';
    world.launch(child, program, family, on.now, regions, op === 'vfork');
  }

  private mark(on: KernelCpu, { name, mark }: OperationOf<'transaction'>): void {
    const began = this.begun.get(name);
    if (mark === 'begin') this.begun.set(name, on.now);
    else if (began !== undefined) {
      this.begun.delete(name);
      this.world.latencies.add(name, on.now - began);
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

  private nameOf(template: string): string {
    if (!template.includes('{')) return template;
    const { number, copy } = this.identity;
    return template
      .replaceAll('{task}', String(number))
      .replaceAll('{copy}', String(copy))
      .replaceAll('{round}', String(this.round));
  }

  private file(template: string): AddressSpace {
    return this.world.file(template, this.nameOf(template), this.operations.place);
  }

  private fileOf(region: string): AddressSpace | undefined {
    return this.region(region).file;
  }

  private region(name: string): Region {
    const region = this.regions.get(name);
    if (region !== undefined) return region;
    const expected = `a region that the task has by now (${this.regions.names.join(', ')})`;
    throw new InputError('', [
      makeIssue('no-region', `${this.operations.place}.region`, expected, JSON.stringify(name)),
    ]);
  }

  /** Virtual bytes of a part of a region. */
  private extent(part: { readonly region: string; readonly from: number; readonly bytes?: number | undefined }): {
    readonly start: number;
    readonly bytes: number;
  } {
    const region = this.region(part.region);
    const bytes = part.bytes ?? region.bytes - part.from;
    if (bytes > 0 && part.from + bytes <= region.bytes) return { start: region.vpn * FRAME_BYTES + part.from, bytes };
    const expected = `a part of ${part.region}, which has ${region.bytes} bytes`;
    const found = `${bytes} bytes from ${part.from} on`;
    throw new InputError('', [makeIssue('no-part', this.operations.place, expected, found)]);
  }

  private pages(part: Parameters<Interpreter['extent']>[0]): { readonly vpn: number; readonly pages: number } {
    const { start, bytes } = this.extent(part);
    return cover(start, bytes);
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
