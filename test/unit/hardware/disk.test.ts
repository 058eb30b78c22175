/** What a disk takes, by hand: 40 MB/s (4 KiB in 102.4 µs) and 8 ms to get anywhere. */
import { describe, expect, it } from 'vitest';
import { Disk } from '../../../src/sim/hardware/disk.ts';
import { Machine } from '../../../src/sim/hardware/machine.ts';
import { Dice, seeds } from '../../conformance/naive/random.ts';
import { profileOf } from '../boot/machines.ts';

const MS = 1e6;
const PAGE_NS = 102_400;
const spec = { name: 'sda', bandwidthMBps: 40, accessMs: 8, queueDepth: 32, dmaBits: 32 as const };
const disk = (): Disk => new Disk(spec, 0);

describe('a disk', () => {
  it('takes an access and a transfer, and no access for the block that follows', () => {
    const sda = disk();
    expect(sda.book(0, 100, 4096, false)).toBe(8 * MS + PAGE_NS);
    expect(sda.book(8 * MS + PAGE_NS, 101, 8192, false)).toBeCloseTo(8 * MS + 3 * PAGE_NS, 3);
    expect(sda.book(20 * MS, 103, 4096, false)).toBeCloseTo(20 * MS + PAGE_NS, 3);
    expect(sda.book(40 * MS, 103, 4096, true)).toBeCloseTo(48 * MS + PAGE_NS, 3);
    expect([sda.requests, sda.readBytes, sda.writtenBytes, sda.accessNs]).toEqual([4, 4 * 4096, 4096, 16 * MS]);
    expect(sda.busyNs).toBeCloseTo(16 * MS + 5 * PAGE_NS, 3);
  });

  it('serves what is asked for at the same time one after the other', () => {
    const sda = disk();
    const each = 8 * MS + PAGE_NS;
    expect([10, 20, 30].map((block) => sda.book(0, block, 4096, false))).toEqual([each, 2 * each, 3 * each]);
    expect([0, each - 1, each, 2.5 * each, 3 * each].map((now) => sda.pending(now))).toEqual([3, 3, 2, 1, 0]);
  });

  it('lets a request into the gap before one that was booked ahead, if it fits', () => {
    const sda = disk();
    // A task that sleeps until 100 ms asks for its next page then; another asks at 0, and a third finds too short a gap.
    expect(sda.book(100 * MS, 10, 4096, false)).toBeCloseTo(108 * MS + PAGE_NS, 3);
    expect(sda.book(0, 50, 4096, false)).toBe(8 * MS + PAGE_NS);
    expect(sda.book(95 * MS, 70, 4096, false)).toBeCloseTo(116 * MS + 2 * PAGE_NS, 3);
    expect(sda.pending(99 * MS)).toBe(2);
  });

  it.each(seeds(6))('is at work on one request at a time, and on none before it is asked (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const sda = disk();
    let now = 0;
    const done: number[] = [];
    for (let step = 0; step < 1000; step++) {
      now = Math.max(0, now + dice.between(-20, 30) * MS);
      const bytes = 4096 * dice.between(1, 32);
      const before = sda.busyNs;
      const end = sda.book(now, dice.below(8) * 32, bytes, dice.chanceOf(1, 2));
      const took = sda.busyNs - before;
      expect(end - now).toBeGreaterThanOrEqual(took - 1e-3);
      done.push(end);
    }
    const end = Math.max(...done);
    expect(sda.busyNs).toBeLessThanOrEqual(end);
    for (const at of [0, end / 3, end / 2, end]) {
      expect(sda.pending(at)).toBe(done.filter((each) => each > at).length);
    }
    // No two end within less than the shortest transfer.
    done.sort((a, b) => a - b);
    for (let i = 1; i < done.length; i++) expect(done[i] - done[i - 1]).toBeGreaterThanOrEqual(PAGE_NS - 1e-3);
  });
});

it('has the disks of all nodes in order, and no adapters among them', () => {
  const io = (name: string, kind: 'disk' | 'adapter') => ({
    name,
    kind,
    bandwidthMBps: 40,
    accessMs: 8,
    dmaBits: 32 as const,
  });
  const { machine } = profileOf({
    nodes: [
      { id: 0, cpus: 1, memoryMiB: 16, io: [io('sda', 'disk'), io('eth0', 'adapter')] },
      { id: 1, cpus: 1, memoryMiB: 16 },
      { id: 2, cpus: 1, memoryMiB: 16, io: [io('sdb', 'disk')] },
    ],
  });
  const { disks } = new Machine(machine, [0, 4096, 8192], [4096, 8192, 12288], 1, 4096);
  expect(disks.map(({ name, place }) => [name, place])).toEqual([
    ['sda', 0],
    ['sdb', 2],
  ]);
});
