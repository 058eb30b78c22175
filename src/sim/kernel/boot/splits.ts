/**
 * The kernel's address space under every split of user and kernel that a 32-bit machine can be given, everything else
 * as it is: PAGE_OFFSET of asm-i386/page.h with 1, 2 and 3 GiB for users, 3.5 GiB (CONFIG_05GB of 2.4-aa; not with PAE,
 * whose pgd entries map a whole GiB), and the 4G/4G of 2.4.21-rhel3.
 */
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import { boot } from './boot.ts';
import type { AddressRange, BootLayout } from './layout.ts';
import { SPLIT_4G4G } from './limits.ts';

export interface Split {
  readonly userSpaceMiB: number;
  /** The machine's own. */
  readonly current: boolean;
  readonly boots: boolean;
  /** Why it does not boot, or cannot be. */
  readonly why?: string;
  /** As the kernel's LOWMEM line; 0 where it does not boot. */
  readonly lowmemMiB: number;
  readonly lowFreeKb: number;
  /** From low to high; empty where the split leaves no room. */
  readonly ranges: readonly AddressRange[];
}

const SPLITS_MIB = [1024, 2048, 3072] as const;
const SPLIT_05GB_MIB = 3584;

function whyNot({ issues, failure }: BootLayout): { readonly why?: string } {
  const [issue] = issues;
  if (issue !== undefined) return { why: `${issue.path}: ${issue.message}` };
  return failure === undefined ? {} : { why: failure.message };
}

/** The splits from the smallest user space to the largest, the machine's own among them; none on a 64-bit machine. */
export function splitsOf(profile: MachineProfile, traits: KernelTraits): Split[] {
  if (profile.machine.bits === 64) return [];
  // A kernel built with 4G/4G has no other split, whatever the profile says.
  const own = traits.split4g ? SPLIT_4G4G : profile.zones.userSpaceMiB;
  const sizes = new Set<number>(traits.split4g ? [own] : [...SPLITS_MIB, own, SPLIT_4G4G]);
  if (!traits.split4g && !profile.machine.pae) sizes.add(SPLIT_05GB_MIB);
  return [...sizes]
    .sort((a, b) => a - b)
    .map((userSpaceMiB): Split => {
      const layout = boot({ ...profile, zones: { ...profile.zones, userSpaceMiB } }, traits);
      const { boots, addressSpace: ranges } = layout;
      return {
        userSpaceMiB,
        current: userSpaceMiB === own,
        boots,
        ...whyNot(layout),
        lowmemMiB: boots ? layout.lowmemMiB : 0,
        lowFreeKb: boots ? layout.meminfo.LowFree : 0,
        ranges,
      };
    });
}
