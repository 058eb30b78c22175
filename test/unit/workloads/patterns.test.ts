import { describe, expect, it } from 'vitest';
import { patterns } from '../../../src/sim/workloads/patterns.ts';
import { permutation } from '../../../src/sim/workloads/permutation.ts';
import { bits64, decode, numaq, pattern } from './machine.ts';

const MIB = 2 ** 20;
const BASE = 16 * MIB;
const [READ, WRITE, MODIFY] = [0, 1, 2];

describe('the registry of patterns', () => {
  it('has the six, each with a title and a sentence', () => {
    expect(patterns.map(({ id }) => id)).toEqual([
      'stream',
      'chase',
      'random',
      'false-sharing',
      'first-touch',
      'private',
    ]);
    for (const { title, description } of patterns) {
      expect(title).not.toBe('');
      expect(description).toMatch(/[.:].*\.$|\.$/);
    }
  });

  it('names an unknown pattern and those there are', () => {
    expect(() => pattern('walk')).toThrow('workloads[0].pattern: expected one of stream, chase, random, false-sharing');
  });
});

describe.each(patterns.map(({ id }) => id))('the pattern %s', (id) => {
  it('gives as many references as it was told, and none after them', () => {
    for (const stream of pattern(id).streams) {
      if (stream.after === undefined && id === 'first-touch') continue;
      expect(stream.records).toBe(1000);
      expect(decode(stream)).toHaveLength(1000);
      expect(stream.read(990, new Uint32Array(64))).toBe(10);
      expect(stream.read(1000, new Uint32Array(64))).toBe(0);
      expect(stream.read(5000, new Uint32Array(64))).toBe(0);
    }
  });

  it('gives the same bytes for the same seed, in blocks of any size', () => {
    const again = pattern(id);
    pattern(id).streams.forEach((stream, i) => {
      const whole = decode(stream);
      for (const size of [1, 7, 256]) {
        const blocks = [];
        for (let at = 0; at < stream.records; at += size) blocks.push(...decode(again.streams[i], at, size));
        expect(blocks).toEqual(whole);
      }
    });
  });

  it('stays within its mapping, which ends with the array', () => {
    for (const bytes of [64, 100, 4096, 100_000, 3 * MIB]) {
      const { streams, addressSpaces } = pattern(id, { bytes });
      for (const stream of streams) {
        const { mappings } = addressSpaces[stream.addressSpace];
        expect(mappings).toHaveLength(1);
        expect(mappings[0]).toMatchObject({ start: BASE, segment: -1 });
        const references = decode(stream);
        expect(Math.min(...references.map(({ address }) => address))).toBeGreaterThanOrEqual(BASE);
        expect(Math.max(...references.map(({ address, size }) => address + size))).toBeLessThanOrEqual(mappings[0].end);
        expect(mappings[0].end % 4096).toBe(0);
      }
    }
  });

  it('is refused when its array does not fit a 32-bit process, and runs on 64 bits', () => {
    const huge = { bytes: 3072 * MIB, references: 20, cpus: [0, 1] };
    expect(() => pattern(id, huge)).toThrow('workloads[0].bytes: expected at most 3056 MiB');
    expect(pattern(id, { ...huge, bytes: 3056 * MIB }).streams.length).toBeGreaterThan(1);
    for (const stream of pattern(id, { ...huge, bytes: 2 ** 40 }, bits64).streams) {
      for (const { address, size } of decode(stream, 0, 20)) expect(address + size).toBeLessThanOrEqual(BASE + 2 ** 40);
    }
  });

  it('runs on one CPU, too', () => {
    expect(decode(pattern(id, { cpus: [3], references: 10 }).streams.at(-1) ?? expect.fail())).toHaveLength(10);
    expect(pattern(id, { cpus: [3] }).title).toMatch(/ on 1 CPU$/);
  });
});

describe('stream', () => {
  it('reads b[i] and c[i] and writes a[i], each thread in its own part', () => {
    // 3 arrays of 8 doubles: 64 bytes each; two threads have 4 elements each, and begin again after 12 references.
    const { streams } = pattern('stream', { bytes: 192, cpus: [0, 1], references: 15 });
    const triad = (i: number) => [
      { address: BASE + 64 + 8 * i, kind: READ, size: 8 },
      { address: BASE + 128 + 8 * i, kind: READ, size: 8 },
      { address: BASE + 8 * i, kind: WRITE, size: 8 },
    ];
    expect(decode(streams[0])).toEqual([0, 1, 2, 3, 0].flatMap(triad));
    expect(decode(streams[1])).toEqual([4, 5, 6, 7, 4].flatMap(triad));
    expect(streams.map(({ addressSpace }) => addressSpace)).toEqual([0, 0]);
  });
});

describe('chase', () => {
  it.each([1, 2, 3, 1000, 1024, 4097])('goes through all %i cells before it comes back: a single cycle', (cells) => {
    const { streams } = pattern('chase', { bytes: 64 * cells, cpus: [0], references: 2 * cells });
    const addresses = decode(streams[0]).map(({ address }) => address);
    expect(new Set(addresses.slice(0, cells)).size).toBe(cells);
    expect(addresses.slice(cells)).toEqual(addresses.slice(0, cells));
    for (const address of addresses) expect((address - BASE) % 64).toBe(0);
  });

  it('has another order for another seed, and hardly ever goes to the next cell', () => {
    const order = (seed: number) =>
      decode(pattern('chase', { bytes: 64 * 4096, cpus: [0], references: 4096 }, numaq, seed).streams[0]).map(
        ({ address }) => address,
      );
    expect(order(1)).not.toEqual(order(2));
    const steps = order(1).filter((address, i, all) => i > 0 && address === all[i - 1] + 64);
    expect(steps.length).toBeLessThan(8); // 1 expected of a random order
  });

  it('puts its threads on places that are spread over the same cycle', () => {
    const { streams } = pattern('chase', { bytes: 64 * 100, cpus: [0, 1, 2, 3], references: 100 });
    const cycle = decode(streams[0]);
    streams.forEach((stream, rank) =>
      expect(decode(stream)).toEqual([...cycle.slice(25 * rank), ...cycle.slice(0, 25 * rank)]),
    );
  });

  it('reads pointers as wide as the machine has them', () => {
    expect(decode(pattern('chase').streams[0])[0].size).toBe(4);
    expect(decode(pattern('chase', {}, bits64).streams[0])[0].size).toBe(8);
  });
});

describe('a permutation without a table', () => {
  it.each([1, 2, 3, 5, 64, 65, 999, 65536])('of %i numbers gives each once', (count) => {
    for (const seed of [0, 1, 0xffffffff]) {
      const at = permutation(count, seed);
      const seen = new Set(Array.from({ length: count }, (_, i) => at(i)));
      expect(seen.size).toBe(count);
      expect(Math.max(...seen)).toBe(count - 1);
    }
  });

  it('of 2^34 numbers has no repetition among 300,000, and uses the whole range', () => {
    const at = permutation(2 ** 34 - 1, 5);
    const seen = new Set<number>();
    let most = 0;
    for (let i = 0; i < 300_000; i++) {
      const value = at(i * 57_000);
      seen.add(value);
      most = Math.max(most, value);
    }
    expect(seen.size).toBe(300_000);
    expect(most).toBeGreaterThan(2 ** 34 * 0.999);
    expect(most).toBeLessThan(2 ** 34 - 1);
  });
});

describe('random updates', () => {
  it('read and write words all over the table, each thread its own', () => {
    const { streams } = pattern('random', { bytes: 8 * 256, cpus: [0, 1], references: 256 * 100 });
    const cells = new Array<number>(256).fill(0);
    const references = decode(streams[0]);
    for (const { address } of references) cells[(address - BASE) / 8]++;
    expect(references.every(({ kind, size, address }) => kind === MODIFY && size === 8 && address % 8 === 0)).toBe(
      true,
    );
    const chi2 = cells.reduce((sum, cell) => sum + (cell - 100) ** 2 / 100, 0);
    expect(chi2).toBeLessThan(347.7); // 99.99 % point, 255 degrees of freedom
    expect(decode(streams[0])).not.toEqual(decode(streams[1]));
    const other = pattern('random', { bytes: 8 * 256, cpus: [0, 1], references: 256 * 100 }, numaq, 2);
    expect(decode(other.streams[0])).not.toEqual(decode(streams[0]));
  });

  it('reach all of a table of more than 2^32 words', () => {
    const { streams } = pattern('random', { bytes: 2 ** 40, cpus: [0], references: 4000 }, bits64);
    const words = decode(streams[0]).map(({ address }) => (address - BASE) / 8);
    expect(words.filter((word) => word > 2 ** 36).length).toBeGreaterThan(1800);
    expect(words.filter((word) => word % 2 === 1).length).toBeGreaterThan(1800);
  });
});

describe('false sharing', () => {
  it('gives every thread a word of its own in lines that it shares with others, row by row', () => {
    const { streams } = pattern('false-sharing', { bytes: 512, cpus: [0, 1, 2, 3, 4, 5, 6, 7, 8], references: 18 });
    streams.forEach((stream, rank) => {
      const first = new Array<number>(8).fill(4 * rank);
      const second = new Array<number>(8).fill(256 + 4 * rank);
      const words = decode(stream).map(({ address }) => address - BASE);
      expect(words).toEqual([...first, ...second, 4 * rank, 4 * rank]);
    });
    expect(decode(streams[0])[0]).toMatchObject({ kind: MODIFY, size: 4 });
    expect(streams.every(({ addressSpace }) => addressSpace === 0)).toBe(true);
  });
});

describe('first touch by one', () => {
  it('writes to every page on the first CPU, and only then lets all CPUs use their parts', () => {
    const { streams, addressSpaces } = pattern('first-touch', { bytes: 16384, cpus: [5, 6], references: 130 });
    expect(streams.map(({ cpu, after }) => [cpu, after])).toEqual([
      [5, undefined],
      [5, 0],
      [6, 0],
    ]);
    expect(decode(streams[0])).toEqual(
      [0, 1, 2, 3].map((page) => ({ address: BASE + 4096 * page, kind: WRITE, size: 8 })),
    );
    // 256 steps of 64 bytes: 128 for each.
    const steps = (stream: number) => decode(streams[stream]).map(({ address }) => (address - BASE) / 64);
    expect(steps(1)).toEqual([...Array.from({ length: 128 }, (_, i) => i), 0, 1]);
    expect(steps(2)).toEqual([...Array.from({ length: 128 }, (_, i) => 128 + i), 128, 129]);
    expect(addressSpaces).toHaveLength(1);
  });
});

describe('private arrays', () => {
  it('are swept word by word, each in a process of its own', () => {
    const { streams, addressSpaces } = pattern('private', { bytes: 64, cpus: [2, 9], references: 10 });
    expect(streams.map(({ cpu, addressSpace }) => [cpu, addressSpace])).toEqual([
      [2, 0],
      [9, 1],
    ]);
    expect(addressSpaces).toHaveLength(2);
    const words = [0, 1, 2, 3, 4, 5, 6, 7, 0, 1].map((word) => ({ address: BASE + 8 * word, kind: MODIFY, size: 8 }));
    for (const stream of streams) expect(decode(stream)).toEqual(words);
  });
});
