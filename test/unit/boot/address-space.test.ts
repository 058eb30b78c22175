/** The kernel's address space as the 64 GB box had it, and under other splits. */
import { describe, expect, it } from 'vitest';
import { box64, bootOf, pc, traitsBy } from './machines.ts';

describe('the address space', () => {
  it('of the 64 GB box runs from user space over the windows to the fixmap without a gap', () => {
    const ranges = bootOf(box64()).addressSpace;
    const text = ranges.map(({ kind, start, end }) => `${kind} ${start.toString(16)}-${end.toString(16)}`);
    expect(text.slice(0, 3)).toEqual(['user 0-c0000000', 'direct c0000000-d0c00000', 'window d0c00000-d6400000']);
    expect(ranges.filter(({ kind }) => kind === 'window').map(({ node }) => node)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    // The log: xquad_portio, the first vmalloc'ed area, at 0xf8800000.
    expect(text.slice(8)).toEqual([
      'window f2600000-f8000000',
      'gap f8000000-f8800000',
      'vmalloc f8800000-ff7fe000',
      'gap ff7fe000-ff800000',
      'pkmap ff800000-ffa00000',
      'gap ffa00000-fff00000',
      'fixmap fff00000-100000000',
    ]);
    let at = 0;
    for (const { start, end } of ranges) {
      expect(start).toBe(at);
      at = end;
    }
  });

  it('of a PC without high memory gives vmalloc what low memory does not take', () => {
    const ranges = bootOf(pc(256)).addressSpace;
    expect(ranges.find(({ kind }) => kind === 'direct')).toMatchObject({ start: 0xc0000000, end: 0xd0000000 });
    expect(ranges.find(({ kind }) => kind === 'vmalloc')).toMatchObject({ start: 0xd0800000 });
  });

  it('of a 2:2 and a 1:3 split begin at PAGE_OFFSET', () => {
    for (const [userSpaceMiB, offset] of [
      [2048, 0x80000000],
      [1024, 0x40000000],
    ]) {
      const ranges = bootOf(pc(8192, { zones: { userSpaceMiB } })).addressSpace;
      expect(ranges[0]).toMatchObject({ kind: 'user', start: 0, end: offset });
      expect(ranges[1]).toMatchObject({ kind: 'direct', start: offset, end: 0xf8000000 });
    }
  });

  it('of a 4G/4G kernel is its own and begins at 0x02000000', () => {
    const rhel3 = traitsBy({ watermarks: 'rhel3', zonelistOrder: '2.4.22', kvaRemap: false, pkmapBase: 0xff000000 });
    const layout = bootOf(pc(16384, { zones: { userSpaceMiB: 4096 } }), rhel3);
    expect(layout.addressSpace.some(({ kind }) => kind === 'user')).toBe(false);
    expect(layout.addressSpace[1]).toMatchObject({ kind: 'direct', start: 0x02000000, end: 0xf8000000 });
    expect(layout.messages.filter(({ path }) => path === 'zones.userSpaceMiB')).toEqual([]);
  });
});
