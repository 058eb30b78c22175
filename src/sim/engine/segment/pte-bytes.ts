/** What the page tables of a segment take: last-level tables of every process that maps it, which a huge page needs none of. */
import { FRAME_BYTES } from '../../base/units.ts';
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import type { SegmentDesign } from '../../workloads/segment/design.ts';
import type { SegmentPrediction } from './prediction.ts';

/** Once all of it has been touched. Processes that attach by themselves share no page tables, whatever the kernel can share at fork. */
export function pteBytesOf(
  { ranges, windows, separate, huge, users }: SegmentDesign,
  { machine, kernel }: MachineProfile,
  traits: KernelTraits,
): SegmentPrediction['pteBytes'] {
  const place = machine.bits === 64 ? 'memory' : traits.highpte ? 'highmem' : 'low memory';
  if (huge) return { perProcess: 0, total: 0, place };
  const reach = (machine.pae || machine.bits === 64 ? 512 : 1024) * FRAME_BYTES;
  const tableBytes = kernel.packPtePages ? FRAME_BYTES : FRAME_BYTES << traits.mmuShift;
  const sizes = ranges.map(({ kib }) => (windows.kind === 'none' ? kib : Math.min(kib, areaOf(windows, kib))) * 1024);
  const mappings = separate || windows.kind !== 'none' ? sizes : [sizes.reduce((sum, bytes) => sum + bytes, 0)];
  const perProcess = mappings.reduce((sum, bytes) => sum + Math.ceil(bytes / reach), 0) * tableBytes;
  return { perProcess, total: perProcess * users.reduce((sum, { processes }) => sum + processes, 0), place };
}

/** KiB that a process has of a range that it sees through windows: the area, or with mmap one window. */
function areaOf(windows: Exclude<SegmentDesign['windows'], { readonly kind: 'none' }>, kib: number): number {
  if (kib <= windows.areaKiB) return kib;
  return windows.kind === 'remap' ? windows.areaKiB : windows.windowKiB;
}
