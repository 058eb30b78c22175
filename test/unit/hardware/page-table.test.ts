/** Page tables and frames against maps, and where the walker reads, by hand. */
import { describe, expect, it } from 'vitest';
import { asPfn } from '../../../src/sim/base/units.ts';
import { Frames } from '../../../src/sim/hardware/frames.ts';
import { PageTable } from '../../../src/sim/hardware/page-table.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';

describe('a page table', () => {
  it.each(seeds(6))('maps what a map holds, of either width (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const wide = seed % 2 === 0;
    const entries = wide ? 512 : 1024;
    const pages = dice.pick([600, 5000, 786_432]);
    const table = new PageTable(wide, pages);
    const naive = new Map<number, number>();
    const ptePages = new Set<number>();
    for (let step = 0; step < 3000; step++) {
      const page = dice.below(pages);
      const number = Math.floor(page / entries);
      expect(table.lookup(page)).toBe(naive.get(page) ?? -1);
      expect(table.hasPtePage(page)).toBe(ptePages.has(number));
      if (!table.hasUpperPage(page)) table.addUpperPage(page, dice.below(2 ** 20));
      if (!ptePages.has(number)) {
        table.addPtePage(page, dice.below(2 ** 20));
        ptePages.add(number);
      }
      const slot = dice.below(2 ** 23);
      table.map(page, slot);
      naive.set(page, slot);
    }
    for (const [page, slot] of naive) expect(table.lookup(page)).toBe(slot);
  });

  it('is read where the entries lie: eight bytes each with PAE, four without', () => {
    // Page 3 x 512 + 7: entry 3 of the upper page in frame 10, entry 7 of the pte page in frame 20. Lines of 32 bytes.
    const pae = new PageTable(true, 4096);
    pae.addUpperPage(1543, 10);
    pae.addPtePage(1543, 20);
    expect(pae.upperEntryLine(1543, 5)).toBe((10 * 4096 + 3 * 8 - 24) / 32); // bytes 24 to 31: the first line
    expect(pae.pteLine(1543, 5)).toBe((20 * 4096 + 7 * 8 - 24) / 32); // bytes 56 to 63: the second
    const narrow = new PageTable(false, 4096);
    narrow.addUpperPage(3079, 10); // 3 x 1,024 + 7
    narrow.addPtePage(3079, 20);
    expect(narrow.upperEntryLine(3079, 5)).toBe((10 * 4096) / 32); // bytes 12 to 15
    expect(narrow.pteLine(3079, 5)).toBe((20 * 4096) / 32); // bytes 28 to 31
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
      expect(slot % 2048).toBe((pfn - starts[node]) % 2048);
      const before = slots.get(slot);
      expect(before ?? pfn).toBe(pfn);
      slots.set(slot, pfn);
    }
    expect(new Set(slots.values()).size).toBe(slots.size);
  });
});
