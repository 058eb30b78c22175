/** The operations of a task on its address space: system calls by the names that the script has for memory. */
import { InputError, makeIssue } from '../base/errors.ts';
import { FRAME_BYTES } from '../base/units.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { AddressSpace } from '../kernel/mm/address-space.ts';
import type { Syscalls } from '../kernel/syscalls.ts';
import type { Task } from '../kernel/task.ts';
import type { OperationOf } from '../workloads/operations.ts';
import type { Draws } from './draws.ts';
import type { OperationStack } from './operation-stack.ts';
import { cover, type Region, type Regions } from './regions.ts';

type MemoryOperation = OperationOf<'munmap' | 'mprotect' | 'mremap' | 'remapFilePages' | 'brk' | 'mlock' | 'munlock'>;

interface Part {
  readonly region: string;
  readonly from: number;
  readonly bytes?: number | undefined;
}

export class TaskMemory {
  constructor(
    private readonly syscalls: Syscalls,
    private readonly task: Task,
    private readonly operations: OperationStack,
    private readonly draws: Draws,
    /** What memory is called: a thread has its parent's, a child a copy of it. */
    public regions: Regions,
  ) {}

  execute(on: KernelCpu, operation: MemoryOperation): void {
    const { syscalls, task, regions } = this;
    if (operation.op === 'brk') {
      const pages = Math.sign(operation.bytes) * Math.ceil(Math.abs(operation.bytes) / FRAME_BYTES);
      regions.brk(operation.as, syscalls.brk(on, task, pages), pages);
      return;
    }
    const region = this.region(operation.region);
    if (operation.op === 'mremap') {
      const pages = Math.ceil(operation.bytes / FRAME_BYTES);
      const vpn = syscalls.mremap(on, task, region.vpn, Math.ceil(region.bytes / FRAME_BYTES), pages);
      regions.set(operation.region, vpn, operation.bytes, region.file);
      return;
    }
    const { start, bytes } = this.extent(operation);
    const { vpn, pages } = cover(start, bytes);
    switch (operation.op) {
      case 'munmap':
        syscalls.munmap(on, task, vpn, pages);
        regions.cut(operation.region, vpn, pages);
        return;
      case 'mprotect':
        syscalls.mprotect(on, task, vpn, pages, operation.write);
        return;
      case 'remapFilePages': {
        const offset = this.draws.offset(operation.offset, region.file, pages * FRAME_BYTES, operation.among);
        syscalls.remapFilePages(on, task, vpn, pages, Math.floor(offset / FRAME_BYTES));
        return;
      }
      default:
        syscalls[operation.op](on, task, vpn, pages);
    }
  }

  /** Maps a file or a segment (`backing`), or anonymous memory. */
  mmap(on: KernelCpu, operation: OperationOf<'mmap'>, backing: AddressSpace | undefined): void {
    const { as, bytes, segment, offset, among, pieces, shared, write, locked } = operation;
    const { syscalls, task } = this;
    const pages = Math.ceil(bytes / FRAME_BYTES);
    const begin = Math.floor(this.draws.offset(offset, backing, pages * FRAME_BYTES, among) / FRAME_BYTES);
    const map = (pgoff: number, at: number | undefined): number =>
      syscalls.mmap(on, task, {
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
    const vpn = syscalls.mmap(on, task, { pages: all, pgoff: 0, shared: false, writable: false });
    syscalls.munmap(on, task, vpn, all);
    const step = pages + Math.ceil(pieces.gap / FRAME_BYTES);
    for (let piece = 0; piece < pieces.count; piece++) map(begin + piece * step, vpn + piece * pages);
    this.regions.set(as, vpn, all * FRAME_BYTES, backing);
  }

  /** Virtual bytes of a part of a region. Throws an InputError where the task has no such memory. */
  extent({ region: name, from, bytes }: Part): { readonly start: number; readonly bytes: number } {
    const region = this.region(name);
    const length = bytes ?? region.bytes - from;
    if (length > 0 && from + length <= region.bytes) {
      return { start: region.vpn * FRAME_BYTES + from, bytes: length };
    }
    const expected = `a part of ${name}, which has ${region.bytes} bytes`;
    throw new InputError('', [
      makeIssue('no-part', this.operations.place, expected, `${length} bytes from ${from} on`),
    ]);
  }

  private region(name: string): Region {
    const region = this.regions.get(name);
    if (region !== undefined) return region;
    const expected = `a region that the task has by now (${this.regions.names.join(', ') || 'it has none'})`;
    throw new InputError('', [
      makeIssue('no-region', `${this.operations.place}.region`, expected, JSON.stringify(name)),
    ]);
  }
}
