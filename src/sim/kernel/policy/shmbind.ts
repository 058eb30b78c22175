/** shmbind(): where a segment's pages are placed, between shmget() and the first shmat(); M. Dobson's RFC of February 2003. */
import type { KernelCpu } from '../cpu.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import type { KernelParts } from '../parts.ts';
import type { CallResult, ShmPlacement } from './mempolicy.ts';
import { ascending, online } from './node-sets.ts';

export class Shmbind {
  constructor(private readonly parts: KernelParts) {}

  /** EINVAL: the segment has been attached, or the placement is one for the future. EFAULT: a mask without a node that is there. */
  bind(
    on: KernelCpu,
    segment: AddressSpace,
    placement: ShmPlacement,
    hard: boolean,
    nodes: readonly number[],
  ): CallResult {
    on.read(segment.at);
    if (segment.users > 0 || placement === 'mostfree') return 'EINVAL';
    const mask = online(this.parts.layout, ascending(nodes));
    if (mask.length === 0) return 'EFAULT';
    on.write(segment.at);
    segment.policy = { kind: 'shmbind', placement, hard, nodes: mask };
    return 0;
  }
}
