/** membind(): the segment behind a mapping on the nodes of a set of CPUs; M. Dobson's patch for 2.5.66, April 2003. */
import type { KernelCpu } from '../cpu.ts';
import type { VmaList } from '../mm/vma-list.ts';
import type { KernelParts } from '../parts.ts';
import type { Task } from '../task.ts';
import type { CallResult } from './mempolicy.ts';
import { ascending } from './node-sets.ts';

export class Membind {
  constructor(
    private readonly parts: KernelParts,
    private readonly vmas: VmaList,
  ) {}

  /** The length is not looked at, nor whether `vpn` lies in the vma that find_vma() returns. */
  bind(on: KernelCpu, task: Task, vpn: number, _pages: number, cpus: readonly number[]): CallResult {
    const { machine, layout } = this.parts;
    const count = layout.nodes.reduce((sum, node) => sum + node.cpus, 0);
    if (cpus.some((cpu) => cpu >= count)) return 'EINVAL';
    if (task.mm === undefined) return 'EINVAL';
    const file = this.vmas.find(on, task.mm, vpn)?.file;
    if (file?.kind !== 'shm') return 'EINVAL';
    const nodes = ascending(cpus.map((cpu) => layout.nodes[machine.core(cpu).node].id));
    if (nodes.length === 0) return 'EFAULT';
    on.write(file.at);
    file.policy = { kind: 'membind', nodes };
    return 0;
  }
}
