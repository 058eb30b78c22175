/** The page cache as the rest of the kernel uses it (files.ts implements it). */
import type { KernelCpu } from '../cpu.ts';
import type { AddressSpace } from './address-space.ts';

export interface PageCache {
  /** find_get_page(): the page at a cluster index, with a reference, or -1. */
  find(on: KernelCpu, space: AddressSpace, index: number): number;
  /** The page at an index, read from disk or made (a hole, shm: cleared) where it is not there; with a reference. Waits are charged. */
  obtain(on: KernelCpu, space: AddressSpace, index: number): number;
  /** A vma maps the file, or a task has it open: its inode comes into memory (iget()) and stays there. */
  open(on: KernelCpu, space: AddressSpace): void;
  /** One user less; an unlinked file goes with its last one (iput()). */
  close(on: KernelCpu, space: AddressSpace): void;
  /** remove_from_page_cache(): out of the cache and its reference dropped; the page has no ptes. */
  remove(on: KernelCpu, page: number): void;
  /** set_page_dirty() of a page of the cache. */
  dirty(on: KernelCpu, page: number): void;
  /** writepage(): starts the write; time at which it is done. */
  write(on: KernelCpu, page: number): number;
  /**
   * prune_dcache() and prune_icache(): up to `count` files that nobody has open or mapped go, least recently used first: dentry, inode
   * and clean pages. Returns how many inodes went.
   */
  prune(on: KernelCpu, count: number): number;
  /** Files that prune() may take (unused dentries). */
  readonly unusedFiles: number;
  readonly dirtyPages: number;
  /** Pages of files and shared segments (Cached of /proc/meminfo), in page clusters. */
  readonly cachedPages: number;
}
