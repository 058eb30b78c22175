/** Clearing and copying of pages, and streams on a ledger, by hand. */
import { describe, expect, it } from 'vitest';
import { backlogOf, Ledger } from '../../../src/sim/hardware/ledger.ts';
import { Machine } from '../../../src/sim/hardware/machine.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';
import { profileOf } from '../boot/machines.ts';

const HEADER = 16;
const LINES = 128;
/** Of a page over a link, at 4 ns a byte. */
const LINK_NS = 4 * (4096 + LINES * HEADER);

/** Buses of 800 MB/s (1.25 ns a byte), links of 250 MB/s (4 ns a byte), lines of 32 bytes, 2,500 ns to another node. */
function machine(): Machine {
  const nodes = [0, 1, 2].map((id) => ({ id, cpus: 1, memoryMiB: 16 }));
  const interconnect = { kind: 'crossbar' as const, remoteNs: 2500, linkMBps: 250 };
  const profile = profileOf({ nodes, machine: { bus: { bandwidthMBps: 800 }, interconnect } });
  return new Machine(profile.machine, [0, 4096, 8192], [4096, 8192, 12288], 3, 4096);
}

describe('clearing a page', () => {
  it('takes a transfer of each line, which is written whole and not read', () => {
    const lab = machine();
    expect(lab.clearNs(0, 0, 4096, 0)).toBe(4096 * 1.25);
    expect([lab.nodes[0].bus.bytes, lab.nodes[0].bus.busyNs]).toEqual([4096, 4096 * 1.25]);
  });

  it('of another node takes the way there and the pace of the link, which carries headers too', () => {
    const lab = machine();
    expect(lab.clearNs(0, 1, 4096, 0)).toBe(2500 - 225 + LINK_NS);
    expect([lab.nodes[0].busUsed, lab.nodes[1].bus.bytes]).toEqual([false, 4096]);
    const carried = [...lab.interconnect.used()].map(({ from, ledger }) => [from, ledger.bytes]);
    expect(carried).toEqual([
      [0, 4096 + LINES * HEADER],
      [-1, 4096 + LINES * HEADER],
    ]);
  });

  it('beside others that clear takes longer, and nothing is lost', () => {
    const lab = machine();
    // One takes all of the bus: each finds nothing until those before it are through.
    const times = [0, 1, 2].map(() => lab.clearNs(0, 0, 4096, 0));
    expect(times[0]).toBe(5120);
    for (const place of [1, 2]) {
      expect(times[place]).toBeGreaterThan((place + 1) * 5120 - 2 * 128);
      expect(times[place]).toBeLessThan((place + 1) * 5120 + 2 * 128);
    }
  });
});

describe('copying a page', () => {
  it('takes two transfers of each line on one bus', () => {
    const lab = machine();
    expect(lab.copyNs(0, 0, 0, 4096, 0)).toBeCloseTo(2 * 4096 * 1.25, 6);
    expect(lab.nodes[0].bus.bytes).toBe(2 * 4096);
  });

  it('from another node reads over the link, and writes there as a clear does', () => {
    expect(machine().copyNs(0, 1, 0, 4096, 0)).toBeCloseTo(2500 - 225 + LINK_NS, 6);
    expect(machine().copyNs(0, 0, 1, 4096, 0)).toBeCloseTo(2500 - 225 + LINK_NS, 6);
    // Both ways lead over the own node's link, which has both to carry; what gaps are left between slots is the ledger's.
    const both = machine().copyNs(0, 1, 2, 4096, 0) - 2 * (2500 - 225);
    expect(both).toBeGreaterThanOrEqual(2 * LINK_NS);
    expect(both).toBeLessThan(1.25 * 2 * LINK_NS);
  });
});

describe('a stream on a ledger', () => {
  it('that has it to itself takes its time exactly, wherever in a slot it begins', () => {
    for (const now of [0, 1, 100, 127.5, 128, 1000.25]) {
      expect(new Ledger(1, true, backlogOf(8, 4096)).stream(now, 1000, 2500)).toBeCloseTo(2500, 9);
    }
    expect(new Ledger(1, false, 4096).stream(7, 1000, 2500)).toBe(2500);
  });

  it('lets others in between: a line that comes meanwhile waits for less than a slot', () => {
    const ledger = new Ledger(1, true, backlogOf(8, 4096));
    ledger.stream(0, 4096, 8192);
    for (let now = 0; now < 8192; now += 512) expect(ledger.book(now, 32)).toBeLessThan(128);
  });

  it('slower than the bus can be takes what the bus takes', () => {
    expect(new Ledger(10, true, backlogOf(8, 4096)).stream(0, 1000, 2500)).toBeCloseTo(10_000, 6);
  });

  it.each(seeds(8))('conserves bandwidth beside transfers and other streams (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const ledger = new Ledger(1, true, backlogOf(64, 8192));
    let end = 0;
    let booked = 0;
    for (let step = 0; step < 60; step++) {
      const now = dice.below(2000);
      const bytes = dice.between(32, 4096);
      booked += bytes;
      if (dice.chanceOf(1, 2)) end = Math.max(end, now + ledger.book(now, bytes) + bytes);
      else {
        const ns = bytes * dice.pick([1, 1.5, 2, 5]);
        const took = ledger.stream(now, bytes, ns);
        expect(took).toBeGreaterThanOrEqual(ns - 1e-6);
        end = Math.max(end, now + took);
      }
    }
    expect(ledger.busyNs).toBe(booked);
    // All of it begins in the first 2,000 ns; one resource cannot do it faster than one byte a ns.
    expect(end).toBeGreaterThanOrEqual(booked - 128);
  });
});
