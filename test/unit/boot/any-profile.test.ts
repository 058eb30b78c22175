/** boot() on any profile that the schema lets through: it answers, and its answer is consistent. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asNodeId } from '../../../src/sim/base/units.ts';
import { bootLog } from '../../../src/sim/interop/boot-log.ts';
import { boot } from '../../../src/sim/kernel/boot/boot.ts';
import { zonelistsOf } from '../../../src/sim/kernel/boot/zonelists.ts';
import { profileSchema, type MachineProfile, type MachineProfileInput } from '../../../src/sim/profiles/schema.ts';
import type { KernelTraits } from '../../../src/sim/profiles/traits.ts';
import { traitsBy } from './machines.ts';

type Machine = MachineProfileInput['machine'];
type Marks = NonNullable<NonNullable<MachineProfileInput['zones']>['watermarks']>[number];
type Zones = NonNullable<MachineProfileInput['zones']>;

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** Mostly what a person would write, sometimes anything that the schema allows. */
const mostly = (usual: fc.Arbitrary<number>, min: number, max: number): fc.Arbitrary<number> => {
  return fc.oneof(
    { weight: 60, arbitrary: usual },
    { weight: 1, arbitrary: fc.maxSafeNat().map((n) => min + (n % (max - min + 1))) },
  );
};
/** The first nine times in ten, else anything. */
const often = <T>(usual: fc.Arbitrary<T>, any: fc.Arbitrary<T>): fc.Arbitrary<T> => {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: any });
};
const hole = fc.record({
  startKiB: mostly(whole(0, 2 ** 23), 0, 2 ** 44),
  endKiB: mostly(whole(0, 2 ** 23), 0, 2 ** 44),
});
const node = fc
  .record(
    {
      id: mostly(whole(0, 20), 0, 4095),
      cpus: whole(0, 64),
      memoryMiB: mostly(fc.constantFrom(0, 64, 900, 1024, 1024, 4096, 8192), 0, 2 ** 26),
      startMiB: often(
        fc.constant(undefined),
        mostly(fc.constantFrom(0, 1024, 4096), 0, 2 ** 34) as fc.Arbitrary<number | undefined>,
      ),
      holes: often<{ startKiB: number; endKiB: number }[]>(fc.constant([]), fc.array(hole, { maxLength: 3 })),
    },
    { requiredKeys: ['id', 'cpus', 'memoryMiB'] },
  )
  .map((made) => made as Machine['nodes'][number]);

const fabric = { remoteNs: whole(0, 10_000), linkMBps: whole(1, 10_000) };
const link = fc.record({
  from: whole(0, 9),
  to: whole(0, 9),
  latencyNs: whole(0, 1000),
  bandwidthMBps: whole(1, 1000),
});
const interconnect: fc.Arbitrary<Machine['interconnect']> = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.record({ kind: fc.constant('crossbar' as const), ...fabric }),
  fc.record({ kind: fc.constant('ring' as const), oneWay: fc.boolean(), hopNs: whole(0, 999), ...fabric }),
  fc.record({ kind: fc.constant('mesh' as const), columns: whole(1, 5), hopNs: whole(0, 999), ...fabric }),
  fc.record({ kind: fc.constant('links' as const), links: fc.array(link, { maxLength: 12 }), ...fabric }),
  fc.record({
    kind: fc.constant('matrix' as const),
    latencyNs: fc.array(fc.array(whole(0, 9999), { maxLength: 4 }), { maxLength: 4 }),
    linkMBps: whole(1, 999),
  }),
);

const cache = {
  kib: fc.constantFrom(16, 24, 512, 1024),
  ways: fc.constantFrom(1, 3, 4, 8),
  lineBytes: fc.constantFrom(16, 32, 48, 64),
};
const cpu: fc.Arbitrary<Machine['cpu']> = fc.record({
  name: fc.constant('any'),
  clockMHz: fc.constant(700),
  instructionNs: fc.constant(1),
  l1d: often(fc.constant({ kib: 16, ways: 4, lineBytes: 32 }), fc.record(cache)),
  l2: fc.oneof(
    fc.constant({ kib: 512, ways: 4, lineBytes: 32, hitNs: 10 }),
    fc.record({ ...cache, hitNs: whole(0, 99) }),
  ),
});

const zoneName = fc.constantFrom('DMA' as const, 'Normal' as const, 'HighMem' as const);
const marks = fc.record({
  node: whole(0, 20),
  zone: zoneName,
  min: whole(0, 9),
  low: whole(5, 14),
  high: whole(9, 19),
});
const zones: fc.Arbitrary<Zones> = fc.record(
  {
    dmaLimitMiB: mostly(fc.constantFrom(16, 0, 64), 0, 4096),
    userSpaceMiB: mostly(fc.constantFrom(3072, 2048, 1024, 4096), 256, 4096),
    vmallocReserveMiB: mostly(fc.constant(128), 0, 2048),
    maxmemMiB: mostly(fc.constantFrom(896, 834), 1, 4096),
    zonesPerType: fc.record({ dma: whole(1, 64), normal: whole(1, 64), highmem: whole(1, 64) }),
    fallbackShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
    watermarks: often<Marks[]>(fc.constant([]), fc.array(marks, { maxLength: 2 })),
    minFreeKbytes: whole(0, 2 ** 24),
    lowerZoneProtection: whole(0, 1000),
    lowmemReserveRatio: fc.record({ dma: whole(1, 1e6), normal: whole(1, 1e6) }),
  },
  { requiredKeys: [] },
);

const kernel: fc.Arbitrary<MachineProfileInput['kernel']> = fc.record({
  flavour: fc.constant('by hand'),
  codeKiB: mostly(fc.constant(1700), 0, 2 ** 20),
  dataKiB: mostly(fc.constant(700), 0, 2 ** 20),
  initKiB: mostly(fc.constant(300), 0, 2 ** 20),
  reservedKiB: mostly(fc.constantFrom(8000, 8000, 8000, 8000, 800_000), 0, 2 ** 24),
  faultNs: fc.constant(0),
  placement: often<MachineProfileInput['kernel']['placement']>(
    fc.constant({ policy: 'first-touch' as const }),
    fc.record({
      policy: fc.constant('interleave' as const),
      nodes: fc.array(whole(0, 9), { minLength: 1, maxLength: 3 }),
    }),
  ),
  bootItems: fc.array(
    fc.record({ item: fc.string({ minLength: 1, maxLength: 80 }), kib: mostly(whole(0, 9000), 0, 2 ** 32) }),
    { maxLength: 3 },
  ),
});

const profiles: fc.Arbitrary<MachineProfile> = fc
  .record({
    nodes: fc.oneof(
      { weight: 19, arbitrary: fc.uniqueArray(node, { minLength: 1, maxLength: 9, selector: ({ id }) => id }) },
      { weight: 1, arbitrary: fc.array(node, { minLength: 1, maxLength: 9 }) },
    ),
    bits: fc.constantFrom(32 as const, 32 as const, 64 as const),
    pae: fc.boolean(),
    cpu,
    interconnect: fc.oneof(
      { weight: 3, arbitrary: fc.constant({ kind: 'crossbar' as const, remoteNs: 9, linkMBps: 9 }) },
      { weight: 1, arbitrary: interconnect },
    ),
    kernel,
    zones: fc.oneof(fc.constant({}), zones),
  })
  .map(({ nodes, bits, pae, cpu, interconnect, kernel, zones }) =>
    profileSchema.parse({
      format: 'numaq-lab/machine',
      version: 1,
      title: 'any',
      machine: { bits, pae, nodes, cpu, interconnect, bus: { bandwidthMBps: 1 }, localNs: 100, transferNs: 1 },
      kernel,
      zones,
    }),
  );

const traits: fc.Arbitrary<KernelTraits> = fc
  .record({
    watermarks: fc.constantFrom('2.4.22' as const, 'rhel3' as const, '2.6.0' as const, '2.6.11' as const),
    zonelistOrder: fc.constantFrom('2.4.22' as const, '2.6.0' as const, '2.6.11' as const),
    splitGives: fc.constantFrom('upper' as const, 'lower' as const),
    maxOrder: fc.constantFrom(10 as const, 11 as const),
    perCpuSets: fc.boolean(),
    kvaRemap: fc.boolean(),
    structPage: mostly(fc.constantFrom(32, 40, 44, 56, 128), 8, 256),
    mmuShift: whole(0, 6),
  })
  .map(traitsBy);

const RUNS = 2000;

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

describe('boot() on any schema-valid profile', () => {
  it('answers without throwing: issues, a failure, or a layout whose sums agree', () => {
    const seen = { issues: 0, failure: 0, boots: 0 };
    fc.assert(
      fc.property(profiles, traits, (profile, kernelTraits) => {
        const layout = boot(profile, kernelTraits);
        if (layout.issues.length > 0) seen.issues++;
        else if (layout.failure !== undefined) seen.failure++;
        else seen.boots++;
        expect(layout.boots).toBe(layout.issues.length === 0 && layout.failure === undefined);
        expect(bootLog(profile, layout)).toContain(layout.boots ? 'It boots.' : 'It does not boot: ');
        if (!layout.boots) return;

        const zones = layout.nodes.flatMap((n) => n.zones);
        const spanned = layout.nodes.reduce((sum, n) => sum + n.endPfn - n.startPfn, 0);
        expect(zones.reduce((sum, zone) => sum + zone.pages, 0)).toBe(spanned - layout.memMap.kvaPagesTotal);
        // Low memory lost: each remapped node's (frames / cluster + 1) struct pages, rounded up to a large page.
        const { bits, pae } = profile.machine;
        const large = pae ? 512 : 1024;
        const cluster = 2 ** kernelTraits.mmuShift;
        const bytes = kernelTraits.structPage.bytes;
        for (const { kvaPages, startPfn, endPfn } of layout.nodes) {
          if (kvaPages === 0) continue;
          const entries = Math.floor((endPfn - startPfn) / cluster) + 1;
          expect(kvaPages).toBe(Math.ceil((entries * bytes) / (large * 4096)) * large);
        }
        const remaps = bits === 32 && kernelTraits.kvaRemap;
        const unmapped = layout.nodes.filter((n) => n.endPfn > n.startPfn && n.kvaPages === 0);
        if (remaps) expect(unmapped).toHaveLength(1);
        else expect(layout.memMap.kvaPagesTotal).toBe(0);
        expect(layout.memMap.kvaPagesTotal).toBe(layout.nodes.reduce((sum, n) => sum + n.kvaPages, 0));
        if (bits === 64 || remaps) expect(layout.memMap.totalBytes).toBe((spanned / cluster) * bytes);
        for (const { min, low, high } of layout.watermarks) {
          expect(min).toBeLessThanOrEqual(low);
          expect(low).toBeLessThanOrEqual(high);
        }
        for (const zone of zones) expect(zone.present).toBeLessThanOrEqual(zone.pages);
        const overdrawn =
          profile.kernel.bootItems.reduce((sum, { kib }) => sum + kib, 0) >
          layout.meminfo.LowTotal - profile.kernel.initKiB;
        const budget = layout.lowmemBudget.reduce((sum, { bytes }) => sum + bytes, 0);
        if (!overdrawn) expect(budget).toBe(layout.maxmemPfn * 4096);
        let at = 0;
        for (const range of layout.addressSpace) {
          expect(range.start).toBeGreaterThanOrEqual(at);
          expect(range.end).toBeGreaterThan(range.start);
          at = range.end;
        }
        expect(at).toBe(profile.machine.bits === 64 ? 0 : 2 ** 32);
        expect(zonelistsOf(profile, kernelTraits, layout, asNodeId(profile.machine.nodes[0].id))).toHaveLength(3);
      }),
      { numRuns: RUNS },
    );
    // The generator is worth something only if it reaches all three.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(RUNS / 200);
  });

  it('changes nothing of what it is given', () => {
    fc.assert(
      fc.property(profiles, traits, (profile, kernelTraits) => {
        const layout = boot(structuredClone(profile), structuredClone(kernelTraits));
        // A change of what is frozen throws.
        expect(boot(frozen(profile), frozen(kernelTraits))).toEqual(layout);
      }),
      { numRuns: 100 },
    );
  });
});
