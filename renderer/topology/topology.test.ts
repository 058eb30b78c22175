import { describe, expect, it } from 'vitest';
import { openBuiltIn } from '../../src/lab/machines.ts';
import type { BootLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { arrange, type Rect } from './arrange.ts';
import { bordersOf, dragged, keyed, snapped } from './borders.ts';
import { contentOf } from './occupancy.ts';
import { gaugeShare, spread, zoneHeights } from './scale.ts';
import { gridOf, seenIn, TILE, tileAt } from './tiles.ts';
import { fabricText, rateText } from './words.ts';

function booted(id: string): { profile: MachineProfile; layout: BootLayout } {
  const { profile, layout } = openBuiltIn(id).checked;
  if (profile === undefined || layout === undefined) throw new Error(`${id} is not valid`);
  return { profile, layout };
}

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('cards', () => {
  const { profile } = booted('numaq-64g-8quad');
  const ids = profile.machine.nodes.map(({ id }) => id);

  it('never lie over each other, and stay in the width', () => {
    for (const id of ['numaq-64g-8quad', 'numaq-4g-4quad', 'x86-64-2s', 'pc-256m', 'smp-8way']) {
      const { machine } = booted(id).profile;
      const scene = arrange(
        machine.interconnect,
        machine.nodes.map((node) => node.id),
        900,
        440,
      );
      const cards = scene?.cards ?? [];
      expect(cards).toHaveLength(machine.nodes.length);
      for (const [index, card] of cards.entries()) {
        expect(card.x).toBeGreaterThanOrEqual(0);
        expect(card.x + card.width).toBeLessThanOrEqual(900);
        for (const other of cards.slice(index + 1)) expect(overlap(card, other)).toBe(false);
      }
    }
  });

  it('go round a ring: the lower row runs from right to left', () => {
    const cards = arrange(profile.machine.interconnect, ids, 900, 440)?.cards ?? [];
    expect(cards[4].x).toBe(cards[3].x);
    expect(cards[7].x).toBe(cards[0].x);
    expect(cards[7].y).toBeGreaterThan(cards[0].y);
  });

  it('give way to tiles where they would be too narrow', () => {
    expect(arrange(profile.machine.interconnect, ids, 500, 440)).toBeNull();
    const large = booted('altix-64n').profile.machine;
    expect(
      arrange(
        large.interconnect,
        large.nodes.map(({ id }) => id),
        900,
        440,
      ),
    ).toBeNull();
  });
});

describe('tiles', () => {
  it('draws only what is seen of 4,096 nodes', () => {
    const grid = gridOf(4096, 900, 64);
    expect([grid.columns, grid.rows]).toEqual([64, 64]);
    const seen = seenIn(grid, 4096, { left: 1000, top: 2000, width: 900, height: 440 });
    expect(seen.length).toBeLessThan(120);
    for (const index of seen) {
      const at = tileAt(grid, index);
      expect(at.x).toBeLessThanOrEqual(1900);
      expect(at.x + TILE.width).toBeGreaterThanOrEqual(1000 - TILE.width - TILE.padding);
    }
  });

  it('fits the width where nodes have no place of their own', () => {
    expect(gridOf(63, 900, null).width).toBeLessThanOrEqual(900);
    expect(gridOf(1, 900, null).columns).toBe(1);
  });

  it('covers every node once when scrolled over the whole grid', () => {
    const grid = gridOf(63, 500, null);
    const seen = seenIn(grid, 63, { left: 0, top: 0, width: grid.width, height: grid.height });
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 63 }, (_, index) => index));
  });
});

describe('heights of zones', () => {
  it('are to scale where every zone can be read', () => {
    expect(zoneHeights([100, 300], 200, false)).toEqual({ heights: [50, 150], toScale: true });
  });

  it('are flattened, and say so, where one could not', () => {
    const { heights, toScale } = zoneHeights([4096, 64512, 2028544], 150, false);
    expect(toScale).toBe(false);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(16);
    expect(heights.reduce((sum, height) => sum + height, 0)).toBeCloseTo(150, 6);
    expect(heights[0] < heights[1] && heights[1] < heights[2]).toBe(true);
  });

  it('stay true with exact, but for what would vanish', () => {
    const { heights } = zoneHeights([4096, 64512, 2028544], 150, true);
    expect(heights[0]).toBe(3);
    expect(heights.reduce((sum, height) => sum + height, 0)).toBeCloseTo(150, 6);
  });

  it('leave nothing for nothing', () => {
    expect(zoneHeights([0, 0], 150, false).heights).toEqual([0, 0]);
  });
});

describe('labels and gauges', () => {
  it('keeps labels apart and inside', () => {
    expect(spread([0, 5, 140], 28, 150)).toEqual([0, 28, 122]);
    expect(spread([90, 95, 99], 28, 100)).toEqual([16, 44, 72]);
  });

  it('has a log scale from one page to the whole zone', () => {
    expect(gaugeShare(1, 1000)).toBe(0);
    expect(gaugeShare(1000, 1000)).toBe(1);
    expect(gaugeShare(100, 10000)).toBeCloseTo(0.5, 9);
    expect(gaugeShare(0, 1000)).toBe(0);
  });
});

describe('borders', () => {
  const { profile, layout } = booted('numaq-64g-8quad');

  it('are the DMA limit, maxmem and the memory on the boot node, and the memory on the others', () => {
    expect(bordersOf(profile, layout, 0).map(({ path, value }) => [path, value])).toEqual([
      ['zones.dmaLimitMiB', 16],
      ['zones.maxmemMiB', 896],
      ['machine.nodes[0].memoryMiB', 8192],
    ]);
    expect(bordersOf(profile, layout, 7).map(({ path, value }) => [path, value])).toEqual([
      ['machine.nodes[7].memoryMiB', 8184],
    ]);
  });

  it('have no limit of low memory on a 64-bit machine', () => {
    const wide = booted('x86-64-2s');
    expect(bordersOf(wide.profile, wide.layout, 0).some(({ path }) => path === 'zones.maxmemMiB')).toBe(false);
  });

  it('move by their steps and stay within their limits', () => {
    const [dma, maxmem] = bordersOf(profile, layout, 0);
    expect(keyed(dma, 'ArrowUp')).toBe(17);
    expect(keyed(dma, 'PageDown')).toBe(6);
    expect(keyed(dma, 'Home')).toBe(1);
    expect(keyed(dma, 'Tab')).toBeNull();
    expect(snapped(maxmem, 895.2)).toBe(896);
    expect(snapped(maxmem, 1e9)).toBe(4096);
    expect(dragged(maxmem, 896, 10, 2)).toBe(916);
    expect(dragged(dma, 16, 48, null)).toBe(32);
    expect(dragged(dma, 16, -480, null)).toBe(1);
  });
});

describe('what is in the zones after boot', () => {
  it('adds up to the pages of each zone, on every built-in machine drawn as cards', () => {
    for (const id of [
      'numaq-64g-8quad',
      'numaq-16g-4quad',
      'numaq-4g-4quad',
      'laptop-1g',
      'pc-256m',
      'x86-64-2s',
      'caches-only',
    ]) {
      const { layout } = booted(id);
      for (const node of layout.nodes) {
        for (const { zone, parts } of contentOf(layout, node, () => undefined)) {
          const sum = parts.reduce((pages, part) => pages + part.pages, 0);
          expect([id, node.id, zone.name, Math.round(sum)]).toEqual([id, node.id, zone.name, zone.pages]);
        }
      }
    }
  });

  it('puts the mem_map of node 0 of the 64 GB machine, 90,116 kB, into its Normal zone', () => {
    const { layout } = booted('numaq-64g-8quad');
    const normal = contentOf(layout, layout.nodes[0], () => undefined).find(({ zone }) => zone.name === 'Normal');
    expect(normal?.parts.find(({ owner }) => owner === 'memmap')?.pages).toBe(90116 / 4);
  });

  it('is what the kernel counted, once a run has left it', () => {
    const { layout } = booted('numaq-16g-4quad');
    const [node] = layout.nodes;
    const owned = {
      ...{
        node: 0,
        zone: 'Normal',
        index: 0,
        free: 100_000,
        min: 1,
        low: 2,
        high: 3,
        lists: {},
        spanned: 0,
        lockTakes: 0,
        visits: 0,
        refusals: 0,
      },
      ...{ present: 0, protection: [], census: [], perCpu: 24, owners: { reserved: 11_000, slab: 500, anonymous: 70 } },
    };
    const [dma, normal] = contentOf(
      layout,
      node,
      () => undefined,
      (_, zone) => (zone.name === 'Normal' ? owned : undefined),
    );
    const pages = Object.fromEntries(normal.parts.map((part) => [part.owner, part.pages]));
    expect(pages).toMatchObject({ slab: 500, anon: 70, percpu: 24, free: 100_000 });
    // Of what boot took mem_map stays apart, as boot has it.
    expect(pages['memmap']).toBeGreaterThan(0);
    expect((pages['memmap'] ?? 0) + (pages['kernel'] ?? 0)).toBe(11_000);
    expect([normal.freePages, normal.state]).toEqual([100_000, 'above high']);
    expect(dma.parts.map(({ owner }) => owner)).toContain('kernel');
  });

  it('says where free stands against the marks', () => {
    const { layout } = booted('numaq-64g-8quad');
    const node = layout.nodes[3];
    const { low, high } = node.zones[0].watermarks;
    const state = (free: number): string => contentOf(layout, node, () => free)[0].state;
    expect([state(low), state(low + 1), state(high), state(high + 1)]).toEqual([
      'below low',
      'near high',
      'near high',
      'above high',
    ]);
  });
});

describe('the interconnect in words', () => {
  it('names kind, rate and latency', () => {
    expect(fabricText(booted('numaq-64g-8quad').profile.machine.interconnect)).toBe(
      'Ring, one direction, 1 GB/s a link, remote 2,500 ns',
    );
    expect(rateText(792.8)).toBe('792.8 MB/s');
    expect(rateText(3200)).toBe('3.2 GB/s');
    expect(rateText(10000)).toBe('10 GB/s');
  });
});
