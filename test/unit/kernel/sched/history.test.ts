/** What is kept of programs, and what is foretold by it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HistoryRow, ProgramHistory } from '../../../../src/sim/kernel/sched/history.ts';

const MS = 1e6;

describe('the history of programs', () => {
  it('keeps means over runs, and forks apart from execs', () => {
    const history = new ProgramHistory();
    history.add('/usr/bin/gcc', 'exec', { ns: 100 * MS, pages: 40, execed: false });
    history.add('/usr/bin/gcc', 'exec', { ns: 300 * MS, pages: 60, execed: true });
    history.add('/usr/bin/gcc', 'fork', { ns: 2 * MS, pages: 8, execed: true });
    expect(history.rows).toEqual([
      { file: '/usr/bin/gcc', born: 'fork', runs: 1, meanNs: 2 * MS, meanPages: 8, execed: 1 },
      { file: '/usr/bin/gcc', born: 'exec', runs: 2, meanNs: 200 * MS, meanPages: 50, execed: 0.5 },
    ]);
  });

  it.each([
    { what: 'runs for 400 ms', row: { meanNs: 400 * MS, meanPages: 10, execed: 0 }, expected: 'long' },
    {
      what: 'runs for less, in little memory',
      row: { meanNs: 399 * MS, meanPages: 255, execed: 0 },
      expected: 'short',
    },
    { what: 'runs for less, in 1 MiB', row: { meanNs: 5 * MS, meanPages: 256, execed: 0 }, expected: 'long' },
    { what: 'execs more often than not', row: { meanNs: 900 * MS, meanPages: 900, execed: 0.6 }, expected: 'short' },
    { what: 'execs every other time', row: { meanNs: 900 * MS, meanPages: 9, execed: 0.5 }, expected: 'long' },
  ] as const)('foretells that a program that $what is $expected', ({ row, expected }) => {
    const history = new ProgramHistory([{ file: 'a', born: 'fork', runs: 10, ...row }]);
    expect(history.predict('a', 'fork')).toBe(expected);
  });

  it('foretells nothing of what it does not know', () => {
    const history = new ProgramHistory([{ file: 'a', born: 'fork', runs: 1, meanNs: 1, meanPages: 1, execed: 0 }]);
    expect(history.predict('a', 'exec')).toBe('unknown');
    expect(history.predict('b', 'fork')).toBe('unknown');
  });

  it('goes on where the rows of an earlier run ended', () => {
    const run = fc.record({
      file: fc.constantFrom('a', 'b', 'c'),
      born: fc.constantFrom('fork' as const, 'exec' as const),
      ns: fc.integer({ min: 0, max: 1e9 }),
      pages: fc.integer({ min: 0, max: 1e4 }),
      execed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 40 }), fc.nat(40), (runs, cut) => {
        const whole = new ProgramHistory();
        const first = new ProgramHistory();
        for (const { file, born, ...outcome } of runs) whole.add(file, born, outcome);
        for (const { file, born, ...outcome } of runs.slice(0, cut)) first.add(file, born, outcome);
        const second = new ProgramHistory(JSON.parse(JSON.stringify(first.rows)) as HistoryRow[]);
        for (const { file, born, ...outcome } of runs.slice(cut)) second.add(file, born, outcome);
        expect(second.rows.map(({ file, born, runs: count }) => [file, born, count])).toEqual(
          whole.rows.map(({ file, born, runs: count }) => [file, born, count]),
        );
        for (const [index, row] of second.rows.entries()) {
          expect(row.meanNs).toBeCloseTo(whole.rows[index].meanNs, 3);
          expect(row.meanPages).toBeCloseTo(whole.rows[index].meanPages, 6);
          expect(row.execed).toBeCloseTo(whole.rows[index].execed, 9);
        }
      }),
    );
  });
});
