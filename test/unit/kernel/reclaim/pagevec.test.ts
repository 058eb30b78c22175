/** Pagevecs: what they save, and that no page is lost in one. */
import { describe, expect, it } from 'vitest';
import { LOCK } from '../../../../src/sim/kernel/locks.ts';
import { PG_LRU } from '../../../../src/sim/kernel/page-flags.ts';
import { Reclaim26 } from '../../../../src/sim/kernel/reclaim/reclaim-2.6.ts';
import { Lab } from './lab.ts';

function lru(lab: Lab): Reclaim26['lru'] {
  if (!(lab.reclaim instanceof Reclaim26)) throw new Error('not 2.6.0');
  return lab.reclaim.lru;
}

describe('pagevecs', () => {
  it('take the lock once for 16 new pages of a zone, where it is taken for each without them', () => {
    for (const [pagevecs, acquisitions] of [
      [true, 10],
      [false, 160],
    ] as const) {
      const lab = new Lab({ pagevecs });
      for (let i = 0; i < 160; i++) lab.filePage(lab.on());
      expect(lab.locks.acquisitions[LOCK['zone.lru_lock']]).toBe(acquisitions);
    }
  });

  it('put pages on the lists when they are full, or drained', () => {
    const lab = new Lab();
    for (let i = 0; i < 15; i++) lab.filePage(lab.on());
    expect(lru(lab).waiting).toBe(15);
    expect(lru(lab).inactivePages(1)).toBe(0);
    lab.filePage(lab.on());
    expect(lru(lab).waiting).toBe(0);
    expect(lru(lab).inactivePages(1)).toBe(16);
    lab.anonPage(lab.on());
    lru(lab).drain(lab.on());
    expect(lru(lab).activePages(1)).toBe(1);
  });

  it('are the CPU’s own', () => {
    const lab = new Lab();
    for (let i = 0; i < 15; i++) for (const cpu of [0, 1]) lab.filePage(lab.on(cpu));
    expect(lru(lab).waiting).toBe(30);
    lru(lab).drain(lab.on(1));
    expect(lru(lab).waiting).toBe(15);
  });

  it('lose a page that is freed before its pagevec is full', () => {
    const lab = new Lab();
    const page = lab.anonPage(lab.on());
    const other = lab.anonPage(lab.on());
    lab.drop(lab.on(1), page);
    expect(lab.used.has(page)).toBe(false);
    lru(lab).drain(lab.on());
    expect(lru(lab).activePages(1)).toBe(1);
    expect(lab.memMap.flags[other] & PG_LRU).toBe(PG_LRU);
    expect(lab.memMap.flags[page] & PG_LRU).toBe(0);
  });
});
