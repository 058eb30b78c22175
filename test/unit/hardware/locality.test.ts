/** The counts of who reaches whose memory against a Map, on random misses; tags of frames; and what begins anew. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../src/sim/base/counters.ts';
import { asPfn } from '../../../src/sim/base/units.ts';
import { Frames } from '../../../src/sim/hardware/frames.ts';
import { type Counted, Locality, NOBODY, OTHER_MEMORY } from '../../../src/sim/hardware/locality.ts';

const NODES = 4;
const NODE_FRAMES = 8192;

function twoOf(): { readonly locality: Locality; readonly slots: readonly number[] } {
  const starts = Array.from({ length: NODES }, (_, node) => node * NODE_FRAMES);
  const frames = new Frames(
    starts,
    starts.map((start) => start + NODE_FRAMES),
  );
  // Chunks of all nodes, in an order that is not theirs.
  const slots = [3, 1, 0, 2].map((node) => frames.slotOf(node, asPfn(starts[node])));
  return { locality: new Locality(frames), slots };
}

const homes = [3, 1, 0, 2];
const missOf = fc.record({
  who: fc.integer({ min: 0, max: 30 }),
  node: fc.integer({ min: 0, max: NODES - 1 }),
  chunk: fc.integer({ min: 0, max: NODES - 1 }),
  page: fc.integer({ min: 0, max: 40 }),
  kernel: fc.integer({ min: 0, max: 1 }),
  ns: fc.integer({ min: 1, max: 5000 }),
});

describe('Locality', () => {
  it('counts what a Map counts', () => {
    fc.assert(
      fc.property(
        fc.array(missOf, { maxLength: 400 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3 })), { maxLength: 8 }),
        (misses, tagged) => {
          const { locality, slots } = twoOf();
          const counters = new Float64Array(C.COUNTERS);
          const tags = ['a', 'b', 'c'].map((range) => locality.tag('pool', range, 10));
          const tagOf = new Map<number, number>();
          for (const [page, which] of tagged) {
            const tag = which === 3 ? OTHER_MEMORY : tags[which];
            for (const slot of slots) locality.setTag(slot + page, 1, tag);
            tagOf.set(page, tag);
          }
          const people: Counted[] = Array.from({ length: 31 }, () => ({ locality: -1 }));
          const expected = new Map<string, { misses: number; ns: number }>();
          let [kernelMisses, segmentRemote] = [0, 0];
          for (const { who, node, chunk, page, kernel, ns } of misses) {
            const group = locality.group(people[who], node);
            locality.count(counters, group, node, slots[chunk] + page, kernel, ns);
            const tag = tagOf.get(page) ?? OTHER_MEMORY;
            const key = [people[who].locality, node, homes[chunk], tag, kernel === 1].join(' ');
            const known = expected.get(key) ?? { misses: 0, ns: 0 };
            expected.set(key, { misses: known.misses + 1, ns: known.ns + ns });
            kernelMisses += kernel;
            if (kernel === 0 && tag !== OTHER_MEMORY && homes[chunk] !== node) segmentRemote++;
          }
          const counted = [...locality.cells()].map(({ row, from, home, tag, kernel, misses: count, ns }) => {
            return [[row, from, home, tag, kernel].join(' '), { misses: count, ns }] as const;
          });
          expect(new Map(counted)).toEqual(expected);
          expect(counters[C.KERNEL_MISSES]).toBe(kernelMisses);
          expect(counters[C.SEGMENT_HOME_REMOTE]).toBe(segmentRemote);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps its counts when its table grows', () => {
    const { locality, slots } = twoOf();
    const counters = new Float64Array(C.COUNTERS);
    for (let round = 0; round < 2; round++) {
      for (let who = 0; who < 3000; who++) {
        locality.count(counters, locality.group({ locality: who + 1 }, who % NODES), who % NODES, slots[0], 0, who);
      }
    }
    const cells = [...locality.cells()];
    expect(cells).toHaveLength(3000);
    expect(cells.every(({ row, misses, ns }) => misses === 2 && ns === 2 * (row - 1))).toBe(true);
  });

  it('gives everybody a row when they first run, and nobody the first', () => {
    const { locality } = twoOf();
    const someone: Counted = { locality: -1 };
    const group = locality.group(someone, 2);
    expect(someone.locality).toBe(NOBODY + 1);
    expect(locality.group(someone, 2)).toBe(group);
    expect(locality.group(someone, 1)).not.toBe(group);
    expect(locality.group(undefined, 2)).not.toBe(group);
  });

  it('knows a range by its names, and its frames by their marks', () => {
    const { locality, slots } = twoOf();
    const log = locality.tag('pool', 'log', 4);
    expect(locality.tag('pool', 'log', 4)).toBe(log);
    expect(locality.tag('other', 'log', 4)).not.toBe(log);
    locality.setTag(slots[1] + 5, 3, log);
    locality.setTag(slots[3], 1, log);
    locality.setTag(slots[1] + 6, 1, OTHER_MEMORY);
    expect([4, 5, 6, 7, 8].map((page) => locality.tagOf(slots[1] + page))).toEqual([0, log, 0, log, 0]);
    expect([...locality.framesByTag(NODES)[log]]).toEqual([0, 2, 1, 0]);
  });

  it('begins anew with its rows and marks', () => {
    const { locality, slots } = twoOf();
    const counters = new Float64Array(C.COUNTERS);
    const someone: Counted = { locality: -1 };
    const group = locality.group(someone, 0);
    locality.setTag(slots[0], 1, locality.tag('pool', 'log', 1));
    locality.count(counters, group, 0, slots[0], 0, 100);
    locality.begin(700);
    expect([[...locality.cells()], locality.sinceNs]).toEqual([[], 700]);
    locality.count(counters, group, 0, slots[0], 0, 40);
    expect([...locality.cells()]).toMatchObject([{ row: someone.locality, tag: 1, home: 3, misses: 1, ns: 40 }]);
  });
});
