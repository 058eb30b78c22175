/**
 * How pages of the page cache are found, by flavour: 2.6's radix tree per address_space under its page_lock, or 2.4's one
 * hash table under pagecache_lock, whose chains run through the struct pages (mm/filemap.c of 2.4.22 and 2.6.0).
 *
 * Deviation: the hash table's buckets lie in 64 KiB of the kernel's static data, whatever the machine's memory; chains are
 * as long as with the table that 2.4 makes at boot (a bucket for each page).
 */
import { after, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';
import type { AddressSpace } from './address-space.ts';
import { NODE_BYTES, RadixTree, ReadyNodes } from './radix-tree.ts';

export interface PageIndex {
  /** Walks to an index; which page is there, or -1. */
  lookup(on: KernelCpu, space: AddressSpace, index: number): number;
  /** Memory that insert() at an index will take, before any lock is taken. May reclaim and wait. */
  preload(on: KernelCpu, space: AddressSpace, index: number): void;
  /** Enters a page that is in MemMap already with its mapping and index. */
  insert(on: KernelCpu, space: AddressSpace, index: number, page: number): void;
  remove(on: KernelCpu, space: AddressSpace, index: number, page: number): void;
}

export function makePageIndex(parts: KernelParts): PageIndex {
  return parts.traits.pageCache === 'radix' ? new RadixIndex(parts) : new HashIndex(parts);
}

class RadixIndex implements PageIndex {
  private readonly trees = new Map<number, RadixTree>();
  private nodes: ReadyNodes | undefined;

  constructor(private readonly parts: KernelParts) {}

  lookup(on: KernelCpu, space: AddressSpace, index: number): number {
    on.lock('mapping.page_lock', space.at);
    this.treeOf(space).lookup(on, index);
    on.unlock('mapping.page_lock', space.at);
    return (space.pages.get(index) ?? 0) - 1;
  }

  preload(on: KernelCpu, space: AddressSpace, index: number): void {
    this.ready().preload(on, this.treeOf(space), index);
  }

  insert(on: KernelCpu, space: AddressSpace, index: number, page: number): void {
    on.lock('mapping.page_lock', space.at);
    this.treeOf(space).insert(on, index);
    space.pages.set(index, page + 1);
    on.write(this.parts.memMap.mappingOf(page));
    on.write(this.parts.memMap.listOf(page));
    on.unlock('mapping.page_lock', space.at);
  }

  remove(on: KernelCpu, space: AddressSpace, index: number, page: number): void {
    on.lock('mapping.page_lock', space.at);
    this.treeOf(space).remove(on, index);
    space.pages.delete(index);
    if (space.pages.size === 0) this.trees.delete(space.id);
    on.write(this.parts.memMap.mappingOf(page));
    on.write(this.parts.memMap.listOf(page));
    on.unlock('mapping.page_lock', space.at);
  }

  private treeOf(space: AddressSpace): RadixTree {
    const known = this.trees.get(space.id);
    if (known !== undefined) return known;
    const tree = new RadixTree(this.ready(), () => after(space.at, 32));
    this.trees.set(space.id, tree);
    return tree;
  }

  private ready(): ReadyNodes {
    return (this.nodes ??= new ReadyNodes(this.parts.slabs.cache('radix_tree_node', NODE_BYTES)));
  }
}

const TABLE_BYTES = 64 * 1024;
const POINTER_BYTES = 4;

class HashIndex implements PageIndex {
  /** Pages by bucket, in the order of their chain: the newest first. */
  private readonly chains = new Map<number, number[]>();
  private readonly buckets: number;
  private readonly tableAt: KAddr;
  private readonly lockAt: KAddr;

  constructor(private readonly parts: KernelParts) {
    const { data, layout, traits } = parts;
    const frames = layout.nodes.reduce((sum, node) => sum + node.presentPages, 0);
    // page_cache_init(): the largest power of two that is not above a bucket a page.
    this.buckets = 2 ** Math.floor(Math.log2(Math.max(2, frames >> traits.mmuShift)));
    this.tableAt = data.claim(TABLE_BYTES);
    this.lockAt = data.claim(32);
  }

  lookup(on: KernelCpu, space: AddressSpace, index: number): number {
    const { memMap } = this.parts;
    const bucket = this.bucketOf(space, index);
    on.lock('pagecache_lock', this.lockAt);
    on.read(this.bucketAt(bucket));
    let found = -1;
    for (const page of this.chains.get(bucket) ?? []) {
      on.read(memMap.mappingOf(page));
      if (memMap.mapping[page] !== space.id || memMap.index[page] !== index) continue;
      found = page;
      break;
    }
    on.unlock('pagecache_lock', this.lockAt);
    return found;
  }

  preload(): void {
    // Chains run through the struct pages.
  }

  insert(on: KernelCpu, space: AddressSpace, index: number, page: number): void {
    const bucket = this.bucketOf(space, index);
    on.lock('pagecache_lock', this.lockAt);
    const chain = this.chains.get(bucket) ?? [];
    // next_hash and pprev_hash: the old head learns of the new one.
    if (chain.length > 0) on.write(this.parts.memMap.mappingOf(chain[0]));
    chain.unshift(page);
    this.chains.set(bucket, chain);
    space.pages.set(index, page + 1);
    on.write(this.bucketAt(bucket));
    on.write(this.parts.memMap.mappingOf(page));
    on.write(space.at);
    on.unlock('pagecache_lock', this.lockAt);
  }

  remove(on: KernelCpu, space: AddressSpace, index: number, page: number): void {
    const bucket = this.bucketOf(space, index);
    on.lock('pagecache_lock', this.lockAt);
    const chain = this.chains.get(bucket) ?? [];
    const place = chain.indexOf(page);
    if (place + 1 < chain.length) on.write(this.parts.memMap.mappingOf(chain[place + 1]));
    on.write(place === 0 ? this.bucketAt(bucket) : this.parts.memMap.mappingOf(chain[place - 1]));
    chain.splice(place, 1);
    if (chain.length === 0) this.chains.delete(bucket);
    space.pages.delete(index);
    on.write(this.parts.memMap.mappingOf(page));
    on.write(space.at);
    on.unlock('pagecache_lock', this.lockAt);
  }

  /** _page_hashfn(): the inode's address and the index, folded. */
  private bucketOf(space: AddressSpace, index: number): number {
    const i = Math.floor((space.at << 5) / 512);
    const sum = i + index;
    return (((sum >>> 0) + (sum >>> Math.log2(this.buckets))) >>> 0) % this.buckets;
  }

  private bucketAt(bucket: number): KAddr {
    return after(this.tableAt, (bucket * POINTER_BYTES) % TABLE_BYTES);
  }
}
