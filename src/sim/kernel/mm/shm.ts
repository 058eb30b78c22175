/**
 * Pages of SysV segments and shared anonymous mappings: shmem_getpage() and shmem_writepage() of mm/shmem.c, 2.6.0. They
 * live in the page cache of their segment; page replacement moves them to the swap cache under an entry that the segment
 * remembers, and the next fault moves them back.
 *
 * Deviation: the segment's swap vector (its directory pages) takes no memory and no references.
 */
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { OWNER, PG_ANON, PG_DIRTY } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { AddressSpace } from './address-space.ts';
import type { Files } from './files.ts';

export class ShmPages {
  constructor(
    private readonly parts: KernelParts,
    private readonly files: Files,
  ) {}

  /** The page of an index that is not cached: back from swap, or new and cleared. With a reference. */
  obtain(on: KernelCpu, space: AddressSpace, index: number): number {
    const entry = this.files.stateOf(space).swapped.get(index);
    return entry === undefined ? this.files.hole(on, space, index) : this.fromSwap(on, space, index, entry);
  }

  /** shmem_writepage(): from the segment to the swap cache, and from there to disk; the time at which it is done. */
  write(on: KernelCpu, space: AddressSpace, page: number): number {
    const { memMap, swap } = this.parts;
    const index = memMap.index[page];
    if (!swap.add(on, page)) return on.now;
    const entry = memMap.priv[page];
    swap.duplicate(on, entry);
    this.files.stateOf(space).swapped.set(index, entry);
    this.files.remove(on, page);
    memMap.flags[page] |= PG_DIRTY;
    return swap.write(on, page);
  }

  /** The segment goes, or is cut: entries of indices from `first` on are given back. */
  freeSwapped(on: KernelCpu, space: AddressSpace, first: number): void {
    const { swapped } = this.files.stateOf(space);
    for (const [index, entry] of [...swapped]) {
      if (index < first) continue;
      swapped.delete(index);
      this.parts.swap.release(on, entry);
    }
  }

  private fromSwap(on: KernelCpu, space: AddressSpace, index: number, entry: number): number {
    const outer = on.enter(FN.do_swap_page);
    const { swap, memMap, reclaim, pages, placement } = this.parts;
    const page = swap.read(on, entry, placement.forSwapInOf(on, space, index));
    reclaim.writeback.waitOn(on, page);
    // move_from_swap_cache().
    if (swap.lookup(entry) === page) swap.remove(on, page);
    this.files.stateOf(space).swapped.delete(index);
    swap.release(on, entry);
    memMap.flags[page] &= ~PG_ANON;
    pages.retag(page, OWNER['shared memory']);
    this.files.enter(on, space, index, page);
    this.files.dirty(on, page);
    on.leave(outer);
    return page;
  }
}
