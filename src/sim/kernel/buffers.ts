/**
 * Buffer heads: what 2.4 makes of every page that goes to disk or comes from it, one for each 4 KiB block
 * (create_empty_buffers() of fs/buffer.c), and 2.6 of pages written in part. They lie in low memory, hold a reference to
 * their page and stay with it (PG_private) until try_to_free_buffers(): by reclaim, or when the page leaves the cache.
 *
 * Deviation: blocks are of 4 KiB whatever the file system.
 */
import type { SlabCache } from './alloc/slab.ts';
import type { KernelCpu } from './cpu.ts';
import { FN } from './functions.ts';
import { PG_PRIVATE, PG_WRITEBACK } from './page-flags.ts';
import type { KernelParts } from './parts.ts';

export class Buffers {
  private readonly heads = new Map<number, readonly number[]>();
  private cache: SlabCache | undefined;

  constructor(private readonly parts: KernelParts) {}

  /** Pages that have buffers. */
  get pages(): number {
    return this.heads.size;
  }

  /** The page's buffers, made where it has none, each looked at. */
  use(on: KernelCpu, page: number): void {
    const { memMap, pages } = this.parts;
    const cache = this.slab();
    const known = this.heads.get(page);
    if (known !== undefined) {
      for (const head of known) on.write(cache.addressOf(head));
      return;
    }
    const outer = on.enter(FN.create_empty_buffers);
    const heads: number[] = [];
    for (let frame = 0; frame < 1 << memMap.shift; frame++) {
      const head = cache.alloc(on);
      // Without memory the kernel takes one that it keeps for this; it goes back when the transfer is done.
      if (head < 0) break;
      on.write(cache.addressOf(head));
      heads.push(head);
    }
    if (heads.length > 0) {
      this.heads.set(page, heads);
      memMap.flags[page] |= PG_PRIVATE;
      pages.get(on, page);
    }
    on.leave(outer);
  }

  /** try_to_free_buffers(): the heads go back to their slab; false while the page is being written. */
  release(on: KernelCpu, page: number): boolean {
    const { memMap, pages } = this.parts;
    const heads = this.heads.get(page);
    if (heads === undefined) return true;
    if ((memMap.flags[page] & PG_WRITEBACK) !== 0) return false;
    const cache = this.slab();
    for (const head of heads) cache.free(on, head);
    this.heads.delete(page);
    memMap.flags[page] &= ~PG_PRIVATE;
    pages.put(on, page);
    return true;
  }

  private slab(): SlabCache {
    this.cache ??= this.parts.slabs.cache('buffer_head', this.parts.traits.bufferHeadBytes);
    return this.cache;
  }
}
