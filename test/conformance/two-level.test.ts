/** Two cache levels against lists: random references on random shapes, then a real trace read by other means. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrace } from '../../src/lab/traces/open-trace.ts';
import { PackedFileSource } from '../../src/lab/traces/packed-source.ts';
import * as C from '../../src/sim/base/counters.ts';
import { TwoLevel } from '../../src/sim/hardware/two-level.ts';
import type { TraceSource } from '../../src/sim/workloads/trace.ts';
import { sortTrace } from '../fixtures/sort-trace.ts';
import { Dice, seeds } from './naive/random.ts';
import { Records, type Reference } from './naive/records.ts';
import { NaiveTwoLevel, type Level } from './naive/two-level.ts';

const COSTS = { instructionNs: 1, l2HitNs: 10, memoryNs: 110 };

/** Every count that both sides have, by name. */
function countsOf(caches: TwoLevel | NaiveTwoLevel): Record<string, number> {
  if (caches instanceof NaiveTwoLevel) {
    return {
      l1Reads: caches.l1Reads.accesses,
      l1ReadMisses: caches.l1Reads.misses,
      l1Writes: caches.l1Writes.accesses,
      l1WriteMisses: caches.l1Writes.misses,
      l2Reads: caches.l2Reads.accesses,
      l2ReadMisses: caches.l2Reads.misses,
      l2Writes: caches.l2Writes.accesses,
      l2WriteMisses: caches.l2Writes.misses,
      l1Writebacks: caches.l1Writebacks,
      l2Writebacks: caches.l2Writebacks,
    };
  }
  const c = caches.counters;
  return {
    l1Reads: c[C.L1D_READS],
    l1ReadMisses: c[C.L1D_READ_MISSES],
    l1Writes: c[C.L1D_WRITES],
    l1WriteMisses: c[C.L1D_WRITE_MISSES],
    l2Reads: c[C.L2_READS],
    l2ReadMisses: c[C.L2_READ_MISSES],
    l2Writes: c[C.L2_WRITES],
    l2WriteMisses: c[C.L2_WRITE_MISSES],
    l1Writebacks: c[C.L1_WRITEBACKS],
    l2Writebacks: c[C.L2_WRITEBACKS],
  };
}

/** A shape with at least four sets, so that the lines of a modify (four at most) are in different ones, and order is no matter. */
function shape(dice: Dice, lineBytes: number, mostSets: number): Level {
  const ways = dice.between(1, 8);
  return { lineBytes, ways, bytes: lineBytes * ways * 2 ** dice.between(2, mostSets) };
}

describe('TwoLevel', () => {
  it.each(seeds(40))('counts what lists count, on random references and shapes (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const l1LineBytes = dice.pick([16, 32, 64, 128]);
    const l1 = shape(dice, l1LineBytes, 4);
    const l2 = shape(dice, l1LineBytes * dice.pick([1, 1, 2, 4]), 6);
    const fast = new TwoLevel(l1, l2, COSTS, 'skip');
    const naive = new NaiveTwoLevel(l1, l2);
    const reach = l2.bytes * dice.pick([1, 2, 8]);
    const records = new Records(500);
    let data = 0;
    for (let block = 0; block < 12; block++) {
      const references: Reference[] = [];
      for (let i = 0; i < 500; i++) {
        const kind = dice.pick(['read', 'read', 'write', 'write', 'modify', 'fetch'] as const);
        const size = dice.chanceOf(1, 8) ? dice.between(1, 3 * l1LineBytes) : dice.pick([1, 2, 4, 8, 16]);
        const near = dice.chanceOf(1, 2);
        const address = near ? dice.below(Math.min(reach, l1.bytes)) : dice.below(reach);
        // A whole line, written: allocated without a fill.
        const aligned = dice.chanceOf(1, 10);
        const at = aligned ? address - (address % l1LineBytes) : address;
        const bytes = aligned ? l1LineBytes : size;
        references.push({ kind, address: at, size: bytes });
        if (kind === 'read' || kind === 'modify') naive.read(at, bytes);
        if (kind === 'write' || kind === 'modify') naive.write(at, bytes);
        if (kind !== 'fetch') data++;
      }
      fast.run(records.first, records.load(references), true);
      expect(countsOf(fast), `seed ${seed}, block ${block}`).toEqual(countsOf(naive));
    }
    fast.flush();
    naive.flush();
    expect(countsOf(fast), `seed ${seed}, after the flush`).toEqual(countsOf(naive));
    expect(fast.counters[C.INSTRUCTIONS]).toBe(data);
  });

  it('takes an instruction for each record, an L2 hit or a memory access for each fill', () => {
    const l1 = { bytes: 64, ways: 2, lineBytes: 32 };
    const l2 = { bytes: 1024, ways: 4, lineBytes: 32 };
    const fast = new TwoLevel(l1, l2, COSTS, 'skip');
    // One set of two ways: 0, 32 and 64 from memory; 0 again from L2; 0 once more from L1.
    const addresses = [0, 32, 64, 0, 0];
    const records = new Records(5);
    const end = records.load(addresses.map((address) => ({ kind: 'read', address, size: 4 })));
    fast.run(records.first, end, false);
    expect(fast.clock).toBe(5 * 1 + 3 * 110 + 1 * 10);
  });
});

describe('a direct-mapped TwoLevel', () => {
  it('misses what only a larger one before it has read', () => {
    const l2 = { bytes: 4096, ways: 4, lineBytes: 32 };
    const records = new Records(8);
    const run = (caches: TwoLevel, lines: readonly number[]): void => {
      const end = records.load(lines.map((line) => ({ kind: 'read', address: line * 32, size: 4 })));
      caches.run(records.first, end, false);
    };
    // Line 3 is the fifth of the large one's ways, where the small one's last set has its second way if it had one.
    run(new TwoLevel({ bytes: 256, ways: 8, lineBytes: 32 }, l2, COSTS, 'skip'), [3, 10, 11, 12, 13]);
    const small = new TwoLevel({ bytes: 128, ways: 1, lineBytes: 32 }, l2, COSTS, 'skip');
    run(small, [3]);
    expect(small.counters[C.L1D_READ_MISSES]).toBe(1);
  });
});

/** How often the merges of make-merge.mjs compare two keys, by a count of its own in another language. */
const MERGE_COMPARISONS = 309;

interface Line {
  readonly kind: string;
  readonly address: number;
  readonly size: string;
}

/**
 * A trace and what is known of it from elsewhere. `misread`: its sizes read as hexadecimal; L1 accesses, then read and
 * write misses of L1 and of L2, and L2 accesses where somebody else counted them.
 */
interface KnownTrace {
  readonly title: string;
  readonly path: string | undefined;
  readonly l1Accesses: { readonly decimal: number; readonly misread: number };
  readonly misread?: { l1Misses: number[]; l2Accesses: number; l2Misses: number[] };
}

const traces: readonly KnownTrace[] = [
  {
    title: 'the small trace of a merge sort',
    path: join('test', 'fixtures', 'traces', 'merge.lackey'),
    // By hand (make-merge.mjs): 6 passes over 64 records; each is copied by two loads and two stores and counted by a
    // modify that lies across two lines: 4 + 2 x 2 = 8 accesses, 3,072 in all. MERGE_COMPARISONS load two keys each. Read as
    // 0x16, 16 bytes from the middle of a line reach into the next: one more for a load and a store of each copy, 768.
    l1Accesses: { decimal: 3072 + 2 * MERGE_COMPARISONS, misread: 3072 + 2 * MERGE_COMPARISONS + 768 },
  },
  {
    title: 'the trace of sort (needs it: NUMAQ_TRACE)',
    path: sortTrace,
    // As published with the trace; 8,043 of its references are a read and a write, 51,738 cross a line.
    l1Accesses: { decimal: 1_691_433 + 8_043 + 51_738, misread: 1_811_400 },
    // DineroIV's.
    misread: { l1Misses: [10_652, 5_588], l2Accesses: 25_811, l2Misses: [6_196, 1] },
  },
];

describe.each(traces)('$title', ({ path, l1Accesses, misread }) => {
  const trace = path ?? '';
  const test = it.skipIf(path === undefined);
  const l1 = { bytes: 16 * 1024, ways: 4, lineBytes: 32 };
  const l2 = { bytes: 1024 * 1024, ways: 4, lineBytes: 32 };
  let lines: Line[] = [];
  let folder = '';

  beforeAll(() => {
    if (path === undefined) return;
    folder = mkdtempSync(join(tmpdir(), 'two-level-'));
    const bytes = readFileSync(path);
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    for (const [, kind, address, size] of text.matchAll(/^ ([LSM]) ([0-9a-f]+),([0-9]+)$/gm)) {
      lines.push({ kind, address: parseInt(address, 16), size });
    }
  });
  afterAll(() => {
    lines = [];
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  function naive(radix: 10 | 16): NaiveTwoLevel {
    const caches = new NaiveTwoLevel(l1, l2);
    for (const { kind, address, size } of lines) {
      const bytes = parseInt(size, radix);
      if (kind !== 'S') caches.read(address, bytes);
      if (kind !== 'L') caches.write(address, bytes);
    }
    caches.flush();
    return caches;
  }

  function simulate(source: TraceSource): TwoLevel {
    const caches = new TwoLevel(l1, l2, COSTS, 'skip');
    const { first, view } = new Records(4096);
    for (let position = 0, count = 1; count > 0; position += count) {
      count = source.read(position, view);
      caches.run(first, first + count, true);
    }
    caches.flush();
    return caches;
  }

  async function simulateFile(path: string, lackeySizes: 'decimal' | 'hex' = 'decimal'): Promise<TwoLevel> {
    const opened = await openTrace(path, { lackeySizes });
    const source = new PackedFileSource(opened.path, opened.info);
    const caches = simulate(source);
    source.close();
    opened.close();
    return caches;
  }

  /** As extended din: `sizeOf` writes a size, which Dinero reads as hexadecimal; a modify is a read and a write. */
  function asExtendedDin(name: string, sizeOf: (size: string) => string): string {
    const text = lines.map(({ kind, address, size }) => {
      const rest = `${address.toString(16)} ${sizeOf(size)}`;
      return kind === 'M' ? `r ${rest}\nw ${rest}` : `${kind === 'L' ? 'r' : 'w'} ${rest}`;
    });
    const path = join(folder, name);
    writeFileSync(path, `${text.join('\n')}\n`);
    return path;
  }

  test('has the counts of the lists, and those known from elsewhere, where its sizes are misread', async () => {
    const judge = naive(16);
    expect(judge.l1Reads.accesses + judge.l1Writes.accesses).toBe(l1Accesses.misread);
    if (misread !== undefined) {
      expect([judge.l1Reads.misses, judge.l1Writes.misses]).toEqual(misread.l1Misses);
      expect(judge.l2Reads.accesses + judge.l2Writes.accesses).toBe(misread.l2Accesses);
      expect([judge.l2Reads.misses, judge.l2Writes.misses]).toEqual(misread.l2Misses);
    }
    expect(countsOf(await simulateFile(trace, 'hex'))).toEqual(countsOf(judge));
  });

  test('has the counts of the lists, where its sizes are read as lackey means them', async () => {
    const judge = naive(10);
    expect(judge.l1Reads.accesses + judge.l1Writes.accesses).toBe(l1Accesses.decimal);
    expect(countsOf(await simulateFile(trace))).toEqual(countsOf(judge));
  });

  test('has the same counts as extended din, sizes turned into hexadecimal or copied as they stand', async () => {
    const turned = asExtendedDin('turned.xdin', (size) => Number(size).toString(16));
    expect(countsOf(await simulateFile(turned))).toEqual(countsOf(naive(10)));
    const copied = asExtendedDin('copied.xdin', (size) => size);
    expect(countsOf(await simulateFile(copied))).toEqual(countsOf(naive(16)));
  });
});
