/** Marks and batches of the flavours, by the examples and by hand. */
import { describe, expect, it } from 'vitest';
import { perCpuBatch } from '../../../src/sim/kernel/boot/per-cpu.ts';
import { isqrt } from '../../../src/sim/kernel/boot/watermarks.ts';
import type { BootLayout, ZoneName } from '../../../src/sim/kernel/boot/layout.ts';
import { box16, box64, bootOf, pc, profileOf, traitsBy, zoneOf } from './machines.ts';

const marks = (layout: BootLayout, node: number, zone: ZoneName): number[] => {
  const { min, low, high } = zoneOf(layout, node, zone).watermarks;
  return [min, low, high];
};

describe('watermarks', () => {
  it('of 2.6.0 share 1,024 KB out over 896 MiB of low memory', () => {
    const layout = bootOf(pc(4096));
    expect(marks(layout, 0, 'DMA')).toEqual([4, 8, 12]);
    expect(marks(layout, 0, 'Normal')).toEqual([251, 502, 753]);
    expect(marks(layout, 0, 'HighMem')).toEqual([128, 256, 384]);
  });

  it('of 2.6.0 are at least 32 pages in a small HighMem', () => {
    // 1 GiB: 32,768 frames of HighMem, a 1,024th of which is 32; 928 MiB: 8,192 frames, 8.
    expect(marks(bootOf(pc(1024)), 0, 'HighMem')).toEqual([32, 64, 96]);
    expect(marks(bootOf(pc(928)), 0, 'HighMem')).toEqual([32, 64, 96]);
  });

  it('of 2.6.0 round down to nothing for DMA with 32 KB clusters', () => {
    const layout = bootOf(box64({ zones: { maxmemMiB: 834 } }), traitsBy({ mmuShift: 3 }));
    expect(marks(layout, 0, 'DMA')).toEqual([0, 0, 0]);
    // By hand: 1,024 KB are 32 clusters; 32 x 23,488 / 24,000 = 31.3.
    expect(marks(layout, 0, 'Normal')).toEqual([31, 62, 93]);
  });

  it('of 2.6.11 sum the low memory of every node’s zonelist', () => {
    const late = traitsBy({ watermarks: '2.6.11', zonelistOrder: '2.6.11' });
    const large = bootOf(box64(), late);
    expect(marks(large, 0, 'DMA')).toEqual([88, 110, 132]);
    expect(marks(large, 0, 'Normal')).toEqual([1392, 1740, 2088]);
    const small = bootOf(box16(), traitsBy({ ...late, structPage: 40 }));
    expect(marks(small, 0, 'DMA')).toEqual([36, 45, 54]);
    expect(marks(small, 0, 'Normal')).toEqual([1738, 2172, 2607]);
    expect(marks(small, 1, 'HighMem')).toEqual([128, 160, 192]);
  });

  it('of 2.6.11 stay within 128 and 65,536 kB', () => {
    const late = traitsBy({ watermarks: '2.6.11' });
    // One node of 512 KB of clusters would be below; the smallest machine here is 1 MiB: sqrt(16 x 1,024) = 128 kB.
    expect(marks(bootOf(pc(1), late), 0, 'DMA')).toEqual([32, 40, 48]);
    const nodes = Array.from({ length: 64 }, (_, id) => ({ id, cpus: 1, memoryMiB: 2048 }));
    const huge = bootOf(profileOf({ nodes, bits: 64 }), late);
    const sum = huge.watermarks.reduce((total, { min }) => total + min, 0);
    expect(sum * 4).toBeLessThanOrEqual(65536);
    expect(sum * 4).toBeGreaterThan(65536 - 4 * huge.watermarks.length);
  });

  it('of 2.4.22 are a 128th of the zone between 20 and 255 pages', () => {
    const layout = bootOf(pc(4096), traitsBy({ watermarks: '2.4.22', zonelistOrder: '2.4.22', perCpuSets: false }));
    expect(marks(layout, 0, 'DMA')).toEqual([32, 64, 96]);
    expect(marks(layout, 0, 'Normal')).toEqual([255, 510, 765]);
    expect(marks(layout, 0, 'HighMem')).toEqual([255, 510, 765]);
    expect(zoneOf(layout, 0, 'Normal').batch).toBe(0);
    // 1 MiB of DMA: 256 / 128 = 2, raised to 20.
    expect(marks(bootOf(pc(1), traitsBy({ watermarks: '2.4.22' })), 0, 'DMA')).toEqual([20, 40, 60]);
  });

  it('of 2.4.21-rhel3 keep up to 1,024 pages more free in Normal, and have a plenty mark', () => {
    const layout = bootOf(pc(4096), traitsBy({ watermarks: 'rhel3', zonelistOrder: '2.4.22' }));
    const plenty = 1024 + 6 * 255;
    expect(zoneOf(layout, 0, 'Normal').watermarks).toEqual({ min: 1279, low: 1534, high: 1789, plenty });
    expect(zoneOf(layout, 0, 'DMA').watermarks).toEqual({ min: 32, low: 64, high: 96, plenty: 192 });
    // 1 GiB: 262,144 / 512 = 512 pages more.
    const small = bootOf(pc(1024), traitsBy({ watermarks: 'rhel3', zonelistOrder: '2.4.22' }));
    expect(marks(small, 0, 'Normal')).toEqual([767, 1022, 1277]);
  });

  it('of the profile stand in place of the rule’s, and say so', () => {
    const watermarks = [{ node: 0, zone: 'Normal' as const, min: 7, low: 8, high: 9 }];
    const layout = bootOf(box64({ zones: { watermarks } }));
    expect(marks(layout, 0, 'Normal')).toEqual([7, 8, 9]);
    expect(zoneOf(layout, 0, 'Normal').watermarksSet).toBe(true);
    expect(zoneOf(layout, 0, 'DMA').watermarksSet).toBe(false);
    expect(layout.watermarks.find(({ zone }) => zone === 'Normal')).toEqual({
      node: 0,
      zone: 'Normal',
      index: 0,
      min: 7,
      low: 8,
      high: 9,
    });
  });

  it('follow min_free_kbytes where the profile gives it', () => {
    // 4,096 kB are 1,024 pages: 1,024 x 4,096 / 229,376 = 18.3 and 1,024 x 225,280 / 229,376 = 1,005.7.
    const layout = bootOf(pc(4096, { zones: { minFreeKbytes: 4096 } }));
    expect(marks(layout, 0, 'DMA')).toEqual([18, 36, 54]);
    expect(marks(layout, 0, 'Normal')).toEqual([1005, 2010, 3015]);
    const old = bootOf(pc(4096, { zones: { minFreeKbytes: 4096 } }), traitsBy({ watermarks: '2.4.22' }));
    expect(marks(old, 0, 'Normal')).toEqual([1005, 2010, 3015]);
    expect(marks(old, 0, 'HighMem')).toEqual([255, 510, 765]);
    expect(old.messages.map(({ kind, path }) => [kind, path])).toContainEqual(['assumed', 'zones.minFreeKbytes']);
  });
});

describe('lowmem_reserve of 2.6.11', () => {
  it('protects node 0’s low memory by node 0’s higher zones only', () => {
    const layout = bootOf(box64(), traitsBy({ watermarks: '2.6.11' }));
    // By hand: 64,512 / 256, (64,512 + 2,028,544) / 256, 2,028,544 / 32.
    expect(zoneOf(layout, 0, 'DMA').lowmemReserve).toEqual([0, 252, 8176]);
    expect(zoneOf(layout, 0, 'Normal').lowmemReserve).toEqual([0, 0, 63392]);
    expect(zoneOf(layout, 0, 'HighMem').lowmemReserve).toEqual([0, 0, 0]);
    expect(zoneOf(layout, 3, 'HighMem').lowmemReserve).toEqual([0, 0, 0]);
  });

  it('divides by the profile’s ratios', () => {
    const zones = { lowmemReserveRatio: { dma: 64, normal: 8 } };
    const layout = bootOf(box64({ zones }), traitsBy({ watermarks: '2.6.11' }));
    expect(zoneOf(layout, 0, 'DMA').lowmemReserve).toEqual([0, 1008, 32704]);
    expect(zoneOf(layout, 0, 'Normal').lowmemReserve).toEqual([0, 0, 253568]);
  });

  it('is not there in other flavours', () => {
    expect(zoneOf(bootOf(box64()), 0, 'DMA').lowmemReserve).toEqual([]);
  });
});

describe('per-CPU batch', () => {
  it('is 16 from 256 MB on, and at least 1', () => {
    expect(perCpuBatch(65536, 1)).toBe(16);
    expect(perCpuBatch(65535, 1)).toBe(15);
    expect(perCpuBatch(1_000_000, 1)).toBe(16);
    expect(perCpuBatch(4096, 1)).toBe(1);
    expect(perCpuBatch(0, 1)).toBe(1);
  });

  it('falls to 2 with 32 KB clusters, since its cap is 256 KB', () => {
    expect(perCpuBatch(262144, 8)).toBe(2);
    expect(perCpuBatch(262144, 64)).toBe(1);
  });
});

describe('isqrt', () => {
  it('is the largest whole root', () => {
    for (const root of [0, 1, 2, 1000, 5926, 90_000_000]) {
      expect(isqrt(root * root)).toBe(root);
      expect(isqrt(root * root + 2 * root)).toBe(root);
    }
  });
});
