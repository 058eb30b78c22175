/** The page replacement that the traits ask for. */
import type { KernelParts } from '../parts.ts';
import type { KernelThread, Reclaim } from './reclaim.ts';
import { Reclaim24 } from './reclaim-2.4.ts';
import { Reclaim26 } from './reclaim-2.6.ts';

export function makeReclaim(parts: KernelParts): Reclaim & { readonly threads: readonly KernelThread[] } {
  return parts.traits.reclaim === '2.4.22' ? new Reclaim24(parts) : new Reclaim26(parts);
}
