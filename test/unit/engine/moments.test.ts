/** Moments of a watched run: what they say adds up, and watching changes nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../src/sim/engine/events.ts';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import { column, roundNumbers } from './runs.ts';
import { type ScriptedRun, scriptedRun, watch, writes } from './watched-runs.ts';

/** Node 0 writes and reads its own memory, and computes; node 1 has nothing to do for the last part. */
const busy: ScriptedRun = {
  profile: roundNumbers(),
  cpus: [0, 2],
  programs: {
    long: [...writes(600), { op: 'compute', instructions: 3_000_000 }, { op: 'touch', region: 'heap' }],
    short: [...writes(200), { op: 'sleep', ns: 400_000 }, { op: 'touch', region: 'heap', step: 64 }],
  },
  sampleNs: 200_000,
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Each moment with how long its interval was. */
function intervals<T extends { readonly timeNs: number }>(moments: readonly T[]): readonly (readonly [T, number])[] {
  return moments.map((moment, at) => [moment, moment.timeNs - (at === 0 ? 0 : moments[at - 1].timeNs)]);
}

describe('moments of a run', () => {
  const simulation = scriptedRun(busy);
  const { moments } = watch(simulation);
  const { result }: RunReport = simulation.report();

  it('come one a sample row, at its time', () => {
    expect(moments.map(({ timeNs }) => timeNs)).toEqual(column(result.samples, 'timeNs'));
    expect(moments.length).toBeGreaterThan(10);
  });

  it('give each CPU shares that add up to 1, none of them below 0', () => {
    for (const { cpus } of moments) {
      expect(cpus.map(({ cpu, node }) => [cpu, node])).toEqual([
        [0, 0],
        [2, 1],
      ]);
      for (const { user, kernel, lock, remote, idle } of cpus) {
        expect(Math.min(user, kernel, lock, remote, idle)).toBeGreaterThanOrEqual(0);
        expect(user + kernel + lock + remote + idle).toBeCloseTo(1, 9);
      }
    }
  });

  it('come to the times of the whole run', () => {
    // An operation that lies across the end of a row counts in the row in which it began: 1 % of a row or so.
    const timed = (of: (cpu: (typeof moments)[number]['cpus'][number]) => number): number =>
      sum(intervals(moments).map(([{ cpus }, ns]) => ns * sum(cpus.map(of))));
    const { userNs, systemNs, idleNs } = result.totals;
    expect(timed(({ user, remote }) => user + remote) / userNs).toBeCloseTo(1, 1);
    expect(timed(({ kernel, lock }) => kernel + lock) / systemNs).toBeCloseTo(1, 1);
    expect(timed(({ idle }) => idle) / idleNs).toBeCloseTo(1, 1);
  });

  it('say what runs: both at first, and in the end nobody', () => {
    expect(moments[0].cpus.map(({ task }) => task)).toEqual(['long 1', 'short 2']);
    expect(moments.at(-1)?.cpus.map(({ task }) => task)).toEqual(['', '']);
  });

  it('have the free pages of the samples, and the owners of the end', () => {
    for (const [at, { zones }] of moments.entries()) {
      for (const { node, zone, index, free } of zones) {
        expect(free).toBe(column(result.samples, `free:${node}:${zone}:${index}`)[at]);
      }
    }
    const shown = moments.at(-1)?.zones ?? [];
    expect(shown.length).toBeGreaterThan(0);
    for (const { node, zone, index, owners, perCpu } of shown) {
      const same = result.proc?.zones.find((each) => each.node === node && each.zone === zone && each.index === index);
      expect([owners, perCpu]).toEqual([same?.owners, same?.perCpu]);
    }
  });

  it('share out what buses and links carried', () => {
    const of = (node: number): number =>
      sum(intervals(moments).map(([{ nodes }, ns]) => ns * (nodes.find((each) => each.node === node)?.bus ?? 0)));
    const whole = column(result.nodes, 'busUtilisation').map((percent) => (percent / 100) * result.elapsedNs);
    // The whole run's figure has what was booked while its tasks were made ready, too.
    expect(of(0) / whole[0]).toBeCloseTo(1, 1);
    expect(of(1) / whole[1]).toBeCloseTo(1, 1);
    const carried = sum(intervals(moments).map(([{ links }, ns]) => ns * sum(links.map((link) => link.utilisation))));
    const links = column(result.links, 'utilisation').map((percent) => (percent / 100) * result.elapsedNs);
    expect(carried / sum(links)).toBeCloseTo(1, 1);
  });
});

describe('a program whose memory is another node’s', () => {
  const bound = (nodes: readonly number[]): ScriptedRun => ({
    profile: roundNumbers(),
    cpus: [0],
    programs: {
      main: [
        { op: 'setMempolicy', mode: 'bind', nodes },
        ...writes(2000),
        { op: 'references', region: 'heap', pattern: 'random', count: 40_000 },
      ],
    },
    sampleNs: 1e6,
  });

  it('waits for it most of its time, and one with its own memory never', () => {
    const [remote, local] = [[1], [0]].map((nodes) => watch(scriptedRun(bound(nodes))).moments.at(-2));
    // A miss takes 2,000 ns, the instruction 1, a page walk 200 or so.
    expect(remote?.cpus[0].remote).toBeGreaterThan(0.7);
    expect(remote?.nodes[0].remote).toBeGreaterThan(0.4);
    expect(local?.cpus[0].remote).toBe(0);
    expect(local?.nodes[0].remote).toBe(0);
  });
});

describe('watching a run', () => {
  const bytes = (simulation: ReturnType<typeof scriptedRun>): string => JSON.stringify(simulation.report());
  const alone = scriptedRun(busy, false);
  while (!alone.run(10_000));

  it('makes nothing where nobody watches', () => {
    expect(alone.takeLive()).toEqual({ moments: [], markers: [], markersLeftOut: 0 });
    expect(alone.moment()).toBeUndefined();
  });

  it('leaves a timeline for a file as it is', () => {
    const [unwatched, watched] = [false, true].map((live) => {
      const timeline = new Timeline((place) => place);
      const simulation = scriptedRun(busy, live, timeline);
      while (!simulation.run(10_000));
      return [...timeline.text()].join('');
    });
    expect(watched).toBe(unwatched);
    expect(unwatched).toContain('"name":"fault"');
  });

  it('changes no byte of what comes out, and comes to the same moments, however often somebody looks in between', () => {
    const wanted = watch(scriptedRun(busy));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (step) => {
        const simulation = scriptedRun(busy);
        const seen = watch(simulation, step, () => {
          const { timeNs, between } = simulation.moment() ?? {};
          expect([timeNs, between]).toEqual([simulation.timeNs, true]);
          simulation.xray({ node: 0, mask: 'GFP_KERNEL', order: 0, memalloc: false });
        });
        expect(seen).toEqual(wanted);
        expect(bytes(simulation)).toBe(bytes(alone));
      }),
      { numRuns: 6 },
    );
  });
});
