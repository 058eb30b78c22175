/** set_mempolicy() and mbind() of 2.6.7 and later: mm/mempolicy.c of 2.6.11 (A. Kleen). */
import type { KernelCpu } from '../cpu.ts';
import { mmapSem, type VmaList } from '../mm/vma-list.ts';
import type { KernelParts } from '../parts.ts';
import type { Task } from '../task.ts';
import type { BindMode, CallResult, MemPolicy } from './mempolicy.ts';
import { ascending, online } from './node-sets.ts';

export class NumaApi {
  constructor(
    private readonly parts: KernelParts,
    private readonly vmas: VmaList,
  ) {}

  setMempolicy(on: KernelCpu, task: Task, mode: BindMode, nodes: readonly number[]): CallResult {
    const mask = ascending(nodes);
    const refused = this.check(mode, mask);
    if (refused !== 0) return refused;
    on.write(task.stack);
    task.policy = policyOf(mode, mask);
    return 0;
  }

  mbind(
    on: KernelCpu,
    task: Task,
    vpn: number,
    pages: number,
    mode: BindMode,
    nodes: readonly number[],
    _strict: boolean,
  ): CallResult {
    if (pages === 0) return 0;
    const mask = ascending(nodes);
    const refused = this.check(mode, mask);
    if (refused !== 0) return refused;
    const { mm } = task;
    if (mm === undefined) return 'EFAULT';
    on.lock('mmap_sem', mmapSem(mm));
    for (const vma of this.vmas.isolate(on, mm, vpn, vpn + pages)) vma.policy = policyOf(mode, mask);
    on.unlock('mmap_sem', mmapSem(mm));
    return 0;
  }

  /** mpol_check_policy() and nodes_online(). */
  private check(mode: BindMode, mask: readonly number[]): CallResult {
    if (mode === 'default' && mask.length > 0) return 'EINVAL';
    if (mode !== 'default' && mode !== 'preferred' && mask.length === 0) return 'EINVAL';
    return online(this.parts.layout, mask).length === mask.length ? 0 : 'EINVAL';
  }
}

function policyOf(mode: BindMode, nodes: readonly number[]): MemPolicy | undefined {
  return mode === 'default' ? undefined : { mode, nodes: mode === 'preferred' ? nodes.slice(0, 1) : nodes };
}
