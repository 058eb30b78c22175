/** Page replacement of 2.4.22 by hand: how far it scans, when it goes for address spaces, and what it holds its lock for. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { LOCK } from '../../../../src/sim/kernel/locks.ts';
import { PG_ACTIVE, PG_REFERENCED } from '../../../../src/sim/kernel/page-flags.ts';
import { mostMapped, Reclaim24, refillRatio } from '../../../../src/sim/kernel/reclaim/reclaim-2.4.ts';
import { Lab } from './lab.ts';

function reclaim24(lab: Lab): Reclaim24 {
  if (!(lab.reclaim instanceof Reclaim24)) throw new Error('not 2.4.22');
  return lab.reclaim;
}

describe('the arithmetic of 2.4.22', () => {
  it('passes 32 << (10 - priority) mapped pages by, or a tenth of what it scans', () => {
    const enough = 1e6;
    expect([6, 5, 4, 3, 2, 1].map((priority) => mostMapped(32, priority, enough))).toEqual([
      512, 1024, 2048, 4096, 8192, 16384,
    ]);
    expect(mostMapped(32, 6, 1009)).toBe(100);
  });

  it('moves pages to the inactive list towards two thirds active', () => {
    expect(refillRatio(32, 2000, 999)).toBe(32);
    expect(refillRatio(32, 1000, 1999)).toBe(8);
    expect(refillRatio(32, 100, 0)).toBe(1600);
  });
});

describe('page replacement of 2.4.22', () => {
  it('has every new page begin inactive, on one list for all zones', () => {
    const lab = new Lab({ reclaim: '2.4.22', zones: [64, 64] });
    const on = lab.on();
    for (let i = 0; i < 80; i++) lab.filePage(on);
    const { lru } = reclaim24(lab);
    expect(lru.inactive(0)).toBe(lru.inactive(1));
    expect(lru.inactivePages(0)).toBe(80);
    expect(lru.activePages(0)).toBe(0);
    // Reports have each page once.
    const listed = lab.zones.map((zone) => lab.reclaim.census(zone).inactive);
    expect(listed[0] + listed[1]).toBe(80);
    expect(listed[0]).toBeLessThan(80);
  });

  it('scans a sixth of the inactive list, then a fifth, and so on until 32 are free', () => {
    const lab = new Lab({ reclaim: '2.4.22' });
    const on = lab.on();
    for (let i = 0; i < 60; i++) lab.filePage(on);
    expect(lab.reclaim.tryToFreePages(on, lab.zones[1], 0)).toBe(32);
    // 60/6 = 10, 50/5 = 10, 40/4 = 10, 30/3 = 10, of which 2 are wanted.
    expect(lab.counter(C.PGSCAN)).toBe(32);
    expect(lab.used.size).toBe(28);
  });

  it('frees 18 of 18 pages in six looks of 3, 3, 3, 3, 3 and 3', () => {
    const lab = new Lab({ reclaim: '2.4.22' });
    const on = lab.on();
    for (let i = 0; i < 18; i++) lab.filePage(on);
    // 18/6, 15/5, 12/4, 9/3, 6/2, 3/1.
    expect(lab.reclaim.tryToFreePages(on, lab.zones[1], 0)).toBe(18);
    expect(lab.counter(C.PGSCAN)).toBe(18);
  });

  it('only turns pages of zones above the class zone round', () => {
    const lab = new Lab({ reclaim: '2.4.22' });
    const on = lab.on();
    for (let i = 0; i < 60; i++) lab.filePage(on);
    expect(lab.reclaim.tryToFreePages(on, lab.zones[0], 0)).toBe(0);
    expect(lab.counter(C.PGSCAN)).toBe(0);
    expect(lab.used.size).toBe(60);
  });

  it('lets an active page that was referenced stay active once, and marks those that it deactivates', () => {
    const lab = new Lab({ reclaim: '2.4.22' });
    const on = lab.on();
    const pages = Array.from({ length: 40 }, () => lab.filePage(on));
    for (const page of pages) for (let i = 0; i < 2; i++) lab.reclaim.markAccessed(on, page);
    const { lru } = reclaim24(lab);
    expect(lru.activePages(1)).toBe(40);
    lab.reclaim.markAccessed(on, pages[0]);
    lab.reclaim.tryToFreePages(on, lab.zones[1], 0);
    // The oldest has PG_referenced: it alone has had a second round.
    expect(lab.used.has(pages[0])).toBe(true);
    const inactive = pages.filter((page) => lab.used.has(page) && (lab.memMap.flags[page] & PG_ACTIVE) === 0);
    for (const page of inactive) expect(lab.memMap.flags[page] & PG_REFERENCED).toBe(PG_REFERENCED);
  });

  it('has a task wait for the page that it began to write, and kswapd end its piece instead', () => {
    const lab = new Lab({ reclaim: '2.4.22', pageNs: 1e6 });
    const on = lab.on();
    for (let i = 0; i < 60; i++) lab.dirty(lab.filePage(on));
    expect(lab.reclaim.tryToFreePages(on, lab.zones[1], 0)).toBeGreaterThan(0);
    expect(on.task?.waitNs).toBeGreaterThanOrEqual(1e6);
    const other = new Lab({ reclaim: '2.4.22', zones: [1024], pageNs: 1e6 });
    const kswapd = other.on();
    while (other.zones[0].free > 0) other.dirty(other.filePage(kswapd));
    other.reclaim.wakeKswapd(kswapd, other.zones[0]);
    other.runThreads(kswapd, 1e12);
    expect(kswapd.task?.waitNs).toBe(0);
    expect(other.zones[0].free).toBeGreaterThan(other.zones[0].marks.high);
  });

  it('has kswapd rest when a zone of the class is above its high mark', () => {
    const lab = new Lab({ reclaim: '2.4.22', zones: [64, 256] });
    const on = lab.on();
    while (lab.zones[1].free > 0) lab.filePage(on);
    lab.reclaim.wakeKswapd(on, lab.zones[1]);
    lab.runThreads(on, 1e12);
    expect(lab.counter(C.KSWAPD_STEAL)).toBe(0);
    while (lab.zones[0].free > 0) lab.filePage(on);
    lab.reclaim.wakeKswapd(on, lab.zones[1]);
    lab.runThreads(on, 2e12);
    expect(lab.counter(C.KSWAPD_STEAL)).toBeGreaterThan(0);
  });

  it('takes one lock for all zones, held while it goes through the list', () => {
    const lab = new Lab({ reclaim: '2.4.22' });
    const on = lab.on();
    for (let i = 0; i < 200; i++) lab.filePage(on);
    expect(lab.locks.acquisitions[LOCK.pagemap_lru_lock]).toBe(200);
    expect(lab.locks.acquisitions[LOCK['zone.lru_lock']]).toBe(0);
    const held = lab.locks.heldNs[LOCK.pagemap_lru_lock];
    lab.reclaim.tryToFreePages(on, lab.zones[1], 0);
    expect(lab.locks.heldNs[LOCK.pagemap_lru_lock]).toBeGreaterThan(held);
  });
});
