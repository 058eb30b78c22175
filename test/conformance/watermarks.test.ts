/**
 * The walk along a zonelist against its rules written out, on random zones: __alloc_pages() of 2.4.22 and 2.6.0, whose bar
 * grows from zone to zone, and zone_watermark_ok() of 2.6.11. Whoever may not dip leaves a zone its mark.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GFP_HIGHUSER } from '../../src/sim/kernel/alloc/gfp.ts';
import { PageAllocator, type Walk } from '../../src/sim/kernel/page-alloc.ts';
import { listOf, nobody, supplyOf, zone, type ZoneByHand } from '../unit/kernel/zones.ts';

type Rule = '2.4.22' | '2.6.0' | '2.6.11';
type Marked = Required<Pick<ZoneByHand, 'free' | 'min' | 'low' | 'high' | 'reserve'>>;

interface Request {
  readonly order: number;
  readonly walk: Walk;
  readonly wait: boolean;
  readonly high: boolean;
  /** 0 to 2: DMA, Normal, HighMem. */
  readonly classIndex: number;
  readonly protection: number;
}

const marked: fc.Arbitrary<Marked> = fc
  .record({ free: fc.nat(90), marks: fc.array(fc.nat(24), { minLength: 3, maxLength: 3 }), reserve: fc.nat(20) })
  .map(({ free, marks, reserve }) => {
    const [min, low, high] = [...marks].sort((a, b) => a - b);
    return { free, min, low, high, reserve: [0, Math.floor(reserve / 2), reserve] };
  });
const request: fc.Arbitrary<Request> = fc.record({
  order: fc.nat(3),
  walk: fc.constantFrom<Walk>('low', 'min', 'again', 'high', 'any'),
  wait: fc.boolean(),
  high: fc.boolean(),
  classIndex: fc.nat(2),
  protection: fc.constantFrom(0, 0, 1, 5),
});

/** A zone of so many free pages from 0 on: a block for every bit that is set. */
const blocksOf = (free: number, order: number): number => (free >> order) & 1;

/** The mark of a walk, with what the caller may dip into it. */
function markOf(rule: Rule, { min, low, high }: Marked, { walk, ...gfp }: Request): number {
  if (walk === 'low') return low;
  if (walk === 'high') return high;
  if (rule === '2.6.0') return walk === 'min' && gfp.high ? Math.floor(min / 4) : min;
  if (rule === '2.4.22') return walk === 'min' && !gfp.wait ? Math.floor(min / 4) : min;
  // Less half for __GFP_HIGH, less a quarter of the rest for one that cannot wait, in whole pages.
  const half = gfp.high ? min - Math.floor(min / 2) : min;
  return gfp.wait ? half : half - Math.floor(half / 4);
}

/** 2.6.11: free - 2^order + 1 > mark + reserve; smaller blocks do not count, and each order halves the mark. */
function isEnough(each: Marked, mark: number, { order, classIndex }: Request): boolean {
  let left = each.free - 2 ** order + 1;
  if (left <= mark + each.reserve[classIndex]) return false;
  let min = mark;
  for (let below = 0; below < order; below++) {
    left -= blocksOf(each.free, below) * 2 ** below;
    min = Math.floor(min / 2);
    if (left <= min) return false;
  }
  return true;
}

/** Place of the zone that gives the block, or -1. */
function giver(rule: Rule, zones: readonly Marked[], asked: Request): number {
  const { order, walk, wait, protection } = asked;
  let bar = 2 ** order;
  for (const [place, each] of zones.entries()) {
    const mark = markOf(rule, each, asked);
    let passes = walk === 'any';
    if (rule === '2.6.11') passes ||= isEnough(each, mark, asked);
    else {
      bar += mark;
      if (rule === '2.6.0') {
        passes ||= each.free >= bar || (!wait && each.free >= each.high);
        bar += (walk === 'again' ? each.low : mark) * protection;
      } else passes ||= each.free > bar;
    }
    if (passes && each.free >= 2 ** order) return place;
  }
  return -1;
}

describe.each(['2.4.22', '2.6.0', '2.6.11'] as const)('the zonelist walk of %s', (rule) => {
  it('takes the first zone that passes by the rules, and leaves it its mark', () => {
    fc.assert(
      fc.property(fc.array(marked, { minLength: 1, maxLength: 5 }), request, (byHand, asked) => {
        const { order, walk, wait, high, classIndex, protection } = asked;
        const zones = byHand.map(zone);
        const rules = { watermarks: rule, lowerZoneProtection: protection, nodeByNode: false };
        const allocator = new PageAllocator(rules, supplyOf());
        const gfp = { ...GFP_HIGHUSER, wait, high };
        const list = listOf(zones, classIndex);
        const page = allocator.walk(nobody, list, allocator.part(0, zones.length, false), order, walk, gfp);
        const expected = giver(rule, byHand, asked);
        const place = page < 0 ? -1 : zones.findIndex((each) => each === allocator.from);
        expect(place).toBe(expected);
        for (const [i, each] of zones.entries()) {
          expect(each.free).toBe(byHand[i].free - (i === place ? 2 ** order : 0));
        }
        if (place < 0 || walk === 'any') return;
        const { min, low, high: top, reserve } = byHand[place];
        const mark = { low, min, again: min, high: top, 'low+clean': low }[walk];
        // Nobody dips who may wait and is not __GFP_HIGH.
        if (wait && !high) expect(zones[place].free).toBeGreaterThanOrEqual(mark);
        if (wait && !high && rule === '2.6.11') {
          expect(zones[place].free).toBeGreaterThanOrEqual(mark + reserve[classIndex]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
