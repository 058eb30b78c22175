/** Machines that do not boot: which item broke it, and how much memory would have. */
import { describe, expect, it } from 'vitest';
import { scaleMemory } from '../../../src/sim/kernel/boot/failure.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { KernelTraits } from '../../../src/sim/profiles/traits.ts';
import { box64, bootOf, nodeOf, pc, profileOf, traitsBy } from './machines.ts';

const total = (profile: MachineProfile): number =>
  profile.machine.nodes.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);

/** The largest booting memory found by trying every size down from the machine's, and what the answer should then be. */
function largestByTrying(profile: MachineProfile, traits: KernelTraits, from: number): number {
  for (let size = from; size > 0; size--) {
    const scaled = scaleMemory(profile, size, total(profile));
    if (bootOf(scaled, traits).boots) return total(scaled);
  }
  return 0;
}

describe('a struct page of 60 bytes on the 64 GB box', () => {
  const profile = box64();
  const traits = traitsBy({ structPage: 60 });
  const layout = bootOf(profile, traits);

  it('leaves too little for node 0’s mem_map, which the answer names', () => {
    expect(layout.boots).toBe(false);
    expect(layout.issues).toEqual([]);
    expect(layout.failure?.item).toBe('mem_map of node 0');
    // Six windows of 122 MiB and one of 120: what took the low memory is said beside what finds none.
    expect(layout.failure?.message).toContain('(KVA windows take 852.0 MiB of 896.0 MiB)');
    // By hand: windows 6 x 122 + 120 = 852 MiB leave 44 MiB = 45,056 kB, 388 of them no RAM; 2,097,153 x 60 B are
    // 122,884 kB in whole pages, the rest reserved is 8,136 kB.
    expect(layout.maxLowPfn).toBe(44 * 256);
    expect(layout.failure?.shortBytes).toBe((122884 + 8136 - (45056 - 388)) * 1024);
  });

  it('still shows the nodes, the windows and the budget that is overdrawn', () => {
    expect(nodeOf(layout, 1).kvaPages).toBe(61 * 512);
    const taken = layout.lowmemBudget.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(taken).toBe(896 * 1024 * 1024 + (layout.failure?.shortBytes ?? 0));
    expect(layout.lowmemBudget.map(({ item }) => item)).toContain(layout.failure?.item);
    expect(layout.meminfo.LowTotal).toBe(0);
  });

  it('boots with the largest memory of the answer, and not with one MiB more', () => {
    const largest = layout.failure?.largestMiB ?? 0;
    expect(largest).toBe(largestByTrying(profile, traits, 60_200));
    const scaled = scaleMemory(profile, largest, total(profile));
    expect(bootOf(scaled, traits).boots).toBe(true);
    for (let more = 1; more < 9; more++) {
      const larger = scaleMemory(profile, largest + more, total(profile));
      if (total(larger) > largest) expect(bootOf(larger, traits).boots).toBe(false);
    }
    expect(layout.failure?.message).toContain('60,065 MiB');
  });
});

describe('windows that leave no more than the DMA zone', () => {
  const nodes = Array.from({ length: 8 }, (_, id) => ({ id, cpus: 4, memoryMiB: 8192 }));

  it('are named, and the shortage reaches one page beyond the DMA zone', () => {
    // 64 B: 2,097,153 x 64 B are 65 large pages of 2 MiB, 910 MiB for seven nodes.
    const layout = bootOf(profileOf({ nodes }), traitsBy({ structPage: 64 }));
    expect(layout.boots).toBe(false);
    expect(layout.maxLowPfn).toBe(0);
    expect(layout.failure?.item).toBe('KVA windows (mem_map of nodes 1-7)');
    expect(layout.failure?.message).toMatch(/^KVA windows \(mem_map of nodes 1-7\) do not fit: /);
    expect(layout.failure?.shortBytes).toBe((4097 - (229376 - 7 * 65 * 512)) * 4096);
  });

  it('fail at max_low_pfn 4,096 and pass one large page above', () => {
    const two = [0, 1].map((id) => ({ id, cpus: 1, memoryMiB: id === 0 ? 16384 : 4096 }));
    // Node 1 takes (1,048,576 + 1) x 44 B in 23 large pages of 2 MiB: 46 MiB.
    const at = (maxmemMiB: number): boolean => {
      const layout = bootOf(profileOf({ nodes: two, zones: { maxmemMiB } }), traitsBy());
      return layout.failure?.item === 'KVA windows (mem_map of node 1)';
    };
    expect(at(46 + 16)).toBe(true);
    expect(at(46 + 18)).toBe(false);
  });
});

describe('what is reserved', () => {
  it('breaks a boot by the first item that does not fit, in the order in which it is taken', () => {
    const kernel = { codeKiB: 3000, dataKiB: 3000, initKiB: 3000, reservedKiB: 3000 };
    const item = (memoryMiB: number): string | undefined => {
      return bootOf(profileOf({ nodes: [{ id: 0, cpus: 1, memoryMiB }], kernel })).failure?.item;
    };
    // The mem_map takes 12 to 136 kB of these machines.
    expect(item(2)).toBe('kernel code');
    expect(item(5)).toBe('kernel data');
    expect(item(8)).toBe('kernel init (freed after boot)');
    expect(item(11)).toBe('other reserved');
    expect(item(12)).toBeUndefined();
  });

  it('breaks a flat kernel whose whole mem_map does not fit, and names it', () => {
    const flat = traitsBy({ kvaRemap: false, structPage: 56, zonelistOrder: '2.4.22', watermarks: 'rhel3' });
    const layout = bootOf(box64(), flat);
    expect(layout.failure?.item).toBe('mem_map (whole machine)');
    // 896 MiB less what else is reserved, at 56 B a frame: about 63 GiB.
    expect(layout.failure?.largestMiB).toBe(largestByTrying(box64(), flat, 65_000));
  });

  it('that is too much for any memory leaves no largest one', () => {
    const layout = bootOf(pc(4096, { kernel: { reservedKiB: 1024 * 1024 } }));
    expect(layout.failure?.item).toBe('other reserved');
    expect(layout.failure?.largestMiB).toBeUndefined();
    expect(layout.failure?.message).toContain('No memory would boot');
  });

  it('after boot is no reason not to boot, but is told', () => {
    const layout = bootOf(pc(64, { kernel: { bootItems: [{ item: 'hash', kib: 100_000 }] } }));
    expect(layout.boots).toBe(true);
    expect(layout.meminfo.LowFree).toBe(0);
    expect(layout.messages.map(({ path }) => path)).toContain('kernel.bootItems');
  });
});
