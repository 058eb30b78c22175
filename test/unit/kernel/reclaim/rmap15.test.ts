/** rmap15 by hand: its triggers, shares and intervals, and the way of a page from active to clean. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { PG_DIRTY, PG_INACTIVE_CLEAN, PG_SWAPCACHE } from '../../../../src/sim/kernel/page-flags.ts';
import { LEAST_INTERVAL, MOST_INTERVAL, nextInterval } from '../../../../src/sim/kernel/reclaim/kscand.ts';
import {
  belowGoal,
  cacheRatio,
  cacheWork,
  inactiveShortage,
  needsDirtyWork,
  needsLaundryWork,
  type ZonePages,
} from '../../../../src/sim/kernel/reclaim/rmap15-limits.ts';
import { Rmap15 } from '../../../../src/sim/kernel/reclaim/rmap15.ts';
import { Lab } from './lab.ts';

const SECOND = 1e9;
const pages = (some: Partial<ZonePages>): ZonePages => ({
  free: 0,
  anon: 0,
  cache: 0,
  dirty: 0,
  laundry: 0,
  clean: 0,
  ...some,
});

describe('the triggers of rmap15', () => {
  it('launders while 30 per cent of the dirty pages are more than laundry and clean', () => {
    expect(needsDirtyWork(pages({ free: 1000, dirty: 100, laundry: 10, clean: 19 }), 0)).toBe(true);
    expect(needsDirtyWork(pages({ free: 1000, dirty: 100, laundry: 10, clean: 20 }), 0)).toBe(false);
  });

  it('launders while half the laundry, clean and free are below the high mark', () => {
    expect(needsDirtyWork(pages({ free: 50, laundry: 41, clean: 29 }), 100)).toBe(true);
    expect(needsDirtyWork(pages({ free: 50, laundry: 42, clean: 29 }), 100)).toBe(false);
  });

  it('takes the laundry in while it is more than is clean', () => {
    expect(needsLaundryWork(pages({ laundry: 6, clean: 5 }))).toBe(true);
    expect(needsLaundryWork(pages({ laundry: 5, clean: 5 }))).toBe(false);
  });

  it('deactivates as much cache as process memory where the cache has its 15 per cent, none below 1, all above 30', () => {
    expect(cacheWork(pages({ anon: 850, cache: 150 }), 64)).toBe(32);
    expect(cacheWork(pages({ anon: 991, cache: 9 }), 64)).toBe(0);
    expect(cacheWork(pages({ anon: 699, cache: 301 }), 64)).toBe(64);
    // 100 above the goal of 150: 50 + 100 * 50 / 851 = 55 per cent of 64.
    expect(cacheWork(pages({ anon: 750, cache: 250 }), 64)).toBe(35);
    // 75 below it: 50 - (75 * 50 / 150 + 1) = 24 per cent of 64.
    expect(cacheWork(pages({ anon: 925, cache: 75 }), 64)).toBe(15);
  });

  it('counts the cache’s share, the inactive target of 20 per cent, and goals of all pages', () => {
    expect(cacheRatio(pages({ anon: 69, cache: 30 }))).toBe(30);
    expect(inactiveShortage(pages({ free: 30, anon: 400, cache: 100, dirty: 20, laundry: 10, clean: 15 }), 50)).toBe(
      75,
    );
    expect(belowGoal(pages({ free: 5, anon: 81, dirty: 14 }), 20)).toBe(true);
    expect(belowGoal(pages({ free: 6, anon: 80, dirty: 14 }), 20)).toBe(false);
  });

  it('scans twice as often when ages moved down twice or more, half as often again when they did not, within its bounds', () => {
    expect([0, 1, 2, 9].map((times) => nextInterval(10 * SECOND, times) / SECOND)).toEqual([15, 10, 5, 5]);
    expect(nextInterval(LEAST_INTERVAL, 3)).toBe(0.5 * SECOND);
    expect(nextInterval(MOST_INTERVAL, 0)).toBe(300 * SECOND);
  });
});

function rmap15(lab: Lab): Rmap15 {
  if (!(lab.reclaim instanceof Rmap15)) throw new Error('not rmap15');
  return lab.reclaim;
}

describe('rmap15', () => {
  it('takes a process’s page through swap and laundry to clean, and hands it out without a free list', () => {
    const lab = new Lab({ reclaim: 'rmap15', zones: [64, 128], pageNs: 1e6 });
    const on = lab.on();
    for (let i = 0; i < 40; i++) lab.filePage(on);
    const page = lab.anonPage(on);
    const zone = lab.zones[1];
    const { lists, launder } = rmap15(lab);
    lists.remove(on, page);
    lists.addDirty(on, page);
    // The cache has all of the active pages: process memory is spared while free memory lasts.
    expect(launder.rebalanceDirty(on, zone, 64)).toBe(0);
    expect(lab.memMap.mapcount[page]).toBe(1);
    for (let i = 0; i < 84; i++) lab.filePage(on);
    lists.remove(on, page);
    lists.addDirty(on, page);
    expect(zone.free).toBeLessThan(zone.marks.min);
    expect(launder.rebalanceDirty(on, zone, 64)).toBe(1);
    expect(lab.memMap.mapcount[page]).toBe(0);
    expect(lab.memMap.flags[page] & PG_SWAPCACHE).toBe(PG_SWAPCACHE);
    expect(lists.laundryPages(1)).toBe(1);
    // kswapd does not wait for the write, a task does.
    expect(launder.rebalanceLaundry(on, zone, 64, false)).toBe(1);
    expect(lists.cleanPages(1)).toBe(0);
    expect(launder.rebalanceLaundry(on, zone, 64, true)).toBe(1);
    expect(on.now).toBeGreaterThanOrEqual(1e6);
    expect(lists.cleanPages(1)).toBe(1);
    expect(lab.reclaim.cleanPages(zone)).toBe(1);
    expect(lab.memMap.flags[page] & PG_INACTIVE_CLEAN).toBe(PG_INACTIVE_CLEAN);
    expect(lab.reclaim.takeClean(on, zone)).toBe(page);
    expect(lab.memMap.count[page]).toBe(1);
    expect(lab.memMap.flags[page] & PG_SWAPCACHE).toBe(0);
    expect(lab.reclaim.takeClean(on, zone)).toBe(-1);
  });

  it('has a page that is used in the laundry go back to the dirty list', () => {
    const lab = new Lab({ reclaim: 'rmap15' });
    const on = lab.on();
    const page = lab.filePage(on);
    const { lists, launder } = rmap15(lab);
    lists.remove(on, page);
    lists.addLaundry(on, page, 0);
    lab.reclaim.markAccessed(on, page);
    launder.rebalanceLaundry(on, lab.zones[1], 64, false);
    expect(lists.dirtyPages(1)).toBe(1);
  });

  it('takes a page that is written for more than 30 seconds off the laundry', () => {
    const lab = new Lab({ reclaim: 'rmap15', pageNs: 100 * SECOND });
    const on = lab.on();
    const page = lab.filePage(on);
    lab.dirty(page);
    const { lists, launder } = rmap15(lab);
    lists.remove(on, page);
    lists.addDirty(on, page);
    expect(launder.rebalanceDirty(on, lab.zones[1], 64)).toBe(1);
    launder.rebalanceLaundry(on, lab.zones[1], 64, true);
    expect(on.now / SECOND).toBeGreaterThan(30);
    expect(on.now / SECOND).toBeLessThan(41);
    expect(lists.dirtyPages(1)).toBe(1);
  });

  it('adds 4 to the age of a page in use, up to 15, and nothing to the others', () => {
    const lab = new Lab({ reclaim: 'rmap15' });
    const on = lab.on();
    const used = lab.anonPage(on);
    const idle = lab.anonPage(on);
    const { lists } = rmap15(lab);
    const ages: number[] = [];
    for (let i = 0; i < 4; i++) {
      lab.young.add(used);
      // The thread's interval grows while nothing moves down: 1 s, 1.5 s, 2.25 s, ...
      lab.runThreads(on, on.now + 10 * SECOND);
      ages.push(lists.ageOf(used));
    }
    expect(ages[0]).toBe(7);
    expect(Math.max(...ages)).toBeLessThanOrEqual(15);
    expect(lists.ageOf(idle)).toBe(3);
  });

  it('streams through the page cache at the cost of the cache, and leaves process memory that is used alone', () => {
    const lab = new Lab({ reclaim: 'rmap15', zones: [64, 512], pageNs: 1e4 });
    const on = lab.on();
    const hot = Array.from({ length: 200 }, () => lab.anonPage(on));
    for (let i = 0; i < 3000; i++) {
      lab.filePage(on);
      for (const page of hot) if (lab.memMap.mapcount[page] > 0) lab.young.add(page);
      if (i % 50 === 0) lab.runThreads(on, on.now + SECOND / 10);
    }
    expect(hot.filter((page) => lab.memMap.mapcount[page] > 0).length).toBe(200);
    expect(lab.counter(C.PSWPOUT)).toBe(0);
    expect(lab.memMap.flags[hot[0]] & PG_DIRTY).toBe(PG_DIRTY);
  });
});
