import { describe, expect, it } from 'vitest';
import { assumedPaths, builtins, formatProfile, parseProfile, sourceOf, traitsOf } from '../../../src/sim/index.ts';
import { numberPaths } from '../../../src/sim/profiles/sources.ts';

const profileOf = (id: string): ReturnType<(typeof builtins)[number]['profile']> => {
  const found = builtins.find((machine) => machine.id === id);
  if (found === undefined) throw new Error(`no built-in ${id}`);
  return found.profile();
};
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('the built-in machines', () => {
  it('are these twelve', () => {
    expect(builtins.map(({ id }) => id).sort()).toEqual([
      'altix-3700-128n',
      'altix-4700-4096n',
      'altix-64n',
      'caches-only',
      'laptop-1g',
      'numaq-16g-4quad',
      'numaq-4g-4quad',
      'numaq-64g-8quad',
      'numaq-64g-8quad-pgcl32k',
      'pc-256m',
      'smp-8way',
      'x86-64-2s',
    ]);
  });

  describe.each(builtins.map((machine) => [machine.id, machine] as const))('%s', (_id, machine) => {
    const profile = machine.profile();

    it('is valid, comes back from its file as it was, and its file is a fixed point', () => {
      const text = formatProfile(profile);
      const again = parseProfile(text, machine.id);
      expect(again).toEqual(profile);
      expect(formatProfile(again)).toBe(text);
    });

    it('has a source, or `assumed`, for every number', () => {
      expect(numberPaths(profile).filter((path) => sourceOf(profile, path) === undefined)).toEqual([]);
    });

    it('has no source for a path that is not there', () => {
      const paths = numberPaths(profile);
      const covers = (key: string, path: string): boolean => {
        const every = path.replace(/\[\d+\]/g, '[]');
        return [path, every].some((text) => text === key || text.startsWith(`${key}.`) || text.startsWith(`${key}[`));
      };
      expect(Object.keys(profile.sources).filter((key) => !paths.some((path) => covers(key, path)))).toEqual([]);
    });

    it('has notes of three to fourteen lines, and a line for the picker', () => {
      expect(profile.notes.split('\n').length).toBeGreaterThanOrEqual(3);
      expect(profile.notes.split('\n').length).toBeLessThanOrEqual(14);
      expect(machine.line.length).toBeGreaterThan(20);
      expect(machine.line.length).toBeLessThanOrEqual(100);
      expect(profile.title).toBe(machine.title);
    });

    it('asks nothing of its kernel that this kernel never had', () => {
      expect(traitsOf(profile.kernel, profile.machine).patches).toEqual([]);
    });

    it('is a fresh copy each time', () => {
      expect(machine.profile()).toEqual(profile);
      expect(machine.profile().machine.nodes).not.toBe(profile.machine.nodes);
    });
  });
});

describe('the published figures in them', () => {
  it('64 GB box: 8 quads of four, 16,775,168 frames, the holes of its e820 map, S = 44', () => {
    const { machine, kernel } = profileOf('numaq-64g-8quad');
    expect(sum(machine.nodes.map(({ cpus }) => cpus))).toBe(32);
    expect(sum(machine.nodes.map(({ memoryMiB }) => memoryMiB)) * 256).toBe(16_775_168);
    const holes = machine.nodes.flatMap((node) => node.holes);
    expect(holes.map(({ startKiB }) => startKiB * 1024)).toEqual([0x9fc00, 0xc0000000]);
    expect(holes.map(({ endKiB }) => endKiB * 1024)).toEqual([0x100000, 0x100000000]);
    expect(traitsOf(kernel, machine).structPage.bytes).toBe(44);
    expect(kernel.codeKiB + kernel.dataKiB + kernel.initKiB + kernel.reservedKiB).toBe(
      98_252 - Math.ceil((2_097_153 * 44) / 4096) * 4,
    );
    expect(sum(kernel.bootItems.map(({ kib }) => kib))).toBe(176_076 - 144_180);
    expect(machine).toMatchObject({ localNs: 225, transferNs: 141.5, bus: { bandwidthMBps: 792.8 } });
  });

  it('16 GB box: Katmai at 495 MHz with 512 KB, hole below 4 GB of 32,768 frames, S = 40', () => {
    const { machine, kernel } = profileOf('numaq-16g-4quad');
    expect(sum(machine.nodes.map(({ memoryMiB }) => memoryMiB))).toBe(16_384);
    expect(machine.nodes[0].holes[1]).toEqual({ startKiB: 0xf8000000 / 1024, endKiB: 0x100000000 / 1024 });
    expect(traitsOf(kernel, machine).structPage.bytes).toBe(40);
    expect(kernel.codeKiB + kernel.dataKiB + kernel.initKiB + kernel.reservedKiB).toBe(
      45_388 - Math.ceil((1_048_577 * 40) / 4096) * 4,
    );
    expect(machine).toMatchObject({ localNs: 250, bus: { bandwidthMBps: 712 } });
    expect(machine.cpu).toMatchObject({ clockMHz: 495, l2: { kib: 512 } });
  });

  it('pgcl box: the 64 GB box with 32 KB clusters and maxmem 213,504 frames', () => {
    const { machine, kernel, zones } = profileOf('numaq-64g-8quad-pgcl32k');
    expect(machine).toEqual(profileOf('numaq-64g-8quad').machine);
    expect(4 << kernel.pageMmuShift).toBe(32);
    expect((zones.maxmemMiB ?? 0) * 256).toBe(213_504);
    // Its own boot log: reserved 15,936 kB, LowTotal 751,936 and LowFree 711,808 kB after login.
    const memMapKiB = Math.ceil((262_145 * 44) / 32_768) * 32;
    expect(kernel.codeKiB + kernel.dataKiB + kernel.initKiB + kernel.reservedKiB).toBe(15_936 - memMapKiB);
    expect(sum(kernel.bootItems.map(({ kib }) => kib))).toBe(751_936 - 711_808);
  });

  it('Altix: 512 CPUs on 128 nodes, 16,384 CPUs on 4,096, links of 3.2 GB/s', () => {
    for (const [id, nodes, cpus] of [
      ['altix-3700-128n', 128, 512],
      ['altix-4700-4096n', 4096, 16_384],
    ] as const) {
      const { machine } = profileOf(id);
      expect(machine.nodes).toHaveLength(nodes);
      expect(sum(machine.nodes.map((node) => node.cpus))).toBe(cpus);
      expect(machine.interconnect).toMatchObject({ linkMBps: 3200 });
      expect(machine.bits).toBe(64);
    }
  });

  it('caches-only: no TLB, instruction lines skipped, two levels of 32-byte lines', () => {
    const { cpu } = profileOf('caches-only').machine;
    expect(cpu.dtlb).toBeUndefined();
    expect(cpu.itlb).toBeUndefined();
    expect(cpu.instructions).toBe('skip');
    expect(cpu.l1d).toEqual({ kib: 16, ways: 4, lineBytes: 32 });
    expect(cpu.l2).toMatchObject({ kib: 1024, ways: 4, lineBytes: 32 });
  });

  it('what is hearsay about NUMA-Q says so', () => {
    const assumed = assumedPaths(profileOf('numaq-64g-8quad'));
    expect(assumed).toEqual(expect.arrayContaining(['machine.remoteCache.mib', 'machine.interconnect.linkMBps']));
    expect(assumed).not.toContain('machine.localNs');
  });
});
