/** Who owns pages, as the kernel's report names them (page-flags.ts), with the pattern of each: for bars, tables and the topology. */
import type { ProcZone } from '../../src/sim/kernel/proc/snapshot.ts';

export interface OwnerLook {
  /** As in the report. */
  readonly owner: string;
  readonly label: string;
  /** Of theme/Patterns.svelte. */
  readonly pattern: string;
}

/** In the order of the bars: what boot took, what the kernel took since, what users have, then what is free. */
export const OWNER_LOOKS: readonly OwnerLook[] = [
  { owner: 'reserved', label: 'Taken at boot', pattern: 'own-kernel' },
  { owner: 'slab', label: 'Slab', pattern: 'own-slab' },
  { owner: 'page tables', label: 'Page tables', pattern: 'own-pt' },
  { owner: 'kernel stacks', label: 'Kernel stacks', pattern: 'own-stack' },
  { owner: 'kernel other', label: 'Other kernel', pattern: 'own-other' },
  { owner: 'page cache', label: 'Page cache', pattern: 'own-cache' },
  { owner: 'shared memory', label: 'Shared memory', pattern: 'own-shm' },
  { owner: 'anonymous', label: 'Anonymous', pattern: 'own-anon' },
  { owner: 'hugetlb', label: 'Huge pages', pattern: 'own-huge' },
  { owner: 'per-CPU sets', label: 'Free in CPUs’ sets', pattern: 'own-percpu' },
  { owner: 'free', label: 'Free', pattern: 'own-free' },
];

export interface OwnedPart extends OwnerLook {
  /** Pages of PAGE_SIZE (clusters). */
  readonly pages: number;
}

/** What is in a zone, in the order of OWNER_LOOKS; parts without a page are left out. Its sum is what is present. */
export function ownedParts(zone: Pick<ProcZone, 'owners' | 'free' | 'perCpu'>): readonly OwnedPart[] {
  const known: Readonly<Record<string, number>> = { ...zone.owners, free: zone.free, 'per-CPU sets': zone.perCpu };
  return OWNER_LOOKS.map((look) => ({ ...look, pages: known[look.owner] ?? 0 })).filter(({ pages }) => pages > 0);
}
