/** The locality part of a run's report as the command line prints it. */
import { describe, expect, it } from 'vitest';
import { localityText } from '../../../src/cli/locality-text.ts';
import type { LocalityReport, RunReport } from '../../../src/sim/index.ts';
import { madeUpReport } from '../lab/reports.ts';

const summary = { misses: 400, remoteMisses: 300, remoteShare: 75, meanNs: 1937.5 };
const place = { pages: 8, onNodes: { '0': 4, '1': 4 }, from: { '0': 200, '1': 200 }, kernelMisses: 0 };
const none = { kernelMisses: 0, kernelRemoteShare: 0, segmentMisses: 0, segmentRemoteShare: 0 };

const locality: LocalityReport = {
  sinceNs: 2e6,
  matrix: {
    columns: ['from', 'home', 'misses', 'meanNs', 'kernelMisses', 'kernelMeanNs'],
    rows: [
      [0, 0, 1200, 250, 10, 250],
      [1, 0, 300, 2500, 0, 0],
    ],
  },
  nodes: {
    columns: ['node', 'misses'],
    rows: [
      [0, 1200],
      [1, 300],
    ],
  },
  segments: [{ name: 'sga', ...summary, ...place }],
  ranges: [
    { segment: 'sga', name: 'log', ...summary, ...place },
    { segment: 'sga', name: 'sga', ...summary, ...place },
  ],
  processes: [{ pid: 7, name: 'db', node: 1, ...summary, ...none }],
  moreProcesses: 0,
  busiest: { kind: 'memory bus', name: 'memory bus of node 0', from: 0, to: 0, utilisation: 41.26 },
  busiestLink: { kind: 'link', name: 'link from node 0 to node 1', from: 0, to: 1, utilisation: 17 },
  advice: [],
};
const resultWith = (changes: Partial<LocalityReport>): RunReport['result'] => {
  return { ...madeUpReport.result, locality: { ...locality, ...changes } };
};

describe('locality on the command line', () => {
  it('shows the matrix, ranges with their pages, what was busiest and the processes', () => {
    const text = localityText(resultWith({}));
    expect(text).toContain('Measured from 2 ms on\n');
    expect(text).toMatch(/ {8}node 0\nnode 0 {2}1,200 x 250 ns\nnode 1 {2}300 x 2\.5 µs\n/);
    expect(text).toMatch(/^sga\.log +400 +75\.0 % +1\.938 µs +N0=4 N1=4$/m);
    expect(text).toMatch(/^sga +400 /m);
    expect(text).toContain('Busiest: memory bus of node 0, taken 41.3 % of the time; busiest link');
    expect(text).toMatch(/^7 +db +node 1 +400 +75\.0 % +1\.938 µs$/m);
  });

  it('keeps to lines of 100 characters, and leaves a matrix out that does not fit', () => {
    const nodes = Array.from({ length: 14 }, (_, node) => node);
    const rows = nodes.flatMap((from) => nodes.map((home) => [from, home, 123456, 250, 0, 0]));
    const advice = [{ segment: 'sga', text: 'word '.repeat(60).trim() }] as unknown as LocalityReport['advice'];
    const text = localityText(resultWith({ matrix: { columns: locality.matrix.columns, rows }, advice }));
    expect(text.split('\n').every((line) => line.length <= 100)).toBe(true);
    expect(text).not.toContain('home of the memory');
    expect(text).toContain('word word');
  });

  it('folds many processes into one line', () => {
    const processes = Array.from({ length: 40 }, (_, pid) => ({ ...locality.processes[0], pid: pid + 1 }));
    const text = localityText(resultWith({ processes, moreProcesses: 5 }));
    expect(text).toContain('45 processes');
    expect(text).not.toMatch(/^pid/m);
  });

  it('says nothing of a machine with one node and no segment, or of a run file that has none of it', () => {
    const nodes = { columns: ['node', 'misses'], rows: [[0, 5]] };
    expect(localityText(resultWith({ nodes, segments: [], ranges: [] }))).toBe('');
    expect(localityText(madeUpReport.result)).toBe('');
  });
});
