/** Markers of a watched run: what they say, and how many there are. */
import { describe, expect, it } from 'vitest';
import { KernelCpu } from '../../../src/sim/kernel/cpu.ts';
import type { MarkerKind } from '../../../src/sim/engine/moment.ts';
import { Markers } from '../../../src/sim/engine/markers.ts';
import { builtIn, roundNumbers } from './runs.ts';
import { scriptedRun, watch, type Watched, writes } from './watched-runs.ts';

const of = ({ markers }: Watched, kind: MarkerKind): readonly string[] =>
  markers.filter((marker) => marker.kind === kind).map(({ text }) => text);

describe('markers of a run', () => {
  // Two nodes of 128 MiB; node 0 gives all of its memory and goes on with that of node 1.
  const simulation = scriptedRun({ profile: roundNumbers(), cpus: [0, 1], programs: { hog: writes(40_000) } });
  const watched = watch(simulation);
  const { proc } = simulation.report().result;

  it('tell by time', () => {
    const times = watched.markers.map(({ timeNs }) => timeNs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('name the first page of another node, once for each node that goes to others', () => {
    expect(of(watched, 'first remote page')).toEqual([expect.stringMatching(/^CPU 0 of node 0: a page of \w+ 1$/)]);
  });

  it('say when a zone is at its low mark, with the figures', () => {
    const [first] = of(watched, 'below low');
    const [, name, node, free, low] = /^(\w+) (\d): (\d+) free, low is (\d+)$/.exec(first) ?? [];
    const zone = proc?.zones.find((each) => each.zone === name && String(each.node) === node);
    expect(Number(low)).toBe(zone?.low);
    expect(Number(free)).toBeLessThanOrEqual(Number(low));
  });

  it('are the same in steps of any size', () => {
    const again = scriptedRun({ profile: roundNumbers(), cpus: [0, 1], programs: { hog: writes(40_000) } });
    expect(watch(again, 777).markers).toEqual(watched.markers);
  });
});

describe('a run that uses up its memory', () => {
  it('wakes kswapd, and ends with the marker of what it asked for', () => {
    const pc = builtIn('pc-256m');
    const profile = { ...pc, kernel: { ...pc.kernel, swapMiB: 0 } };
    const simulation = scriptedRun({ profile, cpus: [0], programs: { hog: writes(80_000) } });
    expect(() => simulation.run(1e9)).toThrow('Out of memory');
    const { markers } = simulation.takeLive(true);
    const kinds = new Set(markers.map(({ kind }) => kind));
    expect(kinds).toContain('kswapd wakes');
    expect(markers.at(-1)).toMatchObject({ kind: 'out of memory', node: 0 });
    expect(markers.at(-1)?.text).toMatch(/^CPU 0 asks for a page for hog 1, and nothing is left$/);
  });
});

describe('phases and knobs', () => {
  it('are marked at barriers, measure, the first transaction of a name, and turns', () => {
    const transaction = [
      { op: 'transaction', name: 'order', mark: 'begin' },
      { op: 'compute', instructions: 1000 },
      { op: 'transaction', name: 'order', mark: 'end' },
    ];
    const simulation = scriptedRun({
      profile: roundNumbers(),
      cpus: [0, 1],
      programs: {
        a: [
          ...writes(10),
          { op: 'barrier', name: 'ready', parties: 2 },
          { op: 'measure' },
          ...transaction,
          ...transaction,
        ],
        b: [
          { op: 'sysctl', name: 'swappiness', value: 10 },
          { op: 'barrier', name: 'ready', parties: 2 },
        ],
      },
      turns: [{ timeNs: 1, name: 'dirty_ratio', value: 30 }],
    });
    const watched = watch(simulation);
    expect(of(watched, 'phase')).toEqual(['barrier ready', 'measure', 'first transaction order']);
    expect(of(watched, 'knob').toSorted()).toEqual(['dirty_ratio = 30', 'swappiness = 10']);
  });
});

describe('tasks', () => {
  it('are marked when the first of a name goes to another node', () => {
    const simulation = scriptedRun({
      profile: roundNumbers(),
      cpus: [0, 1, 2, 3],
      programs: { mover: [...writes(10), { op: 'setAffinity', cpus: [2] }, { op: 'compute', instructions: 100_000 }] },
    });
    const watched = watch(simulation);
    expect(of(watched, 'first migration')).toEqual(['mover 1 goes from node 0 to node 1']);
    const came = watched.moments.flatMap(({ nodes }) => nodes.filter(({ node }) => node === 1));
    expect(came.reduce((sum, { migrations }) => sum + migrations, 0)).toBe(1);
  });
});

describe('what happens again and again', () => {
  it('is marked now and then over the whole run, and the rest is counted', () => {
    const markers = new Markers(
      [],
      () => 0,
      (place) => place,
      () => undefined,
    );
    const on = Object.create(KernelCpu.prototype, { now: { get: () => now }, cpu: { value: 0 }, node: { value: 0 } });
    let now = 0;
    for (; now < 1e9; now += 1e5) markers.woken(on as KernelCpu, 'kswapd0');
    const kept = markers.take(now, false);
    expect(kept.length).toBeLessThan(400);
    expect(kept.length + markers.leftOut).toBe(10_000);
    const late = kept.filter(({ timeNs }) => timeNs > 5e8);
    expect(late.length).toBeGreaterThan(5);
    expect(markers.events).toBe(10_000);
  });
});
