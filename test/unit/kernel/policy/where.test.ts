/** Where pages land under each binding call, by hand. Nodes are 0, 2, 4, 6, with CPUs 0 to 3. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/sim/base/errors.ts';
import type { BindMode } from '../../../../src/sim/kernel/policy/mempolicy.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { Quads } from './quads.ts';

/** 24 MiB a node: 6,144 pages less what the kernel has of them. */
const small = { nodes: [0, 2, 4, 6].map((id) => ({ id, cpus: 1, memoryMiB: 24 })) };
const MOST = 5500;

const setPolicy = (quads: Quads, task: Task, mode: BindMode, nodes: readonly number[]): void => {
  expect(quads.kernel.syscalls.setMempolicy(quads.on(task), task, mode, nodes)).toBe(0);
};
const mbind = (quads: Quads, task: Task, at: number, pages: number, mode: BindMode, nodes: readonly number[]): void => {
  expect(quads.kernel.syscalls.mbind(quads.on(task), task, { vpn: at, pages, mode, nodes, strict: false })).toBe(0);
};
const countOf = (nodes: readonly number[], id: number): number => nodes.filter((node) => node === id).length;

describe('set_mempolicy', () => {
  it('places private memory: preferred, preferred without nodes (local), bind, interleave by address', () => {
    const placed = (mode: BindMode, nodes: readonly number[]): number[] => {
      const quads = new Quads();
      const task = quads.process();
      setPolicy(quads, task, mode, nodes);
      const at = 1000;
      quads.kernel.syscalls.mmap(quads.on(task), task, { pages: 6, pgoff: 0, shared: false, writable: true, at });
      quads.touch(task, at, 6, 1);
      return quads.nodesOf(task, at, 6);
    };
    expect(placed('preferred', [6, 4])).toEqual([4, 4, 4, 4, 4, 4]);
    expect(placed('preferred', [])).toEqual([2, 2, 2, 2, 2, 2]);
    expect(placed('bind', [6, 4])).toEqual([4, 4, 4, 4, 4, 4]);
    // 1000 mod 3 = 1.
    expect(placed('interleave', [0, 4, 6])).toEqual([4, 6, 0, 4, 6, 0]);
  });

  it('is handed down by fork, and goes on over it and no further back', () => {
    const quads = new Quads();
    const parent = quads.process();
    setPolicy(quads, parent, 'bind', [4]);
    const child = quads.fork(parent);
    setPolicy(quads, parent, 'default', []);
    const at = quads.map(child, 4);
    quads.touch(child, at, 4);
    expect(quads.nodesOf(child, at, 4)).toEqual([4, 4, 4, 4]);
  });

  it('holds for pages of files too, where interleave goes in turn and not by offset', () => {
    const quads = new Quads();
    const task = quads.process();
    const { syscalls, memMap, layout } = quads.kernel;
    setPolicy(quads, task, 'interleave', [2, 4, 6]);
    const file = syscalls.file('/f', 5 * 4096);
    // Backwards, a page at a time.
    for (const page of [4, 3, 2, 1, 0]) syscalls.write(quads.on(task), task, file, page * 4096, 4096);
    const homes = [4, 3, 2, 1, 0].map((page) => layout.nodes[memMap.homeOf((file.pages.get(page) ?? 0) - 1)].id);
    expect(homes).toEqual([2, 4, 6, 2, 4]);
  });

  it('places huge pages in turn, and with bind from its nodes alone', () => {
    const nodes = [0, 2, 4, 6].map((id) => ({ id, cpus: 1, memoryMiB: 128 }));
    const quads = new Quads({ hugePages: 4 }, { nodes });
    const { entries } = quads.kernel.tables.huge;
    const task = quads.process();
    const placed = (name: string, pages: number): number[] => {
      const at = quads.map(task, pages * entries, quads.segment(name, pages * entries, true));
      return Array.from({ length: pages }, (_, page) => quads.nodeOf(task, at + page * entries));
    };
    setPolicy(quads, task, 'interleave', [2, 6]);
    expect(placed('a', 3)).toEqual([2, 6, 2]);
    expect(placed('b', 2)).toEqual([6, 2]);
    setPolicy(quads, task, 'bind', [4, 6]);
    expect(placed('c', 5)).toEqual([4, 4, 4, 4, 6]);
    expect(() => placed('d', 2)).toThrow('enough huge pages');
  });
});

describe('mbind', () => {
  it('goes before the policy of the task, and splits the mapping at the ends of the range', () => {
    const quads = new Quads();
    const task = quads.process();
    setPolicy(quads, task, 'bind', [6]);
    const at = quads.map(task, 12);
    mbind(quads, task, at + 4, 4, 'bind', [2]);
    expect(task.mm?.vmas.map(({ start, end, policy }) => [start - at, end - at, policy?.nodes])).toEqual([
      [0, 4, undefined],
      [4, 8, [2]],
      [8, 12, undefined],
    ]);
    quads.touch(task, at, 12);
    expect(quads.nodesOf(task, at, 12)).toEqual([6, 6, 6, 6, 2, 2, 2, 2, 6, 6, 6, 6]);
  });

  it('stays with private memory when that is split, copied by fork, or moved by mremap', () => {
    const quads = new Quads();
    const { syscalls } = quads.kernel;
    const task = quads.process();
    const at = quads.map(task, 12);
    quads.map(task, 1);
    mbind(quads, task, at, 12, 'bind', [4]);
    syscalls.munmap(quads.on(task), task, at + 5, 2);
    const child = quads.fork(task);
    quads.touch(child, at + 9);
    expect(quads.nodeOf(child, at + 9)).toBe(4);
    const moved = syscalls.mremap(quads.on(task), task, at + 7, 5, 20);
    expect(moved).not.toBe(at + 7);
    quads.touch(task, moved + 15);
    expect(quads.nodeOf(task, moved + 15)).toBe(4);
  });

  it('keeps mappings apart that only differ by it, and lets those join that do not', () => {
    const quads = new Quads();
    const task = quads.process();
    const { syscalls } = quads.kernel;
    const map = (at: number): number =>
      syscalls.mmap(quads.on(task), task, { pages: 4, pgoff: 0, shared: false, writable: true, at });
    map(0x70000);
    mbind(quads, task, 0x70000, 4, 'bind', [2]);
    map(0x70004);
    expect(task.mm?.vmas).toHaveLength(2);
    mbind(quads, task, 0x70004, 4, 'bind', [2]);
    syscalls.mprotect(quads.on(task), task, 0x70000, 8, false);
    expect(task.mm?.vmas.map(({ start, end }) => end - start)).toEqual([8]);
  });

  it('moves nothing that is there', () => {
    const quads = new Quads();
    const task = quads.process();
    const at = quads.map(task, 4);
    quads.touch(task, at, 2);
    mbind(quads, task, at, 4, 'bind', [6]);
    quads.touch(task, at, 4);
    expect(quads.nodesOf(task, at, 4)).toEqual([0, 0, 6, 6]);
  });

  it('of a segment holds for everybody, by offset in the segment, also when nobody maps it any more', () => {
    const quads = new Quads();
    const { syscalls } = quads.kernel;
    const first = quads.process();
    const segment = quads.segment('s', 12);
    const at = quads.map(first, 12, segment);
    mbind(quads, first, at + 2, 6, 'interleave', [0, 2, 4]);
    mbind(quads, first, at + 4, 2, 'bind', [6]);
    syscalls.munmap(quads.on(first), first, at, 12);
    const second = quads.process(3);
    // The second one's own policy is for what the segment has none for.
    setPolicy(quads, second, 'preferred', [2]);
    const there = quads.map(second, 12, segment);
    for (const page of [11, 5, 2, 7, 0, 3, 6, 4, 10, 1, 9, 8]) quads.touch(second, there + page, 1, 3);
    // Pages 2, 3, 6, 7 mod 3 are 2, 0, 0, 1.
    expect(quads.nodesOf(second, there, 12)).toEqual([2, 2, 4, 0, 6, 6, 0, 2, 2, 2, 2, 2]);
  });

  it('of a file is for private copies of its pages, not for the pages', () => {
    const quads = new Quads();
    const { syscalls, memMap, layout } = quads.kernel;
    const task = quads.process();
    const file = syscalls.file('/f', 4 * 4096);
    const request = { pages: 4, pgoff: 0, shared: false, writable: true, file };
    const at = syscalls.mmap(quads.on(task), task, request);
    mbind(quads, task, at, 4, 'bind', [6]);
    quads.touch(task, at + 1);
    expect(quads.nodeOf(task, at + 1)).toBe(6);
    expect(layout.nodes[memMap.homeOf((file.pages.get(1) ?? 0) - 1)].id).toBe(0);
  });
});

describe('preferred-many and weighted-interleave', () => {
  it('prefer their nodes, the local one first, and then take from others without failing', () => {
    const quads = new Quads({ binding: 'preferred-many' }, small);
    const task = quads.process();
    setPolicy(quads, task, 'preferred-many', [2, 6]);
    const at = quads.map(task, 20_000);
    quads.touch(task, at, 3, 1);
    quads.touch(task, at + 3, 3, 3);
    quads.touch(task, at + 6, 3, 2);
    expect(quads.nodesOf(task, at, 9)).toEqual([2, 2, 2, 6, 6, 6, 6, 6, 6]);
    quads.touch(task, at + 9, 14_000, 2);
    const nodes = quads.nodesOf(task, at, 14_009);
    for (const id of [2, 6]) expect(countOf(nodes, id)).toBeGreaterThan(MOST);
    expect(countOf(nodes, 4) + countOf(nodes, 0)).toBeGreaterThan(1000);
  });

  it('give each node its weight of pages in a row, by offset, and 1 where no weight is set', () => {
    const interleaveWeights = [
      { node: 0, weight: 5 },
      { node: 2, weight: 2 },
    ];
    const quads = new Quads({ binding: 'weighted-interleave', interleaveWeights });
    const task = quads.process();
    const at = quads.map(task, 21, quads.segment('s', 21));
    mbind(quads, task, at, 21, 'weighted-interleave', [0, 2, 6]);
    for (let page = 20; page >= 0; page--) quads.touch(task, at + page, 1, page % 4);
    const round = [0, 0, 0, 0, 0, 2, 2, 6];
    expect(quads.nodesOf(task, at, 21)).toEqual([...round, ...round, ...round].slice(0, 21));
  });
});

describe('mem_setbinding', () => {
  const placedBy = (quads: Quads, nodes: readonly number[], strict: boolean, cpu: number, pages: number): number[] => {
    const task = quads.process();
    expect(quads.kernel.syscalls.memSetbinding(quads.on(task), task, nodes, strict)).toBe(0);
    const at = quads.map(task, pages);
    quads.touch(task, at, pages, cpu);
    return quads.nodesOf(task, at, pages);
  };

  it('begins at the local node and takes those of the mask', () => {
    for (const setbinding of ['as-posted', 'mended'] as const) {
      const of = (nodes: readonly number[], cpu: number): number[] =>
        placedBy(new Quads({ binding: 'mem_setbinding', setbinding }), nodes, true, cpu, 2);
      expect(of([4, 6], 0)).toEqual([4, 4]);
      expect(of([4, 6], 3)).toEqual([6, 6]);
      expect(of([2, 6], 2)).toEqual([6, 6]);
    }
  });

  it('as posted takes pages of nodes that it excludes, below the local one; mended it wraps around', () => {
    const on4 = (setbinding: 'as-posted' | 'mended'): number[] =>
      placedBy(new Quads({ binding: 'mem_setbinding', setbinding }), [2], true, 2, 3);
    // From node 4 no node of the mask is left; past the wrap-around node 0 is not in the mask.
    expect(on4('as-posted')).toEqual([0, 0, 0]);
    expect(on4('mended')).toEqual([2, 2, 2]);
  });

  it('as posted ends without memory where every node below the local one is in the mask', () => {
    const quads = new Quads({ binding: 'mem_setbinding' });
    expect(() => placedBy(quads, [0, 2], true, 2, 1)).toThrow(InputError);
  });

  it('strict runs out of memory, loose goes on with the others', () => {
    const filled = (strict: boolean): (() => number[]) => {
      const quads = new Quads({ binding: 'mem_setbinding', setbinding: 'mended' }, small);
      return () => placedBy(quads, [6], strict, 0, 8000);
    };
    expect(filled(true)).toThrow('Out of memory');
    const nodes = filled(false)();
    expect(countOf(nodes, 6)).toBeGreaterThan(MOST);
    expect(countOf(nodes, 0)).toBe(8000 - countOf(nodes, 6));
  });
});

describe('shmbind', () => {
  const bound = (
    placement: 'firstref' | 'stripe',
    hard: boolean,
    nodes: readonly number[],
    pages: number,
  ): { readonly quads: Quads; readonly task: Task; readonly at: number } => {
    const quads = new Quads({ binding: 'shmbind' }, small);
    const task = quads.process();
    const segment = quads.segment('s', pages);
    expect(quads.kernel.syscalls.shmbind(quads.on(task), task, segment, { placement, hard, nodes })).toBe(0);
    return { quads, task, at: quads.map(task, pages, segment) };
  };

  it('firstref takes the node of the CPU that faults where the mask has it, else the next that it has', () => {
    const { quads, task, at } = bound('firstref', true, [2, 6], 4);
    for (let page = 0; page < 4; page++) quads.touch(task, at + page, 1, page);
    expect(quads.nodesOf(task, at, 4)).toEqual([2, 2, 6, 6]);
  });

  it('stripe goes node after node through the segment, whoever comes first', () => {
    const { quads, task, at } = bound('stripe', false, [4, 0, 6], 7);
    for (let page = 6; page >= 0; page--) quads.touch(task, at + page, 1, 1);
    expect(quads.nodesOf(task, at, 7)).toEqual([0, 4, 6, 0, 4, 6, 0]);
  });

  it.each(['firstref', 'stripe'] as const)('%s: hard runs out of memory, soft goes on with others', (placement) => {
    const hard = bound(placement, true, [2], 8000);
    expect(() => hard.quads.touch(hard.task, hard.at, 8000)).toThrow('Out of memory');
    const soft = bound(placement, false, [2], 8000);
    soft.quads.touch(soft.task, soft.at, 8000);
    const nodes = soft.quads.nodesOf(soft.task, soft.at, 8000);
    expect(countOf(nodes, 2)).toBeGreaterThan(MOST);
    expect(new Set(nodes).size).toBeGreaterThan(1);
  });
});

describe('membind', () => {
  it('fills the lowest node of its CPUs first, whoever touches, and runs out of memory after the last', () => {
    const quads = new Quads({ binding: 'membind' }, small);
    const task = quads.process();
    const segment = quads.segment('s', 14_000);
    const at = quads.map(task, 14_000, segment);
    expect(quads.kernel.syscalls.membind(quads.on(task), task, at, 1, [3, 1])).toBe(0);
    const other = quads.fork(task);
    quads.touch(other, at, 20, 2);
    quads.touch(task, at + 20, 20, 3);
    expect(quads.nodesOf(task, at + 20, 20)).toEqual(Array.from({ length: 20 }, () => 2));
    expect(quads.nodesOf(other, at, 20)).toEqual(Array.from({ length: 20 }, () => 2));
    quads.touch(task, at + 40, MOST, 3);
    expect(new Set(quads.nodesOf(task, at + 40, MOST))).toEqual(new Set([2]));
    expect(() => quads.touch(task, at + 40 + MOST, 13_960 - MOST, 3)).toThrow('Out of memory');
    // Reclaim has unmapped some for nothing.
    expect(new Set(quads.nodesOf(task, at, 14_000))).toEqual(new Set([2, 6, -1]));
    expect(quads.stat('numa_miss')[0] + quads.stat('numa_miss')[2]).toBe(0);
  });

  it('is for the pages of the segment alone, and moves none that is there', () => {
    const quads = new Quads({ binding: 'membind' });
    const task = quads.process();
    const at = quads.map(task, 4, quads.segment('s', 4));
    const own = quads.map(task, 2);
    quads.touch(task, at);
    expect(quads.kernel.syscalls.membind(quads.on(task), task, at, 4, [2])).toBe(0);
    quads.touch(task, at, 4);
    quads.touch(task, own, 2);
    expect(quads.nodesOf(task, at, 4)).toEqual([0, 4, 4, 4]);
    expect(quads.nodesOf(task, own, 2)).toEqual([0, 0]);
  });
});
