/**
 * The policy of an inode: ranges of pages with a policy each, which every process that maps the segment obeys and which
 * stay when nobody maps it; shared_policy_insert() and mpol_shared_policy_lookup() of mm/mempolicy.c, 2.6.11. A sorted
 * array instead of the red-black tree; a lookup visits as many ranges.
 */
import type { KernelCpu } from '../cpu.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import type { MemPolicy, PolicyRange } from './mempolicy.ts';

/** The ranges with pages `start` to `end` under `policy`, or under none; what they had before goes. */
export function withRange(
  ranges: readonly PolicyRange[],
  start: number,
  end: number,
  policy: MemPolicy | undefined,
): readonly PolicyRange[] {
  const before: PolicyRange[] = [];
  const after: PolicyRange[] = [];
  for (const range of ranges) {
    if (range.start < start) before.push({ ...range, end: Math.min(range.end, start) });
    if (range.end > end) after.push({ ...range, start: Math.max(range.start, end) });
  }
  return [...before, ...(policy === undefined ? [] : [{ start, end, policy }]), ...after];
}

/** mpol_set_shared_policy(). */
export function setSharedPolicy(
  on: KernelCpu,
  space: AddressSpace,
  start: number,
  end: number,
  policy: MemPolicy | undefined,
): void {
  const ranges = space.policy?.kind === 'mbind' ? space.policy.ranges : [];
  on.lock('shared_policy.lock', space.at);
  walk(on, space, ranges.length);
  on.write(space.at);
  space.policy = { kind: 'mbind', ranges: withRange(ranges, start, end, policy) };
  on.unlock('shared_policy.lock', space.at);
}

/** The policy of page `pgoff` (4 KiB); undefined for none, at no cost where no range has one. */
export function sharedPolicyAt(on: KernelCpu, space: AddressSpace, pgoff: number): MemPolicy | undefined {
  const { policy } = space;
  if (policy?.kind !== 'mbind' || policy.ranges.length === 0) return undefined;
  const { ranges } = policy;
  on.lock('shared_policy.lock', space.at);
  walk(on, space, ranges.length);
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle].end > pgoff) high = middle;
    else low = middle + 1;
  }
  on.unlock('shared_policy.lock', space.at);
  const found = ranges[low];
  return found !== undefined && found.start <= pgoff ? found.policy : undefined;
}

/** A node of the tree for each level; where the nodes lie is not modelled, so that they are read with the inode. */
function walk(on: KernelCpu, space: AddressSpace, ranges: number): void {
  for (let left = ranges; left > 0; left >>= 1) on.read(space.at);
}
