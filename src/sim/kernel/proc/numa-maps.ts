/**
 * What /proc/PID/numa_maps says of a mapping, and of a segment that outlives its processes: the policy that it obeys and
 * where its pages lie. show_numa_map() and mpol_to_str() of 2.6.16, as SLES 10 had them; kernels before 2.6.14 had no such
 * file, and the lab says it of them all. Policies that those kernels never knew are called as later ones call them, the
 * bindings of segments by their calls. Left out: swapcache, active and writeback.
 */
import { idRanges } from '../../base/id-ranges.ts';
import { FRAME_BYTES } from '../../base/units.ts';
import { PTE_DIRTY, pteNumber } from '../../hardware/pte-pages.ts';
import type { Kernel } from '../kernel.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import type { Mm } from '../mm/mm.ts';
import { eachPresent } from '../mm/present-pages.ts';
import { VM_EXEC, VM_READ, VM_SHARED, VM_WRITE, type Vma } from '../mm/vma.ts';
import { PG_ANON, PG_DIRTY } from '../page-flags.ts';
import type { MemPolicy } from '../policy/mempolicy.ts';
import type { Task } from '../task.ts';
import type { ProcSegment, ProcVma } from './snapshot.ts';

/** A mapping of a living task: its line of maps and that of numa_maps. */
export function vmaOf(kernel: Kernel, task: Task, mm: Mm, vma: Vma): ProcVma {
  const flag = (bit: number, letter: string): string => ((vma.flags & bit) === 0 ? '-' : letter);
  const flags =
    flag(VM_READ, 'r') + flag(VM_WRITE, 'w') + flag(VM_EXEC, 'x') + ((vma.flags & VM_SHARED) === 0 ? 'p' : 's');
  return {
    start: vma.start * FRAME_BYTES,
    end: vma.end * FRAME_BYTES,
    flags,
    offset: vma.file === undefined ? 0 : vma.pgoff * FRAME_BYTES,
    name: vma.name,
    ...pagesOf(kernel, mm, vma),
    policy: effectivePolicy(kernel, task, vma),
    file: vma.file?.name ?? '',
    huge: vma.file?.kind === 'hugetlb',
  };
}

/** Segments of shared memory that are there, with pages or not, in the order of their making. */
export function segmentsOf(kernel: Kernel): readonly ProcSegment[] {
  const segments: ProcSegment[] = [];
  for (const space of kernel.spaces.values()) {
    if (space.kind !== 'shm' && space.kind !== 'hugetlb') continue;
    const counts = new Map<number, number>();
    const frames = space.kind === 'hugetlb' ? kernel.ptePages.entries : 1 << kernel.memMap.shift;
    for (const slot of space.pages.values()) count(counts, kernel.memMap.homeOf(slot - 1), frames);
    const policy = spacePolicies(space);
    segments.push({ name: space.name, huge: space.kind === 'hugetlb', policy, onNodes: byId(kernel, counts) });
  }
  return segments;
}

function pagesOf(kernel: Kernel, mm: Mm, vma: Vma): Pick<ProcVma, 'onNodes' | 'anon' | 'dirty' | 'mapmax'> {
  const { ptePages, frames, memMap } = kernel;
  const counts = new Map<number, number>();
  let [anon, dirty, mapmax] = [0, 0, 0];
  eachPresent(ptePages, mm, vma, (pte) => {
    const slot = pteNumber(pte);
    const page = memMap.pageOf(slot);
    const flags = memMap.flags[page];
    count(counts, frames.homeOf(slot), 1);
    if ((flags & PG_ANON) !== 0) anon++;
    if ((flags & PG_DIRTY) !== 0 || (pte & PTE_DIRTY) !== 0) dirty++;
    mapmax = Math.max(mapmax, memMap.mapcount[page]);
  });
  return { onNodes: byId(kernel, counts), anon, dirty, mapmax };
}

function count(counts: Map<number, number>, place: number, pages: number): void {
  counts.set(place, (counts.get(place) ?? 0) + pages);
}

function byId(kernel: Kernel, counts: ReadonlyMap<number, number>): Readonly<Record<string, number>> {
  const ids = [...counts].map(([place, pages]) => [kernel.layout.nodes[place].id, pages] as const);
  return Object.fromEntries(ids.sort(([a], [b]) => a - b));
}

/** get_vma_policy() at the start of the mapping: its own or its segment's, then the task's, then default. */
function effectivePolicy(kernel: Kernel, task: Task, vma: Vma): string {
  const own = vma.file === undefined || vma.file.kind === 'file' ? vma.policy : undefined;
  const shared = vma.file === undefined ? undefined : spacePolicy(vma.file, vma.pgoff);
  if (shared !== undefined) return shared;
  if (task.binding !== undefined) {
    return policyText(`mem_setbinding(${task.binding.strict ? 'strict' : 'loose'})`, task.binding.nodes);
  }
  const policy = own ?? task.policy;
  return policy === undefined ? runPolicy(kernel) : mempolicyText(policy);
}

/** The policy of the whole run, as numactl would start every program. */
function runPolicy({ profile }: Kernel): string {
  const { placement } = profile.kernel;
  if (placement.policy === 'first-touch') return 'default';
  const nodes = placement.policy === 'preferred' ? [placement.node] : placement.nodes;
  return mempolicyText({ mode: placement.policy, nodes });
}

/** The policy of a segment at page `pgoff` (4 KiB), by its own binding alone. */
export function segmentPolicyAt(space: AddressSpace, pgoff: number): string {
  return spacePolicy(space, pgoff) ?? 'default';
}

/** What a segment is bound by at page `pgoff` (4 KiB); undefined for nothing. */
function spacePolicy({ policy }: AddressSpace, pgoff: number): string | undefined {
  if (policy === undefined) return undefined;
  if (policy.kind === 'membind') return policyText('membind', policy.nodes);
  if (policy.kind === 'shmbind') {
    return policyText(`shmbind(${policy.placement},${policy.hard ? 'hard' : 'soft'})`, policy.nodes);
  }
  const range = policy.ranges.find(({ start, end }) => start <= pgoff && pgoff < end);
  return range === undefined ? undefined : mempolicyText(range.policy);
}

/** Every policy of a segment, with the pages that it holds for where it is not the whole segment's. */
function spacePolicies(space: AddressSpace): string {
  const { policy, bytes } = space;
  if (policy?.kind !== 'mbind') return segmentPolicyAt(space, 0);
  const pages = Math.ceil(bytes / FRAME_BYTES);
  const all = policy.ranges.map(({ start, end, policy: of }) =>
    start === 0 && end >= pages ? mempolicyText(of) : `${mempolicyText(of)}@${start}-${end - 1}`,
  );
  return all.length === 0 ? 'default' : all.join(' ');
}

const NAMES: Readonly<Record<MemPolicy['mode'], string>> = {
  preferred: 'prefer',
  bind: 'bind',
  interleave: 'interleave',
  'preferred-many': 'prefer-many',
  'weighted-interleave': 'weighted-interleave',
};

/** mpol_to_str(): `interleave=0-3`; preferred without a node is the local one. */
function mempolicyText({ mode, nodes }: MemPolicy): string {
  return policyText(NAMES[mode], nodes);
}

function policyText(name: string, nodes: readonly number[]): string {
  return nodes.length === 0 ? name : `${name}=${idRanges(nodes)}`;
}
