/** Slab caches: the layout of slabs by the arithmetic of mm/slab.c, and objects that come and go. */
import { describe, expect, it } from 'vitest';
import { cpuLimit, slabGeometry } from '../../../../src/sim/kernel/alloc/slab-geometry.ts';
import { OWNER, PG_SLAB } from '../../../../src/sim/kernel/page-flags.ts';
import { Dice, seeds } from '../../../conformance/naive/random.ts';
import { profileOf } from '../../boot/machines.ts';
import { BootedAllocator } from './booted-allocator.ts';

const machine = (pageMmuShift = 0): BootedAllocator => {
  const kernel = { flavour: '2.6.0', pageMmuShift };
  return new BootedAllocator(profileOf({ nodes: [{ id: 0, cpus: 2, memoryMiB: 64 }], kernel }));
};

const layout = (bytes: number, align = 0, pageBytes = 4096, lineBytes = 32) => {
  const { objectBytes, objects, order, offSlab } = slabGeometry({ bytes, align, pageBytes, lineBytes });
  return { objectBytes, objects, order, offSlab };
};

describe('the layout of a slab', () => {
  it('has room for 113 pte_chains of 32 bytes in a page, and 112 where lines have 128 bytes', () => {
    // 113 x 32 + 480 (24 + 113 x 4 = 476, in lines of 32) = 4,096.
    expect(layout(32, 32)).toEqual({ objectBytes: 32, objects: 113, order: 0, offSlab: false });
    // 113 x 32 + 512 = 4,128; 112 x 32 + 512 = 4,096.
    expect(layout(32, 32, 4096, 128).objects).toBe(112);
  });

  it('keeps the descriptor of page-sized objects outside: one pae_pmd a page', () => {
    expect(layout(4096, 4096)).toEqual({ objectBytes: 4096, objects: 1, order: 0, offSlab: true });
    expect(layout(8192, 0)).toEqual({ objectBytes: 8192, objects: 1, order: 1, offSlab: true });
  });

  it('takes a descriptor back in where the waste has room for it', () => {
    // size-1024 fills the page; 7 x 512 = 3,584 leave 512 for 64 bytes, yet estimated outside there are 8 of them.
    expect(layout(1024).offSlab).toBe(true);
    expect(layout(512)).toEqual({ objectBytes: 512, objects: 8, order: 0, offSlab: true });
    // 5 x 800 = 4,000 leave 96, and 24 + 20 bytes are 64.
    expect(layout(800)).toEqual({ objectBytes: 800, objects: 5, order: 0, offSlab: false });
  });

  it('takes larger slabs where more than an eighth would be wasted, up to order 2', () => {
    // 2 x 1,400 leave 1,296 of 4,096; 5 x 1,400 leave 1,192 of 8,192; 11 x 1,400 leave 984 of 16,384.
    expect(layout(1400)).toEqual({ objectBytes: 1400, objects: 11, order: 2, offSlab: false });
    // 3 x 1,300 leave 196.
    expect(layout(1300)).toMatchObject({ objects: 3, order: 0 });
  });

  it('puts several small objects on a line where a line is asked for', () => {
    expect(layout(12, 32).objectBytes).toBe(16);
    expect(layout(20, 32).objectBytes).toBe(32);
    expect(layout(36, 32).objectBytes).toBe(64);
  });

  it('fills a cluster of 32 KB as one page', () => {
    // 906 x 32 = 28,992; 24 + 3,624 = 3,648: 32,640. One more: 29,024 + 3,680 = 32,704; 908: 29,056 + 3,680 = 32,736.
    expect(layout(32, 32, 32768)).toMatchObject({ objects: 909, order: 0 });
  });

  it('keeps 120 to 1 objects for a CPU, by their size', () => {
    expect([32, 256, 257, 1024, 1025, 4096, 4097].map((bytes) => cpuLimit(bytes, 4096))).toEqual([
      120, 120, 54, 54, 24, 24, 8,
    ]);
  });
});

describe('a slab cache', () => {
  it('lays objects at multiples of their size in its pages, behind the descriptor', () => {
    const allocator = machine();
    const cache = allocator.slabs.cache('pte_chain', 32, 32);
    const on = allocator.on();
    const objects = Array.from({ length: 113 }, () => cache.alloc(on));
    const places = objects.map((object) => cache.addressOf(object) as number).sort((a, b) => a - b);
    // Granules of 32 bytes; the first object lies 480 bytes into the page.
    expect(places[0] % 128).toBe(15);
    expect(places).toEqual(Array.from({ length: 113 }, (_, i) => places[0] + i));
    expect([cache.active, cache.total, cache.slabs, cache.pages]).toEqual([113, 113, 1, 1]);
  });

  it('takes cache.lock once for 60 objects', () => {
    const allocator = machine();
    const cache = allocator.slabs.cache('pte_chain', 32, 32);
    const on = allocator.on();
    const before = (): number => allocator.parts.locks.acquisitions.reduce((sum, taken) => sum + taken, 0);
    const first = cache.alloc(on);
    const taken = before();
    const objects = Array.from({ length: 59 }, () => cache.alloc(on));
    expect(before() - taken).toBe(0);
    expect(new Set([first, ...objects]).size).toBe(60);
  });

  it('owns its pages as slab, and gives empty slabs back when it is asked to', () => {
    const allocator = machine();
    const { memMap } = allocator.parts;
    const cache = allocator.slabs.cache('dentry_cache', 128, 32);
    const on = allocator.on();
    const owned = (): number => allocator.zones.reduce((sum, zone) => sum + zone.owned[OWNER.slab], 0);
    const objects = Array.from({ length: 1000 }, () => cache.alloc(on));
    expect(owned()).toBe(cache.pages);
    const page = memMap.pageOf(cache.addressOf(objects[0]) >> 7);
    expect(memMap.flags[page] & PG_SLAB).toBe(PG_SLAB);
    for (const object of objects) cache.free(on, object);
    const pages = cache.pages;
    const freed = allocator.slabs.shrink(on);
    expect(cache.pages).toBe(pages - freed);
    expect([cache.active, cache.pages, owned()]).toEqual([0, 0, 0]);
  });

  it('keeps descriptors that lie outside in a general cache', () => {
    const allocator = machine();
    const on = allocator.on();
    const cache = allocator.slabs.cache('pae_pmd', 4096, 4096);
    const objects = Array.from({ length: 30 }, () => cache.alloc(on));
    // 24 + 4 bytes are a line of 32.
    const general = allocator.slabs.caches.find(({ name }) => name === 'size-32');
    expect(general?.active).toBe(cache.slabs);
    for (const object of objects) cache.free(on, object);
    allocator.slabs.shrink(on);
    expect(general?.active).toBe(0);
  });

  it('loses its place in low memory item by item: a stack of 8 KB is two pages', () => {
    const allocator = machine();
    const on = allocator.on();
    const stacks = allocator.slabs.cache('size-8192', 8192);
    const count = 40;
    for (let i = 0; i < count; i++) stacks.alloc(on);
    expect(stacks.pages).toBe(2 * stacks.total);
    expect(stacks.total).toBeGreaterThanOrEqual(count);
  });

  it.each(seeds(4))(
    'gives no object twice, and knows how many it has, under any use by several CPUs (seed %i)',
    (seed) => {
      const dice = new Dice(seed);
      const allocator = machine(dice.pick([0, 3]));
      const sizes = [32, 100, 700, 1400, 4096];
      const caches = sizes.map((bytes) => allocator.slabs.cache(`test-${bytes}`, bytes, dice.pick([0, 32])));
      const held = caches.map((): number[] => []);
      for (let step = 0; step < 6000; step++) {
        const which = dice.below(caches.length);
        const on = allocator.on(dice.below(2));
        const objects = held[which];
        if (dice.below(5) < (step % 2000 < 1200 ? 3 : 1) || objects.length === 0) {
          objects.push(caches[which].alloc(on));
        } else {
          const [object] = objects.splice(dice.below(objects.length), 1);
          caches[which].free(on, object);
        }
        if (step % 997 === 0) allocator.slabs.shrink(on);
      }
      for (const [i, cache] of caches.entries()) {
        const where = `seed ${seed}, ${cache.name}`;
        expect(new Set(held[i]).size, where).toBe(held[i].length);
        expect(cache.active, where).toBe(held[i].length);
        expect(cache.total, where).toBeGreaterThanOrEqual(cache.active + cache.cached);
        // No two objects overlap.
        const places = held[i].map((object) => cache.addressOf(object) as number).sort((a, b) => a - b);
        const apart = Math.floor(cache.objectBytes / 32);
        const overlapping = places.filter((place, at) => at > 0 && place - places[at - 1] < apart);
        expect(overlapping, where).toEqual([]);
      }
      const owned = allocator.zones.reduce((sum, zone) => sum + zone.owned[OWNER.slab], 0);
      expect(owned).toBe(allocator.slabs.caches.reduce((sum, cache) => sum + cache.pages, 0));
    },
  );
});
