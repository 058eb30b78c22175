/** The directory between nodes against a map of sets, on random streams long enough to grow it and to close its gaps. */
import { describe, expect, it } from 'vitest';
import { Directory } from '../../src/sim/hardware/directory.ts';
import { Dice, seeds } from './naive/random.ts';

interface Holders {
  readonly nodes: Set<number>;
  exclusive: boolean;
}

function contents(directory: Directory): Map<number, { exclusive: boolean; nodes: number[] }> {
  const found = new Map<number, { exclusive: boolean; nodes: number[] }>();
  directory.forEach((line, exclusive, nodes) => {
    if (found.has(line)) throw new Error(`line ${line} has two entries`);
    found.set(line, { exclusive, nodes: [...nodes].sort((a, b) => a - b) });
  });
  return found;
}

describe('Directory', () => {
  it.each(seeds(6))('holds what a map of sets holds (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const fast = new Directory();
    const naive = new Map<number, Holders>();
    // Lines that lie close, so that probes run into each other; more than its first size.
    const lines = dice.pick([40, 700, 5000]);
    const nodes = dice.pick([3, 64, 4096]);
    const drop = (line: number, node: number): void => {
      const entry = naive.get(line);
      entry?.nodes.delete(node);
      if (entry?.nodes.size === 0) naive.delete(line);
    };
    for (let step = 0; step < 20_000; step++) {
      const line = dice.below(lines) * dice.pick([1, 1, 1024]);
      const node = dice.below(nodes);
      const entry = naive.get(line);
      const where = `seed ${seed}, step ${step}`;
      switch (dice.below(5)) {
        case 0:
          if (entry?.nodes.has(node) === true) break;
          fast.add(line, node);
          naive.set(line, { nodes: new Set([...(entry?.nodes ?? []), node]), exclusive: false });
          break;
        case 1:
          fast.setOwner(line, node);
          naive.set(line, { nodes: new Set([node]), exclusive: true });
          break;
        case 2: {
          const held = entry === undefined ? node : dice.pick([...entry.nodes]);
          fast.remove(line, held);
          drop(line, held);
          break;
        }
        case 3:
          if (entry === undefined || !dice.chanceOf(1, 3)) break;
          fast.share(fast.find(line));
          entry.exclusive = false;
          break;
        default:
          if (!dice.chanceOf(1, 8)) break;
          fast.clear(line);
          naive.delete(line);
      }
      const at = fast.find(line);
      const now = naive.get(line);
      if (at >= 0 !== (now !== undefined)) expect.fail(`${where}: line ${line} is ${at < 0 ? 'lost' : 'still there'}`);
      if (now === undefined) continue;
      const into = new Int32Array(nodes);
      const held = Array.from(into.subarray(0, fast.holders(at, into))).sort((a, b) => a - b);
      if (step % 16 === 0) expect(held, where).toEqual([...now.nodes].sort((a, b) => a - b));
      if (fast.holds(at, node) !== now.nodes.has(node)) expect.fail(`${where}: node ${node} of line ${line}`);
      if (fast.isExclusive(at) !== now.exclusive) expect.fail(`${where}: exclusive ${line}`);
      if (now.exclusive) expect(fast.owner(at), where).toBe([...now.nodes][0]);
    }
    const sorted = [...naive].map(([line, { nodes: held, exclusive }]) => {
      return [line, { exclusive, nodes: [...held].sort((a, b) => a - b) }] as const;
    });
    expect(contents(fast), `seed ${seed}, at the end`).toEqual(new Map(sorted));
  });
});
