/**
 * Memory as /proc/meminfo and the kernel's "Memory:" line count it, in kB: LowTotal = 4 kB x max_low_pfn less what is
 * not RAM, less reserved, plus init freed after boot; HighTotal = RAM above. LowFree is LowTotal less what the profile
 * says is taken up to the login prompt (the published one was measured, not derived).
 *
 * A 64-bit machine has no high memory: LowTotal is MemTotal.
 */
import { KIB, KB_PER_FRAME } from '../../base/units.ts';
import type { MemInfo } from './layout.ts';
import type { BootPlan } from './plan.ts';
import { lowRamBytes, reservedOf } from './reserved.ts';
import type { ZoneSpan } from './zones.ts';

/** The memory totals in kB; none is below 0, even where the machine does not boot. */
export function memInfo(plan: BootPlan, zones: readonly ZoneSpan[]): MemInfo {
  const reserved = reservedOf(plan);
  const lowBytes = lowRamBytes(plan) - reserved.totalBytes + reserved.initBytes;
  const taken = plan.profile.kernel.bootItems.reduce((sum, { kib }) => sum + kib, 0);
  const LowTotal = Math.max(0, Math.floor(lowBytes / KIB));
  const highPages = zones.reduce((sum, zone) => (zone.name === 'HighMem' ? sum + zone.present : sum), 0);
  const HighTotal = highPages * KB_PER_FRAME;
  return {
    LowTotal,
    LowFree: Math.max(0, LowTotal - taken),
    HighTotal,
    MemTotal: LowTotal + HighTotal,
    reserved: Math.floor(reserved.totalBytes / KIB),
  };
}
