/** What each reverse map looks at when it searches for a page's ptes, as the table of complexities has it. */
import { describe, expect, it } from 'vitest';
import { RMAP_ADDS, RMAP_STEPS } from '../../../../src/sim/base/counters.ts';
import type { Task } from '../../../../src/sim/kernel/task.ts';
import { Mapped } from './mapped-pages.ts';

const PAGES = 4;
const VMAS = 40;

/** One process with VMAS mappings of PAGES pages of one file, none of which overlap; a page of the middle one is present. */
function oneOfMany(rmap: 'objrmap' | 'prio_tree'): { mapped: Mapped; page: number } {
  const mapped = new Mapped({ rmap }, VMAS * PAGES * 2);
  const task = mapped.process();
  const starts: number[] = [];
  // Every other PAGES pages, so that the mappings do not merge.
  for (let i = 0; i < VMAS; i++) starts.push(mapped.map(task, i * PAGES * 2, PAGES));
  mapped.touch(task, starts[VMAS / 2] + 1);
  return { mapped, page: mapped.pageAt(task, starts[VMAS / 2] + 1) };
}

/** `count` processes that map the same pages of the file, each of which has touched the first. */
function sharers(mapped: Mapped, count: number): { tasks: Task[]; starts: number[]; page: number } {
  const tasks = Array.from({ length: count }, () => mapped.process());
  const starts = tasks.map((task) => mapped.map(task, 0, PAGES));
  for (const [i, task] of tasks.entries()) mapped.touch(task, starts[i]);
  return { tasks, starts, page: mapped.pageAt(tasks[0], starts[0]) };
}

describe('a walk over the ptes of a page of a file', () => {
  it('goes through every vma of the file with objrmap', () => {
    const { mapped, page } = oneOfMany('objrmap');
    expect(mapped.count(RMAP_STEPS, () => mapped.referenced(page))).toBe(VMAS);
  });

  it('ends in try_to_unmap() where mapcount is used up', () => {
    const { mapped, page } = oneOfMany('objrmap');
    expect(mapped.count(RMAP_STEPS, () => expect(mapped.unmap(page)).toBe('success'))).toBe(VMAS / 2 + 1);
  });

  it('meets few others with a prio_tree', () => {
    const { mapped, page } = oneOfMany('prio_tree');
    const bits = Math.ceil(Math.log2(VMAS * PAGES * 2));
    expect(mapped.count(RMAP_STEPS, () => mapped.referenced(page))).toBeLessThanOrEqual(2 * bits);
  });

  it.each(['objrmap', 'prio_tree'] as const)('visits each of m mappings of the same pages with %s', (rmap) => {
    const mapped = new Mapped({ rmap });
    const { page } = sharers(mapped, 12);
    expect(mapped.count(RMAP_STEPS, () => expect(mapped.referenced(page)).toBe(12))).toBe(12);
  });

  it('reads a line for every NRPTE mappings with pte_chains', () => {
    const mapped = new Mapped({ rmap: 'pte_chain' });
    const { chainSlots } = mapped.kernel.traits;
    expect(chainSlots).toBe(15);
    const { page } = sharers(mapped, 31);
    expect(mapped.count(RMAP_STEPS, () => expect(mapped.referenced(page)).toBe(31))).toBe(3);
  });
});

describe('a walk over the ptes of an anonymous page', () => {
  /** A parent and children; the page is the parent's alone, made after they were forked. */
  function family(anonRmap: 'anonmm' | 'anon_vma', children: number): { mapped: Mapped; page: number } {
    const mapped = new Mapped({ rmap: 'prio_tree', anonRmap });
    const parent = mapped.process();
    const vpn = mapped.anonymous(parent, 2);
    mapped.touch(parent, vpn, true);
    for (let i = 0; i < children; i++) mapped.fork(parent);
    mapped.touch(parent, vpn + 1, true);
    return { mapped, page: mapped.pageAt(parent, vpn + 1) };
  }

  it('begins with the indicated mm with anonmm, and ends there when that is all', () => {
    const { mapped, page } = family('anonmm', 6);
    expect(mapped.count(RMAP_STEPS, () => expect(mapped.referenced(page)).toBe(1))).toBe(1);
  });

  it('goes through the mms of the fork family with anonmm, also those that never had the page', () => {
    const mapped = new Mapped({ rmap: 'prio_tree', anonRmap: 'anonmm' });
    const parent = mapped.process();
    const vpn = mapped.anonymous(parent, 1);
    const children = Array.from({ length: 6 }, () => mapped.fork(parent));
    mapped.touch(children[0], vpn, true);
    const grandchild = mapped.fork(children[0]);
    const page = mapped.pageAt(children[0], vpn);
    // The indicated mm, the five that were forked after it, and the grandchild, which uses mapcount up.
    expect(mapped.count(RMAP_STEPS, () => mapped.referenced(page))).toBe(7);
    mapped.kernel.syscalls.exit(mapped.on(children[0]), children[0]);
    expect(mapped.kernel.rmap.ptesOf(page)).toHaveLength(1);
    mapped.touch(grandchild, vpn);
    // The mm is gone, its anonmm is named by the page still.
    expect(mapped.count(RMAP_STEPS, () => expect(mapped.referenced(page)).toBe(1))).toBe(7);
  });

  it('goes through the vmas of the fork family with anon_vma until mapcount is used up', () => {
    const { mapped, page } = family('anon_vma', 6);
    // list_add puts the newest child first: the parent is last.
    expect(mapped.count(RMAP_STEPS, () => expect(mapped.referenced(page)).toBe(1))).toBe(7);
  });
});

describe('fork of N pages', () => {
  it.each([
    ['pte_chain', 'pte_chain', 20],
    ['prio_tree', 'anon_vma', 0],
    ['prio_tree', 'anonmm', 0],
  ] as const)('with %s and %s adds N mappings, and takes %i elements for 20', (rmap, anonRmap, elements) => {
    const mapped = new Mapped({ rmap, anonRmap });
    const parent = mapped.process();
    const vpn = mapped.anonymous(parent, 20);
    for (let i = 0; i < 20; i++) mapped.touch(parent, vpn + i, true);
    expect(mapped.count(RMAP_ADDS, () => mapped.fork(parent))).toBe(20);
    const chains = mapped.kernel.slabs.caches.find(({ name }) => name === 'pte_chain');
    expect(chains?.active ?? 0).toBe(elements);
  });
});
