import { describe, expect, it } from 'vitest';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { WorkloadSpec } from '../../../src/sim/workloads/workload.ts';
import { setAt } from '../../state/path.ts';
import { asSchema } from '../inspector/schema.ts';
import { catalogue, machineOn } from '../testing.ts';
import { type Configured, type Differences, differencesOf } from './differences.ts';

const about = { schema: asSchema(catalogue.profileSchema), flavours: catalogue.flavours };
const { profile } = machineOn('numaq-16g-4quad');
if (profile === null) throw new Error('no machine');
const workload: WorkloadSpec = { kind: 'program', program: 'login', cpus: [0], startNs: 0, scale: 1, parameters: {} };

const configured = (change: {
  profile?: MachineProfile;
  workloads?: readonly WorkloadSpec[];
  seed?: number;
}): Configured => ({
  start: { profile, workloads: [workload], seed: 1, ...change },
  report: null,
});
const at = (path: string, value: unknown): Configured => configured({ profile: setAt(profile, path, value) });
const told = ({ differ }: Differences): unknown[] => differ.map(({ label, texts }) => [label, ...texts]);

describe('what runs differ in', () => {
  it('is nothing of a machine’s names, notes and sources', () => {
    const renamed = { ...profile, title: 'Another', notes: 'another', sources: {} };
    const { differ, same } = differencesOf([configured({}), configured({ profile: renamed })], about);
    expect(differ).toEqual([]);
    expect(same.find(({ path }) => path === 'machine.nodes[0].memoryMiB')?.texts).toEqual(['4 GiB', '4 GiB']);
  });

  it('is each value by its place, in the words and units of the inspector', () => {
    const found = differencesOf(
      [configured({}), at('kernel.pageMmuShift', 3), at('machine.nodes[2].memoryMiB', 2048)],
      about,
    );
    expect(told(found)).toEqual([
      ['Node 2, Memory', '4 GiB', '4 GiB', '2 GiB'],
      ['Page cluster', '4 KiB', '32 KiB', '4 KiB'],
    ]);
    // Each is called by what sets it apart.
    expect(found.short).toEqual(['4 GiB', '32 KiB', '2 GiB']);
  });

  it('says where a rule holds instead of a value, and a dash where there is no such thing', () => {
    const nodes = profile.machine.nodes.slice(0, 3);
    const found = differencesOf([configured({}), at('kernel.highpte', true), at('machine.nodes', nodes)], about);
    const texts = new Map(found.differ.map(({ path, texts: each }) => [path, each]));
    expect(texts.get('kernel.highpte')).toEqual(['by rule', 'on', 'by rule']);
    expect(texts.get('machine.nodes[3].cpus')).toEqual(['4', '4', '–']);
    // No word that only its field gives a meaning.
    expect(found.short[1]).toBe('highpte on');
  });

  it('calls runs by a value that all of them state, before one that a rule gives', () => {
    const clustered = setAt(setAt(profile, 'kernel.structPageBytes', 60), 'kernel.pageMmuShift', 1);
    const found = differencesOf([configured({}), configured({ profile: clustered })], about);
    expect(told(found)).toContainEqual(['Kernel, sizeof(struct page)', 'by rule', '60 B']);
    expect(found.short).toEqual(['4 KiB', '8 KiB']);
  });

  it('is the workload and the seed as well', () => {
    const found = differencesOf(
      [configured({}), configured({ seed: 7, workloads: [{ ...workload, scale: 0.5, cpus: [0, 1, 2, 5] }] })],
      about,
    );
    expect(told(found)).toEqual([
      ['Program 1, cpus', '0', '0-2, 5'],
      ['Program 1, scale', '1', '0.5'],
      ['Seed', '1', '7'],
    ]);
  });
});
