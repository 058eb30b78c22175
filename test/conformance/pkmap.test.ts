/** The persistent kmap pool against its naive twin on random streams of kmap and kunmap, and its invariants on the way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashedAddresses, VirtualField, type PageAddresses } from '../../src/sim/kernel/highmem/page-addresses.ts';
import { Pkmap } from '../../src/sim/kernel/highmem/pkmap.ts';
import { smallKernel } from '../unit/kernel/highmem/parts.ts';
import { NaivePkmap } from './naive/pkmap.ts';

const kernel = smallKernel();
const { data, memMap, traits } = kernel.parts;

function poolOf(slots: number, addresses: PageAddresses, flush: () => void): Pkmap {
  const at = data.claim(4096);
  return new Pkmap({ slots, addresses, countsAt: at, ptesAt: at, pteBytes: 8, lockAt: at, flush });
}

describe.each(['hash', 'virtual'] as const)('the kmap pool with page_address() by %s', (kind) => {
  const operation = fc.record({ page: fc.nat(23), map: fc.boolean() });

  it('does as its twin, and keeps its promises after every step', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(4, 8, 16),
        fc.array(operation, { minLength: 50, maxLength: 400 }),
        (slots, operations) => {
          const addresses =
            kind === 'hash' ? new HashedAddresses(slots, data, traits.structPage.bytes) : new VirtualField(memMap);
          let flushes = 0;
          const pool = poolOf(slots, addresses, () => flushes++);
          const twin = new NaivePkmap(slots);
          const users = new Map<number, number>();
          const on = kernel.on(5);
          for (const { page: i, map } of operations) {
            const page = kernel.high(i);
            if (map) {
              const slept = twin.kmap(page) === 'sleeps';
              if (slept) expect(Math.min(...pool.counts)).toBeGreaterThanOrEqual(2);
              expect(pool.map(on, page)).toBe(!slept);
              if (!slept) users.set(page, (users.get(page) ?? 0) + 1);
            } else if ((users.get(page) ?? 0) > 0) {
              expect(pool.unmap(on, page)).toBe(twin.kunmap(page));
              users.set(page, (users.get(page) ?? 0) - 1);
            }
            expect([...pool.counts]).toEqual(twin.slots.map(({ count }) => count));
            const mapped = [...pool.pages].filter((known) => known >= 0);
            expect(new Set(mapped).size).toBe(mapped.length);
            expect(mapped.length).toBe(pool.counts.filter((count) => count >= 1).length);
            expect([pool.flushes, pool.sleepers, pool.mappings]).toEqual([twin.flushes, twin.asleep, twin.mappings]);
            expect(flushes).toBeGreaterThanOrEqual(Math.floor(pool.mappings / slots));
          }
          for (const [page, count] of users) {
            const slot = pool.pages.indexOf(page);
            expect(slot < 0 ? 0 : pool.counts[slot] - 1).toBe(count);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
