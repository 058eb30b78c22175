import { describe, expect, it } from 'vitest';
import { TraceFolder } from '../../../src/sim/interop/packed-fold.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import type { TraceSource } from '../../../src/sim/workloads/trace.ts';
import type { TraceWorkload } from '../../../src/sim/workloads/workload.ts';
import { bits64, builtIn, decode, numaq } from './machine.ts';

const MIB = 2 ** 20;
const SHA = 'ab'.repeat(32);

/** A trace in memory of [kind, address, size]. */
function trace(references: readonly (readonly [number, number, number])[]): TraceSource {
  const words: number[] = [];
  const folder = new TraceFolder('a.trace', (block) => words.push(...block));
  for (const [kind, address, size] of references) {
    folder.record(kind, Math.floor(address / 2 ** 32), (address % 2 ** 32) | 0, size);
  }
  const info = { name: 'a.trace', sha256: SHA, ...folder.finish() };
  return {
    info,
    read(position, into) {
      const count = Math.max(0, Math.min(into.length / 2, info.records - position));
      into.set(words.slice(2 * position, 2 * (position + count)));
      return count;
    },
  };
}

function program(source: TraceSource, profile: MachineProfile, fields: Partial<TraceWorkload> = {}) {
  const spec: TraceWorkload = {
    kind: 'trace',
    trace: { name: 'a.trace', sha256: SHA },
    cpus: [0, 1],
    startNs: 0,
    ...fields,
  };
  return buildProgram(spec, profile, (sha256) => (sha256 === SHA ? source : undefined), 3, 1);
}

const sixtyFour = trace([
  [1, 0x1fff000688, 8],
  [3, 0x0401ab70, 3],
  [2, 0x1fff002ffe, 4],
  [0, 0x0401ab71, 7],
]);
const thirtyTwo = trace([
  [3, 0x08048000, 4],
  [0, 0xbffff000, 4],
  [1, 0x40000000, 16],
]);

describe('a trace of a 64-bit program', () => {
  it('has its regions packed in order of first use on a 32-bit machine', () => {
    const { streams, addressSpaces } = program(sixtyFour, numaq);
    expect(decode(streams[0])).toEqual([
      { address: 0x00000688, kind: 1, size: 8 },
      { address: 0x0101ab70, kind: 3, size: 3 },
      { address: 0x00002ffe, kind: 2, size: 4 },
      { address: 0x0101ab71, kind: 0, size: 7 },
    ]);
    // Touched: 0x688 to 0x3002 and 0x1ab70 to 0x1ab78, rounded to pages.
    expect(addressSpaces[0].mappings).toEqual([
      { start: 0x00000000, end: 0x00004000, segment: -1, segmentOffset: 0 },
      { start: 0x0101a000, end: 0x0101b000, segment: -1, segmentOffset: 0 },
    ]);
  });

  it('keeps the folded addresses on a 64-bit machine, and where addresses are used as they are', () => {
    const far = trace(Array.from({ length: 400 }, (_, i) => [0, i * 2 ** 30, 8] as const));
    for (const profile of [bits64, builtIn('caches-only')]) {
      const { streams, addressSpaces } = program(far, profile);
      expect(decode(streams[0]).map(({ address }) => address / (16 * MIB))).toEqual(
        Array.from({ length: 400 }, (_, i) => i),
      );
      expect(addressSpaces[0].mappings).toHaveLength(400);
      expect(addressSpaces[0].mappings[399].start).toBe(399 * 16 * MIB);
    }
  });

  it('is refused with both figures when it does not fit the user space', () => {
    const regions = (count: number, end = 8) =>
      trace(
        Array.from({ length: count }, (_, i) => [0, (i + 1) * 2 ** 32 + (i === count - 1 ? end - 8 : 0), 8] as const),
      );
    expect(program(regions(192), numaq).streams).toHaveLength(2); // 192 x 16 = 3,072 MiB
    expect(() => program(regions(193), numaq)).toThrow(
      'workloads[3].trace: expected a trace that fits 3072 MiB of user space, found one that needs 3073 MiB (193 regions of 16 MiB)',
    );
    expect(() => program(regions(200, 16 * MIB), numaq)).toThrow('found one that needs 3200 MiB (200 regions');
    // Half a region is left over: the last region of the trace may end in it.
    const odd: MachineProfile = { ...numaq, zones: { ...numaq.zones, userSpaceMiB: 3080 } };
    expect(program(regions(193, 8 * MIB), odd).streams).toHaveLength(2);
    expect(() => program(regions(193, 8 * MIB + 1), odd)).toThrow('fits 3080 MiB');
  });
});

describe('a trace of a 32-bit program', () => {
  it('keeps its addresses on a 32-bit machine, mapped in their order', () => {
    const { streams, addressSpaces } = program(thirtyTwo, numaq);
    expect(decode(streams[1]).map(({ address }) => address)).toEqual([0x08048000, 0xbffff000, 0x40000000]);
    expect(addressSpaces[1].mappings.map(({ start, end }) => [start, end])).toEqual([
      [0x08048000, 0x08049000],
      [0x40000000, 0x40001000],
      [0xbffff000, 0xc0000000],
    ]);
  });

  it('is packed where user space is smaller than it was', () => {
    const split: MachineProfile = { ...numaq, zones: { ...numaq.zones, userSpaceMiB: 2048 } };
    expect(decode(program(thirtyTwo, split).streams[0]).map(({ address }) => address)).toEqual([
      0x00048000, 0x01fff000, 0x02000000,
    ]);
  });
});

describe('copies of a trace', () => {
  it('run in address spaces of their own, from the workload start', () => {
    const { title, streams, addressSpaces } = program(sixtyFour, numaq, { cpus: [4, 7, 9], startNs: 50 });
    expect(title).toBe('a.trace on 3 CPUs');
    expect(streams.map(({ cpu, addressSpace, startNs, records }) => [cpu, addressSpace, startNs, records])).toEqual([
      [4, 0, 50, 4],
      [7, 1, 50, 4],
      [9, 2, 50, 4],
    ]);
    expect(addressSpaces).toHaveLength(3);
  });

  it('stop at the limit', () => {
    const { streams } = program(sixtyFour, numaq, { limit: 3 });
    expect(streams[0].records).toBe(3);
    expect(decode(streams[0], 0, 4)).toHaveLength(3);
    expect(decode(streams[0], 2, 4)).toHaveLength(1);
    expect(decode(streams[0], 3, 4)).toHaveLength(0);
    expect(program(sixtyFour, bits64, { limit: 100 }).streams[0].records).toBe(4);
  });

  it('share the part that is to be one segment, at the same offsets wherever it lies', () => {
    const source = trace([
      [1, 0x7f0000ffe000, 8],
      [1, 0x7f0001000000, 8],
      [1, 0x7f0001003000, 8],
      [1, 0x08000000, 8],
    ]);
    // From within the first page of one region to within the second page of the next: outwards to pages.
    const shared = { start: 0x7f0000fff100, end: 0x7f0001001100 };
    const { addressSpaces } = program(source, numaq, { shared });
    expect(addressSpaces[0].mappings).toEqual([
      { start: 0x00ffe000, end: 0x00fff000, segment: -1, segmentOffset: 0 },
      { start: 0x01000000, end: 0x01002000, segment: 0, segmentOffset: 0x1000 },
      { start: 0x01002000, end: 0x01004000, segment: -1, segmentOffset: 0 },
      { start: 0x02000000, end: 0x02001000, segment: -1, segmentOffset: 0 },
    ]);
    expect(addressSpaces[1].mappings).toEqual(addressSpaces[0].mappings);
  });

  it('are refused a shared segment that holds nothing of the trace', () => {
    for (const shared of [
      { start: 0x10000000, end: 0x20000000 },
      { start: 0x0401b000, end: 0x0401a000 },
    ]) {
      expect(() => program(sixtyFour, numaq, { shared })).toThrow('workloads[3].shared: expected a range');
    }
  });

  it('need a trace that is open', () => {
    const other = { name: 'b.trace', sha256: 'cd'.repeat(32) };
    expect(() => program(sixtyFour, numaq, { trace: other })).toThrow(
      'workloads[3].trace: expected an opened trace, found b.trace (SHA-256 cdcdcdcdcdcd...), which is not open',
    );
  });
});
