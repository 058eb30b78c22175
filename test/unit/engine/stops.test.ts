/** A run that is stopped on its way: where it stops, and that it comes to the same bytes all the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Simulation } from '../../../src/sim/engine/simulation.ts';
import { type RunTo, stopOf } from '../../../src/sim/engine/stops.ts';
import { roundNumbers } from './runs.ts';
import { type ScriptedRun, scriptedRun, writes } from './watched-runs.ts';

const run: ScriptedRun = {
  profile: roundNumbers(),
  cpus: [0, 1, 2],
  programs: {
    first: [...writes(300), { op: 'barrier', name: 'ready', parties: 2 }, { op: 'compute', instructions: 400_000 }],
    second: [...writes(900), { op: 'barrier', name: 'ready', parties: 2 }, ...writes(100)],
  },
};
const whole = scriptedRun(run, false);
while (!whole.run(100_000));
const report = JSON.stringify(whole.report());

/** Goes on to `to`, in pieces of so many references. */
function go(simulation: Simulation, to: RunTo, references = 5000): 'there' | 'ended' {
  const stop = stopOf(to, simulation.reached);
  for (;;) {
    const outcome = simulation.runTo(stop, references);
    if (outcome !== 'more') return outcome;
  }
}

describe('a run', () => {
  it('comes to the same bytes with any pattern of stops', () => {
    const steps = fc.oneof(
      fc.record({ kind: fc.constant('time' as const), ns: fc.double({ min: 1, max: 2e6, noNaN: true }) }),
      fc.record({ kind: fc.constant('event' as const) }),
      fc.record({ kind: fc.constant('miss' as const) }),
      fc.record({ kind: fc.constant('references' as const), count: fc.integer({ min: 1, max: 20_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 12 }), fc.integer({ min: 1, max: 20_000 }), (pattern, references) => {
        const simulation = scriptedRun(run);
        for (const step of pattern) {
          if (step.kind === 'references') simulation.run(step.count);
          else go(simulation, step.kind === 'time' ? { ...step, ns: simulation.timeNs + step.ns } : step, references);
        }
        while (!simulation.run(100_000));
        expect(JSON.stringify(simulation.report())).toBe(report);
      }),
      { numRuns: 25 },
    );
  });

  it('stops at the first round that begins at the time or after it', () => {
    const rounds: number[] = [];
    const every = scriptedRun(run);
    while (every.runTo(({ timeNs }) => timeNs > (rounds.at(-1) ?? -1), 1e6) === 'there') rounds.push(every.timeNs);
    fc.assert(
      fc.property(fc.double({ min: 0, max: rounds.at(-1) ?? 0, noNaN: true }), (ns) => {
        const simulation = scriptedRun(run);
        expect(go(simulation, { kind: 'time', ns })).toBe('there');
        expect(simulation.timeNs).toBe(rounds.find((at) => at >= ns));
      }),
      { numRuns: 40 },
    );
  });

  it('is as one that was paused there, byte for byte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 100, max: 3000 }), (steps, references) => {
        const paused = scriptedRun(run);
        for (let i = 0; i < steps; i++) paused.run(references);
        const sought = scriptedRun(run);
        go(sought, { kind: 'time', ns: paused.timeNs });
        expect(sought.timeNs).toBe(paused.timeNs);
        expect(JSON.stringify(sought.report())).toBe(JSON.stringify(paused.report()));
        expect(sought.moment()).toEqual(paused.moment());
      }),
      { numRuns: 40 },
    );
  });

  it('goes no further than to a time that has passed', () => {
    const simulation = scriptedRun(run);
    simulation.run(1000);
    const { timeNs } = simulation;
    expect(go(simulation, { kind: 'time', ns: timeNs / 2 })).toBe('there');
    expect(simulation.timeNs).toBe(timeNs);
  });

  it('stops at the barrier that opens, and then at nothing more', () => {
    const simulation = scriptedRun(run);
    expect(go(simulation, { kind: 'event' })).toBe('there');
    const opened = simulation.takeLive().markers;
    // The round's end lies beyond what it has reached: its marker comes with the next.
    expect(opened).toEqual([]);
    expect(go(simulation, { kind: 'event' })).toBe('ended');
    expect(simulation.takeLive().markers.map(({ kind, text }) => [kind, text])).toEqual([['phase', 'barrier ready']]);
  });

  it('has no misses where every node has memory enough', () => {
    expect(go(scriptedRun(run), { kind: 'miss' })).toBe('ended');
  });
});
