/** The address space under every split. */
import { describe, expect, it } from 'vitest';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import { splitsOf } from '../../../src/sim/kernel/boot/splits.ts';
import { box64, pc, profileOf, traitsBy } from './machines.ts';

const GIB = 2 ** 30;

describe('the splits of the address space', () => {
  it('are those that a PAE kernel has, and the machine’s own is its own boot', () => {
    const profile = box64();
    const splits = splitsOf(profile, traitsBy());
    expect(splits.map(({ userSpaceMiB }) => userSpaceMiB)).toEqual([1024, 2048, 3072, 4096]);
    const own = splits.find(({ current }) => current);
    expect(own?.userSpaceMiB).toBe(3072);
    expect(own?.ranges).toEqual(boot(profile, traitsBy()).addressSpace);
    // By hand: 6 windows of 90 MiB and one of 88 are taken from 3,072 - 128, 2,048 - 128 and 1,024 - 128 MiB.
    expect(splits.slice(0, 3).map(({ lowmemMiB }) => lowmemMiB)).toEqual([2944 - 628, 1920 - 628, 896 - 628]);
  });

  it('cover all addresses without a gap that has no name', () => {
    for (const { userSpaceMiB, ranges } of splitsOf(box64(), traitsBy())) {
      let at = 0;
      for (const { start, end } of ranges) {
        expect(start, `${userSpaceMiB}`).toBe(at);
        at = end;
      }
      expect(at).toBe(4 * GIB);
    }
  });

  it('have 3.5 GiB for users without PAE only', () => {
    const sizes = splitsOf(pc(512, { pae: false }), traitsBy({ kvaRemap: false })).map((split) => split.userSpaceMiB);
    expect(sizes).toEqual([1024, 2048, 3072, 3584, 4096]);
  });

  it('say why one leaves no room', () => {
    const splits = splitsOf(
      profileOf({ nodes: [{ id: 0, cpus: 1, memoryMiB: 4096 }], zones: { maxmemMiB: 1500, userSpaceMiB: 2048 } }),
      traitsBy(),
    );
    const tight = splits.find(({ userSpaceMiB }) => userSpaceMiB === 3072);
    expect(tight).toMatchObject({ boots: false, lowmemMiB: 0, ranges: [] });
    expect(tight?.why).toContain('maxmem');
  });

  it('are one for a kernel that was built with 4G/4G, and none for a 64-bit machine', () => {
    expect(splitsOf(box64(), traitsBy({ split4g: true })).map(({ userSpaceMiB }) => userSpaceMiB)).toEqual([4096]);
    expect(splitsOf(pc(4096, { bits: 64, pae: false }), traitsBy())).toEqual([]);
  });
});
