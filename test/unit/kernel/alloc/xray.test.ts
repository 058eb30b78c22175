/** X-rays of requests: what they say against figures by hand, and against what the kernel then does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/sim/base/errors.ts';
import { GFP_ATOMIC, GFP_DMA, GFP_HIGHUSER, GFP_KERNEL } from '../../../../src/sim/kernel/alloc/gfp.ts';
import { XRAY_MASKS, type XrayRequest, xrayOf } from '../../../../src/sim/kernel/alloc/xray.ts';
import type { Kernel } from '../../../../src/sim/kernel/kernel.ts';
import { OWNER } from '../../../../src/sim/kernel/page-flags.ts';
import type { Zone } from '../../../../src/sim/kernel/zone.ts';
import { bootKernel, type KernelOrder } from '../../../support/kernel.ts';

const GFP = { GFP_ATOMIC, GFP_DMA, GFP_HIGHUSER, GFP_KERNEL };
const ask = (request: Partial<XrayRequest> = {}): XrayRequest => ({
  node: 0,
  mask: 'GFP_HIGHUSER',
  order: 0,
  memalloc: false,
  ...request,
});

/** Takes blocks until so many clusters are free. */
function leave(zone: Zone, free: number): void {
  for (let order = 10; order >= 0; order--) {
    while (zone.free - (1 << order) >= free && zone.take(order) >= 0);
  }
}

function zoneOf(kernel: Kernel, node: number, name: string): Zone {
  const zone = kernel.allZones.find((each) => each.node === node && each.layout.name === name);
  if (zone === undefined) throw new Error(`${name} of node ${node}`);
  return zone;
}

describe('a page on the 64 GB NUMA-Q, 2.6.0’s rule, the low marks of its HighMem zones 256', () => {
  const { kernel } = bootKernel({ builtIn: 'numaq-64g-8quad' });

  it('is local while the first zone has its bar, and those behind would have higher ones', () => {
    const { outcome, walks, zones } = xrayOf(kernel, ask({ node: 3 }));
    expect(outcome).toMatchObject({ kind: 'taken', at: 0, from: 'buddy' });
    expect(zones.map(({ node }) => node)).toEqual([3, 4, 5, 6, 7, 0, 0, 0, 1, 2]);
    // 1 + 256 for each HighMem zone; Normal's low mark is 480, DMA's 30.
    expect(walks).toHaveLength(1);
    expect(walks[0].tests.map(({ bar }) => bar)).toEqual([257, 513, 769, 1025, 1281, 1537, 2017, 2047, 2303, 2559]);
    expect(walks[0].tests.slice(1).every((test) => test.outcome === 'not reached')).toBe(true);
  });

  it('lands three zones on where each of them has more than its own mark, and less than the bar carried to it', () => {
    for (const [node, free] of [
      [3, 251],
      [4, 498],
      [5, 702],
      [6, 1412],
    ])
      leave(zoneOf(kernel, node, 'HighMem'), free);
    const { title, walks, because, counters } = xrayOf(kernel, ask({ node: 3 }));
    expect(title).toBe('Page from HighMem of node 6, remote');
    expect(walks[0].tests.slice(0, 4).map(({ free, bar, outcome }) => [free, bar, outcome])).toEqual([
      [251, 257, 'refused'],
      [498, 513, 'refused'],
      [702, 769, 'refused'],
      [1412, 1025, 'taken'],
    ]);
    expect(because).toContain('Walk 1, low marks: 3 zones sent it on, the 4th one gives.');
    expect(because).toContain(
      'HighMem of node 4 has 498 free pages, more than its own high mark (384), and is 15 pages short of its bar.',
    );
    expect(counters).toEqual([
      { name: 'numa_foreign', node: 3 },
      { name: 'numa_miss', node: 6 },
      { name: 'other_node', node: 6 },
    ]);
  });

  it('refuses nodes and orders that are not there', () => {
    expect(() => xrayOf(kernel, ask({ node: 8 }))).toThrow(InputError);
    expect(() => xrayOf(kernel, ask({ order: 11 }))).toThrow(InputError);
  });
});

describe('a machine whose zones have nothing above their min marks', () => {
  const drained = (order: KernelOrder = {}): Kernel => {
    const { kernel } = bootKernel(order);
    for (const zone of kernel.allZones) leave(zone, Math.floor(zone.marks.min / 2));
    return kernel;
  };

  it('lets a caller that can wait reclaim, and says that kswapd is woken', () => {
    const { outcome, walks, title } = xrayOf(drained(), ask());
    expect(outcome).toEqual({ kind: 'reclaim', at: 0 });
    expect(walks.map(({ walk }) => walk)).toEqual(['low', 'min']);
    expect(walks[1].woken).toBe(2);
    expect(title).toMatch(/^No zone gives: the caller reclaims/);
  });

  it('gives a caller that reclaims what there is, whatever the marks', () => {
    const { outcome, walks } = xrayOf(drained(), ask({ memalloc: true }));
    expect(outcome).toMatchObject({ kind: 'taken', at: 0 });
    expect(walks.at(-1)).toMatchObject({ walk: 'any', tests: [{ bar: null, outcome: 'taken' }, {}] });
  });

  it('reclaims on the node itself first, with 2.4', () => {
    const kernel = drained({ builtIn: 'numaq-16g-4quad', kernel: { flavour: '2.4.22', localAllocation: true } });
    const { outcome, walks, zones } = xrayOf(kernel, ask({ node: 1 }));
    expect(outcome).toEqual({ kind: 'reclaim', at: 0 });
    expect(new Set(walks.flatMap(({ tests }) => tests.map(({ at }) => zones[at].node)))).toEqual(new Set([1]));
  });
});

describe('what an X-ray says', () => {
  const flavours = ['2.4.22', '2.4.21-rhel3', '2.6.0', '2.6.11'] as const;

  it('is what the kernel then does, on every kernel, and looking changes nothing', () => {
    const random = fc.record({
      flavour: fc.constantFrom(...flavours),
      mask: fc.constantFrom(...XRAY_MASKS),
      node: fc.integer({ min: 0, max: 3 }),
      order: fc.constantFrom(0, 0, 1, 3),
      // Free pages of each zone, in high marks; and every so many blocks kept apart.
      fill: fc.array(fc.double({ min: 0.2, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 }),
    });
    fc.assert(
      fc.property(random, ({ flavour, mask, node, order, fill }) => {
        const { kernel, on } = bootKernel({ builtIn: 'numaq-16g-4quad', kernel: { flavour } });
        for (const [at, zone] of kernel.allZones.entries()) leave(zone, Math.round(zone.marks.high * fill[at % 6]));
        const seen = (): unknown =>
          kernel.allZones.map((zone) => [zone.free, zone.visits, zone.refusals, zone.lockTakes]);
        const before = seen();
        const { outcome, zones } = xrayOf(kernel, ask({ node, mask, order }));
        expect(seen()).toEqual(before);
        expect(kernel.activeCpus).toEqual([]);
        if (outcome.kind === 'reclaim') return;
        const page = kernel.pages.alloc(on(node * 4), GFP[mask], order, OWNER.anonymous);
        if (outcome.kind === 'fails') expect(page).toBe(-1);
        else {
          const { layout, node: home } = kernel.pages.zoneOf(page);
          expect(zones[outcome.at]).toMatchObject({ name: layout.name, node: home });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('names the order up to which blocks are too small, on 2.6.11', () => {
    const { kernel } = bootKernel({ kernel: { flavour: '2.6.11' } });
    const zone = zoneOf(kernel, 0, 'Normal');
    leave(zone, 0);
    // Every other page: all that is free is of order 0.
    for (let pfn = zone.base; pfn < zone.base + 8 * zone.marks.high; pfn += 2) zone.giveBack(pfn as never, 0);
    const { walks } = xrayOf(kernel, ask({ mask: 'GFP_KERNEL', order: 2 }));
    expect(walks[0].tests[0]).toMatchObject({ outcome: 'refused', failedOrder: 1 });
    expect(xrayOf(kernel, ask({ mask: 'GFP_KERNEL' })).outcome).toMatchObject({ kind: 'taken', at: 0 });
  });
});
