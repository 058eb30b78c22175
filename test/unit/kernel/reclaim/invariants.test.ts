/** What holds of every page replacement, whatever pages come, are used and go: random streams, the lists checked whole. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { Reclaim24 } from '../../../../src/sim/kernel/reclaim/reclaim-2.4.ts';
import { Reclaim26 } from '../../../../src/sim/kernel/reclaim/reclaim-2.6.ts';
import { Rmap15 } from '../../../../src/sim/kernel/reclaim/rmap15.ts';
import type { Zone } from '../../../../src/sim/kernel/zone.ts';
import { Lab, type LabOrder } from './lab.ts';

const operations = [
  'file',
  'mapped file',
  'anon',
  'use',
  'read',
  'dirty',
  'go',
  'lock',
  'direct',
  'kswapd',
  'time',
] as const;
type Operation = { readonly kind: (typeof operations)[number]; readonly which: number; readonly cpu: number };
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom(...operations),
  which: fc.nat({ max: 10_000 }),
  cpu: fc.integer({ min: 0, max: 1 }),
});

const SECOND = 1e9;
const kinds: readonly LabOrder[] = [
  { reclaim: '2.6.0' },
  { reclaim: '2.6.0', lruLock: 'global', pagevecs: false },
  { reclaim: '2.4.22' },
  { reclaim: '2.4.22', lruLock: 'zone' },
  { reclaim: 'rmap15' },
  { reclaim: 'rmap15', lruLock: 'global' },
];
const nameOf = ({ reclaim, lruLock, pagevecs }: LabOrder): string =>
  [reclaim, lruLock && `${lruLock} lock`, pagevecs === false && 'no pagevecs'].filter(Boolean).join(', ');

/** Does an operation, some pages at a time so that memory fills. */
function perform(lab: Lab, { kind, which, cpu }: Operation): void {
  const on = lab.on(cpu);
  const used = [...lab.used];
  const page = used[which % Math.max(1, used.length)] ?? -1;
  const task = on.task;
  if (kind === 'file' || kind === 'mapped file' || kind === 'anon') {
    // Never so many locked or unswappable pages that nothing is left to take.
    for (let i = 0; i < 1 + (which % 40); i++) {
      if (kind === 'anon' && (lab.swap.free < 8 || lab.parts.rmap.finds === false) && lab.used.size > 200) break;
      if (kind === 'anon') lab.anonPage(on);
      else if (kind === 'file' || lab.parts.rmap.finds === false) lab.filePage(on);
      else lab.filePage(on, 1 + (i % 3));
    }
  } else if (kind === 'direct') lab.reclaim.tryToFreePages(on, lab.zones[which % lab.zones.length], 0);
  else if (kind === 'kswapd') lab.reclaim.wakeKswapd(on, lab.zones[which % lab.zones.length]);
  else if (kind === 'time') lab.runThreads(on, on.now + (which % 10) * SECOND);
  else if (page >= 0) {
    const { mapcount, mapping } = lab.memMap;
    if (kind === 'use' && mapcount[page] > 0) lab.young.add(page);
    else if (kind === 'read') lab.reclaim.markAccessed(on, page);
    else if (kind === 'dirty' && mapping[page] !== 0) lab.dirty(page);
    else if (kind === 'lock' && lab.locked.size < 20 && mapcount[page] > 0) lab.locked.add(page);
    else if (kind === 'go' && mapcount[page] > 0) {
      lab.locked.delete(page);
      lab.drop(on, page);
    }
  }
  if (task !== undefined) {
    on.core.clock += task.waitNs;
    task.waitNs = 0;
  }
}

/** Every list's pages, and how many pages wait in pagevecs. */
function listsOf(lab: Lab): { readonly lists: readonly (readonly number[])[]; readonly waiting: number } {
  const { reclaim } = lab;
  if (reclaim instanceof Rmap15) {
    const { lists } = reclaim.lists;
    return { lists: Array.from(lists.sizes, (_, list) => lists.pagesOf(list)), waiting: 0 };
  }
  if (!(reclaim instanceof Reclaim26 || reclaim instanceof Reclaim24)) throw new Error('unknown page replacement');
  const { lists, waiting } = reclaim.lru;
  return { lists: Array.from(lists.sizes, (_, list) => lists.pagesOf(list)), waiting };
}

/**
 * Where kswapd may sleep: 2.6.0 at each zone's own high mark, 2.4 when a class has a zone above its mark. rmap15's comes
 * by whatever happens; it is over when it has not left a zone without free or clean pages that it could have had.
 */
function isWell(lab: Lab, zone: Zone): boolean {
  if (zone.allUnreclaimable) return true;
  const { reclaim } = lab.parts.traits;
  if (reclaim === '2.6.0') return zone.free >= zone.marks.high;
  const { dirty, laundry, clean } = { dirty: 0, laundry: 0, clean: 0, ...lab.reclaim.census(zone) };
  if (reclaim === 'rmap15') return zone.free + clean > 0 || dirty + laundry === 0;
  return lab.zones.some(({ number, free, marks }) => number <= zone.number && free > marks.high);
}

function check(lab: Lab): void {
  const { lists, waiting } = listsOf(lab);
  const all = lists.flat();
  expect(new Set(all).size).toBe(all.length);
  // Each page in use is on a list or in a pagevec, and none else: nothing is isolated between operations.
  expect(all.length + waiting).toBe(lab.used.size);
  expect(lab.listed.length).toBe(lab.used.size);
  for (const page of all) expect(lab.used.has(page)).toBe(true);
  for (const page of lab.locked) expect(lab.memMap.mapcount[page]).toBeGreaterThan(0);
  expect(lab.counter(C.PGSTEAL)).toBeLessThanOrEqual(lab.counter(C.PGSCAN));
  expect(lab.counter(C.KSWAPD_STEAL)).toBeLessThanOrEqual(lab.counter(C.PGSTEAL));
  const census = lab.zones.map((zone) => lab.reclaim.census(zone));
  if (lab.parts.traits.lruLock === 'zone') {
    const sum = census.flatMap((counts) => Object.values(counts)).reduce((total, count) => total + count, 0);
    expect(sum).toBe(all.length);
  }
}

describe.each(kinds.map((order) => [nameOf(order), order] as const))('page replacement of %s', (_, order) => {
  it('keeps every page in use on exactly one list, takes no locked page, and frees no more than it scanned', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 5, maxLength: 60 }), (steps) => {
        const lab = new Lab({ ...order, zones: [64, 256], swapMiB: 4 });
        for (const step of steps) perform(lab, step);
        check(lab);
      }),
      { numRuns: 40 },
    );
  });

  it('has kswapd sleep only when it has done its work, or cannot do it', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 5, maxLength: 40 }), (steps) => {
        const lab = new Lab({ ...order, zones: [64, 256], swapMiB: 4 });
        for (const step of steps) perform(lab, step);
        const on = lab.on();
        for (const zone of lab.zones) if (zone.free < zone.marks.low) lab.reclaim.wakeKswapd(on, zone);
        const woken = lab.zones.some((zone) => zone.free < zone.marks.low);
        lab.runThreads(on, on.now + 100 * SECOND);
        if (!woken) return;
        for (const zone of lab.zones) expect(isWell(lab, zone)).toBe(true);
        check(lab);
      }),
      { numRuns: 30 },
    );
  });
});
