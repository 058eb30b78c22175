/** Dirty pages and pages under write: limits by hand, ages of 30 seconds, and who waits for what. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { PG_DIRTY, PG_RECLAIM, PG_WRITEBACK } from '../../../../src/sim/kernel/page-flags.ts';
import { dirtyLimits } from '../../../../src/sim/kernel/reclaim/flusher-thread.ts';
import { InFlight } from '../../../../src/sim/kernel/reclaim/in-flight.ts';
import { Reclaim26 } from '../../../../src/sim/kernel/reclaim/reclaim-2.6.ts';
import { Lab } from './lab.ts';

const SECOND = 1e9;

describe('dirty limits', () => {
  it('are 10 and 40 per cent of memory where little is mapped', () => {
    expect(dirtyLimits(10_000, 0, 40, 10)).toEqual({ background: 1000, dirty: 4000 });
  });

  it('leave half of what is not mapped, 5 per cent at least, and half of that in the background', () => {
    expect(dirtyLimits(10_000, 7000, 40, 10)).toEqual({ background: 1000, dirty: 1500 });
    expect(dirtyLimits(10_000, 9000, 40, 10)).toEqual({ background: 200, dirty: 500 });
    expect(dirtyLimits(10_000, 10_000, 40, 10)).toEqual({ background: 200, dirty: 500 });
  });
});

describe('pages in flight', () => {
  it('come back in the order of their times, whatever order they went in', () => {
    const flight = new InFlight();
    const times = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 3001);
    times.forEach((time, page) => flight.push(page, time));
    expect(flight.doneAt(1)).toBe(Math.min(...times));
    let last = -1;
    for (let i = 0; i < times.length; i++) {
      const page = flight.take(Infinity);
      expect(times[page]).toBe(flight.time);
      expect(flight.time).toBeGreaterThanOrEqual(last);
      last = flight.time;
    }
    expect(flight.take(Infinity)).toBe(-1);
    expect(flight.doneAt(1)).toBe(Infinity);
  });

  it('say when so many of them are done, or all', () => {
    const flight = new InFlight();
    for (const time of [30, 10, 20]) flight.push(time, time);
    expect([1, 2, 3, 32].map((count) => flight.doneAt(count))).toEqual([10, 20, 30, 30]);
    expect(flight.take(9)).toBe(-1);
    expect(flight.take(10)).toBe(10);
  });
});

describe('pages under write', () => {
  it('are so until the disk has done them, and a sleeper wakes then', () => {
    const lab = new Lab({ pageNs: 1e6 });
    const on = lab.on();
    const { writeback } = lab.reclaim;
    const page = lab.filePage(on);
    writeback.started(on, page, on.now + 1e6);
    writeback.settle(on);
    expect(writeback.pages).toBe(1);
    writeback.waitOn(on, page);
    expect(on.now).toBeGreaterThanOrEqual(1e6);
    expect(writeback.pages).toBe(0);
    expect(lab.memMap.flags[page] & PG_WRITEBACK).toBe(0);
  });

  it('are forgotten when they are freed, and another page in the same place is not taken for them', () => {
    const lab = new Lab();
    const on = lab.on();
    const { writeback } = lab.reclaim;
    const page = lab.filePage(on);
    writeback.started(on, page, on.now + 1e6);
    lab.uncache(on, page);
    expect(writeback.pages).toBe(0);
    let again = -1;
    while (again !== page) again = lab.filePage(on);
    writeback.started(on, page, on.now + 5e6);
    on.core.clock += 2e6;
    writeback.settle(on);
    expect(writeback.pages).toBe(1);
  });

  it('go to the tail of the inactive list when page replacement wrote them', () => {
    const lab = new Lab();
    const on = lab.on();
    if (!(lab.reclaim instanceof Reclaim26)) throw new Error('not 2.6.0');
    const pages = Array.from({ length: 16 }, () => lab.filePage(on));
    const { lru, writeback } = lab.reclaim;
    const list = lru.inactive(1);
    const young = pages[15];
    expect(lru.lists.pagesOf(list)[0]).toBe(young);
    lab.memMap.flags[young] |= PG_RECLAIM;
    writeback.started(on, young, on.now + 10);
    on.core.clock += 20;
    writeback.settle(on);
    expect(lru.lists.pagesOf(list).at(-1)).toBe(young);
    expect(lab.counter(C.PGROTATED)).toBe(1);
  });

  it('let a waiter for the queue go on when 32 are done, or after its time', () => {
    const lab = new Lab();
    const on = lab.on();
    const { writeback } = lab.reclaim;
    const now = on.now;
    expect(writeback.congestionEnds(now, 1e8)).toBe(now + 1e8);
    for (let i = 1; i <= 40; i++) writeback.started(on, lab.filePage(on), now + i * 1e6);
    expect(writeback.congestionEnds(now, 1e8)).toBe(now + 32e6);
    expect(writeback.congestionEnds(now, 1e7)).toBe(now + 1e7);
  });
});

describe('pdflush', () => {
  it('writes a file that has been dirty for 30 seconds, looking every 5', () => {
    const lab = new Lab();
    const on = lab.on();
    const page = lab.filePage(on);
    on.core.clock = 6 * SECOND;
    lab.dirty(page);
    lab.runThreads(on, 39 * SECOND);
    expect(lab.memMap.flags[page] & PG_DIRTY).toBe(PG_DIRTY);
    lab.runThreads(on, 41 * SECOND);
    expect(lab.memMap.flags[page] & PG_DIRTY).toBe(0);
  });

  it('sleeps for good when nothing is dirty', () => {
    const lab = new Lab();
    lab.filePage(lab.on());
    expect(lab.runThreads(lab.on(), 1000 * SECOND)).toBe(0);
  });

  it('writes in the background above 10 per cent, and has writers write above 40', () => {
    const lab = new Lab({ zones: [64, 2048], pageNs: 1e3 });
    const on = lab.on();
    // (64 - 6) + (2048 - 192) pages above the high marks.
    const total = 58 + 1856;
    const write = (count: number): void => {
      for (let i = 0; i < count; i++) {
        lab.dirty(lab.filePage(on));
        lab.reclaim.throttle(on);
      }
    };
    write(700);
    expect(lab.parts.pageCache.dirtyPages).toBe(700);
    expect(lab.parts.pageCache.dirtyPages).toBeGreaterThan(total / 10);
    lab.runThreads(on, on.now + SECOND);
    expect(lab.parts.pageCache.dirtyPages).toBeLessThanOrEqual(total / 10);
    write(1000);
    expect(lab.parts.pageCache.dirtyPages).toBeLessThanOrEqual((total * 4) / 10 + 64);
  });
});
