import { describe, expect, it } from 'vitest';
import {
  assumedGroups,
  assumedPaths,
  isAssumed,
  sourceOf,
  validateProfile,
  type MachineProfile,
} from '../../../src/sim/index.ts';
import { minimal } from './machines.ts';

const sourced = (sources: Readonly<Record<string, string>>, zones: object = {}): MachineProfile =>
  validateProfile({ ...minimal(), zones, sources }, 'test');

describe('the source of a field', () => {
  it('is that of the longest prefix of whole segments', () => {
    const profile = sourced({ machine: 'a', 'machine.cpu': 'b', 'machine.cpu.l2.kib': 'c', 'machine.cpu.clock': 'd' });
    expect(sourceOf(profile, 'machine.localNs')).toBe('a');
    expect(sourceOf(profile, 'machine.cpu.clockMHz')).toBe('b');
    expect(sourceOf(profile, 'machine.cpu.l2.ways')).toBe('b');
    expect(sourceOf(profile, 'machine.cpu.l2.kib')).toBe('c');
    expect(sourceOf(profile, 'kernel.codeKiB')).toBeUndefined();
  });

  it('may be given for a field of every node, and one node may differ', () => {
    const profile = sourced({
      'machine.nodes': 'all',
      'machine.nodes[].cpus': 'cpus',
      'machine.nodes[0].cpus': 'mine',
    });
    expect(sourceOf(profile, 'machine.nodes[0].cpus')).toBe('mine');
    expect(sourceOf(profile, 'machine.nodes[1].cpus')).toBe('cpus');
    expect(sourceOf(profile, 'machine.nodes[0].memoryMiB')).toBe('all');
  });

  it('of a field left at its default is the default’s, and none once it is changed', () => {
    expect(sourceOf(sourced({}), 'zones.dmaLimitMiB')).toContain('16 MB');
    expect(sourceOf(sourced({}), 'zones.lowmemReserveRatio.normal')).toContain('2.6.11');
    expect(sourceOf(sourced({}, { dmaLimitMiB: 32 }), 'zones.dmaLimitMiB')).toBeUndefined();
    expect(sourceOf(sourced({}, { maxmemMiB: 834 }), 'zones.maxmemMiB')).toBeUndefined();
  });

  it('of a default is not that of the whole kernel, but of a key as long', () => {
    expect(sourceOf(sourced({ kernel: 'log' }), 'kernel.flush.icrNs')).toContain('assumed');
    expect(sourceOf(sourced({ kernel: 'log' }), 'kernel.codeKiB')).toBe('log');
    expect(sourceOf(sourced({ kernel: 'log', 'kernel.flush': 'measured' }), 'kernel.flush.icrNs')).toBe('measured');
  });
});

describe('what is assumed', () => {
  it('is what says so, and what has no source', () => {
    expect(isAssumed(undefined)).toBe(true);
    expect(isAssumed('assumed')).toBe(true);
    expect(isAssumed('Assumed: hearsay')).toBe(true);
    expect(isAssumed('boot log')).toBe(false);
  });

  it('is listed path by path, numbers only, ids and names left out', () => {
    const paths = assumedPaths(
      sourced({ machine: 'manual', 'machine.cpu.l2': 'assumed', kernel: 'log' }, { dmaLimitMiB: 32 }),
    );
    expect(paths).toEqual([
      'machine.cpu.l2.kib',
      'machine.cpu.l2.ways',
      'machine.cpu.l2.lineBytes',
      'machine.cpu.l2.hitNs',
      'kernel.flush.icrNs',
      'kernel.flush.irqNs',
      'kernel.flush.flushNs',
      'kernel.flush.invlpgNs',
      'zones.dmaLimitMiB',
    ]);
  });

  it('is grouped for people under the line that says so', () => {
    expect(assumedGroups(sourced({ machine: 'manual', 'machine.cpu.l2': 'assumed: a guess' }))).toEqual([
      { path: 'machine.cpu.l2', source: 'assumed: a guess' },
      { path: 'kernel.flush', source: 'assumed: no source; of the usual order on P6 CPUs' },
      ...['codeKiB', 'dataKiB', 'initKiB', 'reservedKiB', 'faultNs'].map((key) => ({
        path: `kernel.${key}`,
        source: 'no source',
      })),
    ]);
  });
});
