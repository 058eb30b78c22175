/** Windows and zones: what must hold on any machine. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import { box16, box64, bootOf, nodeOf, pc, profileOf, traitsBy, zoneOf } from './machines.ts';

const machines = fc
  .record({
    memories: fc.array(fc.integer({ min: 64, max: 6000 }), { minLength: 1, maxLength: 10 }),
    structPage: fc.integer({ min: 8, max: 64 }),
    mmuShift: fc.integer({ min: 0, max: 6 }),
    pae: fc.boolean(),
    parts: fc.integer({ min: 1, max: 5 }),
    share: fc.double({ min: 0, max: 0.5, noNaN: true }),
  })
  .map(({ memories, structPage, mmuShift, pae, parts, share }) => {
    const nodes = memories.map((memoryMiB, id) => ({
      id,
      cpus: 1,
      memoryMiB: pae ? memoryMiB : (memoryMiB % 380) + 64,
    }));
    const zonesPerType = { dma: parts, normal: parts, highmem: parts };
    const profile = profileOf({ nodes, pae, zones: { zonesPerType, fallbackShare: share } });
    return { layout: bootOf(profile, traitsBy({ structPage, mmuShift })), pae };
  });

const frames = (layout: BootLayout): number => layout.nodes.reduce((sum, n) => sum + n.endPfn - n.startPfn, 0);

describe('KVA windows', () => {
  it('tile what lies between max_low_pfn and maxmem exactly, the first node’s at the top', () => {
    fc.assert(
      fc.property(machines, ({ layout, pae }) => {
        const windows = layout.nodes.filter((node) => node.kvaPages > 0);
        let end = 0xc0000000 + layout.maxmemPfn * 4096;
        for (const window of windows) {
          expect(window.kvaStart + window.kvaPages * 4096).toBe(end);
          expect(window.kvaPages % (pae ? 512 : 1024)).toBe(0);
          end = window.kvaStart;
        }
        if (layout.boots) expect(end).toBe(layout.lowmemEnd);
      }),
    );
  });

  it('change low memory in steps of 2 MB as a node grows', () => {
    const low = (memoryMiB: number): number => {
      const nodes = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB: id === 0 ? 4096 : memoryMiB }));
      return bootOf(profileOf({ nodes })).maxLowPfn;
    };
    let before = low(1024);
    let steps = 0;
    // 2 MB hold 47,662.5 struct pages of 44 B: 186.2 MiB of frames.
    for (let memoryMiB = 1025; memoryMiB <= 1024 + 3 * 187; memoryMiB++) {
      const now = low(memoryMiB);
      expect([0, 512]).toContain(before - now);
      if (now !== before) steps++;
      before = now;
    }
    expect(steps).toBe(3);
  });

  it('are whole 4 MB pages without PAE', () => {
    const nodes = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB: 1024 }));
    const layout = bootOf(profileOf({ nodes, pae: false }));
    // (262,144 + 1) x 44 B are 11.0 MiB.
    expect(nodeOf(layout, 1).kvaPages).toBe(3 * 1024);
  });

  it('are not there without the remap, and the whole mem_map is in low memory', () => {
    const flat = traitsBy({
      kvaRemap: false,
      structPage: 48,
      watermarks: '2.4.22',
      zonelistOrder: '2.4.22',
      maxOrder: 10,
    });
    const layout = bootOf(box64(), flat);
    expect(layout.boots).toBe(true);
    expect(layout.maxLowPfn).toBe(229376);
    const memMap = layout.lowmemBudget.find(({ owner }) => owner === 'mem_map');
    expect(Math.round((memMap?.bytes ?? 0) / 1024 / 1024)).toBe(768);
  });

  it('are not there for a node without memory or on a 64-bit machine', () => {
    const nodes = [4096, 0, 4096].map((memoryMiB, id) => ({ id, cpus: 4, memoryMiB }));
    expect(bootOf(profileOf({ nodes })).nodes.map(({ kvaPages }) => kvaPages > 0)).toEqual([false, false, true]);
    expect(bootOf(profileOf({ nodes, bits: 64 })).memMap.kvaPagesTotal).toBe(0);
  });
});

describe('zones', () => {
  it('cover every frame but the remapped ones, once', () => {
    fc.assert(
      fc.property(machines, ({ layout }) => {
        const zones = layout.nodes.flatMap((node) => node.zones.map((zone) => ({ ...zone, node })));
        const pages = zones.reduce((sum, zone) => sum + zone.pages, 0);
        expect(pages).toBe(frames(layout) - layout.memMap.kvaPagesTotal);
        for (const node of layout.nodes) {
          let at = node.startPfn;
          for (const zone of node.zones) {
            expect(zone.startPfn).toBe(at);
            expect(zone.pages).toBeGreaterThan(0);
            at += zone.pages;
          }
          expect(at).toBe(node.endPfn - node.kvaPages);
        }
      }),
    );
  });

  it('have their type by address alone', () => {
    fc.assert(
      fc.property(machines, ({ layout }) => {
        for (const { name, startPfn, pages } of layout.nodes.flatMap((node) => node.zones)) {
          const type =
            startPfn < Math.min(4096, layout.maxLowPfn) ? 'DMA' : startPfn < layout.maxLowPfn ? 'Normal' : 'HighMem';
          expect(name).toBe(type);
          if (name !== 'HighMem') expect(startPfn + pages).toBeLessThanOrEqual(layout.maxLowPfn);
        }
      }),
    );
  });

  it('give nodes above low memory HighMem only', () => {
    for (const layout of [bootOf(box64()), bootOf(box16())]) {
      for (const node of layout.nodes.slice(1)) expect(node.zones.map(({ name }) => name)).toEqual(['HighMem']);
    }
  });

  it('are DMA and Normal on a 64-bit machine, without limit', () => {
    const nodes = [0, 1].map((id) => ({ id, cpus: 2, memoryMiB: 131072 }));
    const layout = bootOf(profileOf({ nodes, bits: 64 }));
    expect(layout.nodes.map((node) => node.zones.map(({ name }) => name))).toEqual([['DMA', 'Normal'], ['Normal']]);
    expect([layout.highmemMiB, layout.lowmemMiB, layout.lowmemEnd]).toEqual([0, 262144, 0]);
    expect(layout.addressSpace).toEqual([]);
  });

  it('of one type may be several, equal, at block borders; the last share is the fall-back zone', () => {
    const zones = { zonesPerType: { dma: 1, normal: 3, highmem: 2 }, fallbackShare: 0.25 };
    const layout = bootOf(pc(4096, { zones }));
    const normal = nodeOf(layout, 0).zones.filter(({ name }) => name === 'Normal');
    // By hand: 225,280 frames from 4,096; a quarter is 56,320 = 55 blocks of 1,024; thirds of 168,960 are 56,320.
    expect(normal.map(({ index, startPfn, pages, fallback }) => [index, startPfn, pages, fallback])).toEqual([
      [0, 4096, 56320, false],
      [1, 60416, 56320, false],
      [2, 116736, 56320, false],
      [3, 173056, 56320, true],
    ]);
    expect(layout.messages.filter(({ kind }) => kind === 'assumed').map(({ path }) => path)).toEqual([
      'zones.zonesPerType',
      'zones.fallbackShare',
    ]);
  });

  it('move their borders with the DMA limit and maxmem, and say that no kernel did', () => {
    const layout = bootOf(box64({ zones: { dmaLimitMiB: 64, maxmemMiB: 800 } }));
    expect(zoneOf(layout, 0, 'DMA').pages).toBe(16384);
    expect(layout.maxmemPfn).toBe(800 * 256);
    expect(layout.maxLowPfn).toBe(800 * 256 - 160768);
    expect(layout.messages.map(({ kind, path }) => [kind, path])).toContainEqual(['assumed', 'zones.dmaLimitMiB']);
  });

  it('of low memory may lie on several nodes, which is marked assumed', () => {
    const nodes = [0, 1, 2].map((id) => ({ id, cpus: 1, memoryMiB: 100 }));
    const layout = bootOf(profileOf({ nodes }));
    expect(layout.boots).toBe(true);
    // (25,600 + 1) x 44 B round up to 2 MB: 512 frames each for nodes 1 and 2.
    expect(layout.maxLowPfn).toBe(76800 - 1024);
    expect(layout.messages.map(({ kind, path }) => [kind, path])).toContainEqual(['assumed', 'machine.nodes']);
    // Node 1's last 512 frames hold its mem_map and lie below max_low_pfn.
    const remapped = layout.lowmemBudget.find(({ item }) => item === 'remapped mem_map below max_low_pfn');
    expect(remapped?.bytes).toBe(512 * 4096);
    expect(layout.lowmemBudget.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(76800 * 4096);
  });
});
