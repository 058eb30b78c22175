import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTrace, packTrace } from '../../../src/lab/traces/open-trace.ts';
import { PackedFileSource } from '../../../src/lab/traces/packed-source.ts';
import { Xoshiro128 } from '../../../src/sim/base/rng.ts';
import { sortTrace } from '../../fixtures/sort-trace.ts';

const tiny = readFileSync('test/fixtures/traces/tiny.lackey');
let folder = '';
let systemTemp: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'numaq-test-'));
  mkdirSync(join(folder, 'temp'));
  systemTemp = process.env['TMPDIR'];
  process.env['TMPDIR'] = join(folder, 'temp');
});
afterEach(() => {
  if (systemTemp === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = systemTemp;
  rmSync(folder, { recursive: true, force: true });
});

const temporary = (): string[] => readdirSync(join(folder, 'temp'));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A lackey trace of `lines` random lines, so that gzip finds little to save. */
function randomTrace(lines: number, seed = 1): string {
  const rng = Xoshiro128.of(seed);
  let text = '';
  for (let i = 0; i < lines; i++) {
    const region = 1 + rng.below(20);
    const offset = rng.below(0xff0000).toString(16).padStart(6, '0');
    text += ` ${'LSM'[rng.below(3)]} ${region.toString(16)}${offset},${1 + rng.below(64)}\n`;
  }
  return text;
}

/** What opening the file at `path` fails with; nothing temporary stays behind. */
async function failure(path: string): Promise<string> {
  const message = await openTrace(path).then(
    (trace) => {
      trace.close();
      return 'it was opened';
    },
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  );
  expect(temporary()).toEqual([]);
  return message;
}

async function readAll(path: string): Promise<{ words: number[]; sha256: string }> {
  const trace = await openTrace(path);
  const source = new PackedFileSource(trace.path, trace.info);
  const words = new Uint32Array(2 * trace.info.records);
  expect(source.read(0, words)).toBe(trace.info.records);
  source.close();
  trace.close();
  return { words: [...words], sha256: trace.info.sha256 };
}

describe('opening a trace', () => {
  it('counts it, names it after its file, and leaves nothing when it is closed', async () => {
    const trace = await openTrace(file('tiny.lackey', tiny));
    const { name, records, kinds, regions } = trace.info;
    expect({ name, records, kinds, regions, format: trace.format }).toEqual({
      name: 'tiny.lackey',
      records: 7,
      kinds: [2, 1, 1, 3],
      regions: [
        { base: 0x04, touchedStart: 0x000000, touchedEnd: 0x21c7f4 },
        { base: 0x1fff, touchedStart: 0x688, touchedEnd: 0x690 },
        { base: 0xffffffff81, touchedStart: 0x10, touchedEnd: 0x11 },
      ],
      format: 'lackey',
    });
    expect(temporary()).toHaveLength(1);
    trace.close();
    trace.close();
    expect(temporary()).toEqual([]);
  });

  it('tells the form by the bytes, whatever the name', async () => {
    const formats = ['lackey', 'din', 'xdin'] as const;
    for (const format of formats) {
      const bytes = readFileSync(`test/fixtures/traces/tiny.${format}`);
      for (const content of [bytes, gzipSync(bytes)]) {
        const trace = await openTrace(file('misleading.din.txt', content));
        expect(trace.format).toBe(format);
        trace.close();
      }
    }
  });

  it('gives the same records and the same SHA-256 from text, gzip, several gzip members, packed and packed gzip', async () => {
    const text = randomTrace(30_000);
    const plain = file('a.lackey', text);
    const packed = join(folder, 'a.packed');
    await packTrace(plain, packed);
    const half = text.indexOf('\n', text.length / 2) - 3;
    const forms = [
      plain,
      file('a.gz', gzipSync(text)),
      file('b.gz', Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))])),
      packed,
      file('c.gz', gzipSync(readFileSync(packed))),
      file('crlf', text.replaceAll('\n', '\r\n')),
    ];
    const first = await readAll(plain);
    for (const form of forms) expect(await readAll(form)).toEqual(first);
    const bytes = readFileSync(packed);
    // From the description of the form: 32 bytes before the records, 128 after the regions.
    expect(first.sha256).toBe(createHash('sha256').update(bytes.subarray(32, -128)).digest('hex'));
    expect(first.words).toEqual([...new Uint32Array(Uint8Array.from(bytes.subarray(32, 32 + 8 * 30_000)).buffer)]);
    expect(temporary()).toEqual([]);
  });

  it('uses a packed file where it is', async () => {
    const packed = join(folder, 'a.packed');
    const info = await packTrace(file('a.lackey', tiny), packed);
    const trace = await openTrace(packed);
    expect(trace.path).toBe(packed);
    expect(trace.info).toEqual({ ...info, name: 'a.packed' });
    trace.close();
    expect(existsSync(packed)).toBe(true);
    expect(temporary()).toEqual([]);
  });

  it('reports progress that grows to 1', async () => {
    const seen: number[] = [];
    const trace = await openTrace(file('a', randomTrace(100_000)), { progress: (fraction) => seen.push(fraction) });
    trace.close();
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it('stops when it is cancelled, and leaves nothing', async () => {
    for (const bytes of [randomTrace(200_000), gzipSync(randomTrace(200_000))]) {
      const abort = new AbortController();
      const opening = openTrace(file('a', bytes), { progress: () => abort.abort(), signal: abort.signal });
      await expect(opening).rejects.toMatchObject({ name: 'Cancelled' });
      expect(temporary()).toEqual([]);
    }
  });
});

describe('a file that is no whole trace', () => {
  it('is said to be truncated, with name and offset, wherever a gzip ends too soon', async () => {
    const whole = gzipSync(randomTrace(20_000));
    expect(await failure(file('whole.gz', whole))).toBe('it was opened');
    for (let i = 0; i < 20; i++) {
      const length = 2 + Math.floor(((whole.length - 3) * i) / 19);
      const message = await failure(file('cut.gz', whole.subarray(0, length)));
      expect(message).toBe(
        `InputError: cut.gz: byte ${length}: expected more gzip data, found the end of the file: it is truncated`,
      );
    }
  });

  it('is said to be damaged where a gzip is', async () => {
    const bytes = gzipSync(randomTrace(50_000));
    const message = await failure(file('bad.gz', bytes.fill(0xff, 100_000, 100_100)));
    expect(message).toMatch(/^InputError: bad\.gz: (byte \d+: expected more gzip data, found damaged data|line \d+: )/);
    const tail = gzipSync(tiny);
    tail[tail.length - 6] ^= 1; // of the CRC
    expect(await failure(file('tail.gz', tail))).toContain('found damaged data (incorrect data check)');
  });

  it.each([
    ['empty', '', 'an empty file'],
    [
      'prose',
      'It was a dark and stormy night.\nThe rain fell in torrents.\n',
      'text that is no trace; it begins "It was a',
    ],
    ['one byte', 'x', 'text that is no trace; it begins "x"'],
    ['binary', new Uint8Array([127, 69, 76, 70, 2, 1, 1, 0, 0, 0]), 'other binary data'],
    ['random bytes', new Uint8Array(100_000).map((_, i) => (i * 197 + (i >> 3)) & 255), 'other binary data'],
    ['Valgrind without lackey', '==1== Memcheck\n==1== done\n', 'only messages of Valgrind'],
    ['an old packed trace cut short', 'NUMAQTRC', '32 bytes of header'],
    ['gzip of prose', gzipSync('Call me Ishmael.\n'), 'text that is no trace; it begins "Call me Ishmael."'],
    ['prose of 70 KB before a trace', `${'lorem ipsum\n'.repeat(6000)} L 10,4\n`, 'text that is no trace'],
  ])('is named for what it is: %s', async (_, bytes, said) => {
    const message = await failure(file('some.file', bytes));
    expect(message).toMatch(/^InputError: some\.file: /);
    expect(message).toContain(said);
    expect(message.length).toBeLessThan(300);
  });

  it('is told with its line when only a part of it is a trace', async () => {
    const message = await failure(file('a', `${randomTrace(50_000)}Segmentation fault\n`));
    expect(message).toContain('InputError: a: line 50001: expected a line of lackey');
    expect(message).toContain('found "Segmentation fault"');
  });

  it('is named when it is not there, or a folder', async () => {
    expect(await failure(join(folder, 'nowhere.gz'))).toContain('InputError: nowhere.gz: cannot read it');
    expect(await failure(folder)).toContain('found a folder');
  });

  it('is refused when it is packed and any byte of it is another, or missing', async () => {
    const packed = join(folder, 'a.packed');
    await packTrace(file('a.lackey', tiny), packed);
    const whole = readFileSync(packed);
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] ^= 1 << (at & 7);
      expect(await failure(file('bad', bytes)), `byte ${at}`).toMatch(/^InputError: bad: /);
    }
    for (let length = 0; length < whole.length; length += 3) {
      expect(await failure(file('cut', whole.subarray(0, length))), `${length} bytes`).toMatch(/^InputError: cut: /);
    }
  });
});

describe('packing a trace', () => {
  it('replaces the file there was, or leaves it as it was', async () => {
    const output = file('out.trace', 'precious');
    await expect(packTrace(file('a', 'no trace at all\n'), output)).rejects.toThrow('a: expected a trace');
    expect(readFileSync(output, 'utf8')).toBe('precious');
    await packTrace(file('a', tiny), output);
    expect(readFileSync(output).subarray(0, 8).toString()).toBe('NUMAQTRC');
    expect(readdirSync(folder).sort()).toEqual(['a', 'out.trace', 'temp']);
  });

  it('may write over its own input', async () => {
    const path = file('a.gz', gzipSync(tiny));
    const info = await packTrace(path, path);
    expect((await readAll(path)).sha256).toBe(info.sha256);
    expect((await packTrace(path, path)).sha256).toBe(info.sha256);
  });

  it('says where it cannot write', async () => {
    const input = file('a', tiny);
    await expect(packTrace(input, join(folder, 'no', 'such', 'folder'))).rejects.toThrow('cannot write it');
    await expect(packTrace(input, join(folder, 'temp'))).rejects.toThrow('cannot write it');
    expect(readdirSync(folder).sort()).toEqual(['a', 'temp']);
  });
});

describe('a packed file as a source', () => {
  it('gives the same records in blocks of any size, from any position', async () => {
    const trace = await openTrace(file('a', randomTrace(20_000)));
    const source = new PackedFileSource(trace.path, trace.info);
    const bytes = readFileSync(trace.path).subarray(32, 32 + 8 * 20_000);
    const all = new Uint32Array(Uint8Array.from(bytes).buffer);
    for (const [position, count] of [
      [0, 1],
      [8191, 2],
      [8190, 8200],
      [19_999, 5],
      [20_000, 5],
      [30_000, 5],
      [123, 20_000],
    ]) {
      const into = new Uint32Array(2 * count);
      const got = source.read(position, into);
      expect(got).toBe(Math.max(0, Math.min(count, 20_000 - position)));
      expect([...into.subarray(0, 2 * got)]).toEqual([...all.subarray(2 * position, 2 * (position + got))]);
    }
    source.close();
    expect(source.read(0, new Uint32Array(2))).toBe(1);
    source.close();
    trace.close();
  });
});

const sort = sortTrace ?? '';
describe.skipIf(sortTrace === undefined)('the trace of sort (needs it: NUMAQ_TRACE)', () => {
  it('has the references that searching its text counts', async () => {
    const text = gunzipSync(readFileSync(sort)).toString('latin1');
    const count = (kind: RegExp): number => text.match(kind)?.length ?? 0;
    const counted = [count(/^ L /gm), count(/^ S /gm), count(/^ M /gm), count(/^I  /gm)];
    const firstUse = (region: string): number => text.search(new RegExp(`^(I | [LSM]) ${region}[0-9a-f]{6},`, 'm'));
    const regions = ['00', '04', '1ffe', '1fff'].sort((a, b) => firstUse(a) - firstUse(b));
    const trace = await openTrace(sort);
    const { kinds, records } = trace.info;
    trace.close();
    expect(kinds).toEqual(counted);
    expect(kinds[0] + kinds[1] + kinds[2]).toBe(1_691_433); // as published with the trace
    expect(records).toBe(counted.reduce((sum, kind) => sum + kind) + 3); // three loads cross a border of 16 MiB
    expect(trace.info.regions.map(({ base }) => base.toString(16).padStart(2, '0'))).toEqual(regions);
  });
});
