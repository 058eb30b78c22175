/** The scheduling part of a run's report, as text. */
import { describe, expect, it } from 'vitest';
import { schedulingText } from '../../../src/cli/scheduling-text.ts';
import type { SchedulingReport } from '../../../src/sim/engine/scheduling-report.ts';
import { madeUpReport } from '../lab/reports.ts';

const nobody = { placedAtFork: 0, placedAtExec: 0, placedTold: 0 };
const node = (id: number, rest: Partial<SchedulingReport['nodes'][number]> = {}): SchedulingReport['nodes'][number] => {
  return { node: id, cpus: 4, ...nobody, migrationsIn: 0, migrationsOut: 0, meanRunning: 0, ...rest };
};
const program = (
  file: string,
  rest: Partial<SchedulingReport['programs'][number]> = {},
): SchedulingReport['programs'][number] => {
  const counts = { runs: 1, predicted: 0, mispredicted: 0, pages: 0, pagesElsewhere: 0 };
  return { file, born: 'exec', ...counts, ...nobody, ...rest };
};

const textOf = (scheduling: SchedulingReport | null): string => schedulingText({ ...madeUpReport.result, scheduling });

describe('scheduling as text', () => {
  it('has a line for each node, and programs by the pages that they left on other nodes', () => {
    const nodes = [node(0, { meanRunning: 2.5, migrationsOut: 3 }), node(4, { migrationsIn: 3, placedAtExec: 2 })];
    const programs = [
      program('/bin/short', { runs: 40 }),
      program('/bin/local', { pages: 900 }),
      program('/bin/far', {
        born: 'fork',
        runs: 3,
        placedAtFork: 2,
        predicted: 3,
        mispredicted: 1,
        pages: 1200,
        pagesElsewhere: 800,
      }),
    ];
    expect(textOf({ nodes, programs, history: [] }).split('\n')).toEqual([
      'Scheduling by node',
      'node  cpus  runnable  fork  exec  told  in  out',
      '   0     4       2.5     0     0     0   0    3',
      '   4     4         0     0     2     0   3    0',
      '',
      'Programs as scheduled (anonymous pages at their end, and those on other nodes than they ran on)',
      'program            runs  fork  exec  told  foretold  wrongly  pages  elsewhere',
      '/bin/far (forked)     3     2     0     0         3        1  1,200        800',
      '/bin/local            1     0     0     0         0        0    900          0',
      '',
    ]);
  });

  it('says nothing of nodes that nobody was moved between', () => {
    const text = textOf({ nodes: [node(0), node(1)], programs: [program('a', { pages: 1 })], history: [] });
    expect(text).not.toContain('Scheduling by node');
    expect(text).toContain('Programs as scheduled');
  });

  it('is empty of a machine of one node, and of a run without tasks', () => {
    expect(textOf({ nodes: [node(0)], programs: [program('a', { pages: 1 })], history: [] })).toBe('');
    expect(textOf(null)).toBe('');
  });
});
