import { describe, expect, it } from 'vitest';
import { InputError, parseProfile, validateProfile, type Issue } from '../../../src/sim/index.ts';
import { defaultZones, minimal } from './machines.ts';

/** The issues that a file is refused with. */
function issuesOf(value: unknown): readonly Issue[] {
  try {
    parseProfile(typeof value === 'string' ? value : JSON.stringify(value), 'box.numaq.json');
  } catch (error) {
    if (error instanceof InputError) return error.issues;
    throw error;
  }
  return [];
}

/** The minimal file with one part of it replaced. */
function broken(
  part: 'machine' | 'kernel' | 'zones',
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const file = minimal();
  return { ...file, [part]: { ...(file[part] as object | undefined), ...fields } };
}

describe('a machine file', () => {
  it('may leave out everything that has a default', () => {
    const profile = parseProfile(JSON.stringify(minimal()), 'box.numaq.json');
    expect(profile.zones).toEqual(defaultZones);
    expect(profile.notes).toBe('');
    expect(profile.sources).toEqual({});
    expect(profile.machine.nodes[0]).toEqual({ id: 0, cpus: 4, memoryMiB: 2048, holes: [], io: [] });
  });

  it('may begin with a byte order mark', () => {
    expect(parseProfile(`\uFEFF${JSON.stringify(minimal())}`, 'x').title).toBe('Minimal');
  });

  it('names the file, the place, what was expected and what was found', () => {
    const attempt = (): unknown => validateProfile(broken('kernel', { pageMmuShift: 9 }), 'box.numaq.json');
    expect(attempt).toThrow('box.numaq.json: kernel.pageMmuShift: expected a whole number from 0 to 6, found 9');
  });

  it.each<[string, Readonly<Record<string, unknown>>, Partial<Issue>]>([
    [
      'out of range',
      { localNs: -1 },
      { path: 'machine.localNs', expected: 'a number from 0 to 1000000 (ns)', found: '-1' },
    ],
    ['text for a number', { localNs: '225' }, { path: 'machine.localNs', found: '"225"' }],
    ['null', { localNs: null }, { path: 'machine.localNs', found: 'null' }],
    ['not one of two', { bits: 33 }, { path: 'machine.bits', expected: '32 or 64 (bits)', found: '33' }],
    ['a switch', { pae: 1 }, { path: 'machine.pae', expected: 'true or false', found: '1' }],
    ['an empty list', { nodes: [] }, { path: 'machine.nodes', expected: 'a list of 1 to 4096 elements' }],
    [
      'a list for an object',
      { cpu: [] },
      { path: 'machine.cpu', expected: 'an object', found: 'a list of 0 elements' },
    ],
    ['a missing key', { cpu: undefined }, { path: 'machine.cpu', code: 'missing' }],
    ['an unknown kind', { interconnect: { kind: 'rings' } }, { path: 'machine.interconnect.kind', found: '"rings"' }],
    ['no kind', { interconnect: {} }, { path: 'machine.interconnect.kind', code: 'missing' }],
    ['text for a union', { interconnect: 'ring' }, { path: 'machine.interconnect', found: '"ring"' }],
    [
      'a part of a union',
      { interconnect: { kind: 'crossbar', remoteNs: 'far', linkMBps: 1 } },
      { path: 'machine.interconnect.remoteNs' },
    ],
  ])('is refused for %s, at its place', (_title, fields, issue) => {
    expect(issuesOf(broken('machine', fields))).toContainEqual(expect.objectContaining(issue));
  });

  it('is refused for an unknown key, with the nearest known one', () => {
    const [issue] = issuesOf(broken('kernel', { pageMMUShft: 3 }));
    expect(issue).toMatchObject({ code: 'unknown-key', path: 'kernel.pageMMUShft', found: '"pageMMUShft"' });
    expect(issue.message).toContain('did you mean "pageMmuShift"?');
    expect(issue.expected).toContain('structPageBytes');
  });

  it('is refused for a key of another kind of interconnect', () => {
    const [issue] = issuesOf(broken('machine', { interconnect: { kind: 'none', hopNs: 3 } }));
    expect(issue.path).toBe('machine.interconnect.hopNs');
  });

  it('is refused for a flavour that is not known, beside its other mistakes', () => {
    const issues = issuesOf(broken('kernel', { flavour: '2.5.58', codeKiB: -1 }));
    expect(issues.map(({ path }) => path).sort()).toEqual(['kernel.codeKiB', 'kernel.flavour']);
  });

  it('says every mistake at once', () => {
    const file = minimal();
    const issues = issuesOf({ ...file, title: '', notes: 3, machine: {}, kernel: {} });
    expect(issues.length).toBeGreaterThan(10);
    expect(issues.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['title', 'notes', 'machine.nodes', 'kernel.flavour']),
    );
  });

  it('lists a hundred mistakes and counts the rest', () => {
    const nodes = Array.from({ length: 300 }, () => ({ id: -1, cpus: 0, memoryMiB: 0 }));
    const issues = issuesOf(broken('machine', { nodes }));
    expect(issues).toHaveLength(101);
    expect(issues[100].found).toBe('200 more like these');
  });

  it('never echoes what is large', () => {
    const [issue] = issuesOf(broken('machine', { localNs: 'x'.repeat(5_000_000) }));
    expect(JSON.stringify(issue).length).toBeLessThan(500);
    expect(issue.found).toContain('5000000 characters');
    const [key] = issuesOf(broken('machine', { ['k'.repeat(5_000_000)]: 1 }));
    expect(JSON.stringify(key).length).toBeLessThan(1000);
  });

  it('from a newer lab says so', () => {
    const attempt = (): unknown => parseProfile(JSON.stringify({ ...minimal(), version: 3 }), 'box.numaq.json');
    expect(attempt).toThrow('box.numaq.json: version: made by a newer NUMA-Q Lab (version 3; this one reads up to 1)');
  });

  it.each([[undefined], [-1], [0.5], ['1'], [null]])('with version %s is refused', (version) => {
    expect(issuesOf({ ...minimal(), version })).toEqual([expect.objectContaining({ path: 'version' })]);
  });

  it.each([['{}'], ['[]'], ['3'], ['null'], ['"machine"'], ['{"format":"numaq-lab/run","version":1}']])(
    'that is something else (%s) is refused in one line',
    (text) => {
      expect(issuesOf(text)).toHaveLength(1);
    },
  );

  it('has no use for the key __proto__', () => {
    const text = JSON.stringify(minimal()).replace('"pae"', '"__proto__":{"pae":true},"pae"');
    expect(issuesOf(text)).toEqual([expect.objectContaining({ path: 'machine.__proto__' })]);
  });

  it('reads -0 as 0', () => {
    const text = JSON.stringify(broken('kernel', { faultNs: 77 })).replace('77', '-0');
    expect(Object.is(parseProfile(text, 'x').kernel.faultNs, 0)).toBe(true);
  });
});
