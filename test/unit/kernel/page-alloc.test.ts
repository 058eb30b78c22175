/** The zonelist walk by hand: which zone gives the page, for each kernel's watermark test. */
import { describe, expect, it } from 'vitest';
import { GFP_ATOMIC, GFP_HIGHUSER, type Gfp } from '../../../src/sim/kernel/alloc/gfp.ts';
import { Ladder24, Ladder260, Ladder2611, type Pressure } from '../../../src/sim/kernel/alloc/ladders.ts';
import { PageAllocator } from '../../../src/sim/kernel/page-alloc.ts';
import type { Zone } from '../../../src/sim/kernel/zone.ts';
import { listOf, nobody, supplyOf, zone, type ZoneByHand } from './zones.ts';

type Rule = '2.4.22' | 'rhel3' | '2.6.0' | '2.6.11';
interface Request {
  readonly order?: number;
  readonly classIndex?: number;
  readonly lowerZoneProtection?: number;
  /** 2.4 that knows no nodes. */
  readonly flat?: boolean;
  readonly gfp?: Gfp;
  /** inactive_clean pages by zone (rmap15). */
  readonly clean?: ReadonlyMap<Zone, number[]>;
}

class OutOfMemory extends Error {}

/** Nothing can be reclaimed. */
const drought: Pressure = {
  memalloc: () => false,
  wake: () => undefined,
  reclaim: () => 0,
  takeLocal: () => -1,
  writing: () => false,
  swappable: () => 0,
  looked: () => 0,
  congestionWait: () => undefined,
  yield: () => undefined,
  outOfMemory: () => {
    throw new OutOfMemory();
  },
};
const ladders = { '2.4.22': Ladder24, rhel3: Ladder24, '2.6.0': Ladder260, '2.6.11': Ladder2611 };

/** Place in the list of the zone that gives the block, or -1. */
function giver(rule: Rule, zones: readonly Zone[], request: Request = {}): number {
  const nodeByNode = (rule === '2.4.22' || rule === 'rhel3') && request.flat !== true;
  const rules = { watermarks: rule, lowerZoneProtection: request.lowerZoneProtection ?? 0, nodeByNode };
  const allocator = new PageAllocator(rules, supplyOf(request.clean));
  const list = listOf(zones, request.classIndex);
  try {
    new ladders[rule](allocator, drought).climb(nobody, list, request.order ?? 0, request.gfp ?? GFP_HIGHUSER);
  } catch (error) {
    if (!(error instanceof OutOfMemory)) throw error;
    return -1;
  }
  return zones.findIndex((each) => each === allocator.from);
}

const chosen = (rule: Rule, zones: readonly ZoneByHand[], request?: Request): number => {
  return giver(rule, zones.map(zone), request);
};

describe('2.6.0', () => {
  it('takes from a zone whose free pages reach the bar: 1 page and its low mark', () => {
    expect(chosen('2.6.0', [{ free: 11, low: 10 }])).toBe(0);
    // One page less fails low, and passes min.
    expect(chosen('2.6.0', [{ free: 10, low: 10, min: 5 }])).toBe(0);
    expect(chosen('2.6.0', [{ free: 10, low: 10, min: 10 }])).toBe(-1);
  });

  it('raises the bar by every zone that it passed by, on other nodes as well', () => {
    const first = { node: 0, free: 10, low: 10, min: 10 };
    // 1 + 10 + 20 = 31.
    expect(chosen('2.6.0', [first, { node: 1, free: 31, low: 20, min: 20 }])).toBe(1);
    expect(chosen('2.6.0', [first, { node: 1, free: 30, low: 20, min: 20 }])).toBe(-1);
    // The third one: 1 + 10 + 20 + 5 = 36.
    const second = { node: 1, free: 30, low: 20, min: 20 };
    expect(chosen('2.6.0', [first, second, { node: 2, free: 36, low: 5, min: 5 }])).toBe(2);
    expect(chosen('2.6.0', [first, second, { node: 2, free: 35, low: 5, min: 5 }])).toBe(-1);
  });

  it('looks at the low marks of the whole list before it looks at a min mark', () => {
    const zones = [
      { free: 8, low: 10, min: 5 },
      { free: 100, low: 20, min: 10 },
    ];
    expect(chosen('2.6.0', zones)).toBe(1);
    // 31 is the second one's bar for low; when it has less, the first is good for min (1 + 5 = 6).
    expect(chosen('2.6.0', [zones[0], { ...zones[1], free: 30 }])).toBe(0);
  });

  it('adds lower_zone_protection times the mark for the zones behind', () => {
    const first = { free: 10, low: 10, min: 10 };
    // 1 + 10 + 3 * 10 + 20 = 61.
    const protection = { lowerZoneProtection: 3 };
    expect(chosen('2.6.0', [first, { free: 61, low: 20, min: 20 }], protection)).toBe(1);
    expect(chosen('2.6.0', [first, { free: 60, low: 20, min: 20 }], protection)).toBe(-1);
  });

  it('begins the bar of a larger block at its size', () => {
    expect(chosen('2.6.0', [{ free: 16, low: 8, min: 8 }], { order: 3 })).toBe(0);
    expect(chosen('2.6.0', [{ free: 15, low: 8, min: 8 }], { order: 3 })).toBe(-1);
  });

  it('goes on to the next zone when a zone has enough, but no block that large', () => {
    const broken = zone({ free: 64, low: 0, min: 0 });
    const pages = Array.from({ length: 64 }, () => broken.take(0));
    for (const pfn of pages) if (pfn % 2 === 0) broken.giveBack(pfn, 0);
    expect(broken.free).toBe(32);
    expect(giver('2.6.0', [broken, zone({ free: 64 })], { order: 1 })).toBe(1);
  });
});

describe('2.6.0, callers that cannot wait', () => {
  it('lets __GFP_HIGH go down to a quarter of the min mark', () => {
    // 1 + 20 / 4 = 6.
    expect(chosen('2.6.0', [{ free: 6, low: 40, min: 20, high: 60 }], { gfp: GFP_ATOMIC })).toBe(0);
    expect(chosen('2.6.0', [{ free: 5, low: 40, min: 20, high: 60 }], { gfp: GFP_ATOMIC })).toBe(-1);
  });

  it('satisfies them from any zone at its high mark, whatever the bar has come to', () => {
    const first = { node: 0, free: 1, low: 100, min: 50, high: 150 };
    const second = { node: 1, free: 30, low: 20, min: 10, high: 30 };
    expect(chosen('2.6.0', [first, second], { gfp: GFP_ATOMIC })).toBe(1);
    // The same request, if it may wait, finds 1 + 100 + 20 and then 1 + 50 + 10 out of reach.
    expect(chosen('2.6.0', [first, second])).toBe(-1);
  });
});

describe('2.4.22', () => {
  it('wants more free pages than the bar', () => {
    expect(chosen('2.4.22', [{ free: 12, low: 10, min: 10 }])).toBe(0);
    expect(chosen('2.4.22', [{ free: 11, low: 10, min: 10 }])).toBe(-1);
  });

  it('accumulates within a node and begins anew on the next', () => {
    const high = { node: 0, free: 11, low: 10, min: 10 };
    // 1 + 10 + 20 = 31 on the same node; 1 + 20 = 21 on the next.
    expect(chosen('2.4.22', [high, { node: 0, free: 32, low: 20, min: 20 }])).toBe(1);
    expect(chosen('2.4.22', [high, { node: 0, free: 31, low: 20, min: 20 }])).toBe(-1);
    expect(chosen('2.4.22', [high, { node: 1, free: 22, low: 20, min: 20 }])).toBe(1);
    expect(chosen('2.4.22', [high, { node: 1, free: 21, low: 20, min: 20 }])).toBe(-1);
  });

  it('empties a node down to its min marks before it goes to the next', () => {
    const own = { node: 0, free: 8, low: 10, min: 5 };
    const other = { node: 1, free: 1000, low: 10, min: 5 };
    expect(chosen('2.4.22', [own, other])).toBe(0);
    expect(chosen('rhel3', [own, other])).toBe(0);
    expect(chosen('2.4.22', [{ ...own, free: 6 }, other])).toBe(1);
    // A kernel that knows no nodes has one list.
    expect(chosen('2.4.22', [own, other], { flat: true })).toBe(1);
  });
});

describe('2.4.22, callers that cannot wait', () => {
  it('go down to a quarter of the min mark', () => {
    // More than 1 + 20 / 4.
    expect(chosen('2.4.22', [{ free: 7, low: 40, min: 20 }], { gfp: GFP_ATOMIC })).toBe(0);
    expect(chosen('2.4.22', [{ free: 6, low: 40, min: 20 }], { gfp: GFP_ATOMIC })).toBe(-1);
  });
});

describe('rmap15', () => {
  it('counts inactive_clean pages as free below the low mark, and takes one of them for a single page', () => {
    const short = zone({ free: 10, low: 40, min: 10 });
    const clean = new Map([[short, [900, 901]]]);
    expect(giver('rhel3', [short], { clean })).toBe(0);
    expect(short.free).toBe(10);
    expect(clean.get(short)).toEqual([900]);
    // 10 + 1 is not more than 1 + 10.
    expect(giver('rhel3', [short], { clean })).toBe(-1);
  });

  it('is content with clean pages at the low mark, before it wakes kswapd', () => {
    const short = zone({ free: 10, low: 40, min: 20 });
    const clean = new Map([[short, Array.from({ length: 32 }, (_, i) => 900 + i)]]);
    const woken: Zone[] = [];
    const pressure = { ...drought, wake: (_on: unknown, each: Zone) => woken.push(each) };
    const rules = { watermarks: 'rhel3' as const, lowerZoneProtection: 0, nodeByNode: false };
    const allocator = new PageAllocator(rules, supplyOf(clean));
    const pages = [0, 1].map(() => new Ladder24(allocator, pressure).climb(nobody, listOf([short]), 0, GFP_HIGHUSER));
    // 10 + 32 is more than 1 + 40, 10 + 31 is not; both are more than 1 + 20.
    expect(pages).toEqual([931, 930]);
    expect(woken).toEqual([short]);
  });

  it('takes a larger block from the free lists', () => {
    const short = zone({ free: 10, low: 40, min: 10 });
    const clean = new Map([[short, [900, 901, 902, 903]]]);
    expect(giver('rhel3', [short], { clean, order: 1 })).toBe(0);
    expect(short.free).toBe(8);
    expect(clean.get(short)).toHaveLength(4);
  });
});

describe('2.6.11', () => {
  it('holds each zone to its own mark', () => {
    const full = { free: 10, low: 10, min: 10 };
    // free - 1 + 1 > 20.
    expect(chosen('2.6.11', [full, { node: 1, free: 21, low: 20, min: 20 }])).toBe(1);
    expect(chosen('2.6.11', [full, { node: 1, free: 20, low: 20, min: 20 }])).toBe(-1);
  });

  it('keeps lowmem_reserve from requests of higher classes', () => {
    const normal = { free: 130, low: 20, min: 20, reserve: [0, 0, 100] };
    expect(chosen('2.6.11', [normal], { classIndex: 2 })).toBe(0);
    expect(chosen('2.6.11', [{ ...normal, free: 121 }], { classIndex: 2 })).toBe(0);
    expect(chosen('2.6.11', [{ ...normal, free: 120 }], { classIndex: 2 })).toBe(-1);
    expect(chosen('2.6.11', [{ ...normal, free: 120 }], { classIndex: 1 })).toBe(0);
  });

  it('takes half off the min mark for __GFP_HIGH, and a quarter of the rest for callers that cannot wait', () => {
    // 40 - 20 - 5 = 15.
    expect(chosen('2.6.11', [{ free: 16, low: 50, min: 40 }], { gfp: GFP_ATOMIC })).toBe(0);
    expect(chosen('2.6.11', [{ free: 15, low: 50, min: 40 }], { gfp: GFP_ATOMIC })).toBe(-1);
  });

  it('does not count smaller blocks for a larger request, and halves the mark for each order', () => {
    // Every other one of 128 clusters: 64 are free, and no two of them are buddies.
    const broken = zone({ free: 128, min: 4, low: 4 });
    const pages = Array.from({ length: 128 }, () => broken.take(0));
    for (const pfn of pages) if (pfn % 2 === 0) broken.giveBack(pfn, 0);
    expect(broken.free).toBe(64);
    // order 1: 64 - 2 + 1 = 63 > 4, but less 64 single ones nothing is left.
    expect(giver('2.6.11', [broken, zone({ node: 1, free: 64 })], { order: 1 })).toBe(1);
    expect(giver('2.6.11', [broken], { order: 0 })).toBe(0);
  });
});

describe('fall-back zones', () => {
  it.each<Rule>(['2.4.22', '2.6.0', '2.6.11'])(
    'are entered only after every other zone failed its min mark (%s)',
    (rule) => {
      const reserve = { free: 1000, fallback: true };
      const short = { node: 1, free: 8, low: 10, min: 5 };
      expect(chosen(rule, [reserve, short])).toBe(1);
      expect(chosen(rule, [reserve, { ...short, free: 5 }])).toBe(0);
    },
  );
});
