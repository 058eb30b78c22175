/** References to pages, owners, numastat, and what a request costs where its structures lie. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { GFP_HIGHUSER, GFP_KERNEL } from '../../../../src/sim/kernel/alloc/gfp.ts';
import { FN } from '../../../../src/sim/kernel/functions.ts';
import { OWNER, PG_LRU } from '../../../../src/sim/kernel/page-flags.ts';
import { profileOf } from '../../boot/machines.ts';
import { BootedAllocator } from './booted-allocator.ts';

/** Two quads of 1 GiB; the second has high memory alone, and its mem_map in its own memory. */
function quads(flavour = '2.6.0', pageMmuShift = 0): BootedAllocator {
  const nodes = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB: 1024 }));
  return new BootedAllocator(profileOf({ nodes, kernel: { flavour, pageMmuShift } }));
}

describe('references to a page', () => {
  it('free it when the last one goes, off its LRU list first', () => {
    const allocator = quads();
    const { memMap } = allocator.parts;
    const on = allocator.on();
    const page = allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER['page cache']);
    memMap.flags[page] |= PG_LRU;
    allocator.pages.get(on, page);
    allocator.pages.put(on, page);
    expect(memMap.count[page]).toBe(1);
    expect(allocator.log).toEqual([]);
    allocator.pages.put(on, page);
    expect(allocator.log).toEqual([`remove ${page}`]);
    expect(memMap.owner[page]).toBe(OWNER.free);
    expect(() => allocator.pages.put(on, page)).toThrow('a free page loses a reference');
  });

  it('do not let a page go that ptes map', () => {
    const allocator = quads();
    const page = allocator.pages.alloc(allocator.on(), GFP_HIGHUSER, 0, OWNER.anonymous);
    allocator.parts.memMap.mapcount[page] = 1;
    expect(() => allocator.pages.put(allocator.on(), page)).toThrow('a page is freed while ptes map it');
  });
});

describe('the books', () => {
  it('say who owns the pages of a zone, through retag() as well', () => {
    const allocator = quads();
    const on = allocator.on();
    const zone = allocator.zone('HighMem');
    const present = Array.from(zone.owned).reduce((sum, pages) => sum + pages, 0);
    expect(present).toBe(zone.layout.present);
    const page = allocator.pages.alloc(on, GFP_HIGHUSER, 3, OWNER['page cache']);
    expect(zone.owned[OWNER['page cache']]).toBe(8);
    allocator.pages.free(on, page, 3);
    const single = allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER['page cache']);
    allocator.pages.retag(single, OWNER['shared memory']);
    expect([zone.owned[OWNER['page cache']], zone.owned[OWNER['shared memory']]]).toEqual([0, 1]);
    expect(Array.from(zone.owned).reduce((sum, pages) => sum + pages, 0)).toBe(present);
  });

  it('count pages allocated and freed, blocks by their size', () => {
    const allocator = quads();
    const on = allocator.on();
    const block = allocator.pages.alloc(on, GFP_KERNEL, 2, OWNER.slab);
    const page = allocator.pages.alloc(on, GFP_KERNEL, 0, OWNER.slab);
    allocator.pages.free(on, block, 2);
    allocator.pages.free(on, page, 0);
    expect([on.core.counters[C.PGALLOC], on.core.counters[C.PGFREE]]).toEqual([5, 5]);
  });

  it('score numastat once a request, whatever its order', () => {
    const allocator = quads();
    const on = allocator.on(1);
    allocator.pages.alloc(on, GFP_HIGHUSER, 2, OWNER.anonymous);
    allocator.pages.alloc(on, GFP_KERNEL, 0, OWNER.slab);
    const list = { ...allocator.pages.listOf('GFP_HIGHUSER', 0, 1), interleaved: true };
    allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous, list);
    // hit, miss, foreign, interleave hit, local, other: the kernel's page is node 0's, wanted there.
    expect(allocator.pages.numastat.of(0)).toEqual([2, 0, 0, 1, 0, 2]);
    expect(allocator.pages.numastat.of(1)).toEqual([1, 0, 0, 0, 1, 0]);
  });
});

describe('what a request costs', () => {
  it('is charged to the function that takes the time', () => {
    const allocator = quads();
    const on = allocator.on();
    const page = allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous);
    allocator.pages.free(on, page, 0);
    const names = ['alloc_pages', 'buffered_rmqueue', 'rmqueue', 'free_hot_cold_page'] as const;
    for (const name of names) expect(on.profile[FN[name]], name).toBeGreaterThan(0);
    expect(on.profile[FN.free_pages_bulk]).toBe(0);
  });

  it('is a few references in the usual case, and those of the free lists once a batch', () => {
    const allocator = quads();
    const on = allocator.on();
    const references = (): number => on.core.counters[C.KERNEL_READS] + on.core.counters[C.KERNEL_WRITES];
    const costs = Array.from({ length: 64 }, () => {
      const before = references();
      allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous);
      return references() - before;
    });
    const usual = [...costs].sort((a, b) => a - b)[32];
    // zone, list twice, its next page, the page in the list; of its struct page mapping, pte and flags.
    expect(usual).toBe(8);
    // A zone of 135 MiB has a batch of 8: 7, 14 and 21 are left, then 16 after the eighth; the ninth refills again.
    expect(costs.flatMap((cost, i) => (cost > usual ? [i] : []))).toEqual([0, 1, 2, 8, 16, 24, 32, 40, 48, 56]);
  });

  it('stays on the node for a quad’s high memory, and crosses to node 0 for the kernel’s', () => {
    const allocator = quads();
    const on = allocator.on(1);
    const remote = (): number => on.core.counters[C.HOME_REMOTE];
    for (let i = 0; i < 100; i++) allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous);
    // Static data of the boot node: the bitmaps of pairs.
    const own = remote();
    for (let i = 0; i < 100; i++) allocator.pages.alloc(on, GFP_KERNEL, 0, OWNER.slab);
    const kernels = remote() - own;
    expect(own).toBeLessThan(20);
    expect(kernels).toBeGreaterThan(3 * own);
  });

  it('of clearing and copying is that of the memory, and counted in bytes', () => {
    const allocator = quads('2.6.0', 3);
    const on = allocator.on();
    const pages = [0, 1].map(() => allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous));
    allocator.pages.clear(on, pages[0]);
    allocator.pages.copy(on, pages[0], pages[1], 2);
    expect(on.core.counters[C.CLEARED_BYTES]).toBe(32768);
    expect(on.core.counters[C.COPIED_BYTES]).toBe(8192);
    expect(on.profile[FN.clear_page]).toBeGreaterThan(on.profile[FN.copy_page]);
    expect(on.profile[FN.copy_page]).toBeGreaterThan(0);
  });
});
