/** Knobs turned while the kernel runs: marks change as boot would have set them, and each change is remembered. */
import { describe, expect, it } from 'vitest';
import { GFP_ATOMIC, GFP_HIGHUSER } from '../../../../src/sim/kernel/alloc/gfp.ts';
import { OWNER } from '../../../../src/sim/kernel/page-flags.ts';
import type { MachineProfile } from '../../../../src/sim/profiles/schema.ts';
import { profileOf } from '../../boot/machines.ts';
import { BootedAllocator } from './booted-allocator.ts';

function machine(flavour: string, zones: Partial<MachineProfile['zones']> = {}, memoryMiB = 1024): BootedAllocator {
  const nodes = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB }));
  return new BootedAllocator(profileOf({ nodes, kernel: { flavour }, zones }));
}

describe('min_free_kbytes', () => {
  it.each(['2.4.22', '2.6.0', '2.6.11'])('sets the marks that a boot with it sets (%s)', (flavour) => {
    const running = machine(flavour);
    running.sysctl.min_free_kbytes = 4096;
    const booted = machine(flavour, { minFreeKbytes: 4096 });
    expect(running.zones.map((zone) => zone.marks)).toEqual(booted.zones.map((zone) => zone.layout.watermarks));
    for (const { marks } of running.zones) {
      expect(marks.min).toBeLessThanOrEqual(marks.low);
      expect(marks.low).toBeLessThanOrEqual(marks.high);
    }
  });

  it('reads as the kernel’s rule at first: 1,024 kB in 2.6.0, a square root in 2.6.11, none in 2.4', () => {
    expect(machine('2.6.0').sysctl.min_free_kbytes).toBe(1024);
    expect(machine('2.4.22').sysctl.min_free_kbytes).toBe(-1);
    const late = machine('2.6.11');
    // The same value again leaves the marks as boot set them.
    const marks = late.zones.map((zone) => zone.marks);
    late.sysctl.min_free_kbytes = Number(late.sysctl.min_free_kbytes);
    expect(late.zones.map((zone) => zone.marks)).toEqual(marks);
  });

  it('leaves marks alone that the profile sets by hand', () => {
    const watermarks = [{ node: 0, zone: 'Normal' as const, min: 7, low: 8, high: 9 }];
    const allocator = machine('2.6.0', { watermarks });
    allocator.sysctl.min_free_kbytes = 8192;
    expect(allocator.zone('Normal').marks).toMatchObject({ min: 7, low: 8, high: 9 });
  });

  it('stops requests at the new mark', () => {
    const allocator = machine('2.6.0', {}, 16);
    const on = allocator.on();
    const takes = (): number => {
      let taken = 0;
      while (allocator.pages.alloc(on, { ...GFP_ATOMIC, high: false }, 0, OWNER.slab) >= 0) taken++;
      return taken;
    };
    allocator.sysctl.min_free_kbytes = 4096;
    takes();
    const free = allocator.zones.map((zone) => zone.free);
    expect(takes()).toBe(0);
    allocator.sysctl.min_free_kbytes = 0;
    expect(takes()).toBeGreaterThan(500);
    expect(allocator.zones.some((zone, i) => zone.free < free[i])).toBe(true);
  });
});

describe('changes', () => {
  it('are remembered in their order, with the time of the CPU that is furthest on', () => {
    const allocator = machine('2.6.0');
    allocator.on(0).spend(500);
    allocator.on(1).spend(900);
    allocator.sysctl.swappiness = 10;
    allocator.sysctl.lower_zone_protection = 100;
    expect(allocator.sysctl.changes).toEqual([
      { timeNs: 900, name: 'swappiness', value: 10 },
      { timeNs: 900, name: 'lower_zone_protection', value: 100 },
    ]);
    expect(allocator.sysctl.swappiness).toBe(10);
  });

  it('of lower_zone_protection hold from the next request on', () => {
    const allocator = machine('2.6.0', {}, 1024);
    const on = allocator.on();
    const take = (): number => allocator.pages.alloc(on, GFP_HIGHUSER, 0, OWNER.anonymous);
    const normal = allocator.zone('Normal');
    const before = normal.free;
    // With the protection so high no zone behind the first is entered: the rest of memory is out of reach.
    allocator.sysctl.lower_zone_protection = 100_000;
    const drain = (): void => {
      for (;;) take();
    };
    expect(drain).toThrow('Out of memory');
    expect(allocator.zone('HighMem').free).toBeLessThan(500);
    expect(normal.free).toBe(before);
    allocator.sysctl.lower_zone_protection = 0;
    expect(take()).toBeGreaterThanOrEqual(0);
  });
});
