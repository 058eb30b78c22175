import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import { formatRun, parseRun } from '../../../src/lab/run-file.ts';
import { type Verdict, verifyRun } from '../../../src/lab/verify.ts';
import { madeUpReport } from './reports.ts';

const text = formatRun(madeUpReport);
const bytes = Buffer.from(text, 'utf8');
const same = (): Promise<RunReport> => Promise.resolve(madeUpReport);

/** Line and column (in characters) of a byte, counted the slow way. */
function placeOfByte(position: number): string {
  const before = new TextDecoder().decode(bytes.subarray(0, position), { stream: true });
  const lines = before.split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

/** The reversed order of keys, all the way down. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, field]) => [key, reversed(field)]));
}

async function refused(file: string): Promise<string> {
  const error: unknown = await verifyRun(Buffer.from(file), 'run.json', same).then(
    (verdict) => verdict,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

describe('a run file', () => {
  it('gives back the report that it was made of', () => {
    expect(parseRun(text, 'run.json')).toEqual(madeUpReport);
    expect(formatRun(parseRun(text, 'run.json'))).toBe(text);
  });

  it('has the same bytes whatever the order of keys that the report has', () => {
    const { result, ...rest } = madeUpReport;
    const config = reversed(rest.config) as RunReport['config'];
    expect(formatRun({ result, ...rest, config })).toBe(text);
  });

  it('ends in a newline and holds a row of a table on a line', () => {
    expect(text.endsWith('}\n')).toBe(true);
    expect(text).toContain('\n        [2000, 25.25]\n');
  });

  it('says where it is broken', async () => {
    expect(await refused('{"format": "numaq-lab/run",\n "version" 1}')).toBe(
      'run.json: line 2, column 12: expected ":", found "1"',
    );
    expect(await refused('{}')).toContain('this is no run file of NUMA-Q Lab');
    expect(await refused('{"format": "numaq-lab/run", "version": 3}')).toContain(
      'made by a newer NUMA-Q Lab (version 3',
    );
    const twoBytes = text.replace('"seed": 7', '"seed": "a"');
    expect(await refused(twoBytes)).toMatch(/^run.json: line \d+, column 13: config.seed: expected number, found "a"/);
    const deep = text.replace('"clockMHz": 700', '"clockMHz": -10');
    expect(await refused(deep)).toMatch(
      /^run.json: line \d+, column \d+: config.profile.machine.cpu.clockMHz: expected/,
    );
  });
});

describe('verify', () => {
  it('calls a run that comes out the same identical', async () => {
    expect(await verifyRun(bytes, 'run.json', same)).toEqual({ kind: 'identical' });
  });

  it('names the engine that made the file where it is another', async () => {
    const rerun = (): Promise<RunReport> => Promise.resolve({ ...madeUpReport, engine: '0.2.0' });
    expect(await verifyRun(bytes, 'run.json', rerun)).toEqual({ kind: 'identical', madeBy: '0.1.0' });
  });

  it('says the first value that comes out otherwise, with its line and column', async () => {
    const totals = { ...madeUpReport.result.totals, l1dMisses: 32 };
    const rerun = (): Promise<RunReport> =>
      Promise.resolve({ ...madeUpReport, result: { ...madeUpReport.result, totals } });
    const verdict = await verifyRun(bytes, 'run.json', rerun);
    const place = placeOfByte(bytes.indexOf('31', bytes.indexOf('"l1dMisses"')));
    expect(verdict).toEqual({ kind: 'differs', place, path: 'result.totals.l1dMisses', expected: '32', found: '31' });
  });

  it('finds any one byte that was changed, wherever it is, and says what it was', async () => {
    const bodyLength = text.slice(0, text.indexOf(',\n  "integrity"')).length;
    const inBody = Buffer.from(text.slice(0, bodyLength)).length;
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (position, change) => {
        const file = Uint8Array.from(bytes);
        file[position] = (file[position]! + change) % 256;
        const verdict: Verdict | InputError = await verifyRun(file, 'run.json', same).catch((error: unknown) => {
          if (error instanceof InputError) return error;
          throw error;
        });
        if (verdict instanceof InputError) {
          expect(position).toBeGreaterThanOrEqual(inBody);
          expect(verdict.message).toMatch(/line \d+, column \d+|text in UTF-8/);
          return;
        }
        expect(verdict.kind).toBe('changed');
        if (verdict.kind === 'identical' || position >= inBody) return;
        expect(verdict.place).toBe(placeOfByte(position));
        expect(verdict.path).not.toContain('integrity');
      }),
      { numRuns: 3000, seed: 20261121 },
    );
  });

  it('names the field of a changed byte that no result depends on', async () => {
    const verdict = await verifyRun(Buffer.from(text.replace('Two quads', 'Two quods')), 'run.json', same);
    expect(verdict).toMatchObject({ path: 'config.profile.title', expected: '"a" (0x61)', found: '"o" (0x6f)' });
  });

  it('notices several changed bytes that no result depends on', async () => {
    const echo = (config: RunReport['config']): Promise<RunReport> => Promise.resolve({ ...madeUpReport, config });
    const verdict = await verifyRun(Buffer.from(text.replace('Two quads', 'Six quads')), 'run.json', echo);
    expect(verdict).toMatchObject({ kind: 'changed', path: 'integrity.sum, or several bytes before it' });
  });
});
