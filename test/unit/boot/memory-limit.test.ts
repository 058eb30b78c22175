/** The size of memory at which boot fails, and the item that breaks it. */
import { describe, expect, it } from 'vitest';
import { scaleMemory } from '../../../src/sim/kernel/boot/failure.ts';
import { memoryLimit } from '../../../src/sim/kernel/boot/memory-limit.ts';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import { builtins } from '../../../src/sim/profiles/builtin/index.ts';
import { traitsOf } from '../../../src/sim/profiles/resolve.ts';
import { box64, pc, profileOf, traitsBy } from './machines.ts';

const NODES = Array.from({ length: 8 }, (_, id) => ({ id, cpus: 4, memoryMiB: 8192 }));

describe('the size of memory at which boot fails', () => {
  it('is found where the windows leave less than node 0’s mem_map', () => {
    // By hand, n MiB a node: a mem_map is n / 64 MiB and one struct page, a window that rounded up to 2 MiB. At 7,167 the
    // seven windows take 7 x 112 of 896 MiB and leave 112 for node 0's 111.98; at 7,168 they are 114 and leave 98 for 112.
    const limit = memoryLimit(profileOf({ nodes: NODES }), traitsBy({ structPage: 64 }));
    expect(limit.largestMiB).toBe(8 * 7167);
    expect(limit.fails?.totalMiB).toBeGreaterThan(8 * 7167);
    expect(limit.fails?.item).toBe('mem_map of node 0');
  });

  it('is the one that the failure names where the machine does not boot', () => {
    const profile = box64();
    const traits = traitsBy({ structPage: 60 });
    const limit = memoryLimit(profile, traits);
    expect(limit.largestMiB).toBe(boot(profile, traits).failure?.largestMiB);
    // One MiB more and what is taken last no longer fits.
    expect(limit.fails?.item).toBe('other reserved');
    expect(limit.fails?.message).toMatch(/^other reserved does not fit: .*; short by [\d.]+ MiB\.$/);
  });

  it('is the first above what the machine has, where it boots', () => {
    // By hand: one flat mem_map of 64 B for 4 KiB is n / 64 MiB and one struct page; 57,343 MiB make it 895.98 of 896 MiB.
    const limit = memoryLimit(pc(256), traitsBy({ structPage: 64, kvaRemap: false }));
    expect(limit.totalMiB).toBe(256);
    expect(limit.largestMiB).toBe(57343);
    expect(limit.fails?.totalMiB).toBe(57344);
    const memMap = limit.fails?.items.find(({ owner }) => owner === 'mem_map');
    expect(memMap?.bytes).toBe(896 * 2 ** 20 + 4096);
  });

  it('does not exist where it boots with all that can be addressed', () => {
    const small = memoryLimit(pc(256, { pae: false }), traitsBy({ kvaRemap: false }));
    expect(small.reachMiB).toBe(4096);
    expect(small.largestMiB).toBe(4096);
    expect(small.fails).toBeUndefined();
    expect(small.sizes.every(({ boots }) => boots)).toBe(true);
    expect(small.sizes.find(({ totalMiB }) => totalMiB === 256)?.lowTotalKb).toBeGreaterThan(0);
  });

  it('is not asked of a 64-bit machine', () => {
    expect(memoryLimit(pc(4096, { bits: 64, pae: false }), traitsBy())).toEqual({ totalMiB: 4096, sizes: [] });
  });

  it('boots one size below it and not at it, on every built-in machine of 32 bits', () => {
    for (const { id, profile: make } of builtins) {
      const profile = make();
      if (profile.machine.bits === 64) continue;
      const traits = traitsOf(profile.kernel, profile.machine);
      const { totalMiB, largestMiB, reachMiB, fails, sizes } = memoryLimit(profile, traits);
      expect(new Set(sizes.map((size) => size.totalMiB)).size, id).toBe(sizes.length);
      expect(sizes.find((size) => size.totalMiB === totalMiB)?.boots, id).toBe(boot(profile, traits).boots);
      expect(sizes.find((size) => size.totalMiB === largestMiB)?.boots, id).toBe(true);
      if (fails === undefined) expect(largestMiB, id).toBe(reachMiB);
      else {
        expect(fails.totalMiB, id).toBeGreaterThan(largestMiB ?? 0);
        expect(sizes.find((size) => size.totalMiB === fails.totalMiB)?.boots, id).toBe(false);
        expect(boot(scaleMemory(profile, fails.totalMiB, totalMiB), traits).boots, id).toBe(false);
      }
    }
  });
});
