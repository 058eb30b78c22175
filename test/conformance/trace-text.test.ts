/** The parsers of trace texts and the folding, against twins that split strings and count with BigInt. */
import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../../src/sim/base/rng.ts';
import { TraceFolder } from '../../src/sim/interop/packed-fold.ts';
import { type TextTraceFormat, textParser } from '../../src/sim/interop/trace-format.ts';
import { parse } from '../unit/traces/collect.ts';

const REGION = 1n << 24n;
const SEEDS = Array.from({ length: 40 }, (_, i) => 1000 + i);

interface Reference {
  readonly kind: 'R' | 'W' | 'M' | 'F';
  readonly address: bigint;
  readonly size: number;
}

function twin(format: TextTraceFormat, text: string): Reference[] {
  const references: Reference[] = [];
  for (const line of text.split(/\r?\n/)) {
    const fields = line.trim().split(/[\s,]+/);
    if (fields[0] === '' || fields[0].startsWith('==')) continue;
    const number = (digits: string): bigint => BigInt(digits.startsWith('0x') ? digits : `0x${digits}`);
    const address = number(fields[1]);
    if (format === 'lackey') {
      const kind = ({ I: 'F', L: 'R', S: 'W', M: 'M' } as const)[fields[0] as 'I'];
      references.push({ kind, address, size: Number(fields[2]) });
    } else if (format === 'din') {
      references.push({
        kind: (['R', 'W', 'F', 'R'] as const)[Number(fields[0])],
        address: address - (address % 4n),
        size: 4,
      });
    } else {
      const kind = ({ r: 'R', w: 'W', i: 'F', m: 'R' } as const)[fields[0].toLowerCase() as 'r'];
      references.push({ kind, address, size: Number(number(fields[2])) });
    }
  }
  return references;
}

function randomText(format: TextTraceFormat, rng: Xoshiro128): string {
  let text = '';
  const pick = <T>(list: readonly T[]): T => list[rng.below(list.length)];
  const newline = pick(['\n', '\r\n']);
  const address = (): string => {
    // Few regions that are hit often, and now and then any address; many near the border of a region.
    const region =
      rng.below(10) === 0 ? BigInt(rng.next()) << 24n : BigInt(pick([0, 4, 0x1ffe, 0x1fff, 0x1_0000])) << 24n;
    const offset = rng.below(8) === 0 ? 0xfffff0 + rng.below(16) : rng.below(0x1000000);
    const digits = (region | BigInt(offset)).toString(16);
    return format === 'lackey' ? digits.padStart(8, '0') : `${pick(['', '0x'])}${digits}`;
  };
  for (let i = 0; i < 400; i++) {
    const size = rng.below(30) === 0 ? 1 + rng.below(20_000) : pick([1, 2, 4, 8, 16, 32, 4095, 4096]);
    const blank = pick([' ', '\t', '  ']);
    if (format === 'lackey') {
      if (rng.below(20) === 0) text += pick(['', '==12== a message, 1,2']) + newline;
      text += `${pick(['I ', ' L', ' S', ' M'])}${blank}${address()},${size}${newline}`;
    } else if (format === 'din') {
      text += `${rng.below(4)}${blank}${address()}${pick(['', ' comment'])}${newline}`;
    } else {
      text += `${pick([...'rwimRWIM'])}${blank}${address()}${blank}${size.toString(16)}${pick(['', ' #'])}${newline}`;
    }
  }
  return text;
}

/** Byte by byte: which byte of which region is referenced, in order, by which kind. */
function bytesOf(references: readonly Reference[]): { kinds: Record<string, number>; regions: string[] } {
  const kinds: Record<string, number> = { R: 0, W: 0, M: 0, F: 0 };
  const regions = new Map<bigint, { start: bigint; end: bigint }>();
  for (const { kind, address, size } of references) {
    kinds[kind]++;
    for (let at = address; at < address + BigInt(size); at++) {
      const base = at / REGION;
      const offset = at % REGION;
      const region = regions.get(base) ?? { start: offset, end: 0n };
      regions.set(base, {
        start: region.start < offset ? region.start : offset,
        end: region.end > offset + 1n ? region.end : offset + 1n,
      });
    }
  }
  return { kinds, regions: [...regions].map(([base, { start, end }]) => `${base} ${start} ${end}`) };
}

describe.each(['lackey', 'din', 'xdin'] as const)('%s text', (format) => {
  it.each(SEEDS)('is parsed as its twin parses it, in chunks of any size (seed %i)', (seed) => {
    const rng = Xoshiro128.of(seed);
    const text = randomText(format, rng);
    const expected = twin(format, text).map(({ kind, address, size }) => `${kind} ${address.toString(16)} ${size}`);
    for (const chunk of [Infinity, 1 + rng.below(40), 1 + rng.below(5000)]) {
      expect(parse(format, text, chunk)).toEqual(expected);
    }
  });

  it.each(SEEDS.slice(0, 6))('folds to records that reference the same bytes (seed %i)', (seed) => {
    const text = randomText(format, Xoshiro128.of(seed));
    const references = twin(format, text);
    const records: [number, number][] = [];
    const folder = new TraceFolder('a', (words) => {
      for (let i = 0; i < words.length; i += 2) records.push([words[i], words[i + 1]]);
    });
    const parser = textParser(format, 'a', folder);
    parser.feed(new TextEncoder().encode(text));
    parser.end();
    const trace = folder.finish();

    const expected = bytesOf(references);
    expect(trace.kinds).toEqual([expected.kinds['R'], expected.kinds['W'], expected.kinds['M'], expected.kinds['F']]);
    expect(trace.regions.map((r) => `${r.base} ${r.touchedStart} ${r.touchedEnd}`)).toEqual(expected.regions);
    expect(trace.records).toBe(records.length);

    let at = 0;
    for (const { kind, address, size } of references) {
      let next = address;
      while (next < address + BigInt(size)) {
        const [low, meta] = records[at++];
        const region = ((meta >>> 14) << 8) | (low >>> 24);
        expect('RWMF'[meta & 3]).toBe(kind);
        expect(BigInt(trace.regions[region].base) * REGION + BigInt(low & 0xffffff)).toBe(next);
        next += BigInt((meta >>> 2) & 4095);
      }
      expect(next).toBe(address + BigInt(size));
    }
    expect(at).toBe(records.length);
  });
});
