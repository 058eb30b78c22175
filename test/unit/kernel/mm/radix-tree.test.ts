/** The nodes of a page cache's radix tree: 64 slots each, as many levels as the highest index needs. */
import { describe, expect, it } from 'vitest';
import { RadixTree, ReadyNodes } from '../../../../src/sim/kernel/mm/radix-tree.ts';
import type { SlabCache } from '../../../../src/sim/kernel/alloc/slab.ts';
import * as C from '../../../../src/sim/base/counters.ts';
import { Dice, seeds } from '../../../conformance/naive/random.ts';
import { bootKernel } from '../../../support/kernel.ts';

interface Pages {
  readonly tree: RadixTree;
  readonly nodes: SlabCache;
  readonly on: ReturnType<ReturnType<typeof bootKernel>['on']>;
  insert(index: number): void;
}

function tree(): Pages {
  const booted = bootKernel();
  const nodes = booted.kernel.slabs.cache('radix_tree_node', 260);
  const rootAt = booted.kernel.data.claim(32);
  const ready = new ReadyNodes(nodes);
  const on = booted.on();
  const made = new RadixTree(ready, () => rootAt);
  const insert = (index: number): void => {
    ready.preload(on, made, index);
    made.insert(on, index);
  };
  return { tree: made, nodes, on, insert };
}

/** Nodes that a set of indices needs: one for each distinct prefix, on every level of the highest index ever. */
function nodesOf(indices: ReadonlySet<number>, highest: number): number {
  if (indices.size === 0) return 0;
  const height = Math.max(1, Math.ceil(Math.log2(highest + 1) / 6));
  let nodes = 0;
  for (let level = 1; level <= height; level++)
    nodes += new Set([...indices].map((i) => Math.floor(i / 64 ** level))).size;
  return nodes;
}

describe('a radix tree of pages', () => {
  it('has one node for 64 pages, and a second level from the 65th on', () => {
    const { nodes, insert } = tree();
    for (let i = 0; i < 64; i++) insert(i);
    expect(nodes.active).toBe(1);
    insert(64);
    expect(nodes.active).toBe(3);
  });

  it('reads its root and a slot a level to find a page', () => {
    const { tree: pages, on, insert } = tree();
    const readsOf = (index: number): number => {
      const before = on.core.counters[C.KERNEL_READS];
      pages.lookup(on, index);
      return on.core.counters[C.KERNEL_READS] - before;
    };
    insert(5);
    expect(readsOf(5)).toBe(2);
    // 64^2 needs three levels.
    insert(4096);
    expect(readsOf(5)).toBe(4);
    // An empty slot of the top level ends the walk.
    expect(readsOf(3 * 4096)).toBe(2);
  });

  it.each(seeds(10))('holds exactly the nodes that its pages need, and none when it is empty (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const { tree: pages, nodes, on, insert } = tree();
    const present = new Set<number>();
    let highest = 0;
    for (let step = 0; step < 300; step++) {
      const index = dice.pick([dice.below(70), dice.below(5000), dice.below(300_000)]);
      if (present.delete(index)) pages.remove(on, index);
      else {
        present.add(index);
        insert(index);
      }
      highest = present.size === 0 ? 0 : Math.max(highest, index);
      expect([step, nodes.active]).toEqual([step, nodesOf(present, highest)]);
    }
    for (const index of present) pages.remove(on, index);
    expect(nodes.active).toBe(0);
  });
});
