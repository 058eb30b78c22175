/** Waiting for locks: intervals of virtual time, against a naive list, and CPUs that want the same lock. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../src/sim/base/counters.ts';
import { kaddr } from '../../../src/sim/base/units.ts';
import { LOCK } from '../../../src/sim/kernel/locks.ts';
import { LockWaits } from '../../../src/sim/kernel/lock-waits.ts';
import { bootKernel } from '../../support/kernel.ts';

const at = kaddr(0, 0);
const other = kaddr(0, 128);

describe('a lock word', () => {
  it('is free at the first instant that lies in no hold, also before and between holds that are known', () => {
    const waits = new LockWaits();
    waits.held(at, 100, 200);
    waits.held(at, 200, 250);
    waits.held(at, 400, 500);
    const asked = [0, 99, 100, 150, 249, 250, 300, 450, 500];
    expect(asked.map((now) => waits.freeAt(at, now))).toEqual([0, 99, 250, 250, 250, 250, 300, 500, 500]);
    expect(waits.freeAt(other, 150)).toBe(150);
  });

  it('does as a list of all holds does, as long as these are no more than are kept', () => {
    const hold = fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(hold, { maxLength: 32 }), fc.nat(1100), (holds, now) => {
        const waits = new LockWaits();
        for (const [from, length] of holds) waits.held(at, from, from + length);
        let free = now;
        while (holds.some(([from, length]) => from <= free && free < from + length)) free++;
        expect(waits.freeAt(at, now)).toBe(free);
      }),
    );
  });
});

describe('CPUs', () => {
  it('spin for a runqueue’s lock until it is given back, and not for one whose waiting is not modelled', () => {
    const { kernel, on } = bootKernel({ builtIn: 'numaq-16g-4quad' });
    const word = kernel.data.claim(128);
    const hold = (cpu: number, name: 'rq.lock' | 'zone.lock', ns: number): number => {
      on(cpu).lock(name, word);
      const from = on(cpu).core.clock;
      on(cpu).spend(ns);
      on(cpu).unlock(name, word);
      return from;
    };
    hold(0, 'rq.lock', 10_000);
    const freed = on(0).core.clock;
    on(1).core.clock = freed - 8000;
    expect(hold(1, 'rq.lock', 100)).toBeGreaterThanOrEqual(freed);
    const { counters } = on(1).core;
    expect(counters[C.LOCK_CONTENDED]).toBe(1);
    expect(counters[C.LOCK_WAIT_NS]).toBeGreaterThan(5000);
    expect(kernel.locks.waitNs[LOCK['rq.lock']]).toBe(counters[C.LOCK_WAIT_NS]);
    hold(0, 'zone.lock', 10_000);
    on(2).core.clock = on(0).core.clock - 8000;
    expect(hold(2, 'zone.lock', 100)).toBeLessThan(on(0).core.clock);
  });

  it('that are ahead do not keep one from a lock that it takes and gives back before', () => {
    const { kernel, on } = bootKernel({ builtIn: 'numaq-16g-4quad' });
    const word = kernel.data.claim(128);
    on(0).core.clock = 1e6;
    on(0).lock('rq.lock', word);
    on(0).unlock('rq.lock', word);
    on(1).lock('rq.lock', word);
    expect(on(1).core.clock).toBeLessThan(1e5);
    expect(on(1).core.counters[C.LOCK_CONTENDED]).toBe(0);
  });

  it('know of each lock when they took it, in whatever order they give them back', () => {
    const { kernel, on } = bootKernel();
    const words = [kernel.data.claim(128), kernel.data.claim(128)];
    on().lock('rq.lock', words[0]);
    on().spend(1000);
    on().lock('tasklist_lock', words[1]);
    on().spend(1000);
    on().unlock('rq.lock', words[0]);
    on().spend(1000);
    on().unlock('tasklist_lock', words[1]);
    const held = kernel.locks.heldNs;
    expect(held[LOCK['rq.lock']]).toBeGreaterThanOrEqual(2000);
    expect(held[LOCK['tasklist_lock']]).toBeGreaterThanOrEqual(2000);
    expect(held[LOCK['tasklist_lock']]).toBeLessThan(held[LOCK['rq.lock']] + 1000);
  });
});
