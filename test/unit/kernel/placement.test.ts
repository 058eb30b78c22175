/** Where pages land under each policy, and what numastat says of it, by hand. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import type { PageTable } from '../../../src/sim/hardware/page-table.ts';
import { PTE_PRESENT, PTE_SHIFT } from '../../../src/sim/hardware/pte-pages.ts';
import { NUMASTAT_COLUMNS } from '../../../src/sim/kernel/numastat.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { Booted } from '../../conformance/naive/booted.ts';
import { cpu, profileOf, type Shape } from '../boot/machines.ts';

const withTlb = { cpu: { ...cpu, dtlb: { entries: 64, ways: 4 } } };
type Placement = MachineProfile['kernel']['placement'];

/** Four nodes of 64 bits, 64 MiB each, ids 0, 2, 4, 6. */
function small(placement: Placement, flavour = '2.6.28', changes: Partial<Shape> = {}): Booted {
  const nodes = [0, 2, 4, 6].map((id) => ({ id, cpus: 1, memoryMiB: 64 }));
  const kernel = { flavour, placement };
  return new Booted(profileOf({ nodes, bits: 64, pae: false, machine: withTlb, ...changes, kernel }));
}

/** Pages 1,000 to 1,000 + `pages`, private. */
const space = (pages: number) => ({
  mappings: [{ start: 1000 * 4096, end: (1000 + pages) * 4096, segment: -1, segmentOffset: 0 }],
});

/** Place of the node that holds a page; -1 where it is not mapped. */
function nodeOf({ kernel }: Booted, table: PageTable, page: number): number {
  const pte = table.pteOf(page);
  const value = pte < 0 ? 0 : kernel.ptePages.get(pte);
  return (value & PTE_PRESENT) === 0 ? -1 : kernel.frames.homeOf(value >> PTE_SHIFT);
}

/** Pages of each node, of those that are mapped. */
function nodesOf(booted: Booted, table: PageTable, pages: number): number[] {
  const counts = [0, 0, 0, 0];
  for (let page = 1000; page < 1000 + pages; page++) counts[nodeOf(booted, table, page)]++;
  return counts;
}

function statOf(booted: Booted, place: number): Record<string, number> {
  const counts = booted.kernel.numastat.of(place);
  return Object.fromEntries(NUMASTAT_COLUMNS.flatMap((name, i) => (counts[i] === 0 ? [] : [[name, counts[i]]])));
}

/**
 * What the node at `place` scores for a fault of a CPU on the first page of a pte page, after another one has had its
 * upper levels and slabs made.
 */
function secondFault(booted: Booted, cpu: number, place: number): Record<string, number> {
  const { table } = booted.kernel.createSpace(space(1024));
  booted.touch(cpu, table, 1000);
  const before = booted.kernel.numastat.of(place);
  booted.touch(cpu, table, 1024);
  const after = booted.kernel.numastat.of(place);
  const scores = NUMASTAT_COLUMNS.map((name, i) => [name, after[i] - before[i]] as const);
  return Object.fromEntries(scores.filter(([, score]) => score !== 0));
}

describe('first touch', () => {
  it('takes a page from the node of the CPU that touches it first', () => {
    const booted = small({ policy: 'first-touch' });
    const table = booted.kernel.createSpace(space(80)).table;
    for (let page = 0; page < 80; page++) booted.touch(page % 4, table, 1000 + page);
    expect(nodesOf(booted, table, 80)).toEqual([20, 20, 20, 20]);
    for (let page = 0; page < 80; page++) booted.touch(0, table, 1000 + page);
    expect(nodesOf(booted, table, 80)).toEqual([20, 20, 20, 20]);
  });

  it('scores hits on its own node, page-table pages included', () => {
    const booted = small({ policy: 'first-touch' });
    // The page, and its pte page.
    expect(secondFault(booted, 2, 2)).toEqual({ numa_hit: 2, local_node: 2 });
  });
});

describe('a quad without low memory', () => {
  const quads = (highpte: boolean): Booted => {
    const nodes = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB: 2048 }));
    return new Booted(profileOf({ nodes, machine: withTlb, kernel: { flavour: '2.6.0', highpte } }));
  };

  it('gets its page tables from node 0: a hit there, for another node', () => {
    expect(secondFault(quads(false), 1, 0)).toEqual({ numa_hit: 1, other_node: 1 });
    expect(secondFault(quads(false), 1, 1)).toEqual({ numa_hit: 1, local_node: 1 });
  });

  it('keeps its last-level page tables itself with highpte', () => {
    expect(secondFault(quads(true), 1, 0)).toEqual({});
    expect(secondFault(quads(true), 1, 1)).toEqual({ numa_hit: 2, local_node: 2 });
  });
});

describe('preferred', () => {
  it('takes pages from its node while there are any, then from others, which numastat calls a miss there', () => {
    const booted = small({ policy: 'preferred', node: 4 });
    const pages = 20_000; // 78 MiB: more than the node's 64
    const table = booted.kernel.createSpace(space(pages)).table;
    for (let page = 0; page < pages; page++) booted.touch(0, table, 1000 + page);
    const counts = nodesOf(booted, table, pages);
    expect(counts[2]).toBeGreaterThan(10_000);
    const [, misses, foreign] = [0, 1, 2].map((column) => {
      return [0, 1, 2, 3].map((place) => booted.kernel.numastat.of(place)[column]);
    });
    expect(foreign).toEqual([0, 0, pages - counts[2], 0]);
    // The page tables are CPU 0's: hits on its node.
    expect(misses.reduce((sum, each) => sum + each, 0)).toBe(pages - counts[2]);
    expect(misses[2]).toBe(0);
    for (const place of [0, 1, 2, 3]) {
      const [hit, miss, , , local, other] = booted.kernel.numastat.of(place);
      expect(hit + miss).toBe(local + other);
    }
  });
});

describe('interleave', () => {
  it.each([40, 41, 43, 1001])('spreads %i pages over three nodes so that they differ by one at most', (pages) => {
    const booted = small({ policy: 'interleave', nodes: [6, 0, 2] });
    const table = booted.kernel.createSpace(space(pages)).table;
    // In an order of its own, by several CPUs: placement goes by the page, not by who comes when.
    for (let i = 0; i < pages; i++) booted.touch(i % 4, table, 1000 + ((i * 17) % pages));
    const counts = nodesOf(booted, table, pages);
    expect(counts[2]).toBe(0);
    const used = [counts[0], counts[1], counts[3]];
    expect(Math.max(...used) - Math.min(...used)).toBeLessThanOrEqual(1);
    expect(used.reduce((sum, each) => sum + each, 0)).toBe(pages);
    const hits = [0, 1, 2, 3].map((place) => booted.kernel.numastat.of(place)[3]);
    expect(hits).toEqual(counts);
  });

  it('goes by the address of private memory, so that many small mappings do not pile up on the first node', () => {
    const booted = small({ policy: 'interleave', nodes: [0, 2, 4, 6] });
    const mappings = Array.from({ length: 40 }, (_, i) => {
      return { start: (1000 + 3 * i) * 4096, end: (1001 + 3 * i) * 4096, segment: -1, segmentOffset: 0 };
    });
    const table = booted.kernel.createSpace({ mappings }).table;
    for (let i = 0; i < 40; i++) booted.touch(0, table, 1000 + 3 * i);
    // Page p is asked for on the (p mod 4)-th node, and 3 has no divisor in common with 4.
    expect([0, 1, 2, 3].map((place) => booted.kernel.numastat.of(place)[3])).toEqual([10, 10, 10, 10]);
    expect([1000, 1003, 1006, 1009].map((page) => nodeOf(booted, table, page))).toEqual([0, 3, 2, 1]);
  });

  it('scores no interleave hit for a page of a lower zone of the node that it chose', () => {
    // 896 MiB of low memory leave 8 MiB of highmem: 2,048 pages.
    const nodes = [{ id: 0, cpus: 1, memoryMiB: 904 }];
    const kernel = { flavour: '2.6.11', highpte: false, placement: { policy: 'interleave' as const, nodes: [0] } };
    const booted = new Booted(profileOf({ nodes, machine: withTlb, kernel }));
    const [, , high] = booted.kernel.zones[0];
    const table = booted.kernel.createSpace(space(3000)).table;
    for (let page = 0; page < 3000; page++) booted.touch(0, table, 1000 + page);
    const given = 2048 - high.free - high.onCpuLists;
    const pageTables = booted.kernel.numastat.of(0)[0] - 3000;
    expect(given).toBeGreaterThan(1000);
    expect(given).toBeLessThan(2049);
    expect(statOf(booted, 0)).toEqual({
      numa_hit: 3000 + pageTables,
      interleave_hit: given,
      local_node: 3000 + pageTables,
    });
  });
});

describe('bind', () => {
  it('never takes a page from outside its nodes, fills the lowest first, and ends in the out-of-memory error', () => {
    const booted = small({ policy: 'bind', nodes: [6, 2] });
    const table = booted.kernel.createSpace(space(40_000)).table;
    const highest = booted.kernel.zones.map((zones) => zones[0]);
    const atFirst = highest.map((zone) => zone.free);
    let page = 0;
    const fill = (): void => {
      for (; page < 40_000; page++) booted.touch(0, table, 1000 + page);
    };
    expect(fill).toThrow(InputError);
    const counts = nodesOf(booted, table, page);
    expect([counts[0], counts[2]]).toEqual([0, 0]);
    expect(counts[1] + counts[3]).toBe(page);
    for (const place of [1, 3]) {
      // 2.6.11 and later: a zone gives pages as long as more than its min mark is free, a batch at a time.
      const { free, onCpuLists, marks, layout } = highest[place];
      expect(free).toBeLessThanOrEqual(marks.min);
      expect(free).toBeGreaterThan(marks.min - layout.batch);
      expect(counts[place]).toBe(atFirst[place] - free - onCpuLists);
    }
    expect(fill).toThrow('Out of memory');
  });

  it('takes highmem alone where the machine has any', () => {
    const nodes = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB: 1024 }));
    const kernel = { flavour: '2.6.0', placement: { policy: 'bind' as const, nodes: [0] } };
    const booted = new Booted(profileOf({ nodes, machine: withTlb, kernel }));
    const [dma, normal, high] = booted.kernel.zones[0];
    expect([dma, normal, high].map((zone) => zone.layout.name)).toEqual(['DMA', 'Normal', 'HighMem']);
    const before = high.free;
    const table = booted.kernel.createSpace(space(100)).table;
    for (let page = 0; page < 100; page++) booted.touch(1, table, 1000 + page);
    expect(before - high.free - high.onCpuLists).toBe(100);
  });
});
