/**
 * The page cache: pages of files and shared segments by index, mm/filemap.c of 2.6.0. page-index.ts finds them,
 * inodes.ts knows the files, shm.ts the segments' pages; file-io.ts has read() and write(), truncate.ts takes pages away.
 *
 * A cached page has one reference for the cache. Reads from disk are whole page clusters up to the file's last 4 KiB.
 * Deviations: a page under read is not locked, whoever finds it waits until its read is done; on a machine without disks
 * files take no time to read or write; faults read around as 2.6.0 does on every kernel (2.4: 8 pages, always), and a fault
 * on a hole clears that page alone and does not count as a miss.
 */
import { FRAME_BYTES } from '../../base/units.ts';
import * as C from '../../base/counters.ts';
import { type Gfp, GFP_HIGHUSER, GFP_HIGHUSER_COLD } from '../alloc/gfp.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { clearHighpage } from '../highmem/highpage.ts';
import { OWNER, PG_DIRTY, PG_PRIVATE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { sleepUntil } from '../reclaim/writeback.ts';
import type { AddressSpace } from './address-space.ts';
import { dropHugePages } from './huge-pages.ts';
import { type FileState, Inodes } from './inodes.ts';
import type { PageCache } from './page-cache.ts';
import { makePageIndex, type PageIndex } from './page-index.ts';
import { markPages, unmarkPages } from './segment-ranges.ts';
import { ShmPages } from './shm.ts';
import { Truncate } from './truncate.ts';

/** MMAP_READAROUND of mm/filemap.c, in pages of 4 KiB. */
const READAROUND_FRAMES = 16;

export class Files implements PageCache {
  dirtyPages = 0;
  cachedPages = 0;
  readonly inodes: Inodes;
  readonly truncation: Truncate;
  private readonly index: PageIndex;
  private readonly shm: ShmPages;
  /** Bytes of a page cluster. */
  private readonly pageBytes: number;
  /** When the read of each page from disk is done, ns. */
  private readAt = new Float64Array(0);

  constructor(private readonly parts: KernelParts) {
    this.pageBytes = FRAME_BYTES << parts.traits.mmuShift;
    this.inodes = new Inodes(parts);
    this.index = makePageIndex(parts);
    this.shm = new ShmPages(parts, this);
    this.truncation = new Truncate(parts, this, this.shm);
  }

  get unusedFiles(): number {
    return this.inodes.unused;
  }

  stateOf(space: AddressSpace): FileState {
    return this.inodes.stateOf(space);
  }

  open(on: KernelCpu, space: AddressSpace): void {
    this.inodes.open(on, space);
  }

  close(on: KernelCpu, space: AddressSpace): void {
    this.inodes.close(on, space);
    if (space.users === 0 && this.stateOf(space).unlinked) this.evict(on, space);
  }

  /** delete_inode(): an unlinked file that nobody uses any more goes with its pages. */
  evict(on: KernelCpu, space: AddressSpace): void {
    if (space.kind === 'hugetlb') dropHugePages(on, this.parts, space);
    else this.truncation.to(on, space, 0);
    this.inodes.dispose(on, space);
  }

  find(on: KernelCpu, space: AddressSpace, index: number): number {
    const outer = on.enter(FN.find_get_page);
    this.inodes.bring(on, space);
    const page = this.index.lookup(on, space, index);
    if (page >= 0) this.parts.pages.get(on, page);
    on.leave(outer);
    return page;
  }

  obtain(on: KernelCpu, space: AddressSpace, index: number): number {
    const cached = this.find(on, space, index);
    if (cached >= 0) {
      if (space.kind === 'file') this.stateOf(space).around.hit();
      this.waitFor(on, cached);
      return cached;
    }
    if (space.kind !== 'file') return this.shm.obtain(on, space, index);
    if (!this.inodes.onDisk(space, index)) return this.hole(on, space, index);
    on.count(C.PGMAJFAULT);
    if (on.task !== undefined) on.task.majorFaults++;
    if (this.stateOf(space).around.miss()) {
      const around = Math.max(1, READAROUND_FRAMES >> this.parts.traits.mmuShift);
      this.readAhead(on, space, index - (index % around), around);
    }
    return this.wanted(on, space, index);
  }

  /** do_page_cache_readahead(): starts the reads of those of `count` pages that are on disk and not cached. */
  readAhead(on: KernelCpu, space: AddressSpace, first: number, count: number): void {
    const end = Math.min(first + count, Math.ceil(space.bytes / this.pageBytes));
    for (let index = first; index < end; index++) {
      if (space.pages.has(index) || !this.inodes.onDisk(space, index)) continue;
      this.parts.pages.put(on, this.readPage(on, space, index));
    }
  }

  /** The page of an index that has been asked for already, read in by itself where reclaim took it again; it is waited for. */
  wanted(on: KernelCpu, space: AddressSpace, index: number): number {
    const found = this.find(on, space, index);
    const page = found >= 0 ? found : this.readPage(on, space, index);
    this.waitFor(on, page);
    return page;
  }

  /** A cleared page for an index without contents; with a reference. */
  hole(on: KernelCpu, space: AddressSpace, index: number): number {
    const page = this.fresh(on, space, index);
    clearHighpage(on, this.parts, page);
    this.add(on, space, index, page);
    return page;
  }

  /** page_cache_alloc(): a page for an index, not in the cache yet. */
  fresh(on: KernelCpu, space: AddressSpace, index: number, gfp: Gfp = GFP_HIGHUSER): number {
    const { pages, placement } = this.parts;
    const owner = space.kind === 'file' ? OWNER['page cache'] : OWNER['shared memory'];
    return pages.alloc(on, gfp, 0, owner, placement.forSpace(on, space, index));
  }

  /** add_to_page_cache_lru(): the page, of which the caller keeps its reference, joins the cache and the LRU. */
  add(on: KernelCpu, space: AddressSpace, index: number, page: number): void {
    this.enter(on, space, index, page);
    this.parts.reclaim.add(on, page);
  }

  /** add_to_page_cache() of a page that is on the LRU already. */
  enter(on: KernelCpu, space: AddressSpace, index: number, page: number): void {
    const outer = on.enter(FN.add_to_page_cache);
    const { memMap, pages } = this.parts;
    this.index.preload(on, space, index);
    if (page >= this.readAt.length) this.grow(page);
    this.readAt[page] = 0;
    pages.get(on, page);
    memMap.mapping[page] = space.id;
    memMap.index[page] = index;
    this.index.insert(on, space, index, page);
    markPages(this.parts, space, page, index << memMap.shift);
    this.cachedPages++;
    on.leave(outer);
  }

  remove(on: KernelCpu, page: number): void {
    const outer = on.enter(FN.remove_from_page_cache);
    const { memMap, pages, block } = this.parts;
    const space = this.spaceOf(page);
    const index = memMap.index[page];
    this.clean(page, space, index);
    // invalidatepage().
    if ((memMap.flags[page] & PG_PRIVATE) !== 0) block.releaseBuffers(on, page);
    this.index.remove(on, space, index, page);
    memMap.mapping[page] = 0;
    unmarkPages(this.parts, space, page);
    this.cachedPages--;
    pages.put(on, page);
    on.leave(outer);
  }

  dirty(on: KernelCpu, page: number): void {
    const { memMap } = this.parts;
    on.write(memMap.addressOf(page));
    if ((memMap.flags[page] & PG_DIRTY) !== 0) return;
    memMap.flags[page] |= PG_DIRTY;
    if (memMap.mapping[page] === 0) return;
    const space = this.spaceOf(page);
    // Segments are written to swap alone: they do not count as dirty (BDI memory_backed).
    if (space.kind !== 'file') return;
    // __set_page_dirty_nobuffers(): from mapping->clean_pages to dirty_pages.
    on.write(space.at);
    this.dirtyPages++;
    space.dirty.add(memMap.index[page]);
  }

  write(on: KernelCpu, page: number): number {
    const { memMap, block, traits } = this.parts;
    const space = this.spaceOf(page);
    if (space.kind !== 'file') return this.shm.write(on, space, page);
    const index = memMap.index[page];
    this.clean(page, space, index);
    on.write(memMap.addressOf(page));
    on.write(space.at);
    this.stateOf(space).written.add(index);
    if (space.device === undefined) return on.now;
    const at = space.firstBlock + (index << traits.mmuShift);
    return block.submit(on, space.device, at, page, true, this.bytesOf(space, index));
  }

  prune(on: KernelCpu, count: number): number {
    let pruned = 0;
    for (let tried = 0; tried < count; tried++) {
      const space = this.inodes.oldest;
      if (space === undefined) break;
      on.read(space.at);
      if (this.truncation.invalidate(on, space)) {
        this.inodes.dispose(on, space);
        pruned++;
      } else this.inodes.rotate(space);
    }
    return pruned;
  }

  /** Waits until the read of a page from disk is done. */
  waitFor(on: KernelCpu, page: number): void {
    const done = this.readAt[page];
    if (done === 0) return;
    this.readAt[page] = 0;
    sleepUntil(on, done);
  }

  private spaceOf(page: number): AddressSpace {
    return this.parts.spaces.get(this.parts.memMap.mapping[page]) as AddressSpace;
  }

  private clean(page: number, space: AddressSpace, index: number): void {
    const { flags } = this.parts.memMap;
    if ((flags[page] & PG_DIRTY) === 0) return;
    flags[page] &= ~PG_DIRTY;
    if (space.kind !== 'file') return;
    this.dirtyPages--;
    space.dirty.delete(index);
  }

  /** Bytes of a page's transfer: whole 4 KiB blocks up to the file's end. */
  private bytesOf(space: AddressSpace, index: number): number {
    const left = Math.ceil((space.bytes - index * this.pageBytes) / FRAME_BYTES) * FRAME_BYTES;
    return Math.max(FRAME_BYTES, Math.min(this.pageBytes, left));
  }

  /** readpage(): a new page, which the disk fills (page_cache_alloc_cold()), and whose read is under way; with a reference. */
  private readPage(on: KernelCpu, space: AddressSpace, index: number): number {
    const { block, traits } = this.parts;
    const page = this.fresh(on, space, index, GFP_HIGHUSER_COLD);
    this.add(on, space, index, page);
    const bytes = this.bytesOf(space, index);
    // What of the cluster lies beyond the file's end is cleared.
    if (bytes < this.pageBytes) clearHighpage(on, this.parts, page, (this.pageBytes - bytes) / FRAME_BYTES);
    if (space.device === undefined) return page;
    const at = space.firstBlock + (index << traits.mmuShift);
    this.readAt[page] = block.submit(on, space.device, at, page, false, bytes);
    return page;
  }

  private grow(page: number): void {
    const readAt = new Float64Array(Math.max(4096, 2 ** Math.ceil(Math.log2(page + 1))));
    readAt.set(this.readAt);
    this.readAt = readAt;
  }
}
