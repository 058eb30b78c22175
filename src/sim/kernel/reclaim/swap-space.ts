/**
 * Swap on the machine's first disk, and the swap cache: add_to_swap(), read_swap_cache_async() with swapin_readahead(),
 * swap_writepage(), swap_free() and remove_exclusive_swap_page(); mm/swap_state.c, swapfile.c and page_io.c of 2.6.0 (2.4
 * differs in names). With page clusters an entry is a cluster, and counts each pte that holds it.
 *
 * The swap cache is one address_space: a page in it has PG_swapcache and its entry in MemMap.priv, and the cache holds a
 * reference to the page and one count of the entry. Left out: the radix tree's nodes (hash chains in 2.4) of this
 * address_space, several areas, swapon and swapoff. Deviation: read-ahead is as 2.6.0's valid_swaphandles() bounds it, for every kernel.
 */
import * as C from '../../base/counters.ts';
import type { KAddr } from '../../base/units.ts';
import { GFP_HIGHUSER } from '../alloc/gfp.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { Swap } from '../io.ts';
import type { ReadyZonelist } from '../page-alloc.ts';
import { OWNER, PG_ANON, PG_DIRTY, PG_PRIVATE, PG_SWAPCACHE, PG_WRITEBACK } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { MAP_BYTES, SwapMap } from './swap-map.ts';
import { sleepUntil } from './writeback.ts';

const DEVICE = 0;
/** Block at which the area begins: behind every file. */
const FIRST_BLOCK = 2 ** 30;
const ENTRIES_PER_MIB = 256;
/** page_cluster of swap_setup() with 16 MiB of memory or more. */
const PAGE_CLUSTER = 3;

export class SwapSpace implements Swap {
  readonly total: number;
  private readonly map: SwapMap;
  private readonly lockAt: KAddr;
  private readonly cacheAt: KAddr;
  /** Page + 1 in the swap cache by entry, and when its read from disk is done. */
  private pages = new Int32Array(1024);
  private readAt = new Float64Array(1024);

  constructor(private readonly parts: KernelParts) {
    const { profile, traits, machine, data } = parts;
    const disks = machine.disks.length;
    const entries = disks === 0 ? 0 : (profile.kernel.swapMiB * ENTRIES_PER_MIB) >> traits.mmuShift;
    this.map = new SwapMap(entries, data.claim(MAP_BYTES));
    this.total = this.map.free;
    this.lockAt = data.claim(32);
    this.cacheAt = data.claim(32);
  }

  get free(): number {
    return this.map.free;
  }

  /** Pages in the swap cache (SwapCached). */
  cached = 0;

  allocate(on: KernelCpu): number {
    const outer = on.enter(FN.get_swap_page);
    on.lock('swap_lock', this.lockAt);
    const entry = this.map.allocate(on);
    on.unlock('swap_lock', this.lockAt);
    on.leave(outer);
    return entry;
  }

  duplicate(on: KernelCpu, entry: number): void {
    on.lock('swap_lock', this.lockAt);
    this.map.change(on, entry, 1);
    on.unlock('swap_lock', this.lockAt);
  }

  release(on: KernelCpu, entry: number): void {
    const outer = on.enter(FN.swap_free);
    on.lock('swap_lock', this.lockAt);
    const count = this.map.change(on, entry, -1);
    on.unlock('swap_lock', this.lockAt);
    // free_swap_and_cache(): the cache alone holds the entry, and nobody else the page.
    const page = count === 1 ? this.lookup(entry) : -1;
    if (page >= 0 && this.parts.memMap.count[page] === 1) this.removeExclusive(on, page);
    on.leave(outer);
  }

  lookup(entry: number): number {
    return entry < this.pages.length ? this.pages[entry] - 1 : -1;
  }

  users(entry: number): number {
    return this.map.countOf(entry);
  }

  add(on: KernelCpu, page: number): boolean {
    const entry = this.allocate(on);
    if (entry < 0) return false;
    this.insert(on, page, entry);
    this.parts.memMap.flags[page] |= PG_DIRTY;
    this.readAt[entry] = 0;
    return true;
  }

  remove(on: KernelCpu, page: number): void {
    const { memMap } = this.parts;
    const entry = memMap.priv[page];
    on.lock('mapping.page_lock', this.cacheAt);
    memMap.flags[page] &= ~PG_SWAPCACHE;
    memMap.priv[page] = 0;
    this.pages[entry] = 0;
    this.cached--;
    on.write(memMap.addressOf(page));
    on.unlock('mapping.page_lock', this.cacheAt);
    this.release(on, entry);
    this.parts.pages.put(on, page);
  }

  removeExclusive(on: KernelCpu, page: number): boolean {
    const { memMap } = this.parts;
    on.read(memMap.addressOf(page));
    if ((memMap.flags[page] & (PG_SWAPCACHE | PG_WRITEBACK)) !== PG_SWAPCACHE) return false;
    if (this.map.countOf(memMap.priv[page]) !== 1) return false;
    memMap.flags[page] |= PG_DIRTY;
    this.remove(on, page);
    return true;
  }

  write(on: KernelCpu, page: number): number {
    const { memMap, block, reclaim, traits } = this.parts;
    const outer = on.enter(FN.swap_writepage);
    const entry = memMap.priv[page];
    // Nobody has the page or its entry any more, but for the cache and the caller: it need not be written.
    if (this.map.countOf(entry) === 1 && memMap.count[page] === 2 && this.removeExclusive(on, page)) {
      on.leave(outer);
      return on.now;
    }
    memMap.flags[page] &= ~PG_DIRTY;
    const done = block.submit(on, DEVICE, FIRST_BLOCK + entry * 2 ** traits.mmuShift, page, true);
    on.count(C.PSWPOUT);
    reclaim.writeback.started(on, page, done);
    on.leave(outer);
    return done;
  }

  read(on: KernelCpu, entry: number, list: ReadyZonelist): number {
    const outer = on.enter(FN.read_swap_cache_async);
    if (this.find(on, entry) < 0) {
      on.count(C.PGMAJFAULT);
      if (on.task !== undefined) on.task.majorFaults++;
      this.readAround(on, entry, list);
    }
    let page = this.find(on, entry);
    if (page < 0) page = this.readOne(on, entry, list);
    this.parts.pages.get(on, page);
    sleepUntil(on, this.readAt[entry]);
    on.leave(outer);
    return page;
  }

  exclusive(page: number): boolean {
    const { count, flags, priv } = this.parts.memMap;
    if ((flags[page] & PG_SWAPCACHE) === 0) return count[page] === 1;
    return count[page] === 2 && this.map.countOf(priv[page]) === 1;
  }

  /** lookup_swap_cache(). */
  private find(on: KernelCpu, entry: number): number {
    on.read(this.cacheAt);
    const page = this.lookup(entry);
    if (page >= 0) on.read(this.parts.memMap.addressOf(page));
    return page;
  }

  /** swapin_readahead(): the entries of the aligned block of 8, from its start up to the first free one. */
  private readAround(on: KernelCpu, entry: number, list: ReadyZonelist): void {
    const first = (entry >> PAGE_CLUSTER) << PAGE_CLUSTER;
    const end = Math.min(first + (1 << PAGE_CLUSTER), this.map.entries);
    for (let at = Math.max(1, first); at < end && this.map.countOf(at) > 0; at++) {
      if (this.lookup(at) < 0) this.readOne(on, at, list);
    }
  }

  private readOne(on: KernelCpu, entry: number, list: ReadyZonelist): number {
    const { pages, block, traits, memMap, reclaim } = this.parts;
    const page = pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous, list);
    this.duplicate(on, entry);
    this.insert(on, page, entry);
    memMap.flags[page] |= PG_ANON;
    // The cache's reference is the one that the page was made with.
    pages.put(on, page);
    reclaim.add(on, page);
    this.readAt[entry] = block.submit(on, DEVICE, FIRST_BLOCK + entry * 2 ** traits.mmuShift, page, false);
    if ((memMap.flags[page] & PG_PRIVATE) !== 0) block.releaseBuffers(on, page);
    on.count(C.PSWPIN);
    return page;
  }

  /** add_to_swap_cache(): the entry's count of the cache is there already. */
  private insert(on: KernelCpu, page: number, entry: number): void {
    const { memMap, pages } = this.parts;
    const outer = on.enter(FN.add_to_swap_cache);
    if (entry >= this.pages.length) this.grow(entry);
    on.lock('mapping.page_lock', this.cacheAt);
    this.pages[entry] = page + 1;
    memMap.flags[page] |= PG_SWAPCACHE;
    memMap.priv[page] = entry;
    this.cached++;
    pages.get(on, page);
    on.unlock('mapping.page_lock', this.cacheAt);
    on.leave(outer);
  }

  private grow(entry: number): void {
    const size = 2 ** Math.ceil(Math.log2(entry + 1));
    const pages = new Int32Array(size);
    pages.set(this.pages);
    this.pages = pages;
    const readAt = new Float64Array(size);
    readAt.set(this.readAt);
    this.readAt = readAt;
  }
}
