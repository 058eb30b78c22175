/**
 * One slab cache: kmem_cache_alloc(), kmem_cache_free() and what is under them, mm/slab.c of 2.6.0. A CPU takes objects
 * from an array of its own (last in, first out) without a lock; it is filled from partial, then free, then new slabs, and
 * emptied into them, half a limit at a time under cache.lock. The free objects of a slab are chained through its bufctls.
 *
 * Deviations: no array shared between CPUs, no constructors or debugging, no timer that ages the CPUs' arrays; empty slabs
 * beyond free_limit go back at once, the others when reclaim asks (reap()).
 */
import { invariant } from '../../base/errors.ts';
import { after, type KAddr, kaddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { OWNER, PG_SLAB } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { type Gfp, GFP_KERNEL } from './gfp.ts';
import type { SlabCache } from './slab.ts';
import { BUFCTL_BYTES, cpuLimit, SLAB_BYTES, type SlabGeometry } from './slab-geometry.ts';
import { Slab, SlabList } from './slab-list.ts';

/** Bytes of kmem_cache_t with its lists and lock, and of the head of a CPU's array. */
const CACHE_BYTES = 128;
const ARRAY_HEAD_BYTES = 16;
const ENTRY_BYTES = 4;

interface CpuArray {
  readonly at: KAddr;
  readonly objects: Int32Array;
  count: number;
}

/** What a cache needs of the caches around it: where descriptors lie that are kept outside. */
export interface DescriptorSource {
  /** Undefined when there is no memory for one. */
  descriptor(on: KernelCpu, bytes: number, gfp: Gfp): { readonly at: KAddr; free(on: KernelCpu): void } | undefined;
}

type Parts = Pick<KernelParts, 'data' | 'pages' | 'memMap'>;

export class KmemCache implements SlabCache {
  readonly objectBytes: number;
  active = 0;
  slabs = 0;
  /** Objects in the CPUs' arrays. */
  cached = 0;
  private readonly at: KAddr;
  private readonly limit: number;
  private readonly batch: number;
  /** Objects on free slabs beyond which a slab that empties goes back. */
  private readonly freeLimit: number;
  private freeObjects = 0;
  private readonly arrays: (CpuArray | undefined)[] = [];
  private readonly byNumber: (Slab | undefined)[] = [];
  private readonly spareNumbers: number[] = [];
  private readonly full: SlabList;
  private readonly partial: SlabList;
  private readonly empty: SlabList;
  /** Object number: slab << shift | place. */
  private readonly shift: number;
  private readonly mask: number;
  private colour = 0;

  constructor(
    readonly name: string,
    readonly geometry: SlabGeometry,
    private readonly parts: Parts,
    private readonly descriptors: DescriptorSource,
    private readonly pageBytes: number,
    cpus: number,
  ) {
    this.objectBytes = geometry.objectBytes;
    this.at = parts.data.claim(CACHE_BYTES);
    // kmem_list3 lies in front of the cache's constants.
    this.full = new SlabList(this.at);
    this.partial = new SlabList(this.at);
    this.empty = new SlabList(this.at);
    this.limit = cpuLimit(geometry.objectBytes, pageBytes);
    this.batch = Math.ceil(this.limit / 2);
    this.freeLimit = (1 + cpus) * this.batch + geometry.objects;
    this.shift = Math.ceil(Math.log2(geometry.objects));
    this.mask = 2 ** this.shift - 1;
  }

  get objectsPerSlab(): number {
    return this.geometry.objects;
  }

  get pagesPerSlab(): number {
    return 1 << this.geometry.order;
  }

  get total(): number {
    return this.slabs * this.geometry.objects;
  }

  get pages(): number {
    return this.slabs << this.geometry.order;
  }

  addressOf(object: number): KAddr {
    const slab = this.slabOf(object);
    const bytes = slab.objectsAt + (object & this.mask) * this.objectBytes;
    return kaddr(this.parts.memMap.slotOf(slab.page), bytes);
  }

  alloc(on: KernelCpu, gfp: Gfp = GFP_KERNEL): number {
    const outer = on.enter(FN.kmem_cache_alloc);
    const array = this.arrayOf(on.cpu);
    on.read(array.at);
    if (array.count === 0) this.refill(on, array, gfp);
    let object = -1;
    if (array.count > 0) {
      object = array.objects[--array.count];
      on.read(this.entry(array, array.count));
      on.write(array.at);
      this.cached--;
      this.active++;
    }
    on.leave(outer);
    return object;
  }

  free(on: KernelCpu, object: number): void {
    const outer = on.enter(FN.kmem_cache_free);
    const array = this.arrayOf(on.cpu);
    on.read(array.at);
    if (array.count >= this.limit) this.flush(on, array);
    on.write(this.entry(array, array.count));
    on.write(array.at);
    array.objects[array.count++] = object;
    this.cached++;
    this.active--;
    on.leave(outer);
  }

  /** Gives back every empty slab, after the asking CPU's own array; page clusters freed. */
  reap(on: KernelCpu): number {
    const before = this.slabs;
    const own = this.arrays[on.cpu];
    if (own !== undefined && own.count > 0) this.flush(on, own, own.count);
    for (let slab = this.empty.first; slab !== undefined; slab = this.empty.first) {
      on.lock('cache.lock', this.at);
      this.empty.remove(on, slab);
      on.unlock('cache.lock', this.at);
      this.freeObjects -= this.geometry.objects;
      this.destroy(on, slab);
    }
    return (before - this.slabs) << this.geometry.order;
  }

  private slabOf(object: number): Slab {
    const slab = this.byNumber[object >> this.shift];
    invariant(slab !== undefined, 'an object of a slab that is not there', { object });
    return slab;
  }

  private arrayOf(cpu: number): CpuArray {
    const known = this.arrays[cpu];
    if (known !== undefined) return known;
    const at = this.parts.data.claim(ARRAY_HEAD_BYTES + this.limit * ENTRY_BYTES);
    const made = { at, objects: new Int32Array(this.limit + this.batch), count: 0 };
    this.arrays[cpu] = made;
    return made;
  }

  private entry(array: CpuArray, index: number): KAddr {
    return after(array.at, ARRAY_HEAD_BYTES + index * ENTRY_BYTES);
  }

  /** cache_alloc_refill(). */
  private refill(on: KernelCpu, array: CpuArray, gfp: Gfp): void {
    let grown = false;
    for (;;) {
      on.lock('cache.lock', this.at);
      while (array.count < this.batch) {
        const slab = this.partial.first ?? this.empty.first;
        if (slab === undefined) break;
        on.read(slab.at);
        while (slab.free >= 0 && array.count < this.batch) this.takeObject(on, slab, array);
        slab.list?.remove(on, slab);
        (slab.free < 0 ? this.full : this.partial).addFirst(on, slab);
      }
      on.unlock('cache.lock', this.at);
      // Reclaim on the way to the new slab may have used the array.
      if (array.count > 0 || grown) return;
      if (!this.grow(on, gfp)) return;
      grown = true;
    }
  }

  private takeObject(on: KernelCpu, slab: Slab, array: CpuArray): void {
    const place = slab.free;
    on.read(this.bufctl(slab, place));
    slab.free = slab.bufctls[place];
    if (slab.inUse++ === 0) this.freeObjects -= this.geometry.objects;
    on.write(this.entry(array, array.count));
    array.objects[array.count++] = (slab.number << this.shift) | place;
    this.cached++;
  }

  /** cache_flusharray() and free_block(): the objects that lay longest in the array, back to their slabs. */
  private flush(on: KernelCpu, array: CpuArray, count = this.batch): void {
    const { memMap } = this.parts;
    const emptied: Slab[] = [];
    on.lock('cache.lock', this.at);
    for (let i = 0; i < count; i++) {
      const object = array.objects[i];
      on.read(this.entry(array, i));
      const slab = this.slabOf(object);
      // virt_to_page(): the struct page names the slab.
      on.read(memMap.addressOf(slab.page + this.pageWithin(slab, object)));
      this.returnObject(on, slab, object & this.mask);
      if (slab.inUse > 0) continue;
      if (this.freeObjects + this.geometry.objects > this.freeLimit) {
        this.empty.remove(on, slab);
        emptied.push(slab);
      } else this.freeObjects += this.geometry.objects;
    }
    on.unlock('cache.lock', this.at);
    array.objects.copyWithin(0, count, array.count);
    array.count -= count;
    this.cached -= count;
    for (const slab of emptied) this.destroy(on, slab);
  }

  private returnObject(on: KernelCpu, slab: Slab, place: number): void {
    on.write(this.bufctl(slab, place));
    slab.bufctls[place] = slab.free;
    slab.free = place;
    slab.inUse--;
    // To the end of the partial ones: the longest time for its other objects to be freed too.
    slab.list?.remove(on, slab);
    if (slab.inUse === 0) this.empty.addFirst(on, slab);
    else this.partial.addLast(on, slab);
  }

  /** Which page cluster of its slab an object begins in. */
  private pageWithin(slab: Slab, object: number): number {
    const bytes = slab.objectsAt + (object & this.mask) * this.objectBytes;
    return Math.floor(bytes / this.pageBytes);
  }

  private bufctl(slab: Slab, place: number): KAddr {
    return after(slab.at, SLAB_BYTES + place * BUFCTL_BYTES);
  }

  /** cache_grow(): a slab more; false when there is no page for it. */
  private grow(on: KernelCpu, gfp: Gfp): boolean {
    const outer = on.enter(FN.cache_grow);
    const page = this.newSlab(on, gfp);
    on.leave(outer);
    return page;
  }

  private newSlab(on: KernelCpu, gfp: Gfp): boolean {
    const { pages, memMap } = this.parts;
    const { geometry } = this;
    const page = pages.alloc(on, gfp, geometry.order, OWNER.slab);
    if (page < 0) return false;
    const outside = geometry.offSlab ? this.descriptors.descriptor(on, geometry.descriptorBytes, gfp) : undefined;
    if (geometry.offSlab && outside === undefined) {
      pages.free(on, page, geometry.order);
      return false;
    }
    const colour = this.colour * geometry.colourBytes;
    this.colour = (this.colour + 1) % geometry.colours;
    const number = this.spareNumbers.pop() ?? this.byNumber.length;
    const at = outside?.at ?? kaddr(memMap.slotOf(page), colour);
    const objectsAt = colour + (outside === undefined ? geometry.descriptorBytes : 0);
    const slab = new Slab(number, page, at, objectsAt, geometry.objects, outside?.free);
    for (let i = 0; i < 1 << geometry.order; i++) {
      on.write(memMap.addressOf(page + i));
      memMap.flags[page + i] |= PG_SLAB;
    }
    // cache_init_objs() fills the bufctls.
    on.writeRange(slab.at, geometry.descriptorBytes);
    this.byNumber[number] = slab;
    this.slabs++;
    this.freeObjects += geometry.objects;
    on.lock('cache.lock', this.at);
    this.empty.addLast(on, slab);
    on.unlock('cache.lock', this.at);
    return true;
  }

  private destroy(on: KernelCpu, slab: Slab): void {
    const { pages, memMap } = this.parts;
    const { order } = this.geometry;
    this.byNumber[slab.number] = undefined;
    this.spareNumbers.push(slab.number);
    this.slabs--;
    for (let i = 0; i < 1 << order; i++) memMap.flags[slab.page + i] &= ~PG_SLAB;
    pages.free(on, slab.page, order);
    slab.freeOutside?.(on);
  }
}
