/**
 * The ledger of a bus or link: against a plain map of slots, and its waits against queueing theory. Virtual time is cut
 * into slots of 128 ns, and within a slot it does not matter when; so a wait may be off by up to one slot.
 */
import { describe, expect, it } from 'vitest';
import { Ledger, backlogOf } from '../../src/sim/hardware/ledger.ts';
import { Dice, seeds } from './naive/random.ts';

const SLOT_NS = 128;

/** The same by a map: slot to time taken of it. */
class NaiveLedger {
  readonly taken = new Map<number, number>();
  private readonly nsPerByte: number;

  constructor(nsPerByte: number) {
    this.nsPerByte = nsPerByte;
  }

  book(now: number, bytes: number): number {
    let left = bytes * this.nsPerByte;
    let starts = -1;
    for (let slot = Math.floor(now / SLOT_NS); left > 0 || starts < 0; slot++) {
      const taken = this.taken.get(slot) ?? 0;
      const here = Math.min(left, SLOT_NS - taken);
      if (taken >= SLOT_NS) continue;
      if (starts < 0) starts = slot * SLOT_NS + taken;
      this.taken.set(slot, taken + here);
      left -= here;
    }
    return Math.max(0, starts - now);
  }
}

describe('Ledger', () => {
  it.each(seeds(20))('waits as long as a map of slots says, in any order of time (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const nsPerByte = dice.pick([0.1, 1, 1.25, 10]);
    const fast = new Ledger(nsPerByte, true, backlogOf(8, 4096));
    const naive = new NaiveLedger(nsPerByte);
    let time = 0;
    let busy = 0;
    let bytes = 0;
    for (let step = 0; step < 3000; step++) {
      // CPUs run up to some hundred ns ahead of each other.
      time += dice.below(Math.ceil(200 * nsPerByte));
      const now = Math.max(0, time - dice.below(600));
      const size = dice.pick([16, 32, 48, 64, 80, 144]);
      const wait = fast.book(now, size);
      expect(wait, `seed ${seed}, step ${step}`).toBeCloseTo(naive.book(now, size), 6);
      busy += size * nsPerByte;
      bytes += size;
    }
    expect(fast.busyNs).toBeCloseTo(busy, 3);
    expect(fast.bytes).toBe(bytes);
    // Conservation: no slot of the map holds more than a slot, and nothing is lost.
    const taken = [...naive.taken.values()];
    expect(Math.max(...taken)).toBeLessThanOrEqual(SLOT_NS);
    expect(taken.reduce((sum, each) => sum + each, 0)).toBeCloseTo(busy, 3);
  });

  it('lets the k-th of many that come together wait for k transfers', () => {
    const ledger = new Ledger(1, true, backlogOf(32, 0));
    const waits = Array.from({ length: 32 }, () => ledger.book(1280, 96));
    expect(waits).toEqual(Array.from({ length: 32 }, (_, k) => 96 * k));
  });

  it('lets nobody wait while it is idle, whenever they come', () => {
    const ledger = new Ledger(2, true, backlogOf(4, 0));
    for (const now of [5000, 0, 10_000_000, 4000, 9_999_000, 20_000_000.5]) expect(ledger.book(now, 16)).toBe(0);
  });

  it('lets one that comes late in order, but early in time, use the gap that was left', () => {
    const ledger = new Ledger(1, true, backlogOf(8, 0));
    ledger.book(1024, 1024); // 1,024 to 2,048 is taken
    expect(ledger.book(128, 256)).toBe(0);
    expect(ledger.book(1024, 64)).toBe(1024);
    // Free from 384 on: 640 ns are left before 1,024, the rest goes behind what is booked.
    expect(ledger.book(512, 512)).toBe(0);
    expect(ledger.book(384, 128)).toBe(0);
    expect(ledger.book(384, 1)).toBe(2048 + 64 - 384);
  });

  it('lets nobody wait where queueing is off, and counts the bytes all the same', () => {
    const ledger = new Ledger(1, false, 0);
    expect([ledger.book(0, 1000), ledger.book(0, 1000)]).toEqual([0, 0]);
    expect([ledger.bytes, ledger.busyNs]).toEqual([2000, 2000]);
  });

  it.each([
    { load: 0.3, seed: 1 },
    { load: 0.5, seed: 2 },
    { load: 0.7, seed: 3 },
    { load: 0.8, seed: 4 },
  ])('has the mean wait of M/D/1 at a load of $load, but for a slot', ({ load, seed }) => {
    const dice = new Dice(seed);
    const service = 2560; // 256 bytes at 10 ns: 20 slots
    const ledger = new Ledger(10, true, backlogOf(512, 0));
    let now = 0;
    let waited = 0;
    const arrivals = 200_000;
    for (let i = 0; i < arrivals; i++) {
      now += (-Math.log((dice.below(2 ** 32) + 0.5) / 2 ** 32) * service) / load;
      waited += ledger.book(now, 256);
    }
    const expected = (load * service) / (2 * (1 - load));
    // A transfer is booked from the start of its slot on, half a slot too early on average; and 2 % for chance.
    expect(Math.abs(waited / arrivals - expected)).toBeLessThan(SLOT_NS + 0.02 * expected);
  });
});
