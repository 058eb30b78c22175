/**
 * The 32-bit kernel's address space as a map: user, direct map, KVA windows, gap, vmalloc, pkmap, fixmap. Source:
 * asm-i386/{page,pgtable,highmem,fixmap}.h of 2.6.0: vmalloc begins 8 MiB after the end of what low memory and the
 * windows take, at a multiple of 8 MiB, and ends two pages below pkmap (or below fixmap without highmem).
 *
 * With a 4G/4G split (2.4.21-rhel3) user and kernel have a space each: the map is the kernel's, and the user's ends at
 * 0xff000000. A 64-bit machine has no such map.
 */
import { FRAME_BYTES, MIB } from '../../base/units.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import type { AddressRange } from './layout.ts';
import { pageOffset, SPLIT_4G4G } from './limits.ts';
import type { BootPlan } from './plan.ts';

const TOP = 2 ** 32;
const VMALLOC_OFFSET = 8 * MIB;

/** Address at which vmalloc begins above a direct map (with windows) that ends at `end`. */
export function vmallocStart(end: number): number {
  return Math.floor((end + 2 * VMALLOC_OFFSET - 1) / VMALLOC_OFFSET) * VMALLOC_OFFSET;
}

/** Address at which vmalloc ends: two guard pages below pkmap. */
export function vmallocEnd(traits: KernelTraits): number {
  return traits.pkmapBase - 2 * FRAME_BYTES;
}

/** The ranges from low to high, without overlap; empty for a 64-bit machine. */
export function addressSpace(plan: BootPlan): AddressRange[] {
  if (plan.is64) return [];
  const { traits, profile } = plan;
  const start = pageOffset(profile.zones);
  const lowEnd = start + plan.maxLowPfn * FRAME_BYTES;
  const end = start + Math.max(plan.maxLowPfn, plan.maxmemPfn) * FRAME_BYTES;
  const ranges: AddressRange[] = [];
  if (profile.zones.userSpaceMiB === SPLIT_4G4G) ranges.push({ name: 'not mapped', kind: 'gap', start: 0, end: start });
  else ranges.push({ name: 'user', kind: 'user', start: 0, end: start });
  ranges.push({ name: 'direct map (low memory)', kind: 'direct', start, end: lowEnd });
  for (const window of [...plan.windows].reverse()) {
    const at = start + window.windowPfn * FRAME_BYTES;
    const { id } = plan.spans[window.node];
    if (at < lowEnd) continue;
    ranges.push({
      name: `KVA window of node ${id}`,
      kind: 'window',
      start: at,
      end: at + window.pages * FRAME_BYTES,
      node: id,
    });
  }
  const vmalloc = Math.min(vmallocStart(end), vmallocEnd(traits));
  const pkmapEnd = traits.pkmapBase + traits.lastPkmap * FRAME_BYTES;
  ranges.push({ name: 'gap', kind: 'gap', start: end, end: vmalloc });
  ranges.push({ name: 'vmalloc', kind: 'vmalloc', start: vmalloc, end: vmallocEnd(traits) });
  ranges.push({ name: 'gap', kind: 'gap', start: vmallocEnd(traits), end: traits.pkmapBase });
  ranges.push({ name: 'pkmap', kind: 'pkmap', start: traits.pkmapBase, end: pkmapEnd });
  ranges.push({ name: 'gap', kind: 'gap', start: pkmapEnd, end: traits.fixmapBase });
  ranges.push({ name: 'fixmap', kind: 'fixmap', start: traits.fixmapBase, end: TOP });
  return ranges.filter((range) => range.end > range.start);
}
