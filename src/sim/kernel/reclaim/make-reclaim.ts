/** The page replacement that the traits ask for. */
import type { KernelParts } from '../parts.ts';
import type { KernelThread, Reclaim } from './reclaim.ts';
import { Reclaim26 } from './reclaim-2.6.ts';

export function makeReclaim(parts: KernelParts): Reclaim & { readonly threads: readonly KernelThread[] } {
  return new Reclaim26(parts);
}
