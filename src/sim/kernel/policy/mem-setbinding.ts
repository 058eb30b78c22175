/**
 * mem_setbinding(): all memory of a task on a set of nodes; M. Dobson's patch (v0.2 for 2.5.27, July 2002; v0.3 for 2.5.41).
 * The mask is of memory blocks, which are nodes here.
 */
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';
import type { Task } from '../task.ts';
import type { CallResult } from './mempolicy.ts';
import { ascending, online } from './node-sets.ts';

export class MemSetbinding {
  constructor(private readonly parts: KernelParts) {}

  /** ENODEV: no block of the mask is there. EPERM: not a part of the mask before (nobody has CAP_SYS_NICE). */
  bind(on: KernelCpu, task: Task, nodes: readonly number[], strict: boolean): CallResult {
    const mask = ascending(nodes);
    if (online(this.parts.layout, mask).length === 0) return 'ENODEV';
    const before = task.binding;
    if (before !== undefined && mask.some((node) => !before.nodes.includes(node))) return 'EPERM';
    on.write(task.stack);
    task.binding = { nodes: mask, strict };
    return 0;
  }
}
