/** The operations of a task on files: names, positions, and the read or write that is under way. */
import { KIB } from '../base/units.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { AddressSpace } from '../kernel/mm/address-space.ts';
import type { Task } from '../kernel/task.ts';
import type { OperationOf } from '../workloads/operations.ts';
import type { Draws } from './draws.ts';
import type { OperationStack } from './operation-stack.ts';
import type { ScriptRun } from './script-run.ts';

/** A read or write is cut into pieces, each of which may sleep. */
const PIECE_BYTES = 128 * KIB;

interface Transfer {
  readonly file: AddressSpace;
  readonly write: boolean;
  offset: number;
  left: number;
}

/** What placeholders in names of files stand for. */
export interface Names {
  readonly number: number;
  readonly copy: number;
  readonly round: number;
}

export class TaskFiles {
  private transfer: Transfer | undefined;
  /** Where the next read or write of a file begins, by the file's name. */
  private readonly positions = new Map<string, number>();

  constructor(
    private readonly world: ScriptRun,
    private readonly task: Task,
    private readonly operations: OperationStack,
    private readonly draws: Draws,
    private readonly names: () => Names,
  ) {}

  /** A read or write has not come to its end. */
  get busy(): boolean {
    return this.transfer !== undefined;
  }

  execute(on: KernelCpu, operation: OperationOf<'read' | 'write' | 'create' | 'truncate' | 'unlink' | 'fsync'>): void {
    const { world } = this;
    switch (operation.op) {
      case 'read':
      case 'write':
        this.begin(operation);
        return;
      case 'create':
        world.create(on, this.nameOf(operation.file));
        this.positions.delete(this.nameOf(operation.file));
        return;
      case 'truncate':
        world.host.syscalls.truncate(on, this.file(operation.file), operation.bytes);
        return;
      case 'unlink':
        world.unlink(on, this.file(operation.file), this.nameOf(operation.file));
        return;
      case 'fsync':
        world.host.syscalls.fsync(on, this.file(operation.file));
    }
  }

  /** A piece of the read or write that is under way. */
  move(on: KernelCpu): void {
    const { transfer, task } = this;
    if (transfer === undefined) return;
    const { file, write, offset } = transfer;
    const piece = Math.min(transfer.left, PIECE_BYTES - (offset % PIECE_BYTES));
    const { syscalls } = this.world.host;
    if (write) syscalls.write(on, task, file, offset, piece);
    else syscalls.read(on, task, file, offset, piece);
    transfer.offset += piece;
    transfer.left -= piece;
    if (transfer.left === 0) this.transfer = undefined;
  }

  /** The file that a name of the script means in this task. */
  file(template: string): AddressSpace {
    return this.world.file(template, this.nameOf(template), this.operations.place);
  }

  /** A read stops at the end of the file; one that goes on where the last ended begins anew there. */
  private begin({ op, file: template, offset, bytes }: OperationOf<'read' | 'write'>): void {
    const file = this.file(template);
    const name = this.nameOf(template);
    const write = op === 'write';
    let from = offset === 'next' ? (this.positions.get(name) ?? 0) : this.draws.offset(offset, file, bytes);
    if (!write && offset === 'next' && from >= file.bytes) from = 0;
    const left = write ? bytes : Math.min(bytes, file.bytes - from);
    this.positions.set(name, from + Math.max(0, left));
    if (left > 0) this.transfer = { file, write, offset: from, left };
  }

  private nameOf(template: string): string {
    if (!template.includes('{')) return template;
    const { number, copy, round } = this.names();
    return template
      .replaceAll('{task}', String(number))
      .replaceAll('{copy}', String(copy))
      .replaceAll('{round}', String(round));
  }
}
