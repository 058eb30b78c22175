/**
 * shmbind(): where a segment's pages are placed, called between shmget() and the first shmat(); M. Dobson's RFC of February
 * 2003. FIRSTREF: the node of the CPU that faults, where the mask has it, else the next one that it has; STRIPE: node
 * after node of the mask. HARD: from the nodes of the mask or not at all; SOFT: from the others when those are full.
 *
 * Assumed, since the RFC does not say: a stripe goes by a page's place in the segment, and a search for pages goes on by
 * node numbers, as the kernel's own lists of the time do. Pages that come back from swap and huge pages know nothing of it.
 * MEM_MOSTFREE was reserved for the future.
 */
import type { KernelCpu } from '../cpu.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import type { KernelParts } from '../parts.ts';
import type { CallResult, ShmBinding } from './mempolicy.ts';
import { ascending, online } from './node-sets.ts';

export class Shmbind {
  constructor(private readonly parts: KernelParts) {}

  /**
   * EPERM: the caller may not write to the segment. EINVAL: the segment has been attached, or the placement is one for the
   * future. EFAULT: a mask in which no node of the machine is.
   */
  bind(on: KernelCpu, segment: AddressSpace, { placement, hard, nodes }: ShmBinding): CallResult {
    on.read(segment.at);
    if (segment.readOnly) return 'EPERM';
    if (segment.attached || placement === 'mostfree') return 'EINVAL';
    const mask = online(this.parts.layout, ascending(nodes));
    if (mask.length === 0) return 'EFAULT';
    on.write(segment.at);
    segment.policy = { kind: 'shmbind', placement, hard, nodes: mask };
    return 0;
  }
}

/**
 * Places in the order in which a page is asked for: those of the mask from `start` on, wrapping, and where it is soft the
 * others likewise. `inOrder`: all places by ascending id.
 */
export function shmbindOrder(
  inOrder: readonly number[],
  start: number,
  bound: readonly number[],
  hard: boolean,
): readonly number[] {
  const from = inOrder.indexOf(start);
  const turned = [...inOrder.slice(from), ...inOrder.slice(0, from)];
  const inside = turned.filter((place) => bound.includes(place));
  return hard ? inside : [...inside, ...turned.filter((place) => !bound.includes(place))];
}
