import { describe, expect, it } from 'vitest';
import { type FoldedTrace, TraceFolder } from '../../../src/sim/interop/packed-fold.ts';

const MIB = 1024 * 1024;

/** Folds [kind, address, size] and returns what came of it, records as [word 0, word 1]. */
function fold(references: readonly (readonly [number, bigint, number])[]): { records: number[][]; trace: FoldedTrace } {
  const records: number[][] = [];
  const folder = new TraceFolder('a.trace', (words) => {
    for (let i = 0; i < words.length; i += 2) records.push([words[i], words[i + 1]]);
  });
  for (const [kind, address, size] of references) {
    folder.record(kind, Number(address >> 32n) | 0, Number(address & 0xffffffffn) | 0, size);
  }
  return { trace: folder.finish(), records };
}

describe('folding', () => {
  it('numbers regions in order of first use, and keeps offset, kind and size', () => {
    const { records, trace } = fold([
      [1, 0x1fff000688n, 8],
      [0, 0x0401ab70n, 3],
      [2, 0x1fff000690n, 4],
      [3, 0xffffffff81000010n, 15],
    ]);
    expect(records).toEqual([
      [0x00000688, (8 << 2) | 1],
      [0x0101ab70, (3 << 2) | 0],
      [0x00000690, (4 << 2) | 2],
      [0x02000010, (15 << 2) | 3],
    ]);
    expect(trace).toEqual({
      records: 4,
      kinds: [1, 1, 1, 1],
      regions: [
        { base: 0x1fff, touchedStart: 0x688, touchedEnd: 0x694 },
        { base: 0x04, touchedStart: 0x1ab70, touchedEnd: 0x1ab73 },
        { base: 0xffffffff81, touchedStart: 0x10, touchedEnd: 0x1f },
      ],
    });
  });

  it('keeps the high part of a region number in word 1', () => {
    const touches = Array.from({ length: 300 }, (_, i) => [0, BigInt(i) << 24n, 1] as const);
    const { records, trace } = fold(touches);
    expect(records[255]).toEqual([0xff000000, 4]);
    expect(records[256]).toEqual([0x00000000, (1 << 14) | 4]);
    expect(records[299]).toEqual([0x2b000000, (1 << 14) | 4]);
    expect(trace.regions).toHaveLength(300);
    expect(trace.regions[299]).toEqual({ base: 299, touchedStart: 0, touchedEnd: 1 });
  });

  it('cuts a reference at the end of its region, and counts it once', () => {
    const { records, trace } = fold([
      [0, 0x02000000n, 1],
      [2, 0x01fffffcn, 8],
    ]);
    expect(records).toEqual([
      [0x00000000, 4],
      [0x01fffffc, (4 << 2) | 2],
      [0x00000000, (4 << 2) | 2],
    ]);
    expect(trace.records).toBe(3);
    expect(trace.kinds).toEqual([1, 0, 1, 0]);
    expect(trace.regions).toEqual([
      { base: 2, touchedStart: 0, touchedEnd: 4 },
      { base: 1, touchedStart: 0xfffffc, touchedEnd: 16 * MIB },
    ]);
  });

  it('cuts a reference of more than 4,095 bytes at multiples of 2 KiB, so that no line is touched twice', () => {
    const { records, trace } = fold([[1, 0x1_0000_0010n, 10_000]]);
    // From 0x10 to 0x2720: cut at 4,096 and 6,144; the 3,872 bytes from there fit a record.
    expect(records.map(([low, meta]) => [low, meta >>> 2])).toEqual([
      [0x10, 4096 - 0x10],
      [4096, 2048],
      [6144, 3872],
    ]);
    expect(trace.kinds).toEqual([0, 1, 0, 0]);
    expect(trace.regions).toEqual([{ base: 0x100, touchedStart: 0x10, touchedEnd: 0x2720 }]);
  });

  it('cuts across the border of 4 GiB', () => {
    const { trace } = fold([[0, 0xffff_fffen, 4]]);
    expect(trace.regions.map(({ base }) => base)).toEqual([0xff, 0x100]);
  });

  it('refuses a trace with more regions than can be numbered', () => {
    const folder = new TraceFolder('a.trace', () => undefined);
    for (let i = 0; i < 2 ** 19; i++) folder.record(0, i >>> 8, i << 24, 1);
    expect(() => folder.record(0, 2 ** 20, 0, 1)).toThrow(
      'a.trace: record 524289: expected at most 524288 regions of 16 MiB, found one more',
    );
  });
});
