/** The page replacement that the traits ask for. */
import { InputError, makeIssue } from '../../base/errors.ts';
import type { KernelParts } from '../parts.ts';
import { Reclaim24 } from './reclaim-2.4.ts';
import { Reclaim26 } from './reclaim-2.6.ts';
import type { KernelThread, Reclaim } from './reclaim.ts';
import { Rmap15 } from './rmap15.ts';

/** Throws InputError where page replacement would ask for ptes of pages, and the kernel keeps no reverse map. */
export function makeReclaim(parts: KernelParts): Reclaim & { readonly threads: readonly KernelThread[] } {
  const { reclaim, rmap, anonRmap } = parts.traits;
  if (reclaim === '2.4.22') return new Reclaim24(parts);
  if (rmap === 'none' || anonRmap === 'none') {
    const expected = `reverse maps of files and of anonymous pages (kernel.rmap, kernel.anonRmap) with ${reclaim}`;
    throw new InputError('', [makeIssue('no-reverse-map', 'kernel.reclaim', expected, 'none')]);
  }
  return reclaim === 'rmap15' ? new Rmap15(parts) : new Reclaim26(parts);
}
