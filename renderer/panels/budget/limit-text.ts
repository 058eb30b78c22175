/** Why low memory is as large as it is, in words. */
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { formatBytes } from '../format.ts';

const MIB = 1024 * 1024;
const FRAME_BYTES = 4096;

/** `896 MiB = 1 GiB kernel space − 128 MiB vmalloc reserve`, or what else sets the limit. */
export function limitText(layout: BootLayout, profile: MachineProfile): string {
  const limit = layout.maxmemPfn * FRAME_BYTES;
  const text = formatBytes(limit);
  if (profile.machine.bits === 64) return `${text}: all memory, there is no highmem`;
  const { maxmemMiB, userSpaceMiB, vmallocReserveMiB } = profile.zones;
  const kernelMiB = 4096 - userSpaceMiB;
  if (maxmemMiB !== undefined && maxmemMiB * MIB === limit) return `${text}: maxmem, set by the profile`;
  if ((kernelMiB - vmallocReserveMiB) * MIB === limit) {
    return `${text} = ${formatBytes(kernelMiB * MIB)} kernel space − ${formatBytes(vmallocReserveMiB * MIB)} vmalloc reserve`;
  }
  return `${text}: all of the machine’s memory`;
}
