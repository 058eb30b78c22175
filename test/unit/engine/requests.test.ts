/** Requests for pages that a watched run has made, as the X-ray shows them. */
import { describe, expect, it } from 'vitest';
import { stopOf } from '../../../src/sim/engine/stops.ts';
import type { SeenRequests } from '../../../src/sim/index.ts';
import { column, roundNumbers } from './runs.ts';
import { scriptedRun, writes } from './watched-runs.ts';

const highuser = { node: 0, mask: 'GFP_HIGHUSER', order: 0, memalloc: false } as const;

/** Two nodes of 128 MiB, 32,768 pages each; a task on node 0 writes 40,000. */
const hog = { profile: roundNumbers({ kernel: { flavour: '2.6.0' } }), cpus: [0], programs: { hog: writes(40_000) } };

describe('requests of a run', () => {
  const simulation = scriptedRun(hog);
  const seen = (): SeenRequests => {
    const { seen: found } = simulation.xray(highuser);
    if (found === null) throw new Error('nobody watches');
    return found;
  };
  while (!simulation.run(5000) && seen().requests < 2000);
  const early = seen();

  it('are counted, and the last one told with its task, cause and test', () => {
    expect(early.misses).toBe(0);
    expect(early.lastMiss).toBeNull();
    const { last } = early;
    expect(last).toMatchObject({ task: 'hog 1', cpu: 0, node: 0, cause: 'do_anonymous_page', mask: 'GFP_HIGHUSER' });
    expect(last).toMatchObject({ policy: false, order: 0, woken: 0, reclaims: 0, number: early.requests });
    expect(last?.tests).toHaveLength(1);
    const [test] = last?.tests ?? [];
    // 2.6.0: the bar is 2^order and the low mark.
    expect(test).toMatchObject({ at: 0, before: 1, bar: 1 + test.mark, outcome: 'taken', zone: last?.served });
    expect(last?.counters).toEqual([
      { name: 'numa_hit', node: 0 },
      { name: 'local_node', node: 0 },
    ]);
  });

  it('say from which list the page came, and how long that is now', () => {
    expect(early.last?.from).toBe('hot list');
    const zone = simulation
      .report()
      .result.proc?.zones.find((each) => each.node === 0 && each.zone === early.last?.served?.name);
    // One CPU has lists here: hot and cold ones together are what the zone has on them.
    expect(early.last?.list?.count).toBeLessThanOrEqual(zone?.perCpu ?? 0);
    expect(early.last?.missNs).toBe(200);
  });

  it('of one kind are counted by the zone that served the last thousand', () => {
    expect(early.alike).toEqual({ count: 1000, zones: [{ ...early.last?.served, count: 1000 }], failed: 0 });
    expect(simulation.xray({ ...highuser, mask: 'GFP_DMA' }).seen?.alike.count).toBe(0);
  });

  it('stop a run at the first that its node cannot serve, with every test of it', () => {
    const stop = stopOf({ kind: 'miss' }, simulation.reached);
    let outcome = simulation.runTo(stop, 1e6);
    while (outcome === 'more') outcome = simulation.runTo(stop, 1e6);
    expect(outcome).toBe('there');
    const { misses, lastMiss } = seen();
    expect(misses).toBeGreaterThanOrEqual(1);
    expect(seen().missTimes.at(-1)).toBe(lastMiss?.timeNs);
    expect(seen().missTimes).toHaveLength(misses);
    // Another run brought to that time has met the same one first.
    const again = scriptedRun(hog);
    const there = stopOf({ kind: 'time', ns: lastMiss?.timeNs ?? 0 }, again.reached);
    while (again.runTo(there, 1e6) === 'more');
    expect(again.xray(highuser).seen?.missTimes[0]).toBe(seen().missTimes[0]);
    expect(lastMiss?.served).not.toEqual(early.last?.served);
    // Every test but the last was refused, each at a bar higher by the mark of the zone before.
    const tests = lastMiss?.tests ?? [];
    expect(tests.length).toBeGreaterThan(1);
    expect(tests.map(({ outcome: result }) => result)).toEqual([...tests.slice(1).map(() => 'refused'), 'taken']);
    for (const [at, test] of tests.entries()) {
      expect(test.free < (test.bar ?? 0)).toBe(at < tests.length - 1);
      expect(test.before).toBe(1 + tests.slice(0, at).reduce((sum, { mark }) => sum + mark, 0));
    }
  });

  it('count as numastat does', () => {
    while (!simulation.run(1e6));
    const { nodes } = simulation.report().result;
    const { lastMiss, requests } = seen();
    expect(lastMiss?.served?.node).toBe(1);
    expect(lastMiss?.missNs).toBe(2000);
    expect(lastMiss?.counters).toEqual([
      { name: 'numa_foreign', node: 0 },
      { name: 'numa_miss', node: 1 },
      { name: 'other_node', node: 1 },
    ]);
    const counted = column(nodes, 'numa_hit').concat(column(nodes, 'numa_miss'));
    const [before] = [counted.reduce((sum, count) => sum + count, 0) - requests];
    // numastat has those of making the task, too.
    expect(before).toBeGreaterThanOrEqual(0);
    expect(before).toBeLessThan(100);
  });
});

describe('a machine that nobody runs', () => {
  it('has seen no requests', () => {
    const simulation = scriptedRun(hog, false);
    simulation.run(5000);
    expect(simulation.xray(highuser).seen).toBeNull();
  });
});
