/** `numaq follow`: the text of its steps. Latencies are set to round numbers, so that what each step takes is known by hand. */
import { describe, expect, it } from 'vitest';
import { numaq } from './run-cli.ts';

/** Times are printed to a thousandth of their unit: of those in µs up to half a ns is lost. */
const ROUNDED = 0.5;
const SCALES: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6 };

interface Row {
  readonly began: number;
  /** NaN for a note, which takes no time. */
  readonly took: number;
  readonly sum: number;
  /** Steps that it is part of. */
  readonly depth: number;
  readonly text: string;
}

function ns(time: string): number {
  const [value, unit] = time.replace('+', '').trim().split(' ');
  return Number(value) * SCALES[unit];
}

/** The table of steps: three columns of 12 characters, and what happened, indented. */
function rowsOf(out: string): readonly Row[] {
  const table = out.slice(0, out.indexOf('\n\n')).split('\n').slice(2);
  return table.map((line) => {
    const step = line.slice(40);
    const text = step.trimStart();
    const [began, took, sum] = [0, 13, 26].map((from) => line.slice(from, from + 12).trim());
    const times = { began: ns(began), took: took === '' ? NaN : ns(took), sum: sum === '' ? NaN : ns(sum) };
    return { ...times, depth: (step.length - text.length) / 2, text };
  });
}

const total = (rows: readonly Row[]): number => rows.reduce((sum, { took }) => sum + took, 0);
const took = (rows: readonly Row[], text: RegExp): readonly number[] =>
  rows.filter((row) => text.test(row.text)).map((row) => row.took);

describe('numaq follow', () => {
  const touch = ['--pattern', 'stream', '--bytes', '1M', '--references', '1000', '--cpus', '0'];
  const round = ['machine.localNs=200', 'machine.cpu.l2.hitNs=10', 'machine.bus.queued=false'];
  const first = async (): Promise<readonly Row[]> => {
    const sets = round.flatMap((set) => ['--set', set]);
    const { code, out } = await numaq('follow', 'pc-256m', ...touch, ...sets, '--event', 'fault');
    expect(code).toBe(0);
    return rowsOf(out);
  };

  it('prints the steps of a first touch: TLB miss, walk, fault, the walk again, and the access', async () => {
    const rows = await first();
    expect(rows[0]).toMatchObject({ began: 0, depth: 0, text: 'the reference' });
    const [missed, accessed, ...more] = rows.filter(({ depth }) => depth === 1);
    expect(missed.text).toMatch(/^(read of|write to) virtual page [\d,]+: not in the TLB$/);
    // Nobody had the line: all of the local latency, and no more.
    expect(accessed).toMatchObject({ text: 'access: L2 missed: served by the memory of the own node', took: 200 });
    expect(more).toEqual([]);
    expect(rows.filter(({ depth }) => depth === 2).map(({ text }) => text.split(' of ')[0])).toEqual([
      'walk: upper entry',
      'do_page_fault',
      'walk: upper entry',
      'walk: pte, present, not writable yet',
    ]);
    // The kernel has just written both, so that the walker finds them in L2.
    expect(took(rows, /^walk: /).slice(-2)).toEqual([10, 10]);
  });

  it('lets parts add up to what they are part of, and counts the time on', async () => {
    const rows = await first();
    const inside = (depth: number): readonly Row[] => rows.filter((row) => row.depth === depth);
    const [, missed] = rows;
    expect(Math.abs(total(inside(1)) - rows[0].took)).toBeLessThanOrEqual(3 * ROUNDED);
    expect(Math.abs(total(inside(2)) - missed.took)).toBeLessThanOrEqual(5 * ROUNDED);
    for (const row of rows.filter(({ took }) => !Number.isNaN(took))) {
      expect(Math.abs(row.began + row.took - row.sum)).toBeLessThanOrEqual(3 * ROUNDED);
    }
    expect(rows[0].sum).toBe(rows[0].took);
  });

  it('says from which zone each page comes, and against which mark: low and one page', async () => {
    const marks = JSON.stringify([{ node: 0, zone: 'Normal', min: 100, low: 200, high: 300 }]);
    const { out } = await numaq('follow', 'pc-256m', ...touch, '--set', `zones.watermarks=${marks}`);
    const zonelists = rowsOf(out).filter(({ text }) => text.startsWith('zonelist: '));
    expect(zonelists).not.toHaveLength(0);
    for (const { text, took: ns } of zonelists) {
      expect(text).toMatch(
        /^zonelist: Normal of node 0: [\d,]+ free, min 100, low 200, high 300, against 201 \(low\): taken$/,
      );
      expect(ns).toBeNaN();
    }
  });

  it('ends with 1 where the run ends before the reference', async () => {
    const { code, out } = await numaq('follow', 'pc-256m', ...touch, '--record', '5000');
    expect([code, out]).toEqual([1, 'The run ends without record 5000 on CPU 0.\n']);
  });
});
