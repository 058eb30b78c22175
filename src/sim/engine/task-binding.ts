/** The operations of a task that bind memory: a call each, by the names that the script has; a call that fails is listed. */
import { FRAME_BYTES } from '../base/units.ts';
import type { KernelCpu } from '../kernel/cpu.ts';
import type { AddressSpace } from '../kernel/mm/address-space.ts';
import type { CallResult } from '../kernel/policy/mempolicy.ts';
import type { Syscalls } from '../kernel/syscalls.ts';
import type { Task } from '../kernel/task.ts';
import type { OperationOf } from '../workloads/operations.ts';
import type { FailedCalls } from './failed-calls.ts';
import type { OperationStack } from './operation-stack.ts';
import type { TaskMemory } from './task-memory.ts';

type BindingOperation = OperationOf<'setMempolicy' | 'mbind' | 'shmbind' | 'membind' | 'memSetbinding'>;

/** What the script calls them, and what the kernel does. */
const NAMES: Readonly<Record<BindingOperation['op'], string>> = {
  setMempolicy: 'set_mempolicy',
  mbind: 'mbind',
  shmbind: 'shmbind',
  membind: 'membind',
  memSetbinding: 'mem_setbinding',
};

/** What a task's bindings need of the run. */
interface World {
  readonly host: { readonly syscalls: Syscalls };
  readonly failedCalls: FailedCalls;
  segment(on: KernelCpu, name: string): AddressSpace;
}

export class TaskBinding {
  constructor(
    private readonly world: World,
    private readonly task: Task,
    private readonly operations: OperationStack,
    private readonly memory: TaskMemory,
  ) {}

  execute(on: KernelCpu, operation: BindingOperation): void {
    const result = this.call(on, operation);
    this.world.failedCalls.returned(on, this.task, this.operations.place, NAMES[operation.op], result);
  }

  private call(on: KernelCpu, operation: BindingOperation): CallResult {
    const { world, task } = this;
    const { syscalls } = world.host;
    switch (operation.op) {
      case 'setMempolicy':
        return syscalls.setMempolicy(on, task, operation.mode, operation.nodes);
      case 'memSetbinding':
        return syscalls.memSetbinding(on, task, operation.nodes, operation.behaviour === 'strict');
      case 'shmbind': {
        const { segment, placement, strength, nodes } = operation;
        return syscalls.shmbind(on, task, world.segment(on, segment), { placement, hard: strength === 'hard', nodes });
      }
      case 'mbind': {
        const { start, bytes } = this.memory.extent(operation);
        const pages = Math.ceil(bytes / FRAME_BYTES);
        const { mode, nodes, strict } = operation;
        return syscalls.mbind(on, task, { vpn: start / FRAME_BYTES, pages, mode, nodes, strict });
      }
      case 'membind': {
        const { start, bytes } = this.memory.extent(operation);
        const vpn = Math.floor(start / FRAME_BYTES);
        return syscalls.membind(on, task, vpn, Math.ceil(bytes / FRAME_BYTES), operation.cpus);
      }
    }
  }
}
