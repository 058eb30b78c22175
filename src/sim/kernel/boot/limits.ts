/**
 * How far the machine and the kernel's address space let memory reach: PAGE_OFFSET, the limit of low memory, the
 * highest physical address, the size of a large page. Source: 2.6.0 asm-i386/page.h (kernel space less 128 MiB of
 * VMALLOC_RESERVE), and asm-i386/page.h of 2.4.21-rhel3 for a split of 4096 (4G/4G: the kernel's own space begins at
 * 0x02000000 and ends at 4 GiB).
 */
import { FRAMES_PER_MIB, MIB } from '../../base/units.ts';
import type { MachineSpec, ZonesSpec } from '../../profiles/schema.ts';

/** The user space of a 4G/4G kernel, MiB, and the first MiB of that kernel's own space. */
export const SPLIT_4G4G = 4096;
const KERNEL_START_4G4G = 32;
const ADDRESS_SPACE_MIB = 4096;

/** First MiB of the kernel's address space (PAGE_OFFSET). */
function pageOffsetMiB(zones: ZonesSpec): number {
  return zones.userSpaceMiB === SPLIT_4G4G ? KERNEL_START_4G4G : zones.userSpaceMiB;
}

/** PAGE_OFFSET in bytes. */
export function pageOffset(zones: ZonesSpec): number {
  return pageOffsetMiB(zones) * MIB;
}

/** MiB of kernel address space. */
export function kernelSpaceMiB(zones: ZonesSpec): number {
  return ADDRESS_SPACE_MIB - pageOffsetMiB(zones);
}

/** The frame that low memory may reach at most on a 32-bit machine: the profile's maxmem, or kernel space less the reserve. */
export function lowmemLimitPfn(zones: ZonesSpec): number {
  return (zones.maxmemMiB ?? kernelSpaceMiB(zones) - zones.vmallocReserveMiB) * FRAMES_PER_MIB;
}

/** First frame out of reach of the machine's physical addresses; Infinity for 64-bit machines. */
export function reachPfn(machine: MachineSpec): number {
  if (machine.bits === 64) return Infinity;
  return machine.pae ? 2 ** 24 : 2 ** 20;
}

/** Frames that one pmd maps: 2 MiB with PAE, 4 MiB without. */
export function largePageFrames(machine: MachineSpec): number {
  return (machine.pae ? 2 : 4) * FRAMES_PER_MIB;
}
