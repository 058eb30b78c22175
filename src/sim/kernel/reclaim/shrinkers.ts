/**
 * Pressure on the slab caches: shrink_slab() of mm/vmscan.c, 2.6.0, with the shrinkers of dentries and inodes as one
 * (unused files go with both), and the reaping of slabs without objects. Each LRU page looked at ages four times its
 * share of the cached objects, halved by DEFAULT_SEEKS.
 *
 * Deviation: 2.6.0 reaps empty slabs from a timer (cache_reap()), here they are reaped when memory is short. 2.4 reaps
 * first (kmem_cache_reap()) and prunes a part by the priority: prune().
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';

const DEFAULT_SEEKS = 2;
const SHRINK_BATCH = 128;

export class Shrinkers {
  /** Objects due for a look, carried over until they make a batch. */
  private due = 0;

  constructor(private readonly parts: KernelParts) {}

  /** shrink_slab(): `scanned` LRU pages were looked at of `lruPages`. Returns pages that came free. */
  shrinkSlab(on: KernelCpu, scanned: number, lruPages: number, kswapd: boolean): number {
    const outer = on.enter(FN.shrink_slab);
    const { pageCache, slabs } = this.parts;
    const delta = 4 * Math.floor(scanned / DEFAULT_SEEKS) * pageCache.unusedFiles;
    this.due += Math.floor(delta / (lruPages + 1));
    let freed = 0;
    if (this.due > SHRINK_BATCH) {
      this.pruneFiles(on, this.due, kswapd);
      this.due = 0;
      freed = slabs.shrink(on);
    }
    on.leave(outer);
    return freed;
  }

  /** shrink_dcache_memory() and shrink_icache_memory() of 2.4: 1/priority of the unused files. */
  prune(on: KernelCpu, priority: number, kswapd: boolean): void {
    const count = Math.floor(this.parts.pageCache.unusedFiles / priority);
    if (count > 0) this.pruneFiles(on, count, kswapd);
  }

  /** kmem_cache_reap(): slabs without objects go back. Returns their pages. */
  reap(on: KernelCpu): number {
    const outer = on.enter(FN.shrink_slab);
    const freed = this.parts.slabs.shrink(on);
    on.leave(outer);
    return freed;
  }

  private pruneFiles(on: KernelCpu, count: number, kswapd: boolean): void {
    const pruned = this.parts.pageCache.prune(on, count);
    on.count(C.PGINODESTEAL, pruned);
    if (kswapd) on.count(C.KSWAPD_INODESTEAL, pruned);
  }
}
