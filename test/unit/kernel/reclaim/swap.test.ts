/** Swap: entries against a naive map, clusters of 256, read-ahead by hand, and who alone may keep a page. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import type { KAddr } from '../../../../src/sim/base/units.ts';
import { PG_DIRTY, PG_SWAPCACHE, PG_WRITEBACK } from '../../../../src/sim/kernel/page-flags.ts';
import { SwapMap } from '../../../../src/sim/kernel/reclaim/swap-map.ts';
import { Lab } from './lab.ts';

const AT = 0 as KAddr;

describe('the swap map', () => {
  it('never gives out an entry that is held, nor the header, and all the others before it is full', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 700 }),
        fc.array(fc.record({ take: fc.integer({ min: 0, max: 3 }), which: fc.nat({ max: 9999 }) }), { maxLength: 400 }),
        (entries, steps) => {
          const on = new Lab().on();
          const map = new SwapMap(entries, AT);
          const held = new Map<number, number>();
          for (const { take, which } of steps) {
            const known = [...held.keys()];
            const entry = known[which % Math.max(1, known.length)];
            if (take > 0 || entry === undefined) {
              const got = map.allocate(on);
              if (held.size === entries - 1) expect(got).toBe(-1);
              else {
                expect(held.has(got)).toBe(false);
                expect(got).toBeGreaterThan(0);
                expect(got).toBeLessThan(entries);
                held.set(got, 1);
              }
            } else if (which % 3 === 0) {
              held.set(entry, (held.get(entry) ?? 0) + 1);
              map.change(on, entry, 1);
            } else {
              const left = (held.get(entry) ?? 0) - 1;
              expect(map.change(on, entry, -1)).toBe(left);
              if (left === 0) held.delete(entry);
              else held.set(entry, left);
            }
            expect(map.free).toBe(entries - 1 - held.size);
          }
          for (const [entry, count] of held) expect(map.countOf(entry)).toBe(count);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on from entry to entry, and to the next empty cluster when 256 are gone', () => {
    const on = new Lab().on();
    const map = new SwapMap(2048, AT);
    const first = Array.from({ length: 257 }, () => map.allocate(on));
    expect(first).toEqual(Array.from({ length: 257 }, (_, i) => i + 1));
    // Freed entries are not taken up again while a cluster is in hand.
    for (let entry = 1; entry <= 200; entry++) map.change(on, entry, -1);
    expect(map.allocate(on)).toBe(258);
  });

  it('takes the lowest free entry when no cluster is empty any more', () => {
    const on = new Lab().on();
    const map = new SwapMap(300, AT);
    for (let i = 0; i < 299; i++) map.allocate(on);
    expect(map.allocate(on)).toBe(-1);
    for (const entry of [77, 12, 250]) map.change(on, entry, -1);
    expect([map.allocate(on), map.allocate(on), map.allocate(on), map.allocate(on)]).toEqual([12, 77, 250, -1]);
  });
});

/** `count` pages of a process, swapped out, written and gone from memory; their entries. */
function swappedOut(lab: Lab, count: number): number[] {
  const on = lab.on();
  return Array.from({ length: count }, () => {
    const page = lab.anonPage(on);
    lab.memMap.count[page]++;
    expect(lab.swap.add(on, page)).toBe(true);
    const entry = lab.memMap.priv[page];
    lab.parts.rmap.tryToUnmap(on, page);
    lab.swap.write(on, page);
    lab.reclaim.writeback.waitOn(on, page);
    lab.swap.remove(on, page);
    lab.parts.pages.put(on, page);
    return entry;
  });
}

/** The kernel made by hand takes pages without looking at a zonelist. */
const NO_LIST = { zones: [], classIndex: 2 };

describe('the swap cache', () => {
  it('keeps an entry as long as a pte or the cache holds it', () => {
    const lab = new Lab();
    const on = lab.on();
    const [entry] = swappedOut(lab, 1);
    expect(lab.swap.users(entry)).toBe(1);
    expect(lab.used.size).toBe(0);
    lab.swap.release(on, entry);
    expect(lab.swap.users(entry)).toBe(0);
    expect(lab.swap.free).toBe(lab.swap.total);
  });

  it('reads the aligned block of 8 entries around, up to the first free one', () => {
    const lab = new Lab();
    const on = lab.on();
    const entries = swappedOut(lab, 20);
    expect(entries).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    lab.swap.release(on, 13);
    const page = lab.swap.read(on, 10, NO_LIST);
    // 8 to 12: 13 is free.
    expect(lab.counter(C.PSWPIN)).toBe(5);
    expect([8, 9, 10, 11, 12].map((entry) => lab.swap.lookup(entry) >= 0)).toEqual([true, true, true, true, true]);
    expect([7, 13, 14].map((entry) => lab.swap.lookup(entry))).toEqual([-1, -1, -1]);
    expect(lab.memMap.count[page]).toBe(2);
    // An entry behind a free one is read by itself.
    lab.swap.read(on, 15, NO_LIST);
    expect(lab.counter(C.PSWPIN)).toBe(6);
    // One that is there already is not read again.
    lab.swap.read(on, 11, NO_LIST);
    expect(lab.counter(C.PSWPIN)).toBe(6);
  });

  it('has a reader wait for the disk, and who finds the page read ahead only for what is left', () => {
    const lab = new Lab({ pageNs: 1e6 });
    const on = lab.on();
    swappedOut(lab, 3);
    const before = on.now;
    lab.swap.read(on, 1, NO_LIST);
    expect(on.now - before).toBeGreaterThanOrEqual(1e6);
    expect(on.now - before).toBeLessThan(1.1e6);
    lab.swap.read(on, 3, NO_LIST);
    expect(on.now - before).toBeGreaterThanOrEqual(3e6);
    expect(on.now - before).toBeLessThan(3.1e6);
  });

  it('gives a page up that nobody else has, and not one whose entry a pte holds', () => {
    const lab = new Lab();
    const on = lab.on();
    const page = lab.anonPage(on);
    lab.swap.add(on, page);
    const entry = lab.memMap.priv[page];
    expect(lab.swap.exclusive(page)).toBe(true);
    lab.swap.duplicate(on, entry);
    expect(lab.swap.exclusive(page)).toBe(false);
    expect(lab.swap.removeExclusive(on, page)).toBe(false);
    lab.swap.release(on, entry);
    expect(lab.swap.removeExclusive(on, page)).toBe(true);
    expect(lab.memMap.flags[page] & PG_SWAPCACHE).toBe(0);
    expect(lab.memMap.flags[page] & PG_DIRTY).toBe(PG_DIRTY);
    expect(lab.swap.exclusive(page)).toBe(true);
    expect(lab.swap.free).toBe(lab.swap.total);
  });

  it('frees a page with the last pte that holds its entry', () => {
    const lab = new Lab();
    const on = lab.on();
    const [entry] = swappedOut(lab, 1);
    const page = lab.swap.read(on, entry, NO_LIST);
    lab.parts.pages.put(on, page);
    lab.swap.release(on, entry);
    expect(lab.used.has(page)).toBe(false);
    expect(lab.swap.free).toBe(lab.swap.total);
  });

  it('writes no page that nobody has any more', () => {
    const lab = new Lab();
    const on = lab.on();
    const page = lab.anonPage(on);
    lab.swap.add(on, page);
    lab.memMap.count[page]++;
    while (lab.memMap.mapcount[page] > 0) lab.memMap.unmap(page);
    lab.parts.pages.put(on, page);
    expect(lab.swap.write(on, page)).toBe(on.now);
    expect(lab.counter(C.PSWPOUT)).toBe(0);
    expect(lab.memMap.flags[page] & (PG_SWAPCACHE | PG_WRITEBACK)).toBe(0);
  });

  it('is full when every entry but the header is taken', () => {
    const lab = new Lab({ swapMiB: 1, zones: [64, 1024] });
    const on = lab.on();
    expect(lab.swap.total).toBe(255);
    for (let i = 0; i < 255; i++) expect(lab.swap.add(on, lab.anonPage(on))).toBe(true);
    expect(lab.swap.add(on, lab.anonPage(on))).toBe(false);
  });
});
