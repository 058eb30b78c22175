import { describe, expect, it } from 'vitest';
import { InputError, flavours, traitsOf, type KernelTraits } from '../../../src/sim/index.ts';
import { box, kernel } from './machines.ts';

/** Bytes of struct page on a PAE machine with highmem, as published or counted from the field lists. */
const bytes: Readonly<Record<string, number>> = {
  '2.4.18': 48,
  '2.4.19-pre1-aa1': 48,
  '2.4.22': 48,
  '2.4.21-rhel3': 60,
  '2.5.59': 40,
  '2.5.62-mjb': 40,
  '2.5.63': 40,
  '2.5.65-mm2': 44,
  '2.5.66-mm': 44,
  '2.5.66-pgcl': 44,
  '2.6.0': 40,
  '2.6.7': 32,
  '2.6.11': 32,
  '2.6.25': 32,
  '2.6.28': 32,
};

const traits = (flavour: string, more: Parameters<typeof kernel>[1] = {}): KernelTraits =>
  traitsOf(kernel(flavour, more), box());

describe('the flavours', () => {
  it('are the fifteen kernels of the table, each once, with a title and a year', () => {
    expect(flavours.map(({ id }) => id)).toEqual(Object.keys(bytes));
    for (const flavour of flavours) {
      expect(flavour.title).toContain(flavour.id.split('-')[0]);
      expect(flavour.year).toBeGreaterThanOrEqual(2001);
      expect(flavour.year).toBeLessThanOrEqual(2008);
    }
  });

  it.each(Object.entries(bytes))('%s has a struct page of %i bytes on a 64 GB PAE box', (flavour, size) => {
    expect(traits(flavour).structPage).toMatchObject({ bytes: size, assumed: false });
  });

  it('lose 8-byte pte addresses without highpte or without PAE', () => {
    expect(traits('2.5.65-mm2', { highpte: false }).structPage.bytes).toBe(40);
    expect(traits('2.6.0', { highpte: true }).structPage.bytes).toBe(44);
    expect(traitsOf(kernel('2.6.0', { highpte: true }), box({ pae: false })).structPage.bytes).toBe(40);
    expect(traits('2.4.21-rhel3', { highpte: false }).structPage.bytes).toBe(56);
  });

  it('keep no kernel address in struct page on 2.4 without highmem', () => {
    expect(traitsOf(kernel('2.4.22'), box({ pae: false, memoryMiB: 256 })).structPage.bytes).toBe(44);
    expect(traitsOf(kernel('2.4.22'), box({ pae: false, memoryMiB: 1024 })).structPage.bytes).toBe(48);
  });

  it('mark a size set by hand as assumed and say what the rule gives', () => {
    const { structPage } = traits('2.5.65-mm2', { structPageBytes: 60 });
    expect(structPage).toMatchObject({ bytes: 60, assumed: true });
    expect(structPage.why).toContain('44');
  });

  it('have 56 bytes on a 64-bit machine of 2.6.25, marked assumed, and no highmem of any kind', () => {
    const wide = traitsOf(kernel('2.6.25', { highpte: true, kvaRemap: true }), box({ bits: 64, pae: false }));
    expect(wide.structPage).toMatchObject({ bytes: 56, assumed: true });
    expect(wide).toMatchObject({
      kvaRemap: false,
      highpte: false,
      pkmapBase: 0,
      lastPkmap: 0,
      fixmapBase: 0,
      patches: [],
    });
  });

  it.each([
    ['2.4.18', 10, false, '2.4.22', '2.4.22', false],
    ['2.4.21-rhel3', 10, false, 'rhel3', '2.4.22', false],
    ['2.5.59', 11, true, '2.6.0', '2.6.0', true],
    ['2.6.7', 11, true, '2.6.0', '2.6.0', true],
    ['2.6.11', 11, true, '2.6.11', '2.6.11', true],
    ['2.6.28', 11, true, '2.6.11', '2.6.11', true],
  ] as const)('%s: MAX_ORDER %i, per-CPU sets %s, marks of %s, zonelists of %s, remap %s', (...row) => {
    const [flavour, maxOrder, perCpuSets, watermarks, zonelistOrder, kvaRemap] = row;
    expect(traits(flavour)).toMatchObject({ maxOrder, perCpuSets, watermarks, zonelistOrder, kvaRemap });
  });

  it.each([
    ['2.4.18', 'none', 'none', '2.4.22', 'global', false, 'global', 'hash'],
    ['2.4.22', 'none', 'none', '2.4.22', 'global', false, 'global', 'hash'],
    ['2.4.21-rhel3', 'pte_chain', 'pte_chain', 'rmap15', 'zone', false, 'global', 'hash'],
    ['2.5.59', 'pte_chain', 'pte_chain', '2.6.0', 'zone', true, 'node', 'radix'],
    ['2.5.66-mm', 'pte_chain', 'pte_chain', '2.6.0', 'zone', true, 'node', 'radix'],
    ['2.6.0', 'pte_chain', 'pte_chain', '2.6.0', 'zone', true, 'node', 'radix'],
    ['2.6.7', 'prio_tree', 'anon_vma', '2.6.0', 'zone', true, 'node', 'radix'],
    ['2.6.28', 'prio_tree', 'anon_vma', '2.6.0', 'zone', true, 'node', 'radix'],
  ] as const)('%s: files by %s, anonymous pages by %s, reclaim of %s, a lock %s', (...row) => {
    const [flavour, rmap, anonRmap, reclaim, lruLock, pagevecs, kswapd, pageCache] = row;
    expect(traits(flavour)).toMatchObject({ rmap, anonRmap, reclaim, lruLock, pagevecs, kswapd, pageCache });
  });

  it('find a kmap in page->virtual in 2.4, in a hash since', () => {
    expect(['2.4.22', '2.4.21-rhel3', '2.5.59', '2.6.11'].map((id) => traits(id).pageAddress)).toEqual([
      'virtual',
      'virtual',
      'hash',
      'hash',
    ]);
  });

  it('reach highmem ptes by persistent kmaps in 2.4.19-pre1-aa1 alone', () => {
    expect(flavours.filter(({ id }) => traits(id).ptesByKmap).map(({ id }) => id)).toEqual(['2.4.19-pre1-aa1']);
  });

  it('keep 32 bounce pages and make buffer heads in 2.4, 64 and bios since', () => {
    expect(traits('2.4.22')).toMatchObject({ bouncePages: 32, requests: 'buffer_head' });
    expect(traits('2.5.59')).toMatchObject({ bouncePages: 64, requests: 'bio' });
  });

  it('fill a line with a chain: 7 slots of 4 bytes, or 3 of 8 with highpte and PAE', () => {
    expect(traits('2.6.0').chainSlots).toBe(7);
    expect(traits('2.6.0', { highpte: true }).chainSlots).toBe(3);
    expect(traitsOf(kernel('2.6.0', { highpte: true }), box({ pae: false })).chainSlots).toBe(7);
  });

  it('have a word more in struct page for a pte chain that they never had', () => {
    expect(traits('2.4.22', { rmap: 'pte_chain' })).toMatchObject({ structPage: { bytes: 52, assumed: true } });
    expect(traits('2.6.7', { rmap: 'pte_chain', highpte: true }).structPage.bytes).toBe(40);
    expect(traits('2.5.66-mm', { rmap: 'objrmap' }).structPage).toMatchObject({ bytes: 44, assumed: false });
  });

  it('pair partial objrmap with chains for anonymous pages, and no file rmap with none', () => {
    expect(traits('2.5.66-mm', { rmap: 'objrmap' }).anonRmap).toBe('pte_chain');
    expect(traits('2.6.0', { rmap: 'none' }).anonRmap).toBe('none');
  });

  it('put the kmap pool where each kernel had it, with one page-table page of slots', () => {
    expect(traits('2.4.22')).toMatchObject({ pkmapBase: 0xfe000000, lastPkmap: 512 });
    expect(traits('2.4.19-pre1-aa1')).toMatchObject({ pkmapBase: 0xfe000000, lastPkmap: 1024 });
    expect(traits('2.4.21-rhel3')).toMatchObject({ pkmapBase: 0xff000000, lastPkmap: 512 });
    expect(traits('2.6.0')).toMatchObject({ pkmapBase: 0xff800000, lastPkmap: 512 });
    expect(traitsOf(kernel('2.6.0'), box({ pae: false }))).toMatchObject({ pkmapBase: 0xff800000, lastPkmap: 1024 });
    expect(traitsOf(kernel('2.6.0'), box({ nodes: 9 }))).toMatchObject({ pkmapBase: 0xff600000 });
  });

  it('never let the fixmap reach down into the kmap pool', () => {
    for (const { id } of flavours) {
      for (const nodes of [1, 8, 9, 64]) {
        const { pkmapBase, lastPkmap, fixmapBase } = traitsOf(kernel(id), box({ nodes }));
        expect(fixmapBase).toBeGreaterThanOrEqual(pkmapBase + lastPkmap * 4096);
        expect(fixmapBase).toBeLessThan(2 ** 32);
      }
    }
  });

  it('list as patches what a kernel never had, and nothing else', () => {
    expect(traits('2.4.22', { highpte: true, kvaRemap: true, pageMmuShift: 3 }).patches).toEqual([
      'highpte',
      'KVA remap',
      'page clustering',
    ]);
    expect(traits('2.5.66-pgcl', { pageMmuShift: 6 }).patches).toEqual([]);
    expect(traits('2.5.59', { highpte: true, kvaRemap: false }).patches).toEqual([]);
    expect(traits('2.4.22', { placement: { policy: 'bind', nodes: [0] } }).patches).toEqual(['placement by bind']);
    expect(traits('2.5.66-mm', { rmap: 'objrmap', sharedPageTables: 'rule' }).patches).toEqual([]);
    expect(traits('2.4.21-rhel3', { split4g: true }).patches).toEqual([]);
    expect(traits('2.6.0', { rmap: 'objrmap', sharedPageTables: 'rule', split4g: true }).patches).toEqual([
      'reverse map of files: objrmap',
      'shared page tables',
      '4G/4G split',
    ]);
    expect(traits('2.6.0', { ukva: 'mm', kmap: 'per-cpu', kswapdWindow: true }).patches).toEqual([
      'UKVA',
      'pinned kmap pool per CPU',
      'kswapd’s own window',
    ]);
    expect(traits('2.6.7', { placement: { policy: 'interleave', nodes: [0, 1] } }).patches).toEqual([]);
  });

  it('refuse an unknown name at kernel.flavour, with the nearest known one', () => {
    const attempt = (): KernelTraits => traits('2.6.1');
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(/kernel\.flavour: expected one of .*found "2\.6\.1"; did you mean "2\.6\.0"\?/);
  });
});
