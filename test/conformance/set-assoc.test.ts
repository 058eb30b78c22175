/** The set-associative array of L2 and remote caches against lists, on random streams. */
import { describe, expect, it } from 'vitest';
import { SetAssoc } from '../../src/sim/hardware/set-assoc.ts';
import { LruSets } from './naive/lru-sets.ts';
import { Dice, seeds } from './naive/random.ts';

/** Lines of a set in the fast array, most recent first. */
function orderOf(cache: SetAssoc, set: number): number[] {
  return Array.from({ length: cache.ways }, (_, way) => cache.lineAt(set * cache.ways + way)).filter(
    (line) => line >= 0,
  );
}

describe('SetAssoc', () => {
  it.each(seeds(20))('holds the lines, states and order of a list per set, and gives up the same (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const sets = 2 ** dice.below(5);
    const ways = dice.between(1, 9);
    const lineBytes = dice.pick([16, 32, 64, 128]);
    const fast = new SetAssoc({ bytes: sets * ways * lineBytes, ways, lineBytes });
    const naive = new LruSets<number>(sets, ways);
    expect([fast.sets, fast.ways]).toEqual([sets, ways]);
    const reach = sets * ways * 2;
    for (let step = 0; step < 2000; step++) {
      const line = dice.below(reach);
      const where = `seed ${seed}, step ${step}, line ${line}`;
      const at = fast.find(line);
      expect(at >= 0, where).toBe(naive.peek(line) !== undefined);
      if (at >= 0 && dice.chanceOf(1, 6)) {
        fast.remove(at);
        naive.drop(line);
      } else if (at >= 0) {
        const front = fast.touch(at);
        const entry = naive.use(line);
        expect([fast.lineAt(front), fast.states[front]], where).toEqual([line, entry?.state]);
      } else {
        const state = dice.between(1, 3);
        fast.insert(line, state);
        const gone = naive.put(line, state);
        expect(fast.evictedLine, where).toBe(gone?.line ?? -1);
        if (gone !== undefined) expect(fast.evictedState, where).toBe(gone.state);
      }
      expect(orderOf(fast, line % sets), where).toEqual(naive.order(line % sets));
    }
  });
});
