import { describe, expect, it } from 'vitest';
import { openBuiltIn } from '../../src/lab/machines.ts';
import { outlineRows } from './outline.ts';
import { placeOf } from './places.ts';

describe('places and rows', () => {
  const { profile, layout } = openBuiltIn('numaq-64g-8quad').checked;
  if (profile === undefined || layout === undefined) throw new Error('the built-in machine is not valid');

  it('finds the thing that has the field of an issue', () => {
    expect(placeOf('machine.nodes[3].memoryMiB', profile)).toEqual({ kind: 'node', node: 3 });
    expect(placeOf('machine.nodes[99].cpus', profile)).toEqual({ kind: 'machine' });
    expect(placeOf('zones.maxmemMiB', profile)).toEqual({ kind: 'zones' });
    expect(placeOf('machine.cpu.l2.kib', profile)).toEqual({ kind: 'cpu' });
    expect(placeOf('title', profile)).toEqual({ kind: 'machine' });
  });

  it('lists zones from high to low under an open node, and its CPUs by number', () => {
    const rows = outlineRows(profile, layout, new Set(['machine', 'node:1']), { title: '', programs: [] });
    const at = rows.findIndex((row) => row.key === 'node:1');
    expect(rows.slice(at + 1, at + 3).map((row) => [row.label, row.value])).toEqual([
      ['HighMem', '7.91 GiB'],
      ['CPUs 4–7', '700 MHz'],
    ]);
  });

  it('counts each row among those of the same parent', () => {
    const rows = outlineRows(profile, layout, new Set(['machine', 'node:0']), { title: '', programs: [] });
    const place = (key: string): readonly (number | undefined)[] => {
      const row = rows.find((candidate) => candidate.key === key);
      return [row?.place, row?.siblings];
    };
    expect(place('machine')).toEqual([1, 4]);
    expect(place('zone:0:DMA:0')).toEqual([3, 4]);
    expect(place('node:1')).toEqual([2, 11]);
    expect(place('zones')).toEqual([3, 4]);
  });

  it('has one row a node of 4,096 folded ones', () => {
    const large = openBuiltIn('altix-4700-4096n').checked;
    if (large.profile === undefined || large.layout === undefined) throw new Error('the built-in machine is not valid');
    expect(
      outlineRows(large.profile, large.layout, new Set(['machine']), { title: '', programs: [] }).filter(
        (row) => row.depth === 1,
      ).length,
    ).toBeGreaterThanOrEqual(4096);
  });
});
