/** The hugetlb pool: what boot reserves of each node, and pages that come and go. */
import { describe, expect, it } from 'vitest';
import { OWNER } from '../../../../src/sim/kernel/page-flags.ts';
import { profileOf } from '../../boot/machines.ts';
import { BootedAllocator } from './booted-allocator.ts';

interface Order {
  readonly hugePages: number;
  readonly pae?: boolean;
  readonly pageMmuShift?: number;
  readonly flavour?: string;
}

function machine({ hugePages, pae = true, pageMmuShift = 0, flavour = '2.6.0' }: Order): BootedAllocator {
  const nodes = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB: 1024 }));
  return new BootedAllocator(profileOf({ nodes, pae, kernel: { flavour, hugePages, pageMmuShift } }));
}

describe('the hugetlb pool', () => {
  it('reserves so many pages of 2 MiB on each node, from its highest zone', () => {
    const plain = machine({ hugePages: 0 });
    const allocator = machine({ hugePages: 10 });
    expect([allocator.hugetlb.total, allocator.hugetlb.free]).toEqual([20, 20]);
    for (const node of [0, 1]) {
      const gone = plain.zone('HighMem', node).free - allocator.zone('HighMem', node).free;
      expect(gone).toBe(10 * 512);
      expect(allocator.zone('HighMem', node).owned[OWNER.hugetlb]).toBe(5120);
    }
  });

  it('has pages of 4 MiB without PAE, and of 64 clusters of 32 KB', () => {
    expect(machine({ hugePages: 1, pae: false }).hugetlb.frames).toBe(1024);
    const clustered = machine({ hugePages: 2, pageMmuShift: 3 });
    expect(clustered.hugetlb.total).toBe(4);
    expect(clustered.zone('HighMem', 1).owned[OWNER.hugetlb]).toBe(128);
  });

  it('has none where they are larger than the largest block: 4 MiB in 2.4', () => {
    expect(machine({ hugePages: 5, pae: false, flavour: '2.4.22' }).hugetlb.total).toBe(0);
    expect(machine({ hugePages: 5, flavour: '2.4.22' }).hugetlb.total).toBeGreaterThan(0);
  });

  it('reserves what there is when too many are asked for, and leaves the low marks', () => {
    const allocator = machine({ hugePages: 100_000 });
    expect(allocator.hugetlb.total).toBeLessThan(1024);
    for (const zone of allocator.zones) {
      if (zone.owned[OWNER.hugetlb] > 0) expect(zone.free).toBeGreaterThanOrEqual(zone.marks.low);
    }
  });

  it('gives pages of the node while it has any, then of the next, then none, and takes them back', () => {
    const allocator = machine({ hugePages: 2 });
    const on = allocator.on();
    const { frames, memMap } = allocator.parts;
    const pages = Array.from({ length: 4 }, () => allocator.hugetlb.take(on, 1));
    expect(pages.map((page) => memMap.homeOf(page))).toEqual([1, 1, 0, 0]);
    expect(allocator.hugetlb.take(on, 1)).toBe(-1);
    // Whole, and aligned to their size in their zone.
    for (const page of pages) {
      const zone = allocator.zones[memMap.zone[page]];
      const pfn = frames.pfnOf(memMap.slotOf(page));
      expect((pfn - zone.base) % 512).toBe(0);
      expect(frames.pfnOf(memMap.slotOf(page + 511))).toBe(pfn + 511);
    }
    for (const page of pages) allocator.hugetlb.give(on, page);
    expect([allocator.hugetlb.freeOf(0), allocator.hugetlb.freeOf(1)]).toEqual([2, 2]);
  });
});
