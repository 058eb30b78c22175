/** The boot layouts that four boot logs of 2003 print, to the page and the kilobyte. */
import { describe, expect, it } from 'vitest';
import { box16, box64, bootOf, nodeOf, profileOf, traitsBy, zoneOf } from './machines.ts';

describe('the 64 GB box (2.5.65-mm2, 28 Mar 2003)', () => {
  const layout = bootOf(box64());

  it('boots without a word of alignment', () => {
    expect(layout.boots).toBe(true);
    expect(layout.issues).toEqual([]);
    expect(layout.messages).toEqual([]);
  });

  it('takes 23,040 frames a node for the windows, 22,528 on the last, 160,768 in all', () => {
    expect(layout.nodes.map((node) => node.kvaPages)).toEqual([0, 23040, 23040, 23040, 23040, 23040, 23040, 22528]);
    expect(layout.memMap.kvaPagesTotal).toBe(160768);
  });

  it('maps the windows where the log says', () => {
    const starts = layout.nodes.map((node) => node.kvaStart.toString(16));
    expect(starts).toEqual(['0', 'f2600000', 'ecc00000', 'e7200000', 'e1800000', 'dbe00000', 'd6400000', 'd0c00000']);
  });

  it('leaves 268 MB of low memory that end at d0c00000, and 64,632 MB of high memory', () => {
    expect(layout.maxmemPfn).toBe(229376);
    expect(layout.maxLowPfn).toBe(68608);
    expect(layout.lowmemMiB).toBe(268);
    expect(layout.highmemMiB).toBe(64632);
    expect(layout.lowmemEnd).toBe(0xd0c00000);
  });

  it('has the zones of the log, with their batches', () => {
    const node0 = nodeOf(layout, 0).zones.map(({ name, startPfn, pages, batch }) => [name, startPfn, pages, batch]);
    expect(node0).toEqual([
      ['DMA', 0, 4096, 1],
      ['Normal', 4096, 64512, 15],
      ['HighMem', 68608, 2028544, 16],
    ]);
    for (const id of [1, 2, 3, 4, 5, 6]) {
      const zones = nodeOf(layout, id).zones;
      expect(zones.map(({ name, startPfn, pages }) => [name, startPfn, pages])).toEqual([
        ['HighMem', id * 2097152, 2074112],
      ]);
    }
    expect(nodeOf(layout, 7).zones.map(({ name, pages }) => [name, pages])).toEqual([['HighMem', 2072576]]);
  });

  it('counts memory to the kilobyte', () => {
    expect(layout.meminfo.reserved).toBe(98252);
    expect(layout.meminfo.LowTotal).toBe(176076);
    expect(layout.meminfo.HighTotal).toBe(65134592);
    expect(layout.meminfo.MemTotal).toBe(65310668);
  });

  it('leaves what is taken after boot out of LowFree', () => {
    const kernel = { bootItems: [{ item: 'all that the log shows', kib: 31896 }] };
    expect(bootOf(box64({ kernel })).meminfo.LowFree).toBe(144180);
  });

  it('itemises low memory so that it adds up to 896 MiB', () => {
    const bytes = Object.fromEntries(layout.lowmemBudget.map(({ item, bytes }) => [item, bytes / 1024]));
    expect(bytes['KVA windows (mem_map of nodes 1-7)']).toBe(628 * 1024);
    expect(bytes['mem_map of node 0']).toBe(90116);
    expect(bytes['not RAM']).toBe(388);
    expect(layout.lowmemBudget.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(896 * 1024 * 1024);
    const free = layout.lowmemBudget.filter(({ owner }) => owner === 'free').reduce((sum, { bytes }) => sum + bytes, 0);
    expect(free / 1024).toBe(layout.meminfo.LowFree);
  });

  it('has a mem_map of 703.91 MiB in all', () => {
    expect(layout.memMap.bytesPerFrame).toBe(44);
    expect((layout.memMap.totalBytes / 1024 / 1024).toFixed(2)).toBe('703.91');
  });

  it('counts what the holes leave as present', () => {
    expect(zoneOf(layout, 0, 'DMA').present).toBe(4096 - 97);
    expect(zoneOf(layout, 0, 'HighMem').present).toBe(2028544 - 262144);
    expect(nodeOf(layout, 0).presentPages).toBe(2097152 - 97 - 262144);
  });
});

describe('the 64 GB box with 32 KB page clusters', () => {
  it('has 2.8 times the low memory at the published maxmem of 834 MB', () => {
    const layout = bootOf(box64({ zones: { maxmemMiB: 834 } }), traitsBy({ mmuShift: 3 }));
    expect(layout.maxmemPfn).toBe(213504);
    // By hand: (262,144 + 1) x 44 B = 5.5 large pages, so 6 of 512 frames for each of 7 nodes.
    expect(layout.memMap.kvaPagesTotal).toBe(7 * 6 * 512);
    expect(layout.maxLowPfn).toBe(192000);
    expect(layout.lowmemMiB / 268).toBeCloseTo(2.8, 1);
    expect((layout.memMap.totalBytes / 1024 / 1024).toFixed(2)).toBe('87.99');
    expect(layout.memMap).toMatchObject({ structPageBytes: 44, bytesPerFrame: 5.5 });
    expect(layout.messages.filter(({ path }) => path === 'zones.maxmemMiB')).toEqual([]);
  });

  it('has the windows, zones and batches of its boot log, and no alignment message', () => {
    const layout = bootOf(box64({ zones: { maxmemMiB: 834 } }), traitsBy({ mmuShift: 3 }));
    const starts = layout.nodes.slice(1).map(({ kvaStart }) => kvaStart.toString(16));
    expect(starts).toEqual(['f3600000', 'f2a00000', 'f1e00000', 'f1200000', 'f0600000', 'efa00000', 'eee00000']);
    expect([layout.lowmemMiB, layout.highmemMiB, layout.meminfo.HighTotal]).toEqual([750, 64694, 65198080]);
    expect(nodeOf(layout, 0).zones.map(({ name, pages, batch }) => [name, pages, batch])).toEqual([
      ['DMA', 4096, 1],
      ['Normal', 187904, 2],
      ['HighMem', 1905152, 2],
    ]);
    expect(nodeOf(layout, 6).zones.map(({ pages, batch }) => [pages, batch])).toEqual([[2094080, 2]]);
    expect(nodeOf(layout, 7).zones.map(({ pages }) => pages)).toEqual([2092032]);
    expect(layout.messages).toEqual([]);
  });

  it('keeps the profile’s maxmem and says that the published kernel reserved more', () => {
    const layout = bootOf(box64(), traitsBy({ mmuShift: 3 }));
    expect(layout.maxmemPfn).toBe(229376);
    expect(layout.messages.find(({ path }) => path === 'zones.maxmemMiB')?.text).toContain('213,504');
  });

  it('has the same windows for 8 GB nodes with a struct page of 40 bytes', () => {
    const profile = box64({ zones: { maxmemMiB: 834 } });
    const { nodes } = bootOf(profile, traitsBy({ mmuShift: 3, structPage: 40 }));
    // (262,144 + 1) x 40 B is 40 bytes over five large pages; the shorter last node just fits five.
    expect(nodes.map(({ kvaPages }) => kvaPages / 512)).toEqual([0, 6, 6, 6, 6, 6, 6, 5]);
  });
});

describe('the 16 GB box (2.5.59-mjb3, 3 Feb 2003)', () => {
  const layout = bootOf(box16(), traitsBy({ structPage: 40 }));

  it('takes 10,752 frames for each window, 32,256 in all, and leaves 770 MB', () => {
    expect(layout.nodes.map((node) => node.kvaPages)).toEqual([0, 10752, 10752, 10752]);
    expect(layout.memMap.kvaPagesTotal).toBe(32256);
    expect(layout.lowmemMiB).toBe(770);
    expect(layout.highmemMiB).toBe(15488);
    expect(layout.maxLowPfn).toBe(197120);
    expect(layout.lowmemEnd).toBe(0xf0200000);
    expect(layout.nodes.slice(1).map(({ kvaStart }) => kvaStart.toString(16))).toEqual([
      'f5600000',
      'f2c00000',
      'f0200000',
    ]);
  });

  it('has the zones and batches of the log', () => {
    expect(nodeOf(layout, 0).zones.map(({ name, pages, batch }) => [name, pages, batch])).toEqual([
      ['DMA', 4096, 1],
      ['Normal', 193024, 16],
      ['HighMem', 851456, 16],
    ]);
    for (const id of [1, 2, 3]) {
      expect(nodeOf(layout, id).zones.map(({ name, pages }) => [name, pages])).toEqual([['HighMem', 1037824]]);
    }
  });

  it('counts HighTotal and reserved to the kilobyte', () => {
    expect(layout.meminfo.HighTotal).toBe(15728640);
    expect(layout.meminfo.reserved).toBe(45388);
  });

  it('prints the kernel’s alignment message for node 0’s HighMem, and boots', () => {
    expect(layout.boots).toBe(true);
    expect(layout.messages[0]).toEqual({ kind: 'kernel', text: 'BUG: wrong zone alignment, it will crash' });
    expect(layout.messages[1].text).toContain('HighMem 0 starts at frame 197,120');
  });
});

describe('a 32 GB box of eight quads (2.5.65-preempt; Z. Mwaikambo, linux-kernel, 6 Apr 2003)', () => {
  const nodes = Array.from({ length: 8 }, (_, id) => ({
    id,
    cpus: 4,
    memoryMiB: 4096,
    holes:
      id === 0
        ? [
            { startKiB: 639, endKiB: 1024 },
            { startKiB: 0xe0000000 / 1024, endKiB: 4 * 1024 * 1024 },
          ]
        : [],
  }));
  const kernel = { codeKiB: 1792, dataKiB: 735, initKiB: 392, reservedKiB: 49040 - 40964 - 1792 - 735 - 392 };
  const layout = bootOf(profileOf({ nodes, kernel }), traitsBy({ structPage: 40 }));

  it('comes out of the same rule, to the page', () => {
    expect(layout.memMap.kvaPagesTotal).toBe(75264);
    expect([layout.maxLowPfn, layout.lowmemMiB, layout.highmemMiB]).toEqual([154112, 602, 31872]);
    expect(layout.nodes.slice(1).map(({ kvaStart }) => kvaStart.toString(16))).toEqual([
      'f5600000',
      'f2c00000',
      'f0200000',
      'ed800000',
      'eae00000',
      'e8400000',
      'e5a00000',
    ]);
    expect(nodeOf(layout, 0).zones.map(({ name, pages, batch }) => [name, pages, batch])).toEqual([
      ['DMA', 4096, 1],
      ['Normal', 150016, 16],
      ['HighMem', 894464, 16],
    ]);
    expect(layout.meminfo).toMatchObject({ HighTotal: 32112640, reserved: 49040 });
    expect(layout.messages[0].text).toBe('BUG: wrong zone alignment, it will crash');
  });
});
