/**
 * mem_setbinding(): all memory of a task on a set of nodes; M. Dobson's patch (v0.2 for 2.5.27, July 2002; v0.3 for
 * 2.5.41). The mask is of memory blocks, which are nodes here. A request walks the nodes from the local one to the last and
 * then from the first, and takes those of the mask; LOOSE walks once more with the inverted mask. As posted the part past the
 * wrap-around tests the inverted mask, so that a STRICT binding gets memory of nodes below the local one that it excludes, and
 * none of those that it names.
 *
 * Deviations: kernel memory is exempt (the posted walk bound it too, and a task bound away from node 0 would have got no page tables
 * on NUMA-Q); v0.3's pid is the caller's own.
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
    on.lock('binding.lock', task.at);
    const narrower = before === undefined || mask.every((node) => before.nodes.includes(node));
    if (narrower) {
      on.write(task.at);
      task.binding = { nodes: mask, strict };
    }
    on.unlock('binding.lock', task.at);
    return narrower ? 0 : 'EPERM';
  }
}

/** Places in the order in which a request of a CPU of `running` looks at them; `inOrder`: all places by ascending id. */
export function setbindingOrder(
  inOrder: readonly number[],
  running: number,
  mask: ReadonlySet<number>,
  strict: boolean,
  asPosted: boolean,
): readonly number[] {
  const local = inOrder.indexOf(running);
  const order: number[] = [];
  for (const wanted of strict ? [true] : [true, false]) {
    for (const place of inOrder.slice(local)) if (mask.has(place) === wanted) order.push(place);
    for (const place of inOrder.slice(0, local))
      if (mask.has(place) === (asPosted ? !wanted : wanted)) order.push(place);
  }
  return order;
}
