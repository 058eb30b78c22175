import { describe, expect, it } from 'vitest';
import {
  SET_BY_HAND,
  builtInById,
  parseAssignment,
  setPath,
  sourceOf,
  validateProfile,
  type MachineProfile,
} from '../../../src/sim/index.ts';

const numaq = (): MachineProfile => builtInById('numaq-16g-4quad')!.profile();
const set = (path: string, value: unknown): MachineProfile => validateProfile(setPath(numaq(), path, value), 'test');

describe('a field set by its path', () => {
  it('changes that field alone, and says that it was set by hand', () => {
    const before = numaq();
    const after = set('kernel.structPageBytes', 40);
    expect(after.kernel).toEqual({ ...before.kernel, structPageBytes: 40 });
    expect(after.machine).toEqual(before.machine);
    expect(after.sources).toEqual({ ...before.sources, 'kernel.structPageBytes': SET_BY_HAND });
    expect(sourceOf(after, 'kernel.structPageBytes')).toBe('assumed: set by hand');
  });

  it('may lie in a list', () => {
    const after = set('machine.nodes[3].memoryMiB', 2048);
    expect(after.machine.nodes.map(({ memoryMiB }) => memoryMiB)).toEqual([4096, 4096, 4096, 2048]);
    expect(sourceOf(after, 'machine.nodes[3].memoryMiB')).toBe(SET_BY_HAND);
    expect(sourceOf(after, 'machine.nodes[2].memoryMiB')).toContain('boot log');
  });

  it('leaves the profile that it was given as it was', () => {
    const before = numaq();
    setPath(before, 'machine.nodes[0].holes[0].endKiB', 700);
    expect(before).toEqual(numaq());
  });

  it('may be a whole part, whose older sources go', () => {
    const after = set('machine.interconnect', { kind: 'crossbar', remoteNs: 500, linkMBps: 1000 });
    expect(Object.keys(after.sources).filter((key) => key.startsWith('machine.interconnect'))).toEqual([
      'machine.interconnect',
    ]);
  });

  it('may be removed, so that the rule holds again', () => {
    const withMaxmem = set('zones.maxmemMiB', 834);
    expect(withMaxmem.zones.maxmemMiB).toBe(834);
    const without = validateProfile(setPath(withMaxmem, 'zones.maxmemMiB', undefined), 'test');
    expect(without).toEqual(numaq());
  });

  it('may be one element more than a list has, or one fewer, the sources of later elements moving up', () => {
    const five = set('machine.nodes[4]', { id: 4, cpus: 0, memoryMiB: 512 });
    expect(five.machine.nodes).toHaveLength(5);
    const marked = validateProfile(setPath(five, 'machine.nodes[3].cpus', 2), 'test');
    const four = validateProfile(setPath(marked, 'machine.nodes[1]', undefined), 'test');
    expect(four.machine.nodes.map(({ id }) => id)).toEqual([0, 2, 3, 4]);
    expect(four.sources['machine.nodes[2].cpus']).toBe(SET_BY_HAND);
    expect(four.sources['machine.nodes[3]']).toBe(SET_BY_HAND);
    expect(four.sources).not.toHaveProperty('machine.nodes[4]');
    expect(sourceOf(four, 'machine.nodes[1].memoryMiB')).toContain('boot log');
  });

  it('leaves no mark where it is no number of the machine', () => {
    expect(set('title', 'Mine').sources).toEqual(numaq().sources);
  });

  it('is checked afterwards, at the same path', () => {
    expect(() => set('kernel.pageMmuShift', 9)).toThrow(
      'kernel.pageMmuShift: expected a whole number from 0 to 6, found 9',
    );
    expect(() => set('kernel.pageMmuShift', 'three')).toThrow('found "three"');
  });
});

describe('a path that is none', () => {
  it.each([
    ['kernel.pageMmuShft', 'did you mean "kernel.pageMmuShift"?'],
    ['machine.node[3].cpus', 'did you mean "machine.nodes[3].cpus"?'],
    ['machine.nodes[9].cpus', 'an element of machine.nodes (it has 4)'],
    ['machine.nodes.cpus', 'machine.nodes is a list'],
    ['machine.bits.x', 'machine.bits has no parts'],
    ['machine.interconnect.columns', 'a field of machine.interconnect'],
    ['kernel..x', 'a path such as'],
    ['', 'a path such as'],
    ['machine.nodes[-1]', 'a path such as'],
    ['constructor', 'a field of the profile'],
    ['kernel.__proto__', 'a field of kernel'],
    ['machine.nodes[0].constructor.name', 'a field of machine.nodes[0]'],
  ])('%j is refused: %s', (path, message) => {
    expect(() => setPath(numaq(), path, 1, '--set')).toThrow(message);
  });
});

describe('an assignment on the command line', () => {
  it.each<[string, string, unknown]>([
    ['kernel.structPageBytes=40', 'kernel.structPageBytes', 40],
    ['kernel.flavour=2.6.0', 'kernel.flavour', '2.6.0'],
    ['machine.pae = false', 'machine.pae', false],
    ['kernel.placement={"policy":"bind","nodes":[0]}', 'kernel.placement', { policy: 'bind', nodes: [0] }],
    ['title="a=b"', 'title', 'a=b'],
    ['title=1999', 'title', '1999'],
    ['zones.maxmemMiB=', 'zones.maxmemMiB', undefined],
  ])('%s', (text, path, value) => {
    expect(parseAssignment(text)).toEqual({ path, value });
  });

  it('needs an equals sign and a path before it', () => {
    expect(() => parseAssignment('kernel.structPageBytes')).toThrow('--set: expected path=value');
    expect(() => parseAssignment('=3')).toThrow('--set: expected path=value');
  });
});
