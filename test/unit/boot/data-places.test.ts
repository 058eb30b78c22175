/** Where mem_map and static data lie: on the published boxes by hand, on every built-in machine by rule. */
import { describe, expect, it } from 'vitest';
import { dataPlace, memMapPlaces } from '../../../src/sim/kernel/boot/data-places.ts';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import { freeAfterBoot } from '../../../src/sim/kernel/free-after-boot.ts';
import { builtins } from '../../../src/sim/profiles/builtin/index.ts';
import { traitsOf } from '../../../src/sim/profiles/resolve.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { profileOf } from './machines.ts';

const bootOf = (profile: MachineProfile): BootLayout => boot(profile, traitsOf(profile.kernel, profile.machine));

function builtIn(id: string): MachineProfile {
  const found = builtins.find((machine) => machine.id === id);
  if (found === undefined) throw new Error(`no built-in ${id}`);
  return found.profile();
}

describe('the places of mem_map and kernel data', () => {
  it('puts each remapped mem_map at the end of its node, and node 0’s at the start of Normal (64 GB box)', () => {
    const profile = builtIn('numaq-64g-8quad');
    const layout = bootOf(profile);
    const places = memMapPlaces(profile, layout);
    expect(places[0]).toEqual({ place: 0, startPfn: 4096, firstPfn: 0 });
    expect(places[1]).toEqual({ place: 1, startPfn: 2 * 2_097_152 - 23_040, firstPfn: 2_097_152 });
    expect(places[7]).toEqual({ place: 7, startPfn: 8 * 2_097_152 - 2048 - 22_528, firstPfn: 7 * 2_097_152 });
    // (2,097,152 + 1) x 44 B are 22,529 pages; 781 kB of data are 196.
    expect(dataPlace(profile, layout)).toEqual({ place: 0, pfn: 4096 + 22_529, frames: 196 });
  });

  it('puts the flat mem_map of 2.4.18 whole into node 0’s low memory', () => {
    const profile = builtIn('numaq-4g-4quad');
    const places = memMapPlaces(profile, bootOf(profile));
    expect(places).toEqual([0, 1, 2, 3].map(() => ({ place: 0, startPfn: 4096, firstPfn: 0 })));
  });

  it('puts a flat mem_map that no node can hold on the nodes that it describes', () => {
    const nodes = Array.from({ length: 40 }, (_, id) => ({ id, cpus: 1, memoryMiB: 16 }));
    const profile = profileOf({ nodes, kernel: { flavour: '2.4.22', structPageBytes: 256 } });
    const places = memMapPlaces(profile, bootOf(profile));
    expect(places[39]).toEqual({ place: 39, startPfn: 39 * 4096, firstPfn: 39 * 4096 });
  });

  it.each(builtins.map(({ id }) => id))('keeps both in memory that boot took, of consecutive slots (%s)', (id) => {
    const profile = builtIn(id);
    const layout = bootOf(profile);
    const taken = freeAfterBoot(profile, layout);
    const { place, pfn, frames } = dataPlace(profile, layout);
    const node = layout.nodes[place];
    if (layout.meminfo.reserved > 0 && profile.machine.bits === 32) {
      expect(taken.some(([from, to]) => from <= pfn && pfn + frames <= to)).toBe(true);
    }
    expect(Math.floor((pfn - node.startPfn) / 2048)).toBe(Math.floor((pfn + frames - 1 - node.startPfn) / 2048));
    const bytes = layout.memMap.structPageBytes;
    for (const [index, { place: home, startPfn, firstPfn }] of memMapPlaces(profile, layout).entries()) {
      const { endPfn } = layout.nodes[index];
      const mapEnd = startPfn + Math.ceil((((endPfn - firstPfn) / layout.clusterFrames) * bytes) / 4096);
      expect(mapEnd).toBeLessThanOrEqual(layout.nodes[home].endPfn);
      if (home === place) expect(mapEnd <= pfn || startPfn >= pfn + frames).toBe(true);
    }
  });
});
