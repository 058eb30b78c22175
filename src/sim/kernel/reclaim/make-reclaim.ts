/** The page replacement that the traits ask for. */
import type { KernelParts } from '../parts.ts';
import type { KernelThread, Reclaim } from './reclaim.ts';
import { Reclaim24 } from './reclaim-2.4.ts';
import { Reclaim26 } from './reclaim-2.6.ts';
import { Rmap15 } from './rmap15.ts';

export function makeReclaim(parts: KernelParts): Reclaim & { readonly threads: readonly KernelThread[] } {
  switch (parts.traits.reclaim) {
    case '2.4.22':
      return new Reclaim24(parts);
    case 'rmap15':
      return new Rmap15(parts);
    case '2.6.0':
      return new Reclaim26(parts);
  }
}
