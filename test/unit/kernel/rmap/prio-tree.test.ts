/** The prio_tree against a linear scan of its intervals. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RMAP_STEPS } from '../../../../src/sim/base/counters.ts';
import { type KAddr, kaddr } from '../../../../src/sim/base/units.ts';
import type { KernelCpu } from '../../../../src/sim/kernel/cpu.ts';
import { Vma } from '../../../../src/sim/kernel/mm/vma.ts';
import { type PrioNode, PrioTree, PrioWalk } from '../../../../src/sim/kernel/rmap/prio-tree.ts';
import type { VmaNode } from '../../../../src/sim/kernel/rmap/vma-ring.ts';
import { bootKernel } from '../../../support/kernel.ts';

const booted = bootKernel();
const on: KernelCpu = booted.on();
const { mm } = booted.process();
if (mm === undefined) throw new Error('a process without an address space');
const here = mm;
let made = 0;

function vmaOf(start: number, last: number): Vma {
  const vma = new Vma(here, 0, last - start + 1, 0, undefined, start, 'test');
  vma.at = kaddr(1, (made++ % 64) * 64) satisfies KAddr;
  return vma;
}

function query(tree: PrioTree, from: number, to: number): readonly Vma[] {
  const walk = new PrioWalk();
  const found: Vma[] = [];
  walk.begin(tree, from, to);
  for (let vma = walk.next(on); vma !== undefined; vma = walk.next(on)) found.push(vma);
  return found;
}

/** A heap by last page, its keys where their bits say. */
function check(node: PrioNode | undefined): number {
  if (node === undefined) return 0;
  for (const child of [node.left, node.right]) {
    if (child === undefined) continue;
    expect(child.parent).toBe(node);
    expect(child.heap).toBeLessThanOrEqual(node.heap);
  }
  expect(node.size).toBeGreaterThan(0);
  return 1 + check(node.left) + check(node.right);
}

const idOf = new Map<Vma, number>();
const ids = (vmas: readonly Vma[]): readonly number[] => vmas.map((vma) => idOf.get(vma) ?? -1).sort((a, b) => a - b);

const interval = fc.record({ start: fc.nat(200), pages: fc.integer({ min: 1, max: 60 }), far: fc.boolean() });

describe('a prio_tree', () => {
  it('finds what a linear scan finds, whatever was entered and removed', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 80 }), fc.array(fc.nat(79), { maxLength: 60 }), (added, removed) => {
        const tree = new PrioTree();
        const live = new Map<Vma, { start: number; last: number; entry: VmaNode }>();
        const all: Vma[] = [];
        for (const [i, { start, pages, far }] of added.entries()) {
          const from = far ? start * 1000 : start;
          const vma = vmaOf(from, from + pages - 1);
          idOf.set(vma, i);
          live.set(vma, { start: from, last: from + pages - 1, entry: tree.insert(on, vma, from, from + pages - 1) });
          all.push(vma);
        }
        for (const index of removed) {
          const vma = all[index] as Vma | undefined;
          const known = vma && live.get(vma);
          if (vma === undefined || known === undefined) continue;
          tree.remove(on, known.entry);
          live.delete(vma);
        }
        const keys = new Set([...live.values()].map(({ start, last }) => `${start}-${last}`));
        expect(check(tree.root)).toBe(keys.size);
        for (const at of [0, 1, 5, 30, 77, 128, 199, 200, 255, 1000, 64_000, 128_030, 200_000]) {
          for (const span of [0, 7]) {
            const expected = [...live]
              .filter(([, { start, last }]) => start <= at + span && last >= at)
              .map(([vma]) => vma);
            expect(ids(query(tree, at, at + span))).toEqual(ids(expected));
          }
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it('grows by as many bits as a far interval needs', () => {
    const tree = new PrioTree();
    const near = vmaOf(0, 3);
    tree.insert(on, near, 0, 3);
    expect(tree.indexBits).toBe(2);
    const far = vmaOf(0, 2 ** 31 - 1);
    tree.insert(on, far, 0, 2 ** 31 - 1);
    expect(tree.indexBits).toBe(31);
    expect(query(tree, 2, 2)).toEqual([far, near]);
    expect(query(tree, 2 ** 31 - 1, 2 ** 31 - 1)).toEqual([far]);
  });

  it('keeps vmas of one interval in one node', () => {
    const tree = new PrioTree();
    const vmas = Array.from({ length: 9 }, () => vmaOf(5, 9));
    const entries = vmas.map((vma) => tree.insert(on, vma, 5, 9));
    expect(check(tree.root)).toBe(1);
    expect(query(tree, 9, 9)).toEqual(vmas);
    tree.remove(on, entries[0]);
    tree.remove(on, entries[4]);
    expect(query(tree, 5, 5)).toEqual([...vmas.slice(1, 4), ...vmas.slice(5)]);
  });

  it('looks at O(log n + m) nodes', () => {
    const steps = (count: number): number => {
      const tree = new PrioTree();
      for (let i = 0; i < count; i++) tree.insert(on, vmaOf(i * 8, i * 8 + 7), i * 8, i * 8 + 7);
      const before = on.core.counters[RMAP_STEPS];
      let most = 0;
      for (let i = 0; i < count; i += Math.ceil(count / 40)) {
        const from = on.core.counters[RMAP_STEPS];
        expect(query(tree, i * 8 + 3, i * 8 + 3)).toHaveLength(1);
        most = Math.max(most, on.core.counters[RMAP_STEPS] - from);
      }
      expect(on.core.counters[RMAP_STEPS]).toBeGreaterThan(before);
      return most;
    };
    // Nodes without the page that are met: at most two on each level of a tree of log2(8 n) bits.
    for (const count of [100, 1000, 10_000]) expect(steps(count)).toBeLessThanOrEqual(2 * Math.log2(8 * count));
  });
});
