/**
 * Where the fields of struct page lie, by arithmetic: entry n of a mem_map begins n * 40 bytes from its start, and a field is in
 * the granule of 32 bytes that its own first byte falls into.
 */
import { describe, expect, it } from 'vitest';
import type { Frames } from '../../../src/sim/hardware/frames.ts';
import { MemMap } from '../../../src/sim/kernel/mem-map.ts';
import { structPageFields } from '../../../src/sim/profiles/struct-page-fields.ts';
import { traitsBy } from '../boot/machines.ts';

const GRANULE = 32;
const MEM_MAP_PFN = 7000;

/** Frames of one node, whose slots are their numbers. */
const frames = { homeOf: () => 0, pfnOf: (slot: number) => slot, slotOf: (_: number, pfn: number) => pfn };

describe('the fields of struct page', () => {
  it('of 2.6.0 lie in the granules that 40 bytes an entry put them into, over the ends of frames too', () => {
    const fields = structPageFields(traitsBy({ structPage: 40 }), 32);
    const places = [{ place: 0, startPfn: MEM_MAP_PFN, firstPfn: 0 }];
    const memMap = new MemMap(frames as unknown as Frames, 0, 40, places, fields);
    for (let n = 0; n < 1000; n++) {
      const page = memMap.pageOf(n);
      const granule = (offset: number): number => Math.floor((MEM_MAP_PFN * 4096 + n * 40 + offset) / GRANULE);
      const found = [memMap.addressOf, memMap.listOf, memMap.mappingOf, memMap.lruOf, memMap.wordOf].map((field) =>
        field.call(memMap, page),
      );
      expect(found).toEqual([granule(0), granule(8), granule(16), granule(24), granule(32)]);
    }
  });
});

describe('structPageFields', () => {
  it('keeps every field inside a struct page whose size was set by hand', () => {
    const fields = structPageFields(traitsBy({ structPage: 8 }), 32);
    expect(Math.max(...Object.values(fields))).toBeLessThan(8);
  });

  it('has mapcount and list where 2.6.7 moved them: all of it in 32 bytes', () => {
    const fields = structPageFields(
      { ...traitsBy({ structPage: 32 }), flavour: '2.6.7', rmap: 'prio_tree', anonRmap: 'anon_vma' },
      32,
    );
    expect(fields).toEqual({ flags: 0, mapping: 16, list: 24, lru: 24, pte: 8 });
  });
});
