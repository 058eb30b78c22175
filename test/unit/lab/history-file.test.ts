/** Files of what is known of programs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatHistory, parseHistory, readHistory } from '../../../src/lab/history-file.ts';
import { formatRun, parseRun } from '../../../src/lab/run-file.ts';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import type { HistoryRow } from '../../../src/sim/kernel/sched/history.ts';
import { numaq } from '../cli/run-cli.ts';
import { emptyFolder, names } from './folders.ts';
import { madeUpReport } from './reports.ts';

const rows: readonly HistoryRow[] = [
  { file: '/usr/bin/gcc', born: 'exec', runs: 3, meanNs: 4.5e8, meanPages: 900.5, execed: 0 },
  { file: '/usr/bin/make', born: 'fork', runs: 40, meanNs: 2e6, meanPages: 12, execed: 0.975 },
];

describe('a history file', () => {
  it('holds what it was given', () => {
    expect(parseHistory(formatHistory(rows), 'x.json')).toEqual(rows);
  });

  it('is none where there is none', async () => {
    expect(await readHistory(join(emptyFolder(), 'none.json'))).toEqual([]);
  });

  it.each([
    { text: '{', message: 'line 1, column 2' },
    { text: '{"format":"numaq-lab/machine"}', message: '"numaq-lab/history"' },
    { text: formatHistory([{ ...rows[0], runs: 0 }]), message: 'programs[0].runs' },
    { text: formatHistory([{ ...rows[0], execed: 2 }]), message: 'programs[0].execed' },
  ])('is refused with the place of the mistake: $message', ({ text, message }) => {
    expect(() => parseHistory(text, 'x.json')).toThrow(message);
  });
});

describe('a run file', () => {
  it('keeps what the run began with, and what came of it', () => {
    const placed = { placedAtFork: 1, placedAtExec: 2, placedTold: 3 };
    const report: RunReport = {
      ...madeUpReport,
      config: { ...madeUpReport.config, history: rows },
      result: {
        ...madeUpReport.result,
        scheduling: {
          nodes: [{ node: 0, cpus: 4, ...placed, migrationsIn: 4, migrationsOut: 5, meanRunning: 1.25 }],
          programs: [
            {
              file: 'a',
              born: 'fork',
              runs: 6,
              ...placed,
              predicted: 5,
              mispredicted: 1,
              pages: 70,
              pagesElsewhere: 7,
            },
          ],
          history: rows,
        },
      },
    };
    expect(parseRun(formatRun(report), 'run.json')).toEqual(report);
  });
});

describe('numaq run --history', () => {
  const script = {
    format: 'numaq-lab/script',
    version: 1,
    title: 'Two children',
    programs: {
      parent: [
        { op: 'fork', program: 'child' },
        { op: 'fork', program: 'child' },
        { op: 'wait', running: 0 },
      ],
      child: [
        { op: 'mmap', as: 'memory', bytes: 65536, anonymous: true },
        { op: 'touch', region: 'memory', write: true },
      ],
    },
    start: [{ program: 'parent' }],
  };

  it('writes what programs were like, and goes on with it in the next run', async () => {
    const folder = emptyFolder();
    const [mine, kept] = [join(folder, 'mine.json'), join(folder, 'kept.json')];
    writeFileSync(mine, JSON.stringify(script));
    const args = ['run', 'numaq-4g-4quad', '--script', mine, '--cpus', '0-3', '--history', kept];
    expect(await numaq(...args)).toMatchObject({ code: 0 });
    const once = parseHistory(readFileSync(kept, 'utf8'), kept);
    expect(once.map(({ file, born, runs }) => ({ file, born, runs }))).toEqual([
      { file: 'parent', born: 'fork', runs: 2 },
      { file: 'parent', born: 'exec', runs: 1 },
    ]);
    expect(once[0].meanPages).toBeGreaterThanOrEqual(16);
    expect(await numaq(...args)).toMatchObject({ code: 0 });
    expect(parseHistory(readFileSync(kept, 'utf8'), kept).map(({ runs }) => runs)).toEqual([4, 2]);
    expect(names(folder)).toEqual(['kept.json', 'mine.json']);
  });

  it('refuses a file that is no history before anything is run', async () => {
    const folder = emptyFolder();
    const [mine, kept] = [join(folder, 'mine.json'), join(folder, 'kept.json')];
    writeFileSync(mine, JSON.stringify(script));
    writeFileSync(kept, '{"format": "something else"}');
    const { code, err } = await numaq('run', 'numaq-4g-4quad', '--script', mine, '--cpus', '0-3', '--history', kept);
    expect(code).toBe(2);
    expect(err).toContain('numaq-lab/history');
    expect(readFileSync(kept, 'utf8')).toBe('{"format": "something else"}');
  });
});
