/** The kernel's command line: what its words do to a boot, by hand, and that any text is survived. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBooted, hugePagesOf } from '../../../src/sim/kernel/boot/command-line.ts';
import type { BootLayout } from '../../../src/sim/kernel/boot/layout.ts';
import { memparse, parseCommandLine } from '../../../src/sim/profiles/cmdline.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { KernelTraits } from '../../../src/sim/profiles/traits.ts';
import { bootOf, box64, nodeOf, pc, profileOf, traitsBy, zoneOf } from './machines.ts';

const MIB_FRAMES = 256;
const byAddress = traitsBy({ structPage: 40, memLimit: 'address' });
const withLine = (profile: MachineProfile, cmdline: string): MachineProfile => ({
  ...profile,
  kernel: { ...profile.kernel, cmdline },
});
const bootWith = (profile: MachineProfile, cmdline: string, traits: KernelTraits = byAddress): BootLayout =>
  bootOf(withLine(profile, cmdline), traits);
const notes = (layout: BootLayout): string[] =>
  layout.messages.filter(({ path }) => path === 'kernel.cmdline').map(({ text }) => text);

describe('a size on the command line', () => {
  it.each([
    ['512M', 512 * 2 ** 20],
    ['512m', 512 * 2 ** 20],
    ['4g', 4 * 2 ** 30],
    ['640k', 640 * 1024],
    ['0x20000000', 2 ** 29],
    ['0x80M', 128 * 2 ** 20],
    ['010', 8],
    ['4096', 4096],
  ])('%s is what memparse() makes of it', (text, bytes) => {
    expect(memparse(text)).toBe(bytes);
  });

  it.each(['', 'M', 'lots', '-1', '1.5G', '09', '12MB', '0x', '99999999999G'])('%j is none', (text) => {
    expect(memparse(text)).toBeUndefined();
  });
});

describe('mem=', () => {
  it('cuts off what lies above its address', () => {
    const layout = bootWith(pc(1024), 'mem=512M');
    expect(layout.maxLowPfn).toBe(512 * MIB_FRAMES);
    expect(layout.meminfo.HighTotal).toBe(0);
    expect(nodeOf(layout, 0).endPfn).toBe(512 * MIB_FRAMES);
  });

  it('counted RAM only in 2.5, so that holes came on top', () => {
    // 0x9fc00-1 MB is no RAM: frames 0x9f to 0xff, 97 of them.
    const holes = [{ startKiB: 0x9fc00 / 1024, endKiB: 1024 }];
    const profile = profileOf({ nodes: [{ id: 0, cpus: 1, memoryMiB: 1024, holes }] });
    expect(nodeOf(bootWith(profile, 'mem=512M'), 0).endPfn).toBe(512 * MIB_FRAMES);
    expect(nodeOf(bootWith(profile, 'mem=512M', traitsBy({ memLimit: 'size' })), 0).endPfn).toBe(512 * MIB_FRAMES + 97);
    // The 64 GB box has 786,432 - 97 frames below its hole at 3 GB, and goes on at 4 GB.
    const limited = asBooted(withLine(box64(), 'mem=4G'), traitsBy({ memLimit: 'size' })).machine.nodes[0];
    expect(limited.memoryMiB * MIB_FRAMES).toBe(1_048_576 + (1_048_576 - 786_335));
  });

  it('leaves far nodes without memory, and without a window', () => {
    const layout = bootWith(box64(), 'mem=16G', traitsBy({ memLimit: 'address' }));
    expect(layout.boots).toBe(true);
    expect(layout.memMap.kvaPagesTotal).toBe(23_040);
    expect(layout.nodes.map(({ zones }) => zones.length)).toEqual([3, 1, 0, 0, 0, 0, 0, 0]);
    expect(layout.nodes.map(({ cpus }) => cpus)).toEqual(Array.from({ length: 8 }, () => 4));
  });

  it('takes the last of several, and says where it changes nothing', () => {
    expect(bootWith(pc(1024), 'mem=64M mem=256M').maxLowPfn).toBe(256 * MIB_FRAMES);
    expect(notes(bootWith(pc(256), 'mem=1G'))).toContain('mem= is not below what the machine has.');
  });
});

describe('vmalloc= and highmem=', () => {
  it('a larger vmalloc area lowers the limit of low memory', () => {
    expect(bootWith(pc(2048), 'vmalloc=256M').maxmemPfn).toBe(768 * MIB_FRAMES);
    expect(bootWith(pc(2048), 'vmalloc=0x8000000').maxmemPfn).toBe(896 * MIB_FRAMES);
  });

  it('highmem= makes highmem of low memory on a small machine', () => {
    const layout = bootWith(pc(512), 'highmem=128M');
    expect(layout.maxLowPfn).toBe(384 * MIB_FRAMES);
    expect(zoneOf(layout, 0, 'HighMem').pages).toBe(128 * MIB_FRAMES);
  });

  it('highmem= cuts highmem on a larger one', () => {
    const layout = bootWith(pc(1024), 'highmem=64M');
    expect(layout.maxLowPfn).toBe(896 * MIB_FRAMES);
    expect(nodeOf(layout, 0).endPfn).toBe(960 * MIB_FRAMES);
  });

  it.each([
    [1024, 'highmem=256M', 'only 128MB highmem pages available, ignoring highmem size of 256MB.'],
    [512, 'highmem=480M', 'highmem size 480MB results in smaller than 64MB lowmem, ignoring it.'],
    [512, 'highmem=600M', 'highmem size specified (600MB) is bigger than pages available (512MB)!'],
  ])('on %i MB %s is ignored with the kernel’s words', (memoryMiB, line, text) => {
    const layout = bootWith(pc(memoryMiB), line);
    expect(notes(layout)).toContain(text);
    const { maxLowPfn, nodes } = bootOf(pc(memoryMiB), byAddress);
    expect([layout.maxLowPfn, layout.nodes]).toEqual([maxLowPfn, nodes]);
  });

  it('vmalloc= before 2.6.10 is a patch', () => {
    const assumed = (traits: KernelTraits): boolean =>
      bootWith(pc(512), 'vmalloc=256M', traits).messages.some(({ kind }) => kind === 'assumed');
    expect(assumed(traitsBy({ readsVmalloc: false }))).toBe(true);
    expect(assumed(traitsBy({ readsVmalloc: true }))).toBe(false);
  });
});

describe('other words', () => {
  it('memfrac= sets the 2.4 marks, and is noted elsewhere', () => {
    const old = traitsBy({ watermarks: '2.4.22', readsMemfrac: true });
    // DMA has 4,096 pages: 4,096 / 32 = 128; Normal is above the most of 255.
    expect(zoneOf(bootWith(pc(512), 'memfrac=32', old), 0, 'DMA').watermarks).toEqual({
      min: 128,
      low: 256,
      high: 384,
    });
    expect(zoneOf(bootWith(pc(512), '', old), 0, 'DMA').watermarks.min).toBe(32);
    expect(notes(bootWith(pc(512), 'memfrac=32'))[0]).toContain('does not read it');
  });

  it('hugepages= is shared out over the nodes in turn', () => {
    const profile = profileOf({
      nodes: [0, 1, 2, 3].map((id) => ({ id, cpus: 1, memoryMiB: 512 })),
      kernel: { cmdline: 'hugepages=6' },
    });
    expect([0, 1, 2, 3].map((place) => hugePagesOf(profile, place))).toEqual([2, 2, 1, 1]);
    expect(hugePagesOf({ ...profile, kernel: { ...profile.kernel, cmdline: '', hugePages: 7 } }, 3)).toBe(7);
  });

  it('is printed as the kernel prints it, unknown words noted', () => {
    const layout = bootWith(pc(512), 'root=/dev/sda1 ro mem=nopentium mem=256M');
    expect(layout.messages[0]).toEqual({
      kind: 'kernel',
      text: 'Kernel command line: root=/dev/sda1 ro mem=nopentium mem=256M',
    });
    expect(notes(layout)).toEqual([
      'mem=nopentium is read by kernels, but not modelled.',
      'root=/dev/sda1 is kept: nothing here reads it.',
      'ro is kept: nothing here reads it.',
    ]);
    expect(bootWith(pc(512), '').messages.some(({ text }) => text.includes('command line'))).toBe(false);
  });

  it('a bad value is an issue at the command line, with its column', () => {
    const { issues, boots } = bootWith(pc(512), 'quiet mem=lots memfrac=0');
    expect(boots).toBe(false);
    expect(issues.map(({ path, expected, found }) => [path, expected, found])).toEqual([
      ['kernel.cmdline', 'mem=nn[KMG], more than 0', '"mem=lots" at column 7'],
      ['kernel.cmdline', 'memfrac=dma,normal,highmem, each from 1', '"memfrac=0" at column 16'],
    ]);
  });
});

describe('any command line', () => {
  const size = fc
    .tuple(fc.integer({ min: 0, max: 5000 }), fc.constantFrom('', 'k', 'K', 'M', 'G', 'T'))
    .map((p) => p.join(''));
  const word = fc.oneof(
    fc.tuple(fc.constantFrom('mem=', 'highmem=', 'vmalloc=', 'hugepages=', 'memfrac='), size).map((p) => p.join('')),
    fc.string({ maxLength: 12 }),
  );
  const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));

  it('is read: each of its words is in force, unmodelled, unknown or a fault', () => {
    fc.assert(
      fc.property(fc.oneof(line, fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
        const { unmodelled, unknown, faults } = parseCommandLine(text);
        const words = [...text.matchAll(/\S+/g)].map(([word]) => word);
        const left = [...unmodelled, ...unknown, ...faults];
        for (const { text: word, column } of left) expect(text.slice(column - 1, column - 1 + word.length)).toBe(word);
        expect(left.length).toBeLessThanOrEqual(words.length);
      }),
      { numRuns: 300 },
    );
  });

  it('boots or says why not, and means the same when it is applied twice', () => {
    const machines = [pc(512), pc(1024), pc(4096), box64(), pc(512, { bits: 64, pae: false })];
    fc.assert(
      fc.property(line, fc.constantFrom(...machines), fc.constantFrom('address', 'size'), (text, machine, memLimit) => {
        const traits = traitsBy({ memLimit: memLimit as 'address' | 'size' });
        const layout = bootWith(machine, text, traits);
        if (layout.issues.some(({ path }) => path === 'kernel.cmdline')) return;
        const once = asBooted(withLine(machine, text), traits);
        expect(asBooted(once, traits)).toEqual(once);
        const end = Math.max(...layout.nodes.map(({ endPfn }) => endPfn), 0);
        expect(end).toBeLessThanOrEqual(2 ** 24);
      }),
      { numRuns: 200 },
    );
  });
});
