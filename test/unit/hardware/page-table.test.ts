/** Page tables and frames against maps, and where the walker reads, by hand. */
import { describe, expect, it } from 'vitest';
import { asPfn } from '../../../src/sim/base/units.ts';
import { Frames } from '../../../src/sim/hardware/frames.ts';
import { MOST_VPNS, PageTable, PMD_HUGE, PMD_RW } from '../../../src/sim/hardware/page-table.ts';
import { makePte, PTE_PRESENT, pteNumber, PtePages } from '../../../src/sim/hardware/pte-pages.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';

describe('a page table', () => {
  it.each(seeds(6))('maps what a map holds, of either width (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const wide = seed % 2 === 0;
    const entries = wide ? 512 : 1024;
    const pages = dice.pick([600, 5000, 786_432]);
    const pool = new PtePages(wide);
    const table = new PageTable(pool, pages);
    const naive = new Map<number, number>();
    const ptePages = new Set<number>();
    for (let step = 0; step < 3000; step++) {
      const page = dice.below(pages);
      const number = Math.floor(page / entries);
      expect(table.ptePageOf(page) >= 0).toBe(ptePages.has(number));
      if (!table.hasUpperPage(page)) table.addUpperPage(page, dice.below(2 ** 20));
      if (!ptePages.has(number)) {
        expect(table.pteOf(page)).toBe(-1);
        table.attach(page, pool.make(dice.below(2 ** 20), number * entries), true);
        ptePages.add(number);
      }
      const pte = table.pteOf(page);
      expect(pool.get(pte)).toBe(naive.has(page) ? makePte(naive.get(page) ?? 0, PTE_PRESENT) : 0);
      expect(pool.vpnOf(pte)).toBe(page);
      if (dice.chanceOf(1, 8)) {
        pool.set(pte, 0);
        naive.delete(page);
      } else {
        const slot = dice.below(2 ** 24);
        pool.set(pte, makePte(slot, PTE_PRESENT));
        naive.set(page, slot);
      }
    }
    for (const [page, slot] of naive) expect(pteNumber(pool.get(table.pteOf(page)))).toBe(slot);
    for (const number of ptePages) {
      const present = [...naive.keys()].filter((page) => Math.floor(page / entries) === number).length;
      expect(pool.present[table.ptePageOf(number * entries)]).toBe(present);
    }
  });

  it('is read where the entries lie: eight bytes each with PAE, four without, in granules of 32', () => {
    // Page 3 x 512 + 7: entry 3 of the upper page in frame 10, entry 7 of the pte page in frame 20.
    const pool = new PtePages(true);
    const pae = new PageTable(pool, 4096);
    pae.addUpperPage(1543, 10);
    pae.attach(1543, pool.make(20, 1536), true);
    expect(pae.upperEntryAddress(1543)).toBe((10 * 4096 + 3 * 8 - 24) / 32); // bytes 24 to 31: the first granule
    expect(pool.addressOf(pae.pteOf(1543))).toBe((20 * 4096 + 7 * 8 - 24) / 32); // bytes 56 to 63: the second
    const narrowPool = new PtePages(false);
    const narrow = new PageTable(narrowPool, 4096);
    narrow.addUpperPage(3079, 10); // 3 x 1,024 + 7
    narrow.attach(3079, narrowPool.make(20, 3072), true);
    expect(narrow.upperEntryAddress(3079)).toBe((10 * 4096) / 32); // bytes 12 to 15
    expect(narrowPool.addressOf(narrow.pteOf(3079))).toBe((20 * 4096) / 32); // bytes 28 to 31
  });

  it('shares a pte page with others, counts them, and has a right to write of its own', () => {
    const pool = new PtePages(true);
    const tables = [0, 1, 2].map(() => new PageTable(pool, 2048));
    const shared = pool.make(5, 512);
    tables.forEach((table, i) => table.attach(600, shared, i === 0));
    expect(pool.sharers[shared]).toBe(3);
    expect(tables.map((table) => table.pteOf(600))).toEqual([0, 1, 2].map(() => shared * 512 + 88));
    expect(tables.map((table) => table.pmdOf(1023) & PMD_RW)).toEqual([PMD_RW, 0, 0]);
    tables[1].setWritable(1000, true);
    expect(tables.map((table) => table.pmdOf(512) & PMD_RW)).toEqual([PMD_RW, PMD_RW, 0]);
    expect(tables[0].detach(700)).toBe(shared);
    expect([pool.sharers[shared], tables[0].pteOf(600), tables[0].pmdOf(600)]).toEqual([2, -1, 0]);
  });

  it('gives a pte page that was dropped out again, empty', () => {
    const pool = new PtePages(false);
    const first = pool.make(1, 0);
    pool.set(first * 1024 + 3, makePte(9, PTE_PRESENT));
    expect([pool.present[first], pool.inUse]).toEqual([1, 1]);
    pool.drop(first);
    expect(pool.inUse).toBe(0);
    const next = pool.make(2, 1024);
    expect([next, pool.get(next * 1024 + 3), pool.present[next], pool.sharers[next]]).toEqual([first, 0, 0, 0]);
  });

  it('maps a huge page by an upper entry alone', () => {
    const table = new PageTable(new PtePages(true), 2048);
    table.mapHuge(512, 1024, true);
    expect([table.pteOf(700), table.ptePageOf(700), table.pmdOf(700) & PMD_HUGE]).toEqual([-1, -1, PMD_HUGE]);
    expect(PageTable.hugeSlot(table.pmdOf(700)) + table.withinHuge(700)).toBe(1024 + 188);
    table.mapHuge(512, -1, false);
    expect(table.pmdOf(700)).toBe(0);
  });

  it('has no page that stands for none in a TLB', () => {
    expect(() => new PageTable(new PtePages(true), MOST_VPNS + 1)).toThrow('more pages than a TLB can name');
  });
});

describe('frames', () => {
  it.each(seeds(4))('have slots of their own that keep their low bits and their home (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const nodes = dice.between(1, 5);
    const starts = Array.from({ length: nodes }, (_, node) => node * 100_000 + 256);
    const frames = new Frames(
      starts,
      starts.map((start) => start + 90_000),
    );
    const slots = new Map<number, number>();
    for (let step = 0; step < 5000; step++) {
      const node = dice.below(nodes);
      const pfn = starts[node] + dice.below(90_000);
      const slot = frames.slotOf(node, asPfn(pfn));
      expect(frames.homeOf(slot)).toBe(node);
      expect(frames.pfnOf(slot)).toBe(pfn);
      expect(slot % 2048).toBe((pfn - starts[node]) % 2048);
      const before = slots.get(slot);
      expect(before ?? pfn).toBe(pfn);
      slots.set(slot, pfn);
    }
    expect(new Set(slots.values()).size).toBe(slots.size);
  });
});
