import { describe, expect, it } from 'vitest';
import { getAt, isWithin, parsePath, setAt } from './path.ts';

describe('paths', () => {
  it('reads keys and places', () => {
    expect(parsePath('machine.nodes[3].holes[0].startKiB')).toEqual(['machine', 'nodes', 3, 'holes', 0, 'startKiB']);
    expect(parsePath('')).toEqual([]);
  });

  it('finds what is there and nothing where nothing is', () => {
    const value = { nodes: [{ cpus: 4 }] };
    expect(getAt(value, 'nodes[0].cpus')).toBe(4);
    expect(getAt(value, 'nodes[7].cpus.x')).toBeUndefined();
  });

  it('copies what lies on the way and shares the rest', () => {
    const value = { a: { b: 1 }, c: { d: 2 } };
    const next = setAt(value, 'a.b', 3);
    expect(next).toEqual({ a: { b: 3 }, c: { d: 2 } });
    expect(value.a.b).toBe(1);
    expect(next.c).toBe(value.c);
  });

  it('takes a key or an entry away for undefined', () => {
    expect(setAt({ a: { b: 1, c: 2 } }, 'a.b', undefined)).toEqual({ a: { c: 2 } });
    expect(setAt({ a: [1, 2, 3] }, 'a[1]', undefined)).toEqual({ a: [1, 3] });
  });

  it('tells a path within another from one that only begins alike', () => {
    expect(isWithin('zones.dma', 'zones')).toBe(true);
    expect(isWithin('nodes[1]', 'nodes')).toBe(true);
    expect(isWithin('nodes[10]', 'nodes[1]')).toBe(false);
    expect(isWithin('zonesX', 'zones')).toBe(false);
    expect(isWithin('anything', '')).toBe(true);
  });
});
