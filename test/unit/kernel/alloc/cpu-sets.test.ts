/** Per-CPU page sets: the marks of 2.6.0 by hand, and how often they take zone.lock. */
import { describe, expect, it } from 'vitest';
import { CpuSets } from '../../../../src/sim/kernel/alloc/cpu-sets.ts';
import { GFP_HIGHUSER, GFP_HIGHUSER_COLD } from '../../../../src/sim/kernel/alloc/gfp.ts';
import type { KAddr } from '../../../../src/sim/base/units.ts';
import { OWNER } from '../../../../src/sim/kernel/page-flags.ts';
import { profileOf } from '../../boot/machines.ts';
import { BootedAllocator } from './booted-allocator.ts';

/** One node whose highest zone has more than 256 MiB. */
const large = (pageMmuShift: number, flavour = '2.6.0'): BootedAllocator => {
  const kernel = { flavour, pageMmuShift };
  return new BootedAllocator(profileOf({ nodes: [{ id: 0, cpus: 2, memoryMiB: 1536 }], kernel }));
};

describe('the marks of the lists', () => {
  it('are 32, 96 and 16 for hot, 0, 32 and 16 for cold pages where the batch is 16', () => {
    const { hot, cold } = new CpuSets(16, 0 as KAddr);
    expect([hot.low, hot.high, hot.batch]).toEqual([32, 96, 16]);
    expect([cold.low, cold.high, cold.batch]).toEqual([0, 32, 16]);
  });

  it('are 4, 12 and 2 for clusters of 32 KB: the cap is 256 KB', () => {
    const allocator = large(3);
    allocator.pages.alloc(allocator.on(), GFP_HIGHUSER, 0, OWNER.anonymous);
    const hot = allocator.zone('HighMem').sets[0]?.hot;
    expect([hot?.low, hot?.high, hot?.batch]).toEqual([4, 12, 2]);
  });
});

describe('a CPU’s hot list', () => {
  it('gives the page freed last first', () => {
    const allocator = large(0);
    const on = allocator.on();
    const pages = Array.from({ length: 4 }, () => allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous));
    for (const page of pages) allocator.pages.free(on, page, 0);
    const again = pages.map(() => allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous));
    expect(again).toEqual([...pages].reverse());
  });

  it('is filled while it holds 32 or less, 16 at a time', () => {
    const allocator = large(0);
    const on = allocator.on();
    const zone = allocator.zone('HighMem');
    const free = zone.free;
    const counts: number[] = [];
    for (let i = 0; i < 4; i++) {
      allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous);
      counts.push(zone.onCpuLists);
    }
    // 0 + 16 - 1, 15 + 16 - 1, 30 + 16 - 1; 45 is more than 32.
    expect(counts).toEqual([15, 30, 45, 44]);
    expect(zone.free).toBe(free - 48);
    expect(zone.lockTakes).toBe(3);
  });

  it('drains 16 from its tail when a page comes to 96', () => {
    const allocator = large(0);
    const on = allocator.on();
    const pages = Array.from({ length: 200 }, () => allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous));
    const zone = allocator.zone('HighMem');
    const hot = zone.sets[0]?.hot;
    let most = 0;
    for (const page of pages) {
      const before = hot?.count ?? 0;
      const free = zone.free;
      allocator.pages.free(on, page, 0);
      expect([hot?.count, zone.free]).toEqual(before >= 96 ? [before - 15, free + 16] : [before + 1, free]);
      most = Math.max(most, hot?.count ?? 0);
    }
    expect(most).toBe(96);
  });

  it('takes zone.lock once for 16 pages in a long run, where 2.4 takes it for each', () => {
    const taken = ['2.6.0', '2.4.22'].map((flavour) => {
      const allocator = large(0, flavour);
      const on = allocator.on();
      const pages = Array.from({ length: 1600 }, () => allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous));
      const zone = allocator.zone('HighMem');
      const allocating = zone.lockTakes;
      for (const page of pages) allocator.pages.free(on, page, 0);
      return [allocating, zone.lockTakes - allocating];
    });
    // 32 are left at least: (1,600 + 32) / 16. Freed to them, 1,632 come down to 96: (1,632 - 96) / 16.
    expect(taken[0]).toEqual([102, 96]);
    expect(taken[1]).toEqual([1600, 1600]);
  });

  it('takes the lock eight times as often a page with clusters of 32 KB', () => {
    const allocator = large(3);
    const on = allocator.on();
    for (let i = 0; i < 1600; i++) allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous);
    // (1,600 + 4) / 2.
    expect(allocator.zone('HighMem').lockTakes).toBe(802);
  });

  it('leaves cold pages to requests for cold pages, and those of other CPUs alone', () => {
    const allocator = large(0);
    const page = allocator.pages.alloc(allocator.on(0), GFP_HIGHUSER, 0, OWNER.anonymous);
    allocator.pages.putCold(allocator.on(0), page);
    expect(allocator.pages.alloc(allocator.on(0), GFP_HIGHUSER, 0, OWNER.anonymous)).not.toBe(page);
    expect(allocator.pages.alloc(allocator.on(1), GFP_HIGHUSER_COLD, 0, OWNER.anonymous)).not.toBe(page);
    // The one page makes the list longer than its low mark of 0.
    expect(allocator.pages.alloc(allocator.on(0), GFP_HIGHUSER_COLD, 0, OWNER.anonymous)).toBe(page);
  });
});
