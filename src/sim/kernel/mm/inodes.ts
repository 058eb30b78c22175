/**
 * Inodes and dentries: which files there are, which of them are in memory (a dentry and an inode from their slabs), who
 * uses them, and which may be pruned. fs/inode.c and fs/dcache.c of 2.6.0, ext2 and shmem as file systems.
 *
 * A file has its blocks in one piece on the first disk, files one after the other in the order of their making. Left out:
 * directories, directory entries on disk, writing of inodes themselves; path names are looked up for nothing. A file that
 * is made empty has room for 4 MiB; what it grows beyond lies over its neighbours' blocks, which costs nothing but seeks.
 */
import type { SlabCache } from '../alloc/slab.ts';
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';
import { AddressSpace, type BackingKind } from './address-space.ts';
import { Readaround } from './readahead.ts';

const BLOCK_BYTES = 4096;
const ROOM_BLOCKS = 1024;
/** ext2_inode_cache, shmem_inode_cache and dentry_cache as /proc/slabinfo of 2.6.0 has them, i386. */
const INODE_BYTES = 512;
const SHMEM_INODE_BYTES = 416;
const DENTRY_BYTES = 160;
const ALIGN = 32;

/** What is known of a file beside its address_space. */
export interface FileState {
  dentry: number;
  unlinked: boolean;
  /** Bytes that were on the disk when the file was made. */
  diskBytes: number;
  /** Indices (clusters) written to the disk since. */
  readonly written: Set<number>;
  /** How its mappings' faults fare. The kernel counts for each open file; here all that have it open count together. */
  readonly around: Readaround;
  /** Shared memory: swap entry of each index that is swapped out. */
  readonly swapped: Map<number, number>;
}

export class Inodes {
  private readonly byName = new Map<string, AddressSpace>();
  private readonly states = new Map<number, FileState>();
  /** In memory and used by nobody, least recently used first. */
  private readonly idle = new Set<AddressSpace>();
  private nextId = 1;
  private nextBlock = 0;

  constructor(private readonly parts: KernelParts) {}

  /** Files that nobody has open or mapped and that are in memory all the same. */
  get unused(): number {
    return this.idle.size;
  }

  named(name: string): AddressSpace | undefined {
    return this.byName.get(name);
  }

  /** A new file or segment of this name; `bytes` of it are on the disk already. */
  make(kind: BackingKind, name: string, bytes: number): AddressSpace {
    const onDisk = kind === 'file';
    const device = onDisk && this.parts.machine.disks.length > 0 ? 0 : undefined;
    const space = new AddressSpace(this.nextId++, kind, name, bytes, device, this.nextBlock);
    if (onDisk) this.nextBlock += bytes === 0 ? ROOM_BLOCKS : Math.ceil(bytes / BLOCK_BYTES);
    this.byName.set(name, space);
    this.parts.spaces.set(space.id, space);
    this.states.set(space.id, {
      dentry: -1,
      unlinked: false,
      diskBytes: onDisk ? bytes : 0,
      written: new Set(),
      around: new Readaround(),
      swapped: new Map(),
    });
    return space;
  }

  /** A program's file, which has `bytes` at least: one that was declared with less is taken to hold all of its image. */
  program(name: string, bytes: number): AddressSpace {
    const space = this.named(name) ?? this.make('file', name, bytes);
    const state = this.stateOf(space);
    if (space.bytes < bytes) {
      space.bytes = bytes;
      state.diskBytes = bytes;
    }
    return space;
  }

  stateOf(space: AddressSpace): FileState {
    return this.states.get(space.id) as FileState;
  }

  /** True where an index has contents on the disk: a hole has none. */
  onDisk(space: AddressSpace, index: number): boolean {
    const state = this.stateOf(space);
    return index * (BLOCK_BYTES << this.parts.traits.mmuShift) < state.diskBytes || state.written.has(index);
  }

  /** iget() and d_alloc(): the file's inode and dentry are in memory afterwards, and were used just now. */
  bring(on: KernelCpu, space: AddressSpace): void {
    if (this.idle.delete(space)) this.idle.add(space);
    if (space.object >= 0) return;
    const inodes = this.inodeCache(space);
    const dentries = this.dentryCache();
    space.object = inodes.alloc(on);
    space.at = inodes.addressOf(space.object);
    on.writeRange(space.at, inodes.objectBytes);
    const state = this.stateOf(space);
    state.dentry = dentries.alloc(on);
    on.writeRange(dentries.addressOf(state.dentry), DENTRY_BYTES);
    if (space.users === 0 && space.kind === 'file') this.idle.add(space);
  }

  open(on: KernelCpu, space: AddressSpace): void {
    this.bring(on, space);
    space.users++;
    this.idle.delete(space);
    on.atomic(space.at);
  }

  close(on: KernelCpu, space: AddressSpace): void {
    space.users--;
    on.atomic(space.at);
    if (space.users === 0 && space.kind === 'file') this.idle.add(space);
  }

  /** The file with the longest unused inode; undefined where all are used. */
  get oldest(): AddressSpace | undefined {
    return this.idle.values().next().value;
  }

  /** An unused file comes to the end of the list: it may not go yet. */
  rotate(space: AddressSpace): void {
    if (this.idle.delete(space)) this.idle.add(space);
  }

  unlinkName(space: AddressSpace): void {
    this.stateOf(space).unlinked = true;
    if (this.byName.get(space.name) === space) this.byName.delete(space.name);
  }

  /** The inode leaves memory (dispose_list()); the file itself stays unless it is unlinked. It has no pages any more. */
  dispose(on: KernelCpu, space: AddressSpace): void {
    const state = this.stateOf(space);
    if (space.object >= 0) {
      this.inodeCache(space).free(on, space.object);
      this.dentryCache().free(on, state.dentry);
    }
    space.object = -1;
    state.dentry = -1;
    this.idle.delete(space);
    if (!state.unlinked) return;
    this.states.delete(space.id);
    this.parts.spaces.delete(space.id);
  }

  private inodeCache(space: AddressSpace): SlabCache {
    const { slabs } = this.parts;
    return space.kind === 'file'
      ? slabs.cache('ext2_inode_cache', INODE_BYTES, ALIGN)
      : slabs.cache('shmem_inode_cache', SHMEM_INODE_BYTES, ALIGN);
  }

  private dentryCache(): SlabCache {
    return this.parts.slabs.cache('dentry_cache', DENTRY_BYTES, ALIGN);
  }
}
