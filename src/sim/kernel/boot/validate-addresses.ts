/** The 32-bit kernel's address space: the direct map, its windows and vmalloc fit below the persistent kmaps. */
import { grouped } from '../../base/grouped.ts';
import { makeIssue, type Issue } from '../../base/errors.ts';
import { FRAMES_PER_MIB, MIB } from '../../base/units.ts';
import type { ZonesSpec } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import { vmallocEnd, vmallocStart } from './address-space.ts';
import { kernelSpaceMiB, lowmemLimitPfn, pageOffset } from './limits.ts';

/** The largest limit of low memory, MiB, that leaves the gap before vmalloc. */
function largestLimitMiB(zones: ZonesSpec, traits: KernelTraits): number {
  let limit = kernelSpaceMiB(zones);
  while (limit > 0 && vmallocStart(pageOffset(zones) + limit * MIB) >= vmallocEnd(traits)) limit--;
  return limit;
}

/** Issues of the split, maxmem and the vmalloc reserve. */
export function addressIssues(zones: ZonesSpec, traits: KernelTraits): Issue[] {
  const limit = lowmemLimitPfn(zones);
  const byHand = zones.maxmemMiB !== undefined;
  const most = largestLimitMiB(zones, traits);
  if (most <= 0) {
    const found = `${grouped(zones.userSpaceMiB)} MiB, which leave the kernel ${grouped(kernelSpaceMiB(zones))}`;
    return [makeIssue('no-room', 'zones.userSpaceMiB', 'room for low memory, vmalloc and kmaps above it', found)];
  }
  if (limit > most * FRAMES_PER_MIB) {
    const room = kernelSpaceMiB(zones);
    return byHand
      ? [
          makeIssue(
            'maxmem',
            'zones.maxmemMiB',
            `at most ${grouped(most)} MiB, as vmalloc and kmaps need the rest`,
            grouped(zones.maxmemMiB ?? 0),
          ),
        ]
      : [
          makeIssue(
            'reserve',
            'zones.vmallocReserveMiB',
            `at least ${grouped(room - most)} MiB`,
            grouped(zones.vmallocReserveMiB),
          ),
        ];
  }
  if (limit <= 0) {
    const expected = `less than the kernel’s address space, ${grouped(kernelSpaceMiB(zones))} MiB`;
    return [makeIssue('reserve', 'zones.vmallocReserveMiB', expected, grouped(zones.vmallocReserveMiB))];
  }
  return [];
}
