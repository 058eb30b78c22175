/**
 * The slab caches of the kernel by name, with the general caches (size-32, size-64, ...) that keep descriptors of slabs
 * whose objects leave no room for them. Source: mm/slab.c of 2.6.0.
 */
import { FRAME_BYTES, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';
import type { Gfp } from './gfp.ts';
import type { Slabs } from './slab.ts';
import { type DescriptorSource, KmemCache } from './slab-cache.ts';
import { slabGeometry } from './slab-geometry.ts';

const LEAST_GENERAL = 32;

export class SlabCaches implements Slabs, DescriptorSource {
  private readonly byName = new Map<string, KmemCache>();
  private readonly order: KmemCache[] = [];

  constructor(private readonly parts: KernelParts) {}

  get caches(): readonly KmemCache[] {
    return this.order;
  }

  cache(name: string, objectBytes: number, align = 0): KmemCache {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const { layout, profile } = this.parts;
    const pageBytes = layout.clusterFrames * FRAME_BYTES;
    const lineBytes = profile.machine.cpu.l1d.lineBytes;
    const geometry = slabGeometry({ bytes: objectBytes, align, pageBytes, lineBytes });
    const cpus = layout.nodes.reduce((sum, node) => sum + node.cpus, 0);
    const made = new KmemCache(name, geometry, this.parts, this, pageBytes, cpus);
    this.byName.set(name, made);
    this.order.push(made);
    return made;
  }

  /** kmalloc() of a slab's descriptor. */
  descriptor(on: KernelCpu, bytes: number, gfp: Gfp): { readonly at: KAddr; free(on: KernelCpu): void } | undefined {
    let size = LEAST_GENERAL;
    while (size < bytes) size *= 2;
    const cache = this.cache(`size-${size}`, size);
    const object = cache.alloc(on, gfp);
    if (object < 0) return undefined;
    return { at: cache.addressOf(object), free: (by) => cache.free(by, object) };
  }

  /** kmem_cache_reap() of every cache: empty slabs back to their zones; page clusters freed. */
  shrink(on: KernelCpu): number {
    let freed = 0;
    for (const cache of this.order) freed += cache.reap(on);
    return freed;
  }
}
