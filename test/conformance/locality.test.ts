/**
 * A segment that one process initialises and four a node use: what bindings do to who reaches whose memory, against what
 * arithmetic says. Full size: test/bench/figures-locality.bench.ts; here 8 MiB, and caches that hold next to nothing of it.
 */
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/sim/engine/report.ts';
import { type Binding, localityOf, localityRun, timesOf, usersOf } from '../support/locality-figures.ts';

const LIMIT_MS = 240_000;
const LOCAL = 250;
const REMOTE = 2500;

const runs = new Map<string, RunReport>();

function run(own: boolean, binding: Binding, queued = false): RunReport {
  const key = `${own} ${binding} ${queued}`;
  let report = runs.get(key);
  if (report === undefined) {
    report = localityRun({ bytes: 2 ** 23, references: 7500, binding, own, queued, smallCaches: true });
    runs.set(key, report);
  }
  return report;
}

const poolOf = (report: RunReport): { readonly remoteShare: number; readonly onNodes: object } =>
  localityOf(report).segments[0];
const meansOf = (report: RunReport): readonly number[] => usersOf(report).map(({ meanNs }) => meanNs);

describe('a segment that all use alike', { timeout: LIMIT_MS }, () => {
  it('is 75 % remote wherever it lies', () => {
    for (const binding of ['first touch', 'interleave', 'node 2', 'quarters'] as const) {
      expect(Math.abs(poolOf(run(false, binding)).remoteShare - 75), binding).toBeLessThan(1);
    }
  });

  it('lies where the calls say', () => {
    expect(poolOf(run(false, 'first touch')).onNodes).toEqual({ 0: 2048 });
    expect(poolOf(run(false, 'node 2')).onNodes).toEqual({ 2: 2048 });
    expect(poolOf(run(false, 'interleave')).onNodes).toEqual({ 0: 512, 1: 512, 2: 512, 3: 512 });
    expect(poolOf(run(false, 'quarters')).onNodes).toEqual({ 0: 512, 1: 512, 2: 512, 3: 512 });
  });

  it('costs its slowest process a remote miss each time under first touch, and the mean of all nodes interleaved', () => {
    const slowest = Math.max(...meansOf(run(false, 'first touch')));
    expect(slowest / REMOTE).toBeGreaterThan(0.98);
    expect(slowest / REMOTE).toBeLessThan(1.02);
    const interleaved = (LOCAL + 3 * REMOTE) / 4;
    for (const mean of meansOf(run(false, 'interleave'))) {
      expect(mean / interleaved).toBeGreaterThan(0.97);
      expect(mean / interleaved).toBeLessThan(1.03);
    }
  });

  it('takes as much time of all CPUs together, however it is bound', () => {
    const first = timesOf(run(false, 'first touch')).allNs;
    for (const binding of ['interleave', 'node 2', 'quarters'] as const) {
      expect(Math.abs(timesOf(run(false, binding)).allNs / first - 1), binding).toBeLessThan(0.01);
    }
  });

  it('cannot be mended by binding, says the report, and who gains all the same', () => {
    const [advice] = localityOf(run(false, 'first touch')).advice;
    expect(advice.cannotHelp).toBe(true);
    expect(advice.text).toContain('binding cannot help here');
    expect(advice.text).toContain('12 processes on nodes 1, 2 and 3 would gain, 4 processes on node 0 would lose');
  });
});

describe('a segment of which each node uses its own quarter', { timeout: LIMIT_MS }, () => {
  it('is 75 % remote by first touch and interleaved, and 2 % with the quarters bound to their users', () => {
    expect(Math.abs(poolOf(run(true, 'first touch')).remoteShare - 75)).toBeLessThan(1);
    expect(Math.abs(poolOf(run(true, 'interleave')).remoteShare - 75)).toBeLessThan(1);
    expect(poolOf(run(true, 'quarters')).remoteShare).toBeLessThan(2.5);
  });

  it('runs in the order that the latencies say', () => {
    const slowest = (binding: Binding): number => Math.max(...timesOf(run(true, binding)).byNode);
    expect(slowest('quarters')).toBeLessThan(slowest('interleave'));
    expect(slowest('interleave')).toBeLessThan(slowest('first touch'));
    // On node 0, where all of it lies by first touch, 0, 2 and 75 % are remote.
    const own = (binding: Binding): number => timesOf(run(true, binding)).byNode[0];
    expect(own('first touch')).toBeLessThan(own('quarters'));
    expect(own('quarters')).toBeLessThan(own('interleave'));
  });

  it('has an advice that binds each quarter to its node', () => {
    const [advice] = localityOf(run(true, 'first touch')).advice;
    expect(advice.cannotHelp).toBe(false);
    expect(advice.least).toBeLessThan(2.5);
    expect(advice.nodes).toEqual([0, 1, 2, 3].map((node) => ({ range: `q${node}`, node })));
    expect(advice.text).toContain('q0 to node 0, q1 to node 1, q2 to node 2 and q3 to node 3');
  });
});

describe('where things queue', { timeout: LIMIT_MS }, () => {
  it('node 0’s memory bus is busiest under first touch, and among links the outgoing one of node 0', () => {
    const { busiest, busiestLink } = localityOf(run(false, 'first touch', true));
    expect(busiest).toMatchObject({ kind: 'memory bus', name: 'memory bus of node 0', from: 0 });
    expect(busiestLink).toMatchObject({ kind: 'link', from: 0, to: 1 });
  });

  it('that link is the busiest where it is slow, is never taken for more than all of the time, and delays everybody far away', () => {
    const order = { bytes: 2 ** 22, references: 7500, binding: 'first touch', own: false, queued: true } as const;
    const slow = localityRun({ ...order, linkMBps: 100, smallCaches: true, remoteCacheMiB: 1 });
    const { busiest } = localityOf(slow);
    expect(busiest).toMatchObject({ kind: 'link', from: 0, to: 1 });
    expect(busiest?.utilisation).toBeGreaterThan(50);
    expect(busiest?.utilisation).toBeLessThanOrEqual(100);
    // A reply of 64 bytes and its header takes 800 ns of the link, so that 12 CPUs at a time wait for each other.
    const far = usersOf(slow).filter(({ node }) => node > 0);
    expect(Math.min(...far.map(({ meanNs }) => meanNs))).toBeGreaterThan(2 * REMOTE);
  });
});
