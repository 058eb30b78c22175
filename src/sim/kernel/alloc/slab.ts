/**
 * Slab caches as the rest of the kernel uses them: kmem_cache_alloc() gives an object, which lies somewhere in low
 * memory. Object numbers are per cache. Implemented by SlabCaches (slab-caches.ts).
 */
import type { KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { Gfp } from './gfp.ts';

export interface SlabCache {
  readonly name: string;
  /** Bytes of an object, rounded as the slab lays them out. */
  readonly objectBytes: number;
  /** A new object, by default with GFP_KERNEL, or -1 when there is no memory for one; its line is not written yet. */
  alloc(on: KernelCpu, gfp?: Gfp): number;
  free(on: KernelCpu, object: number): void;
  addressOf(object: number): KAddr;
  /** Objects in use. */
  readonly active: number;
  /** Objects that its slabs have room for. */
  readonly total: number;
  /** Page clusters of its slabs. */
  readonly pages: number;
  /** Objects and page clusters of a slab, and how many slabs there are. */
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly slabs: number;
}

export interface Slabs {
  /** The cache of this name, made when it is first asked for. `align`: of objects, bytes (a line: SLAB_HWCACHE_ALIGN). */
  cache(name: string, objectBytes: number, align?: number): SlabCache;
  readonly caches: readonly SlabCache[];
  /** Empty slabs back to their zones, for reclaim; page clusters freed. */
  shrink(on: KernelCpu): number;
}
