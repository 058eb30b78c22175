/** The mem_map of a booted machine, for tests that put the parts of a kernel together themselves. */
import type { Frames } from '../../src/sim/hardware/frames.ts';
import { memMapPlaces } from '../../src/sim/kernel/boot/data-places.ts';
import { MemMap } from '../../src/sim/kernel/mem-map.ts';
import type { KernelParts } from '../../src/sim/kernel/parts.ts';
import { structPageFields } from '../../src/sim/profiles/struct-page-fields.ts';

export function memMapOf(
  frames: Frames,
  { profile, traits, layout }: Pick<KernelParts, 'profile' | 'traits' | 'layout'>,
): MemMap {
  const fields = structPageFields(traits, profile.machine.bits);
  return new MemMap(frames, traits.mmuShift, traits.structPage.bytes, memMapPlaces(profile, layout), fields);
}
