/** Reports: the same bytes for the same run however it is cut into steps, sums that agree, samples that add up. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import type { WorkloadSpec } from '../../../src/sim/workloads/workload.ts';
import { BASE, builtIn, column, pattern, program, roundNumbers, run, runWorkloads, stream, sum } from './runs.ts';

const box = builtIn('numaq-16g-4quad');
const all = Array.from({ length: 16 }, (_, cpu) => cpu);
const workloads: readonly WorkloadSpec[] = [
  pattern('random', all, 1500, 2 ** 22),
  pattern('first-touch', [1, 5, 9], 3000, 2 ** 20, 20_000),
  pattern('false-sharing', [3, 7], 1000, 256),
];

describe('a run', () => {
  const bytes = (step: number, seed = 1): string => JSON.stringify(runWorkloads(box, workloads, { step, seed }));
  const whole = bytes(2 ** 20);

  it.each([1, 7, 1000, 4096])('gives the same bytes in steps of %i records', (step) => {
    expect(bytes(step) === whole).toBe(true);
  });

  it('gives the same bytes again, and others with another seed', () => {
    expect(bytes(2 ** 20) === whole).toBe(true);
    expect(bytes(2 ** 20, 2) === whole).toBe(false);
  });

  it('makes progress from 0 to 1 and never back', () => {
    const programs = workloads.map((spec, index) => buildProgram(spec, box, () => undefined, index, 1));
    const simulation = new Simulation({ profile: box, workloads, seed: 1, sampleNs: 10_000 }, programs);
    expect([simulation.progress, simulation.timeNs]).toEqual([0, 0]);
    let [progress, time] = [0, 0];
    for (let ended = false; !ended;) {
      ended = simulation.run(500);
      expect(simulation.progress).toBeGreaterThanOrEqual(progress);
      expect(simulation.timeNs).toBeGreaterThanOrEqual(time);
      [progress, time] = [simulation.progress, simulation.timeNs];
    }
    expect(progress).toBe(1);
    expect(simulation.timeNs).toBe(simulation.report().result.elapsedNs);
  });
});

describe('a report', () => {
  const { result } = runWorkloads(box, workloads, { sampleNs: 5000 });
  const { totals, cpus, nodes, zones, samples } = result;

  it('has an L2 miss for each time that somebody served one', () => {
    const sources = ['servedLocal', 'servedTransfer', 'servedRemoteCache', 'servedRemote', 'servedRemoteOwner'];
    expect(sum(sources.map((id) => totals[id]))).toBe(totals.l2Misses);
    expect(totals.servedTransfer).toBeGreaterThan(0);
    expect(totals.servedRemote).toBeGreaterThan(0);
  });

  it('reads two entries for each TLB miss, again after a fault, and for the first write to a page', () => {
    expect(totals.walkReads).toBeGreaterThan(2 * totals.tlbMisses);
    expect(totals.walkReads).toBeLessThan(2 * totals.tlbMisses + 4 * totals.faults + 1);
  });

  it('counts every reference of every workload: 16 x 1,500, pages and 3 x 3,000, 2 x 1,000, modifies twice', () => {
    const pages = 2 ** 20 / 4096;
    expect(totals.references).toBe(16 * 1500 * 2 + pages + 3 * 3000 * 2 + 2 * 1000 * 2);
  });

  it.each(['references', 'instructions', 'l1dMisses', 'l2Misses', 'tlbMisses', 'servedRemote', 'faults'])(
    'has CPUs whose %s add up to the total',
    (id) => {
      expect(sum(column(cpus, id))).toBe(totals[id]);
    },
  );

  it.each(['references', 'faults'])('has samples whose %s add up to the total', (id) => {
    expect(sum(column(samples, id))).toBe(totals[id]);
  });

  it('samples in order of time up to the end, and ends with the free pages of the zones', () => {
    const times = column(samples, 'timeNs');
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[times.length - 1]).toBe(result.elapsedNs);
    const last = samples.rows[samples.rows.length - 1].slice(-zones.rows.length);
    expect(last).toEqual(column(zones, 'freeAtEnd'));
  });

  it('accounts for every page: what left the zones is what numastat counted', () => {
    // Without per-CPU sets, which keep pages that are neither in a zone nor in use.
    const kernel = { ...box.kernel, flavour: '2.4.22' };
    const old = runWorkloads({ ...box, kernel }, workloads).result;
    const taken = sum(column(old.zones, 'freeAtStart')) - sum(column(old.zones, 'freeAtEnd'));
    const counted = sum(column(old.nodes, 'numa_hit')) + sum(column(old.nodes, 'numa_miss'));
    expect(taken).toBe(counted);
    expect(taken).toBeGreaterThan(old.totals.faults);
    for (const each of [nodes, old.nodes]) {
      expect(sum(column(each, 'numa_miss'))).toBe(sum(column(each, 'numa_foreign')));
    }
  });

  it('ends when its last CPU ends', () => {
    expect(Math.max(...column(cpus, 'timeNs'))).toBe(result.elapsedNs);
  });
});

describe('samples', () => {
  it('are merged in pairs when there are more than 512, and add up all the same', () => {
    const reference = (n: number) => ({ kind: 'read' as const, address: BASE + (n % 4096) * 4096, size: 4 });
    const { totals, samples } = run(roundNumbers(), [program(stream(0, 20_000, reference))], { sampleNs: 2000 }).result;
    expect(samples.rows.length).toBeLessThanOrEqual(512);
    expect(samples.rows.length).toBeGreaterThan(200);
    expect(sum(column(samples, 'references'))).toBe(totals.references);
    expect(sum(column(samples, 'faults'))).toBe(totals.faults);
  });
});

describe('first touch by one', () => {
  it('puts what all use on the node of the one', () => {
    const { nodes, zones } = runWorkloads(box, [pattern('first-touch', all, 2000, 2 ** 22)]).result;
    const hits = column(nodes, 'numa_hit');
    expect(column(nodes, 'node')).toEqual([0, 1, 2, 3]);
    // 1,024 pages, two pte pages and four of upper levels (PAE), and slabs of what describes the address space.
    expect(hits.slice(1)).toEqual([0, 0, 0]);
    expect(hits[0]).toBeGreaterThanOrEqual(1024 + 2 + 4);
    expect(hits[0]).toBeLessThan(1024 + 2 + 4 + 8);
    const taken = zones.rows.map((row) => row[3] - row[4]);
    column(zones, 'node').forEach((node, i) => expect(taken[i] === 0 || node === 0).toBe(true));
  });
});

describe('a simulation', () => {
  it('refuses a CPU that is not there, and a machine that does not boot', () => {
    const reading = stream(99, 10, () => ({ kind: 'read', address: BASE, size: 4 }));
    expect(() => run(roundNumbers(), [program(reading)])).toThrow('a CPU from 0 to 3');
    const broken = { ...box, zones: { ...box.zones, maxmemMiB: 100 } };
    expect(() => run(broken, [])).toThrow(InputError);
  });

  it('runs two CPUs of a cache simulator no more than one', () => {
    const caches = builtIn('caches-only');
    const reading = (cpu: number) => program(stream(cpu, 100, (n) => ({ kind: 'read', address: n * 32, size: 4 })));
    expect(run(caches, [reading(0)]).result.totals.l1dReadMisses).toBe(100);
    expect(() => run(caches, [reading(1)])).toThrow(InputError);
  });

  it('ends with the out-of-memory error where a run needs more than there is', () => {
    const reference = (n: number) => ({ kind: 'write' as const, address: BASE + n * 4096, size: 4 });
    const kernel = { placement: { policy: 'bind' as const, nodes: [1] } };
    const wide = program(stream(0, 8192, reference));
    const profile = roundNumbers({ kernel });
    expect(() => run(profile, [wide, wide, wide, wide, wide])).toThrow('Out of memory');
  });
});
