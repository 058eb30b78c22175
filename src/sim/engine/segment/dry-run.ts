/**
 * A segment's script without its time: the system calls that map and bind are made of the real kernel, so that what they
 * return is what it would return; of touches only the pages are placed (placing.ts). Huge pages come with their mapping,
 * from the kernel's own pools.
 *
 * Programs go from barrier to barrier, the creator before the users, where a run has them all at work at once; of users
 * that do the same on one node one stands for all. The users' transactions are not gone through (first-references.ts).
 */
import { FRAME_BYTES } from '../../base/units.ts';
import type { KernelCpu } from '../../kernel/cpu.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { AddressSpace } from '../../kernel/mm/address-space.ts';
import type { CallResult } from '../../kernel/policy/mempolicy.ts';
import type { Task } from '../../kernel/task.ts';
import type { Operation, OperationOf } from '../../workloads/operations.ts';
import type { Script } from '../../workloads/script.ts';
import { operationText } from './call-text.ts';
import type { Placing } from './placing.ts';
import type { PredictedCall } from './prediction.ts';

/** Somebody who runs a program of the script. */
export interface Actor {
  readonly on: KernelCpu;
  readonly task: Task;
}

interface Region {
  readonly space: AddressSpace;
  readonly vpn: number;
  readonly bytes: number;
  /** Of its first byte in the segment. */
  readonly offset: number;
  /** Parts of the segment, bytes, that have been touched through it, and are mapped therefore. */
  readonly touched: (readonly [from: number, to: number])[];
}

/** A program on its way from barrier to barrier. */
interface Running extends Actor {
  readonly by: string;
  readonly operations: readonly Operation[];
  next: number;
  readonly regions: Map<string, Region>;
}

type Part = Pick<OperationOf<'touch'>, 'region' | 'from' | 'bytes'>;

export class DryRun {
  readonly calls: PredictedCall[] = [];
  private readonly running: Running[] = [];

  constructor(
    private readonly kernel: Kernel,
    private readonly script: Script,
    private readonly placing: Placing,
  ) {}

  /** A task that is to run `program` on these CPUs; `by` is what calls of it are listed under. */
  actor(program: string, by: string, cpus: readonly number[]): Actor {
    const on = this.kernel.cpu(cpus[0]);
    const task = this.kernel.syscalls.spawn(program, cpus, 0);
    const operations = this.script.programs[program];
    this.running.push({ on, task, by, operations, next: 0, regions: new Map() });
    return { on, task };
  }

  /** All programs to their ends, or to their transactions. Throws what the kernel throws. */
  run(): void {
    let left = true;
    while (left) {
      left = false;
      for (const each of this.running) left = this.toBarrier(each) || left;
    }
  }

  /** True where it has come to a barrier, and there is more. */
  private toBarrier(running: Running): boolean {
    const { on, task, operations } = running;
    on.task = task;
    while (running.next < operations.length) {
      const operation = operations[running.next++];
      if (operation.op === 'barrier') return true;
      if (operation.op === 'repeat' || operation.op === 'transaction') running.next = operations.length;
      else this.execute(running, operation);
    }
    return false;
  }

  private execute(running: Running, operation: Operation): void {
    const { on, task, regions } = running;
    const { syscalls } = this.kernel;
    switch (operation.op) {
      case 'mmap':
        this.map(running, operation);
        return;
      case 'munmap': {
        const region = regions.get(operation.region);
        if (region === undefined) return;
        syscalls.munmap(on, task, region.vpn, Math.ceil(region.bytes / FRAME_BYTES));
        regions.delete(operation.region);
        return;
      }
      case 'touch':
        this.touch(running, operation, operation.step, false);
        return;
      case 'references':
        this.touch(running, operation, operation.stride, operation.pattern === 'chase');
        return;
      default:
        this.bind(running, operation);
    }
  }

  private map({ on, task, regions }: Running, { as, bytes, segment, offset }: OperationOf<'mmap'>): void {
    if (segment === undefined) return;
    const space = this.segment(on, segment);
    const from = typeof offset === 'number' ? offset : 0;
    const vpn = this.kernel.syscalls.mmap(on, task, {
      pages: Math.ceil(bytes / FRAME_BYTES),
      pgoff: Math.floor(from / FRAME_BYTES),
      shared: true,
      writable: true,
      name: as,
      file: space,
    });
    regions.set(as, { space, vpn, bytes, offset: from, touched: [] });
  }

  private segment(on: KernelCpu, name: string): AddressSpace {
    const { bytes, huge } = this.script.segments[name];
    const space = this.kernel.syscalls.segment(on, name, bytes, huge);
    this.placing.add(name, space);
    return space;
  }

  private touch({ on, task, regions }: Running, part: Part, step: number, random: boolean): void {
    const region = regions.get(part.region);
    if (region === undefined || region.space.kind === 'hugetlb') return;
    const from = region.offset + part.from;
    const bytes = part.bytes ?? region.bytes - part.from;
    this.placing.touch(region.space, { from, bytes, step, random }, [{ on, task, weight: 1 }]);
    region.touched.push([from, from + bytes]);
  }

  private bind(running: Running, operation: Operation): void {
    const { on, task, by } = running;
    const { syscalls } = this.kernel;
    let result: CallResult;
    let range = '';
    switch (operation.op) {
      case 'setMempolicy':
        result = syscalls.setMempolicy(on, task, operation.mode, operation.nodes);
        break;
      case 'memSetbinding':
        result = syscalls.memSetbinding(on, task, operation.nodes, operation.behaviour === 'strict');
        break;
      case 'shmbind': {
        const { segment, placement, strength, nodes } = operation;
        result = syscalls.shmbind(on, task, this.segment(on, segment), { placement, hard: strength === 'hard', nodes });
        break;
      }
      case 'mbind':
      case 'membind': {
        const region = running.regions.get(operation.region);
        if (region === undefined) return;
        range = this.placing.rangeAt(region.space, region.offset + operation.from);
        result = this.bindPart(running, operation, region);
        break;
      }
      default:
        return;
    }
    const text = operationText(operation, range);
    if (this.calls.some((call) => call.by === by && call.text === text && call.result === result)) return;
    this.calls.push({ by, text, result });
  }

  private bindPart({ on, task }: Running, operation: OperationOf<'mbind' | 'membind'>, region: Region): CallResult {
    const { syscalls } = this.kernel;
    const { from } = operation;
    const bytes = operation.bytes ?? region.bytes - from;
    const vpn = region.vpn + Math.floor(from / FRAME_BYTES);
    const pages = Math.ceil(bytes / FRAME_BYTES);
    if (operation.op === 'membind') return syscalls.membind(on, task, vpn, pages, operation.cpus);
    const { mode, nodes, strict } = operation;
    const before = region.space.policy;
    const result = syscalls.mbind(on, task, { vpn, pages, mode, nodes, strict });
    if (result !== 0 || !strict || mode === 'default' || !this.strays(region, from, bytes, nodes)) return result;
    // Nothing is mapped here, so the kernel has not seen it: EIO, and the policy stays as it was.
    region.space.policy = before;
    return 'EIO';
  }

  /** A page that the mapping shows lies on another node. */
  private strays({ space, offset, touched }: Region, from: number, bytes: number, nodes: readonly number[]): boolean {
    const { layout } = this.kernel;
    const [first, last] = [offset + from, offset + from + bytes];
    return touched.some(([start, end]) => {
      const [low, high] = [Math.max(start, first), Math.min(end, last)];
      if (low >= high) return false;
      const there = this.placing.pagesIn(space, low, high - low);
      return layout.nodes.some(({ id }, place) => there[place] > 0 && !nodes.includes(id));
    });
  }
}
