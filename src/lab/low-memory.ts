/** What explains a machine's low memory beyond its own boot: where more memory breaks it, and every split of its addresses. */
import { type MemoryLimit, memoryLimit, type Split, splitsOf, traitsOf, validateProfile } from '../sim/index.ts';

export interface LowMemory {
  readonly limit: MemoryLimit;
  readonly splits: readonly Split[];
}

/** Pure, in some ten milliseconds. Throws InputError for a profile that is not valid. */
export function lowMemoryOf(value: unknown): LowMemory {
  const profile = validateProfile(value, '');
  const traits = traitsOf(profile.kernel, profile.machine);
  return { limit: memoryLimit(profile, traits), splits: splitsOf(profile, traits) };
}
