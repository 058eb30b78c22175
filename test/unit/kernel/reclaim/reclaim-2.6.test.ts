/** Page replacement of 2.6.0, scene by scene. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { LOCK } from '../../../../src/sim/kernel/locks.ts';
import { PG_ACTIVE, PG_SWAPCACHE, PG_WRITEBACK } from '../../../../src/sim/kernel/page-flags.ts';
import { Batch } from '../../../../src/sim/kernel/reclaim/batch.ts';
import { PutBack } from '../../../../src/sim/kernel/reclaim/put-back.ts';
import { isolate } from '../../../../src/sim/kernel/reclaim/refill-2.6.ts';
import { Reclaim26 } from '../../../../src/sim/kernel/reclaim/reclaim-2.6.ts';
import { zonesBelow } from '../../../../src/sim/kernel/reclaim/two-list-reclaim.ts';
import { Lab } from './lab.ts';

const SECOND = 1e9;

function reclaim26(lab: Lab): Reclaim26 {
  if (!(lab.reclaim instanceof Reclaim26)) throw new Error('not 2.6.0');
  return lab.reclaim;
}

describe('page replacement of 2.6.0', () => {
  it('has new process memory begin active, pages of files inactive', () => {
    const lab = new Lab();
    const on = lab.on();
    const [file, anon] = [lab.filePage(on), lab.anonPage(on)];
    reclaim26(lab).lru.drain(on);
    expect(lab.memMap.flags[file] & PG_ACTIVE).toBe(0);
    expect(lab.memMap.flags[anon] & PG_ACTIVE).toBe(PG_ACTIVE);
  });

  it('makes a page of a file active when it is read a second time', () => {
    const lab = new Lab();
    const on = lab.on();
    const page = lab.filePage(on);
    reclaim26(lab).lru.drain(on);
    lab.reclaim.markAccessed(on, page);
    expect(lab.memMap.flags[page] & PG_ACTIVE).toBe(0);
    lab.reclaim.markAccessed(on, page);
    expect(lab.memMap.flags[page] & PG_ACTIVE).toBe(PG_ACTIVE);
  });

  it('frees 32 clean pages of the inactive tail, oldest first, under one acquisition of the lock', () => {
    const lab = new Lab();
    const on = lab.on();
    const pages = Array.from({ length: 64 }, () => lab.filePage(on));
    const before = lab.locks.acquisitions[LOCK['zone.lru_lock']];
    expect(lab.reclaim.tryToFreePages(on, lab.zones[1], 0)).toBe(32);
    expect(pages.slice(0, 32).every((page) => !lab.used.has(page))).toBe(true);
    expect(pages.slice(32).every((page) => lab.used.has(page))).toBe(true);
    expect(lab.counter(C.PGSCAN)).toBe(32);
    expect(lab.counter(C.PGSTEAL)).toBe(32);
    expect(lab.counter(C.ALLOCSTALL)).toBe(1);
    // To isolate them; nobody is put back.
    expect(lab.locks.acquisitions[LOCK['zone.lru_lock']] - before).toBe(1);
  });

  it('keeps a page that a process used, and takes one that none used', () => {
    const lab = new Lab();
    const on = lab.on();
    const pages = Array.from({ length: 64 }, () => lab.filePage(on, 1));
    for (const page of pages.slice(0, 10)) lab.young.add(page);
    lab.reclaim.tryToFreePages(on, lab.zones[1], 0);
    expect(pages.slice(0, 10).every((page) => lab.used.has(page))).toBe(true);
    expect(pages.slice(0, 10).every((page) => (lab.memMap.flags[page] & PG_ACTIVE) !== 0)).toBe(true);
    expect(lab.counter(C.PGACTIVATE)).toBe(10);
    expect(pages.slice(10, 42).some((page) => lab.used.has(page))).toBe(false);
  });

  it('swaps a page of a process: entry, unmap, write, and free when it is met again', () => {
    const lab = new Lab({ swappiness: 100, pageNs: 1e6 });
    const on = lab.on();
    const pages = Array.from({ length: 64 }, () => lab.anonPage(on));
    expect(lab.reclaim.tryToFreePages(on, lab.zones[1], 0)).toBeGreaterThanOrEqual(32);
    expect(lab.counter(C.PSWPOUT)).toBeGreaterThanOrEqual(32);
    expect(on.now).toBeGreaterThan(1e6);
    const gone = pages.filter((page) => !lab.used.has(page));
    expect(gone.length).toBeGreaterThanOrEqual(32);
    expect(lab.swap.free).toBeLessThanOrEqual(lab.swap.total - gone.length);
    for (const page of pages) {
      if (!lab.used.has(page)) continue;
      const { flags, mapcount } = lab.memMap;
      if (mapcount[page] === 0) expect(flags[page] & (PG_SWAPCACHE | PG_WRITEBACK)).not.toBe(0);
    }
  });

  it('leaves process memory alone at swappiness 0 while there is page cache', () => {
    const lab = new Lab({ swappiness: 0, zones: [64, 512] });
    const on = lab.on();
    const anon = Array.from({ length: 200 }, () => lab.anonPage(on));
    for (let i = 0; i < 2000; i++) lab.filePage(on);
    expect(anon.every((page) => lab.memMap.mapcount[page] === 1)).toBe(true);
    expect(lab.counter(C.PSWPOUT)).toBe(0);
  });

  it('takes no page that is locked in memory', () => {
    const lab = new Lab({ zones: [64, 512], swappiness: 100 });
    const on = lab.on();
    const pages = Array.from({ length: 100 }, () => lab.anonPage(on));
    for (const page of pages) lab.locked.add(page);
    for (let i = 0; i < 1500; i++) lab.filePage(on);
    expect(pages.every((page) => lab.memMap.mapcount[page] === 1)).toBe(true);
  });

  it('looks at the class zone and those below it, on its own node alone', () => {
    const lab = new Lab({ zones: [64, 128, 256] });
    const [dma, normal, high] = lab.zones;
    expect(zonesBelow(lab.parts, high)).toEqual([high, normal, dma]);
    expect(zonesBelow(lab.parts, normal)).toEqual([normal, dma]);
    const other = { ...lab.parts, zones: [[dma], [normal, high]] };
    expect(zonesBelow(other, { ...normal, place: 1 } as typeof normal)).toEqual([]);
  });

  it('has kswapd free up to the high marks, with the steals counted as its own', () => {
    const lab = new Lab({ zones: [64, 512] });
    const on = lab.on();
    while (lab.zones[1].free > 20) lab.filePage(on);
    lab.reclaim.wakeKswapd(on, lab.zones[1]);
    lab.runThreads(on, on.now + 10 * SECOND);
    expect(lab.zones[1].free).toBeGreaterThanOrEqual(lab.zones[1].marks.high);
    expect(lab.counter(C.KSWAPD_STEAL)).toBe(lab.counter(C.PGSTEAL));
    expect(lab.counter(C.PAGEOUTRUN)).toBe(1);
    expect(lab.reclaim.threads[0].wakesAt).toBe(Infinity);
  });

  it('gives a zone up whose pages cannot be taken, until one of it is freed', () => {
    const lab = new Lab({ zones: [64, 256], swapMiB: 0 });
    const on = lab.on();
    const pages: number[] = [];
    while (lab.zones[1].free > 4) pages.push(lab.anonPage(on));
    lab.reclaim.wakeKswapd(on, lab.zones[1]);
    lab.runThreads(on, on.now + 100 * SECOND);
    expect(lab.zones[1].allUnreclaimable).toBe(true);
    expect(lab.reclaim.threads[0].wakesAt).toBe(Infinity);
    lab.drop(on, pages[0]);
    expect(lab.zones[1].allUnreclaimable).toBe(false);
  });

  it('ends when nothing can be freed', () => {
    const lab = new Lab({ zones: [64, 256], swapMiB: 0 });
    const on = lab.on();
    for (let i = 0; i < 200; i++) lab.anonPage(on);
    expect(lab.reclaim.tryToFreePages(on, lab.zones[1], 0)).toBe(0);
    expect(lab.used.size).toBe(200);
  });

  it('takes the lru lock once for 16 pages that it puts back, and once for each without pagevecs', () => {
    const acquisitions = [true, false].map((pagevecs) => {
      const lab = new Lab({ pagevecs });
      const on = lab.on();
      for (let i = 0; i < 160; i++) lab.filePage(on);
      const { lru } = reclaim26(lab);
      const batch = new Batch();
      isolate(on, lab.parts, lru, lru.inactive(1), 1, 160, batch);
      expect(lru.isolated).toBe(160);
      const before = lab.locks.acquisitions[LOCK['zone.lru_lock']];
      new PutBack(lab.parts, lru).putBack(on, 1, batch);
      expect(lru.isolated).toBe(0);
      expect(lru.inactivePages(1)).toBe(160);
      return lab.locks.acquisitions[LOCK['zone.lru_lock']] - before;
    });
    expect(acquisitions).toEqual([10, 160]);
  });
});
