/**
 * vmtruncate() and invalidate_inode_pages(): pages of a file go. mm/truncate.c and memory.c of 2.6.0. ptes
 * go in 4 KiB (programs see no clusters), pages of the cache by whole clusters: the one that the new end lies in stays,
 * with what lies beyond the end cleared.
 */
import { FRAME_BYTES, kaddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { PG_DIRTY, PG_PRIVATE, PG_WRITEBACK } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { AddressSpace } from './address-space.ts';
import type { Files } from './files.ts';
import type { ShmPages } from './shm.ts';

export class Truncate {
  constructor(
    private readonly parts: KernelParts,
    private readonly files: Files,
    private readonly shm: ShmPages,
  ) {}

  /** vmtruncate(): the file has `bytes` from now on. */
  to(on: KernelCpu, space: AddressSpace, bytes: number): void {
    const outer = on.enter(FN.vmtruncate);
    const before = space.bytes;
    space.bytes = bytes;
    this.files.inodes.bring(on, space);
    on.write(space.at);
    if (bytes < before) {
      this.unmapFrom(on, space, Math.ceil(bytes / FRAME_BYTES));
      this.drop(on, space, bytes);
    }
    on.leave(outer);
  }

  /** invalidate_inode_pages(): clean pages that nobody uses go; true where none is left. */
  invalidate(on: KernelCpu, space: AddressSpace): boolean {
    const { memMap } = this.parts;
    for (const slot of [...space.pages.values()]) {
      const page = slot - 1;
      on.read(memMap.addressOf(page));
      const flags = memMap.flags[page];
      const buffers = (flags & PG_PRIVATE) === 0 ? 0 : 1;
      if (memMap.count[page] !== 1 + buffers || (flags & (PG_DIRTY | PG_WRITEBACK)) !== 0) continue;
      this.files.remove(on, page);
    }
    return space.pages.size === 0;
  }

  /** invalidate_mmap_range(): ptes of pages from `pgoff` (4 KiB) on, in every address space that maps them. */
  private unmapFrom(on: KernelCpu, space: AddressSpace, pgoff: number): void {
    if (space.users === 0) return;
    on.lock('i_shared_sem', space.at);
    for (const mm of this.parts.mms.values()) {
      for (const vma of mm.vmas) {
        if (vma.file !== space) continue;
        on.read(vma.at);
        const from = Math.max(vma.start, vma.start + pgoff - vma.pgoff);
        if (from < vma.end) this.parts.tables.zap(on, vma, from, vma.end);
      }
    }
    on.unlock('i_shared_sem', space.at);
  }

  /** truncate_inode_pages(). */
  private drop(on: KernelCpu, space: AddressSpace, bytes: number): void {
    const { memMap, traits, reclaim } = this.parts;
    const pageBytes = FRAME_BYTES << traits.mmuShift;
    const first = Math.ceil(bytes / pageBytes);
    const state = this.files.stateOf(space);
    for (const [index, slot] of [...space.pages]) {
      if (index < first) continue;
      reclaim.writeback.waitOn(on, slot - 1);
      this.files.remove(on, slot - 1);
    }
    this.shm.freeSwapped(on, space, first);
    const within = bytes % pageBytes;
    const partial = space.pages.get(first - 1);
    if (within !== 0 && partial !== undefined) {
      // memclear_highpage_flush().
      const { highmem } = this.parts;
      highmem.kmapAtomic(on, partial - 1, 'KM_USER0');
      on.writeRange(kaddr(memMap.slotOf(partial - 1), within), pageBytes - within);
      highmem.kunmapAtomic(on, partial - 1, 'KM_USER0');
      this.files.dirty(on, partial - 1);
    }
    state.diskBytes = Math.min(state.diskBytes, bytes);
    for (const index of [...state.written]) if (index >= first) state.written.delete(index);
  }
}
