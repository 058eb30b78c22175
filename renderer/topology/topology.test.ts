import { describe, expect, it } from 'vitest';
import { openBuiltIn } from '../../src/lab/machines.ts';
import type { BootLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { InterconnectSpec, MachineProfile } from '../../src/sim/profiles/schema.ts';
import { arrange } from './arrange.ts';
import { bordersOf, dragged, keyed, snapped } from './borders.ts';
import { detailOf, revealing, stepOf } from './detail.ts';
import { contentOf } from './occupancy.ts';
import { gaugeShare, spread, zoneHeights } from './scale.ts';
import { touches as overlap, type Rect } from './place.ts';
import { planOf, UNGROUPED } from './plan.ts';
import { fabricText, rateText } from './words.ts';

function booted(id: string): { profile: MachineProfile; layout: BootLayout } {
  const { profile, layout } = openBuiltIn(id).checked;
  if (profile === undefined || layout === undefined) throw new Error(`${id} is not valid`);
  return { profile, layout };
}

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

  it('stay legible where the field is too narrow: the drawing is then wider than it', () => {
    const scene = arrange(profile.machine.interconnect, ids, 500, 440);
    expect(Math.min(...(scene?.cards ?? []).map(({ width }) => width))).toBeGreaterThanOrEqual(164);
    expect(scene?.width).toBeGreaterThan(500);
  });
});

/** Nodes 0 to count - 1. */
const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, id) => id);
const FABRIC = { remoteNs: 290, linkMBps: 3200, queued: true, invalidation: 'parallel' } as const;
const chain = (count: number): InterconnectSpec => ({
  kind: 'links',
  links: numbered(count - 1).map((from) => ({ from, to: from + 1, latencyNs: 50, bandwidthMBps: 1000 })),
  ...FABRIC,
});
const kinds = (count: number): readonly InterconnectSpec[] => [
  { kind: 'ring', oneWay: true, hopNs: 50, ...FABRIC },
  { kind: 'mesh', columns: Math.ceil(Math.sqrt(count)), hopNs: 50, ...FABRIC },
  { kind: 'crossbar', ...FABRIC },
  chain(count),
  { kind: 'matrix', latencyNs: [], linkMBps: 1000, queued: true, invalidation: 'parallel' },
  { kind: 'none' },
];

describe('the plan of a machine', () => {
  const boxes = (rects: readonly Rect[]): readonly string[] => {
    // By columns of the sweep, so that 4,096 boxes are not compared each with each.
    const order = [...rects].sort((a, b) => a.x - b.x);
    const found: string[] = [];
    order.forEach((a, at) => {
      for (let next = at + 1; next < order.length && order[next].x < a.x + a.width; next += 1) {
        if (overlap(a, order[next])) found.push(JSON.stringify([a, order[next]]));
      }
    });
    return found;
  };

  it.each([1, 2, 3, 5, 8, 9, 16, 17, 33, 64, 65, 100, 128, 256, 257, 1000, 4096])(
    'has no node over another, and every node once, with %i nodes on every kind of interconnect',
    (count) => {
      for (const interconnect of kinds(count)) {
        const plan = planOf(interconnect, numbered(count), 900, 440);
        expect([interconnect.kind, plan.cards.length]).toEqual([interconnect.kind, count]);
        expect([interconnect.kind, boxes(plan.cards)]).toEqual([interconnect.kind, []]);
        expect([interconnect.kind, boxes(plan.groups)]).toEqual([interconnect.kind, []]);
        expect(plan.groups.length > 0).toBe(count > UNGROUPED);
        expect(plan.groups.length).toBeLessThanOrEqual(64);
        if (count > UNGROUPED) {
          const members = plan.groups.flatMap((group) => group.members);
          expect([...members].sort((a, b) => a - b)).toEqual(numbered(count));
        }
      }
    },
  );

  it('keeps a mesh in its own places: each link joins neighbours of a row or a column', () => {
    const plan = planOf({ kind: 'mesh', columns: 16, hopNs: 50, ...FABRIC }, numbered(128), 900, 440);
    const links = numbered(128).flatMap((index) => plan.linksFrom(index));
    // 8 rows of 15 and 7 rows of 16.
    expect(links).toHaveLength(8 * 15 + 7 * 16);
    for (const { from, to } of links) {
      const [a, b] = [plan.cards[from], plan.cards[to]];
      expect(a.x === b.x || a.y === b.y).toBe(true);
    }
    expect(plan.groups.map(({ title }) => title)[1]).toBe('Rows 0–3, columns 4–7');
    // Two rows of four squares: 2 x 3 + 4 neighbours.
    expect(plan.groupLinks).toHaveLength(10);
  });

  it('closes a ring: every node has one link on, and the last comes back to the first', () => {
    for (const count of [3, 8, 20, 64, 130]) {
      const plan = planOf({ kind: 'ring', oneWay: true, hopNs: 50, ...FABRIC }, numbered(count), 900, 440);
      const next = numbered(count).map((index) => plan.linksFrom(index).map(({ to }) => to));
      expect([count, next]).toEqual([count, numbered(count).map((index) => [(index + 1) % count])]);
    }
  });

  it('puts nodes that are linked into one group', () => {
    // Two chains whose numbers alternate: 0, 2, 4 ... and 1, 3, 5 ...
    const links = numbered(126).map((from) => ({ from, to: from + 2, latencyNs: 50, bandwidthMBps: 1000 }));
    const plan = planOf({ kind: 'links', links, ...FABRIC }, numbered(128), 900, 440);
    const [first] = plan.groups;
    expect(first.members.every((index) => index % 2 === 0)).toBe(true);
  });
});

describe('what is drawn of a node', () => {
  it('is more the nearer it is', () => {
    expect([detailOf(216, 180), detailOf(100, 80), detailOf(40, 33), detailOf(10, 8)]).toEqual([
      'card',
      'tile',
      'chip',
      'dot',
    ]);
  });

  it('is laid out for a zoom that is never above the real one, so that text is not below its size', () => {
    const box = { width: 216, height: 180 };
    for (const zoom of [0.02, 0.1, 0.33, 0.5, 0.84, 1, 1.2, 2.5]) {
      expect(stepOf(zoom, box)).toBeLessThanOrEqual(zoom);
      if (zoom <= 1) expect(zoom / stepOf(zoom, box)).toBeLessThan(1.2);
    }
    expect(stepOf(1, box)).toBe(1);
  });

  it('comes into sight by the least move, and not at all where it is seen', () => {
    const seen = { x: 0, y: 0, zoom: 1 };
    expect(revealing(seen, { x: 10, y: 10, width: 100, height: 100 }, 900, 440)).toBe(seen);
    const moved = revealing(seen, { x: 850, y: 10, width: 100, height: 100 }, 900, 440);
    expect(moved.x).toBeLessThan(0);
    expect(850 + moved.x + 100).toBeLessThanOrEqual(900);
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
    expect(dragged(maxmem, 893, 0, 2)).toBe(893);
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
