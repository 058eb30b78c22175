/**
 * Commands of numactl, by hand from numactl(8): --length and --offset before --shm or --file, which they are about, --strict and the
 * policy behind it, --touch last; sizes in k, m or g. A segment is made by the first command, as long as its --length says.
 */
import { describe, expect, it } from 'vitest';
import { numactlCommands } from '../../../../src/sim/interop/numactl-commands.ts';
import { type DesignChanges, designOf } from './designs.ts';

const MIB = 1024;
const ranges = (...list: readonly (readonly [kib: number, mode: string, nodes: readonly number[]])[]): DesignChanges =>
  ({
    ranges: list.map(([kib, mode, nodes], at) => ({ name: `r${at}`, kib, policy: { mode, nodes } })),
  }) as DesignChanges;

const table: readonly (readonly [string, DesignChanges, readonly string[]])[] = [
  ['nothing is bound', {}, []],
  [
    'one range interleaved',
    { ...ranges([2048 * MIB, 'interleave', [0, 1, 2, 3]]), binding: { call: 'mbind' } },
    ['numactl --length=2g --shm=/tmp/segment.key --interleave=0-3 --touch'],
  ],
  [
    'ranges of a SysV segment',
    {
      ...ranges([512 * MIB, 'bind', [0]], [512 * MIB, 'none', []], [1280, 'bind', [3, 1]], [4, 'preferred', [2]]),
      binding: { call: 'mbind' },
    },
    [
      'numactl --length=1049860k --shm=/tmp/segment.key --localalloc',
      'numactl --length=512m --shm=/tmp/segment.key --membind=0 --touch',
      'numactl --length=1280k --offset=1g --shm=/tmp/segment.key --membind=1,3 --touch',
      'numactl --length=4k --offset=1049856k --shm=/tmp/segment.key --preferred=2 --touch',
    ],
  ],
  [
    'strict, and users that touch themselves',
    { ...ranges([8, 'bind', [1]]), binding: { call: 'mbind', strict: true }, initialiser: 'users' },
    ['numactl --length=8k --shm=/tmp/segment.key --strict --membind=1'],
  ],
  [
    'a file in tmpfs',
    { ...ranges([1024, 'weighted-interleave', [0, 2]]), binding: { call: 'mbind' }, kind: 'tmpfs' },
    ['numactl --length=1m --file=/dev/shm/segment --weighted-interleave=0,2 --touch'],
  ],
  [
    'huge pages',
    { ...ranges([4096, 'preferred-many', [1, 2]]), binding: { call: 'set_mempolicy' }, huge: true },
    ['numactl --huge --length=4m --shm=/tmp/segment.key --preferred-many=1-2 --touch'],
  ],
  [
    'a segment a range: soft shmbind prefers, hard shmbind binds',
    { ...ranges([4, 'bind', [1]], [4, 'interleave', [0, 1]]), binding: { call: 'shmbind' }, separate: true },
    [
      'numactl --length=4k --shm=/tmp/r0.key --preferred=1 --touch',
      'numactl --length=4k --shm=/tmp/r1.key --interleave=0-1 --touch',
    ],
  ],
  [
    'hard shmbind',
    { ...ranges([4, 'bind', [1]]), binding: { call: 'shmbind', strict: true } },
    ['numactl --length=4k --shm=/tmp/segment.key --membind=1 --touch'],
  ],
  [
    'a file that no mapping of numactl’s could hold is made beforehand, and bound piece by piece',
    {
      ...ranges([2.5 * 2 ** 20, 'interleave', [0, 1]], [1024, 'bind', [0]]),
      binding: { call: 'mbind' },
      kind: 'tmpfs',
      windows: { kind: 'remap' },
    },
    [
      'dd if=/dev/zero of=/dev/shm/segment bs=1k seek=2622464 count=0',
      'numactl --length=1g --file=/dev/shm/segment --interleave=0-1 --touch',
      'numactl --length=1g --offset=1g --file=/dev/shm/segment --interleave=0-1 --touch',
      'numactl --length=512m --offset=2g --file=/dev/shm/segment --interleave=0-1 --touch',
      'numactl --length=1m --offset=2560m --file=/dev/shm/segment --membind=0 --touch',
    ],
  ],
];

describe('numactl', () => {
  it.each(table)('%s', (_, changes, expected) => {
    expect(numactlCommands(designOf(changes))).toEqual(expected);
  });
});
