/** Reports of locality: their sums against the machine's own counters, ranges, what is busiest, and the advice by hand. */
import { describe, expect, it } from 'vitest';
import { adviceOf } from '../../../src/sim/engine/locality-advice.ts';
import type { LocalityReport, RangeLocality } from '../../../src/sim/engine/locality-report.ts';
import { MissSum } from '../../../src/sim/engine/locality-sums.ts';
import type { RunReport, Table } from '../../../src/sim/engine/report.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import { parseScript } from '../../../src/sim/workloads/script.ts';
import { roundNumbers } from './runs.ts';

const KIB = 1024;

/** One task a node: the first initialises a segment of 64 pages with a log of 16 and a pool, then both read all of it. */
function run(measure: boolean): RunReport {
  const map = { op: 'mmap', as: 'm', bytes: 256 * KIB, segment: 'sga', shared: true };
  const meet = (name: string): object => ({ op: 'barrier', name, parties: 2 });
  const read = { op: 'touch', region: 'm', step: 32 };
  const script = parseScript({
    format: 'numaq-lab/script',
    version: 1,
    title: 'Two ranges',
    segments: { sga: { bytes: 256 * KIB, ranges: [{ name: 'log', bytes: 64 * KIB }] } },
    programs: {
      first: [map, { op: 'touch', region: 'm', write: true }, meet('a'), ...(measure ? [{ op: 'measure' }] : []), read],
      second: [map, meet('a'), read],
    },
    start: [
      { program: 'first', cpus: [0] },
      { program: 'second', cpus: [1] },
    ],
  });
  const profile = roundNumbers();
  const spec = { kind: 'script' as const, script, cpus: [0, 2], startNs: 0 };
  const config = { profile, workloads: [spec], seed: 3, sampleNs: 1e6 };
  const simulation = new Simulation(config, [buildProgram(spec, profile, () => undefined, 0, config.seed)]);
  while (!simulation.run(1e6));
  return simulation.report();
}

function localityOf({ result }: RunReport): LocalityReport {
  if (result.locality === null) throw new Error('no locality');
  return result.locality;
}

const sumOf = (
  { columns, rows }: Table,
  name: string,
  where: (row: readonly number[]) => boolean = () => true,
): number => rows.filter(where).reduce((sum, row) => sum + row[columns.indexOf(name)], 0);

describe('the locality of a run', () => {
  const report = run(false);
  const locality = localityOf(report);
  const { totals } = report.result;

  it('adds up to the machine’s own counts', () => {
    const { matrix, nodes, processes } = locality;
    const served = ['servedLocal', 'servedTransfer', 'servedRemoteCache', 'servedRemote', 'servedRemoteOwner'];
    const misses = served.reduce((sum, id) => sum + totals[id], 0);
    for (const table of [matrix, nodes]) {
      expect(sumOf(table, 'misses') + sumOf(table, 'kernelMisses')).toBe(misses);
      expect(sumOf(table, 'kernelMisses')).toBe(totals['kernelMisses']);
    }
    expect(processes.reduce((sum, each) => sum + each.misses + each.kernelMisses, 0)).toBe(misses);
    const remote = sumOf(matrix, 'misses', ([from, home]) => from !== home);
    const kernelRemote = sumOf(matrix, 'kernelMisses', ([from, home]) => from !== home);
    expect(remote + kernelRemote).toBeCloseTo((totals['remoteHomeShare'] * misses) / 100, 6);
    expect(sumOf(nodes, 'given')).toBe(remote);
    expect((100 * remote) / sumOf(matrix, 'misses')).toBeCloseTo(totals['programRemoteShare'], 9);
    const [from, home, count, meanNs] = ['from', 'home', 'misses', 'meanNs'].map((id) => matrix.columns.indexOf(id));
    const abroad = matrix.rows.filter((row) => row[from] !== row[home]);
    const remoteNs = abroad.reduce((sum, row) => sum + row[count] * row[meanNs], 0);
    expect(remoteNs / totals['remoteNs']).toBeCloseTo(1, 9);
  });

  it('tells ranges of a segment apart, and what lies behind the last that has a name', () => {
    const { ranges, segments } = locality;
    expect(ranges.map(({ segment, name, pages, onNodes }) => [segment, name, pages, onNodes])).toEqual([
      ['sga', 'log', 16, { 0: 16 }],
      ['sga', '(rest)', 48, { 0: 48 }],
    ]);
    expect(segments).toMatchObject([{ name: 'sga', pages: 64, onNodes: { 0: 64 } }]);
    expect(ranges[0].misses + ranges[1].misses).toBe(segments[0].misses);
    expect(segments[0].misses).toBe(totals['segmentMisses']);
    expect(segments[0].remoteShare).toBe(totals['segmentRemoteShare']);
    // L2 has room for 4 pages: each reads every line of the range from memory.
    expect(ranges[0].from['1']).toBe(16 * 128);
    expect(ranges[0].remoteMisses).toBe(16 * 128);
  });

  it('says of each process where it ran and what its misses cost', () => {
    const users = locality.processes.filter(({ pid }) => pid > 0);
    expect(users.map(({ name, node, segmentRemoteShare }) => [name, node, segmentRemoteShare])).toEqual([
      ['first', 0, 0],
      ['second', 1, 100],
    ]);
    // Nothing queues: a local miss takes 200 ns, a remote one 2,000, or up to twice that where the other has the line.
    expect(users[0].meanNs).toBeGreaterThanOrEqual(200);
    expect(users[1].meanNs).toBeGreaterThanOrEqual(2000);
  });

  it('names what was busiest', () => {
    const { busiest, busiestLink } = locality;
    expect(busiest?.utilisation).toBeGreaterThan(0);
    expect(busiest?.utilisation).toBeGreaterThanOrEqual(busiestLink?.utilisation ?? 0);
    expect(busiestLink?.kind).toBe('link');
  });

  it('counts from where a script says that it is measured, and knows the pages all the same', () => {
    const measured = localityOf(run(true));
    expect(measured.sinceNs).toBeGreaterThan(0);
    expect(measured.segments[0].onNodes).toEqual({ 0: 64 });
    expect(measured.segments[0].misses).toBeLessThan(locality.segments[0].misses);
    // Each reads every line of the 64 pages once; some of the second's reads come before.
    expect(measured.segments[0].misses).toBeLessThanOrEqual(2 * 64 * 128);
  });
});

/** A range with so many misses from each node. */
function rangeOf(name: string, from: Readonly<Record<string, number>>): RangeLocality {
  const misses = Object.values(from).reduce((sum, count) => sum + count, 0);
  const none = { remoteMisses: 0, remoteShare: 0, meanNs: 0, onNodes: {}, kernelMisses: 0, pages: 1 };
  return { segment: 'sga', name, misses, from, ...none };
}

function sumOfMisses(local: number, remote: number): MissSum {
  const sum = new MissSum();
  const cell = { row: 1, tag: 1, kernel: false, from: 0 };
  sum.add({ ...cell, home: 0, misses: local, ns: local * 200 });
  sum.add({ ...cell, home: 1, misses: remote, ns: remote * 2000 });
  return sum;
}

describe('advice on a segment', () => {
  it('is the share that is left when each range lies where most of its misses come from', () => {
    // 900 of log from node 1, 600 of pool from node 0: 100 + 300 of 1,900 stay remote.
    const { least, nodes, cannotHelp, text } = adviceOf({
      segment: 'sga',
      ranges: [rangeOf('log', { 0: 100, 1: 900 }), rangeOf('pool', { 0: 600, 1: 300 })],
      processes: [
        { node: 0, sum: sumOfMisses(700, 0) },
        { node: 1, sum: sumOfMisses(0, 1200) },
      ],
      all: sumOfMisses(700, 1200),
      localNs: 200,
      nodes: 2,
    });
    expect(least).toBeCloseTo((100 * 400) / 1900, 9);
    expect(nodes).toEqual([
      { range: 'log', node: 1 },
      { range: 'pool', node: 0 },
    ]);
    expect(cannotHelp).toBe(false);
    expect(text).toBe(
      '63.2 % of the misses in sga are remote; binding log to node 1 and pool to node 0 would leave 21.1 %. ' +
        'The slowest of its 2 processes waits 2.00 µs for a mean miss, the quickest 200 ns, all of them 1.34 µs. ' +
        'Interleaved, all would wait about 1.10 µs: 1 process on node 1 would gain, 1 process on node 0 would lose.',
    );
  });

  it('says that a segment lies well already', () => {
    const advice = adviceOf({
      segment: 'sga',
      ranges: [rangeOf('sga', { 0: 990, 1: 10 })],
      processes: [{ node: 0, sum: sumOfMisses(990, 10) }],
      all: sumOfMisses(990, 10),
      localNs: 200,
      nodes: 2,
    });
    expect(advice).toMatchObject({ actual: 1, least: 1, cannotHelp: true });
    expect(advice.text).toContain(
      '1.0 % of the misses in sga are remote: its ranges lie where they are used most, and no other nodes would leave less than 1.0 %.',
    );
  });
});
