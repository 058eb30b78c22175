/** Puts a kernel's reverse map together. */
import type { KernelParts } from '../parts.ts';
import { NoRmap } from './none.ts';
import { PteChains } from './pte-chain.ts';
import type { Rmap } from './rmap.ts';
import type { PageSide } from './sides.ts';

export function makeRmap(parts: KernelParts): Rmap {
  const side: PageSide = parts.traits.rmap === 'none' ? new NoRmap() : new PteChains(parts);
  return {
    kind: parts.traits.rmap,
    finds: parts.traits.rmap !== 'none',
    add: (on, page, pte, vma, vpn) => side.add(on, page, pte, vma, vpn),
    remove: (on, page, pte) => side.remove(on, page, pte),
    referenced: (on, page) => side.referenced(on, page),
    tryToUnmap: (on, page) => side.tryToUnmap(on, page),
    moved: (on, page, from, to, vma, vpn) => side.moved(on, page, from, to, vma, vpn),
    ptesOf: (page) => side.ptesOf(page),
    linkVma: () => undefined,
    unlinkVma: () => undefined,
    splitVma: () => undefined,
    prepareAnon: () => undefined,
    forkVma: () => undefined,
    dropVma: () => undefined,
    enterMm: () => undefined,
    leaveMm: () => undefined,
  } as Rmap;
}
