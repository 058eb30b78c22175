/** Zonelists: every eligible zone once, the local node first, in the flavour's order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asNodeId } from '../../../src/sim/base/units.ts';
import { distanceRows } from '../../../src/sim/kernel/boot/distance.ts';
import { zonelistsOf } from '../../../src/sim/kernel/boot/zonelists.ts';
import type { BootLayout, Zonelist, ZoneName } from '../../../src/sim/kernel/boot/layout.ts';
import { box64, bootOf, pc, profileOf, traitsBy } from './machines.ts';

const ELIGIBLE: Record<Zonelist['gfp'], readonly ZoneName[]> = {
  GFP_HIGHUSER: ['HighMem', 'Normal', 'DMA'],
  GFP_KERNEL: ['Normal', 'DMA'],
  GFP_DMA: ['DMA'],
};

const text = ({ zones }: Zonelist): string => zones.map(({ zone, node }) => `${zone}${node}`).join(' ');
const listOf = (layout: BootLayout, node: number, gfp: Zonelist['gfp']): string => {
  const list = layout.zonelists.find((candidate) => candidate.node === node && candidate.gfp === gfp);
  return list === undefined ? 'none' : text(list);
};

describe('zonelists', () => {
  it('of 2.6.0 take the local node’s zones from high to low, then the next nodes, wrapping', () => {
    const layout = bootOf(box64());
    expect(listOf(layout, 0, 'GFP_HIGHUSER')).toBe(
      'HighMem0 Normal0 DMA0 HighMem1 HighMem2 HighMem3 HighMem4 HighMem5 HighMem6 HighMem7',
    );
    expect(listOf(layout, 6, 'GFP_HIGHUSER')).toBe(
      'HighMem6 HighMem7 HighMem0 Normal0 DMA0 HighMem1 HighMem2 HighMem3 HighMem4 HighMem5',
    );
    expect(listOf(layout, 6, 'GFP_KERNEL')).toBe('Normal0 DMA0');
    expect(listOf(layout, 3, 'GFP_DMA')).toBe('DMA0');
  });

  it('of 2.6.11 are the same rotation on a one-way ring, where every other node is as far', () => {
    const interconnect = { kind: 'ring' as const, oneWay: true, remoteNs: 2500, hopNs: 40, linkMBps: 1000 };
    const profile = box64({ machine: { interconnect } });
    const rotation = bootOf(profile).zonelists;
    expect(bootOf(profile, traitsBy({ zonelistOrder: '2.6.11' })).zonelists).toEqual(rotation);
  });

  it('of 2.6.11 go outwards on a two-way ring, taking turns at equal distance', () => {
    const interconnect = { kind: 'ring' as const, oneWay: false, remoteNs: 1000, hopNs: 100, linkMBps: 1000 };
    const nodes = [0, 1, 2, 3].map((id) => ({ id, cpus: 1, memoryMiB: 1024 }));
    const layout = bootOf(
      profileOf({ nodes, bits: 64, machine: { interconnect } }),
      traitsBy({ zonelistOrder: '2.6.11' }),
    );
    // node_load by hand: list 0 puts 3 on node 1 and 1 on node 2; so list 1 goes to 0 before 2, and puts 3 on 0 and 1 on
    // 3; so list 2 goes to 3 (1) before 1 (3).
    expect(listOf(layout, 0, 'GFP_HIGHUSER')).toBe('Normal0 DMA0 Normal1 Normal3 Normal2');
    expect(listOf(layout, 1, 'GFP_HIGHUSER')).toBe('Normal1 Normal0 DMA0 Normal2 Normal3');
    expect(listOf(layout, 2, 'GFP_HIGHUSER')).toBe('Normal2 Normal3 Normal1 Normal0 DMA0');
  });

  it('of a flat 2.4 kernel are the same for every node, the highest memory first', () => {
    const flat = traitsBy({
      zonelistOrder: '2.4.22',
      watermarks: '2.4.22',
      kvaRemap: false,
      structPage: 48,
      maxOrder: 10,
    });
    const layout = bootOf(box64(), flat);
    const lists = [0, 3, 7].map((node) => listOf(layout, node, 'GFP_HIGHUSER'));
    expect(new Set(lists).size).toBe(1);
    expect(lists[0]).toMatch(/^HighMem7 HighMem6 .* HighMem0 Normal0 DMA0$/);
  });

  it('of 2.4.22 with the remap loop over the nodes from the local one', () => {
    const layout = bootOf(box64(), traitsBy({ zonelistOrder: '2.4.22', watermarks: '2.4.22' }));
    expect(listOf(layout, 7, 'GFP_HIGHUSER')).toMatch(/^HighMem7 HighMem0 Normal0 DMA0 HighMem1/);
  });

  it('try every other zone before a fall-back zone', () => {
    const zones = { fallbackShare: 0.1 };
    const layout = bootOf(pc(4096, { zones }));
    const list = layout.zonelists.find(({ gfp }) => gfp === 'GFP_HIGHUSER');
    expect(list?.zones.map(({ zone, index }) => `${zone}${index}`)).toEqual([
      'HighMem0',
      'Normal0',
      'DMA0',
      'HighMem1',
      'Normal1',
      'DMA1',
    ]);
  });

  it('hold each eligible zone once and begin at home where home has one', () => {
    const orders = fc.constantFrom('2.4.22' as const, '2.6.0' as const, '2.6.11' as const);
    const memories = fc.array(fc.constantFrom(0, 64, 700, 4096), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        orders,
        memories,
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (zonelistOrder, sizes, parts, remap) => {
          const nodes = sizes.map((memoryMiB, id) => ({ id: 3 * id + 1, cpus: id === 0 ? 1 : id % 3, memoryMiB }));
          const zonesPerType = { dma: 1, normal: parts, highmem: parts };
          const layout = bootOf(
            profileOf({ nodes, zones: { zonesPerType } }),
            traitsBy({ zonelistOrder, kvaRemap: remap }),
          );
          fc.pre(layout.boots);
          const all = layout.nodes.flatMap(({ id, zones }) =>
            zones.map((zone) => ({ node: id, zone: zone.name, index: zone.index })),
          );
          const blind = zonelistOrder === '2.4.22' && !remap;
          for (const list of layout.zonelists) {
            const eligible = all.filter(({ zone }) => ELIGIBLE[list.gfp].includes(zone));
            const sorted = (refs: readonly { node: number; zone: string; index: number }[]): string[] => {
              return refs.map(({ node, zone, index }) => `${node} ${zone} ${index}`).sort();
            };
            expect(sorted(list.zones)).toEqual(sorted(eligible));
            const home = eligible.some(({ node }) => node === list.node);
            if (home && !blind) expect(list.zones[0].node).toBe(list.node);
          }
        },
      ),
    );
  });

  const mesh = { kind: 'mesh' as const, columns: 64, remoteNs: 600, hopNs: 50, linkMBps: 3200 };
  /** A ring of 4,096 nodes with chords. */
  const chords = Array.from({ length: 4096 }, (_, from) => [
    { from, to: (from + 1) % 4096, latencyNs: 50, bandwidthMBps: 3200 },
    { from, to: (from + 64) % 4096, latencyNs: 50, bandwidthMBps: 3200 },
  ]).flat();
  const links = { kind: 'links' as const, links: chords, remoteNs: 600, linkMBps: 3200 };

  // Lists of 2.6.11 rest on those of the nodes before: the paths of explicit links are asked for fewer nodes.
  it.each([
    { interconnect: mesh, node: 4095 },
    { interconnect: links, node: 511 },
  ])('are made on demand above 64 nodes, in little time for 4,096 ($interconnect.kind)', ({ interconnect, node }) => {
    const nodes = Array.from({ length: 4096 }, (_, id) => ({ id, cpus: 4, memoryMiB: 4096 }));
    const profile = profileOf({ nodes, bits: 64, machine: { interconnect } });
    const traits = traitsBy({ zonelistOrder: '2.6.11', watermarks: '2.6.11' });
    const started = performance.now();
    const layout = bootOf(profile, traits);
    const booted = performance.now();
    expect(layout.zonelists).toEqual([]);
    const lists = zonelistsOf(profile, traits, layout, asNodeId(node));
    const asked = performance.now();
    expect(lists.map(({ gfp, zones }) => [gfp, zones.length])).toEqual([
      ['GFP_HIGHUSER', 4097],
      ['GFP_KERNEL', 4097],
      ['GFP_DMA', 1],
    ]);
    expect(lists[0].zones[0]).toEqual({ node, zone: 'Normal', index: 0 });
    // Generous bounds: a loaded machine must not fail what takes some 40 ms and 1 s.
    expect(booted - started).toBeLessThan(1000);
    expect(asked - booted).toBeLessThan(20_000);
    expect(zonelistsOf(profile, traits, layout, asNodeId(5000))).toEqual([]);
  });
});

describe('node distance', () => {
  const nodes = [0, 1, 2, 3, 4, 5].map((id) => ({ id, cpus: 1, memoryMiB: 64 }));
  const rows = (interconnect: Parameters<typeof profileOf>[0]['machine']): number[][] => {
    const { machine } = profileOf({ nodes, bits: 64, machine: { localNs: 100, ...interconnect } });
    const of = distanceRows(machine);
    return nodes.map((_, from) => [...of(from)]);
  };

  it('is ten times the latency over the local one: nearest remoteNs, each further link there and back', () => {
    const mesh = { kind: 'mesh' as const, columns: 3, remoteNs: 300, hopNs: 20, linkMBps: 1 };
    expect(rows({ interconnect: mesh })[0]).toEqual([10, 30, 34, 30, 34, 38]);
    const ring = { kind: 'ring' as const, oneWay: false, remoteNs: 300, hopNs: 20, linkMBps: 1 };
    expect(rows({ interconnect: ring })[1]).toEqual([30, 10, 30, 34, 38, 34]);
  });

  it('follows explicit links by the shortest latency', () => {
    const chain = [0, 1, 2, 3, 4].map((from) => ({ from, to: from + 1, latencyNs: 50, bandwidthMBps: 1 }));
    const links = [...chain, { from: 0, to: 5, latencyNs: 120, bandwidthMBps: 1 }];
    const spec = { kind: 'links' as const, links, remoteNs: 300, linkMBps: 1 };
    // From 0: 50, 100, 150, then 5 directly at 120 and 4 over it at 170; each beyond 50 counts twice.
    expect(rows({ interconnect: spec })[0]).toEqual([10, 30, 40, 50, 54, 44]);
  });

  it('takes remoteNs for the quickest link of the machine, so that a node with slow links only is far from all', () => {
    const chain = [0, 1, 2, 3].map((from) => ({ from, to: from + 1, latencyNs: 50, bandwidthMBps: 1 }));
    const links = [...chain, { from: 0, to: 5, latencyNs: 120, bandwidthMBps: 1 }];
    const spec = { kind: 'links' as const, links, remoteNs: 300, linkMBps: 1 };
    // From 5: 120 to node 0, which is 70 beyond the quickest link, then 50 more for each; all of it twice.
    expect(rows({ interconnect: spec })[5]).toEqual([44, 54, 64, 74, 84, 10]);
  });

  it('is 10 and 20 where no latency is known', () => {
    const crossbar = { kind: 'crossbar' as const, remoteNs: 0, linkMBps: 1 };
    expect(rows({ interconnect: crossbar })[2]).toEqual([20, 20, 10, 20, 20, 20]);
  });
});
