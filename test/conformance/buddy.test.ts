/** The buddy allocator against lists and sets, and the invariants of mm/page_alloc.c; then zones, misaligned and with holes. */
import { describe, expect, it } from 'vitest';
import type { Pfn } from '../../src/sim/base/units.ts';
import type { ZoneLayout } from '../../src/sim/kernel/boot/layout.ts';
import { Buddy, type SplitGives } from '../../src/sim/kernel/buddy.ts';
import { Zone, type TakenRange } from '../../src/sim/kernel/zone.ts';
import { NaiveBuddy } from './naive/buddy.ts';
import { Dice, seeds } from './naive/random.ts';

/** Everything that must hold of the fast allocator, given what is free. */
function checkInvariants(fast: Buddy, naive: NaiveBuddy, maxOrder: number, where: string): void {
  const { clusters } = fast;
  const blocks = naive.blocksAnew(clusters);
  const census = new Array<number>(maxOrder).fill(0);
  for (const order of blocks.values()) census[order]++;
  expect(Array.from(fast.blocks), `${where}: census`).toEqual(census);
  expect(fast.free, `${where}: free clusters`).toBe(naive.freeClusters.size);
  let sum = 0;
  fast.blocks.forEach((count, order) => (sum += count * 2 ** order));
  expect(sum, `${where}: blocks add up`).toBe(fast.free);

  const wrong: string[] = [];
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (fast.freeBlockAt(cluster) !== (blocks.get(cluster) ?? -1)) wrong.push(`block at ${cluster}`);
  }
  for (let order = 0; order < maxOrder - 1; order++) {
    for (let block = 0; block < clusters; block += 2 ** (order + 1)) {
      const first = fast.freeBlockAt(block) === order;
      const buddy = block + 2 ** order;
      const second = buddy < clusters && fast.freeBlockAt(buddy) === order;
      if (first && second) wrong.push(`both buddies free at ${block}, order ${order}`);
      if (fast.pairBit(block, order) !== (first !== second)) wrong.push(`pair bit of ${block}, order ${order}`);
    }
  }
  expect(wrong, where).toEqual([]);
}

const shapes = [
  { maxOrder: 10, splitGives: 'upper' },
  { maxOrder: 11, splitGives: 'upper' },
  { maxOrder: 11, splitGives: 'lower' },
] as const;

describe.each(shapes)(
  'Buddy with MAX_ORDER $maxOrder, splitting gives the $splitGives half',
  ({ maxOrder, splitGives }) => {
    it.each(seeds(8))('gives and takes what lists give and take, and holds its invariants (seed %i)', (seed) => {
      const dice = new Dice(seed);
      const clusters = dice.between(1, 5000);
      const fast = new Buddy(clusters, maxOrder, splitGives);
      const naive = new NaiveBuddy(maxOrder, splitGives);
      // One to four free ranges with holes between them, none aligned.
      const cuts = Array.from({ length: 2 * dice.between(1, 4) }, () => dice.below(clusters + 1)).sort((a, b) => a - b);
      for (let i = 0; i < cuts.length; i += 2) {
        if (cuts[i] === cuts[i + 1] || (i > 0 && cuts[i] === cuts[i - 1])) continue;
        fast.release(cuts[i], cuts[i + 1]);
        naive.release(cuts[i], cuts[i + 1]);
      }
      const free = fast.free;
      const census = Array.from(fast.blocks);
      checkInvariants(fast, naive, maxOrder, `seed ${seed}, at first`);
      const taken: { block: number; order: number }[] = [];
      for (let step = 0; step < 600; step++) {
        const where = `seed ${seed}, step ${step}`;
        const wantsMore = step < 300 ? 3 : 1;
        if (dice.below(4) < wantsMore || taken.length === 0) {
          const order = dice.chanceOf(1, 2) ? 0 : dice.below(maxOrder);
          const block = fast.take(order);
          expect(block, where).toBe(naive.take(order));
          if (block >= 0) taken.push({ block, order });
        } else {
          const [{ block, order }] = taken.splice(dice.below(taken.length), 1);
          fast.giveBack(block, order);
          naive.giveBack(block, order);
        }
        if (step % 50 === 0) checkInvariants(fast, naive, maxOrder, where);
      }
      for (const { block, order } of taken) {
        fast.giveBack(block, order);
        naive.giveBack(block, order);
      }
      checkInvariants(fast, naive, maxOrder, `seed ${seed}, all given back`);
      expect(fast.free).toBe(free);
      expect(Array.from(fast.blocks), 'memory comes back whole').toEqual(census);
    });
  },
);

describe('Buddy', () => {
  it('hands out single clusters of a split block downwards up to 2.6.7, upwards later', () => {
    const order = (splitGives: SplitGives): number[] => {
      const buddy = new Buddy(8, 4, splitGives);
      buddy.release(0, 8);
      return Array.from({ length: 8 }, () => buddy.take(0));
    };
    // By hand: 0-7 is split 4-7, 6-7, 7; then 6, then 4-5 ... (the latest half on the list first).
    expect(order('upper')).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    expect(order('lower')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('refuses to free a block twice', () => {
    const buddy = new Buddy(16, 4, 'upper');
    buddy.release(0, 16);
    const block = buddy.take(0);
    buddy.giveBack(block, 0);
    const other = buddy.take(1);
    buddy.giveBack(other, 1);
    expect(() => buddy.giveBack(8, 3)).toThrow('a free block is freed again');
  });
});

function zoneAt(startPfn: number, pages: number): ZoneLayout {
  return {
    name: 'HighMem',
    index: 0,
    fallback: false,
    startPfn,
    pages,
    present: pages,
    batch: 1,
    watermarks: { min: 0, low: 0, high: 0 },
    watermarksSet: false,
    lowmemReserve: [],
  };
}

describe('Zone', () => {
  it.each(seeds(12))(
    'has free what no hole touches, gives nothing else, and takes all of it back (seed %i)',
    (seed) => {
      const dice = new Dice(seed);
      const clusterFrames = 2 ** dice.below(7);
      const layout = zoneAt(dice.below(100_000), dice.between(1, 9000));
      const end = layout.startPfn + layout.pages;
      const taken: TakenRange[] = Array.from({ length: dice.below(5) }, (): TakenRange => {
        const from = layout.startPfn - 500 + dice.below(layout.pages + 1000);
        return [from, from + dice.below(800)];
      }).sort((a, b) => a[0] - b[0]);
      const zone = new Zone(0, 0, layout, clusterFrames, 11, 'upper', taken);

      // A cluster is free when all of its frames are in the zone and in no hole.
      const usable = (pfn: number): boolean => {
        return pfn >= layout.startPfn && pfn < end && !taken.some(([from, to]) => pfn >= from && pfn < to);
      };
      const free = new Set<number>();
      const first = Math.ceil(layout.startPfn / clusterFrames) * clusterFrames;
      for (let pfn = first; pfn < end; pfn += clusterFrames) {
        if (Array.from({ length: clusterFrames }, (_, i) => usable(pfn + i)).every(Boolean)) free.add(pfn);
      }
      expect(zone.free, `seed ${seed}`).toBe(free.size);
      expect(zone.freeFrames).toBe(free.size * clusterFrames);

      const census = free.size === 0 ? [] : zone.census;
      const got: Pfn[] = [];
      for (let pfn = zone.take(0); pfn >= 0; pfn = zone.take(0)) got.push(pfn);
      expect(
        [...got].sort((a, b) => a - b),
        `seed ${seed}`,
      ).toEqual([...free]);
      expect(zone.free).toBe(0);
      for (const pfn of got) zone.giveBack(pfn, 0);
      expect(zone.free).toBe(free.size);
      if (free.size > 0) expect(zone.census).toEqual(census);
    },
  );
});
