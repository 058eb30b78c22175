/** Every built-in machine runs every pattern, and what must agree in a report agrees. */
import { describe, expect, it } from 'vitest';
import { builtins } from '../../../src/sim/profiles/builtin/index.ts';
import { patterns } from '../../../src/sim/workloads/patterns.ts';
import { column, pattern, runWorkloads, sum } from './runs.ts';

const SERVED = ['servedLocal', 'servedTransfer', 'servedRemoteCache', 'servedRemote', 'servedRemoteOwner'];

describe.each(builtins.map(({ id, profile }) => ({ id, profile })))('$id', ({ id, profile }) => {
  const machine = profile();
  const cpus = machine.machine.nodes.reduce((total, node) => total + node.cpus, 0);
  // First, last and some between; a machine without a TLB runs its one CPU.
  const some = [...new Set([0, 1, Math.floor(cpus / 2), cpus - 1])].filter((cpu) => cpu < cpus);
  // One run with all patterns on it: thousands of nodes take a while to boot.
  const workloads = patterns.map((each) => pattern(each.id, some, 300, 2 ** 16));
  const { totals, nodes, zones, cpus: perCpu, samples, elapsedNs } = runWorkloads(machine, workloads).result;

  it('ends, with numbers in every place', () => {
    expect(elapsedNs).toBeGreaterThan(0);
    const all = [nodes, zones, perCpu, samples].flatMap(({ rows }) => rows.flat()).concat(Object.values(totals));
    expect(all.filter((value) => !Number.isFinite(value))).toEqual([]);
    // The set-up of first-touch writes once to each of 16 pages.
    expect(totals.instructions).toBe(patterns.length * some.length * 300 + 16);
  });

  it('has sums that agree', () => {
    const translated = id !== 'caches-only';
    expect(sum(SERVED.map((name) => totals[name]))).toBe(translated ? totals.l2Misses : 0);
    // A walk for each TLB miss; one more where it ends in a fault, and one for the first write through a clean entry.
    expect(totals.walkReads).toBeGreaterThanOrEqual(2 * totals.tlbMisses);
    expect(totals.walkReads).toBeLessThanOrEqual(4 * totals.tlbMisses + 2 * totals.faults);
    expect(totals.faults > 0).toBe(translated);
    expect(sum(column(nodes, 'numa_miss'))).toBe(sum(column(nodes, 'numa_foreign')));
    expect(sum(column(nodes, 'numa_hit')) + sum(column(nodes, 'numa_miss'))).toBe(
      sum(column(nodes, 'local_node')) + sum(column(nodes, 'other_node')),
    );
    expect(sum(column(samples, 'references'))).toBe(totals.references);
  });
});
