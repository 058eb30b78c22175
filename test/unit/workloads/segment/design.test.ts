/** Bad designs: each mistake is named with its place, in the schema and on a machine. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/sim/base/errors.ts';
import { parseSegmentDesign } from '../../../../src/sim/workloads/segment/design.ts';
import { segmentIssues } from '../../../../src/sim/workloads/segment/issues.ts';
import { type DesignChanges, designOf, fourNodes } from './designs.ts';

function refused(changes: object): readonly string[] {
  const plain = { ...designOf(), ...changes };
  try {
    parseSegmentDesign(plain, 'mine.json');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.source).toBe('mine.json');
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

const user = { name: 'u', nodes: [0], references: 100, perTransaction: 10 };

describe('a design in itself', () => {
  it.each<[string, object, string]>([
    ['no ranges', { ranges: [] }, 'ranges: expected at least 1 elements, found a list of 0'],
    ['half a page', { ranges: [{ name: 'a', kib: 6 }] }, 'ranges[0].kib: expected a multiple of 4, found 6'],
    ['windows of no kind', { windows: { kind: 'shmat' } }, 'windows.kind: expected one of its kinds, found "shmat"'],
    [
      'a name twice',
      {
        ranges: [
          { name: 'a', kib: 4 },
          { name: 'a', kib: 4 },
        ],
      },
      'ranges[1].name: expected a name that no other range has',
    ],
    [
      'bound to nothing',
      { ranges: [{ name: 'a', kib: 4, policy: { mode: 'bind', nodes: [] } }] },
      'ranges[0].policy.nodes: expected a node',
    ],
    [
      'a policy nobody has',
      { ranges: [{ name: 'a', kib: 4, policy: { mode: 'nearest' } }] },
      'ranges[0].policy.mode: expected one of "none", "first-touch"',
    ],
    ['a call nobody has', { binding: { call: 'migrate' } }, 'binding.call: expected one of "none", "mem_setbinding"'],
    ['users nowhere', { users: [{ ...user, nodes: [] }] }, 'users[0].nodes: expected either nodes or CPUs'],
    ['users twice placed', { users: [{ ...user, cpus: [1] }] }, 'users[0].nodes: expected either nodes or CPUs'],
    ['groups alike', { users: [user, user] }, 'users[1].name: expected a name that no other group has'],
    [
      'an own range that is not there',
      { users: [{ ...user, own: { range: 'log' } }] },
      'users[0].own.range: expected one of the ranges (pool)',
    ],
    [
      'more in a transaction than in all',
      { users: [{ ...user, perTransaction: 101 }] },
      'users[0].perTransaction: expected at most the group',
    ],
    ['no weight at all', { ranges: [{ name: 'a', kib: 4, weight: 0 }] }, 'ranges[0].weight: expected some range'],
    ['an unknown key', { nodes: 4 }, ': expected keys that are known here, found "nodes"'],
  ])('%s', (_, changes, expected) => {
    expect(refused(changes).join('\n')).toContain(expected);
  });

  it('that is well has its defaults filled in', () => {
    expect(designOf()).toMatchObject({
      kind: 'sysv',
      initialiser: 'creator',
      binding: { call: 'none', strict: false, after: false },
      windows: { kind: 'none' },
    });
  });
});

describe('a design on a machine', () => {
  const issues = (changes: DesignChanges): readonly string[] =>
    segmentIssues(designOf(changes), fourNodes).map(({ path, message }) => `${path}: ${message}`);
  const pool = (more: object): NonNullable<DesignChanges['ranges']> => [{ name: 'pool', kib: 64, ...more }];
  const windows = { kind: 'remap', windowKiB: 8, areaKiB: 32 } as const;

  it.each<[string, DesignChanges, string]>([
    [
      'a creator without a node',
      { creator: { node: 9 } },
      'creator.node: expected a node with CPUs (0, 1, 2, 3), found 9',
    ],
    ['users without a node', { users: [{ ...user, nodes: [0, 7] }] }, 'users[0].nodes[1]: expected a node with CPUs'],
    [
      'users without a CPU',
      { users: [{ ...user, nodes: [], cpus: [8] }] },
      'users[0].cpus[0]: expected a CPU of the machine (0 to 7), found 8',
    ],
    [
      'a mode that membind lacks',
      { binding: { call: 'membind' }, ranges: pool({ policy: { mode: 'interleave', nodes: [0, 1] } }) },
      'ranges[0].policy.mode: expected what membind can ask for (none, bind), found interleave',
    ],
    ['broken huge pages', { huge: true }, 'ranges[0].kib: expected whole huge pages of 2048 KiB, found 64 KiB'],
    [
      'more than an address space',
      { ranges: pool({ kib: 4 * 2 ** 20 }) },
      'windows.kind: expected windows, or ranges of at most 2048 MiB in all: mappings begin at a third of the 3072 MiB of an address space, found none, for 4096 MiB',
    ],
    [
      'more than a SysV segment',
      { windows: { kind: 'mmap' }, ranges: pool({ kib: 5 * 2 ** 20 }) },
      'kind: expected tmpfs: a SysV segment has at most 4096 MiB, found sysv, of 5120 MiB',
    ],
    ['windows of a SysV segment', { windows }, 'kind: expected tmpfs: shmat() maps a whole segment, found sysv'],
    [
      'windows that do not fill their area',
      { kind: 'tmpfs', windows: { ...windows, areaKiB: 36 } },
      'windows.areaKiB: expected a multiple of the window (8 KiB), found 36',
    ],
    [
      'a log behind windows',
      { kind: 'tmpfs', windows, ranges: pool({ pattern: 'linear' }) },
      'ranges[0].pattern: expected uniform, skewed or hot',
    ],
    [
      'turns behind windows',
      { kind: 'tmpfs', windows, initialiser: 'users', warming: 'turns' },
      'warming: expected linear or random',
    ],
    [
      'too many who initialise',
      { initialiser: 'users', users: [{ ...user, processes: 901 }] },
      'initialiser: expected creator: at most 900 users share it, found users, of 901 processes',
    ],
  ])('%s', (_, changes, expected) => {
    expect(issues(changes).join('\n')).toContain(expected);
  });

  it('that fits has none', () => {
    expect(issues({})).toEqual([]);
  });
});
