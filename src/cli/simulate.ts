/** A run on the command line: with a progress bar, stopped by Ctrl-C, to its end or up to a time of it. */
import { type Onlookers, type RunOrder, startSimulation } from '../lab/run-job.ts';
import { Cancelled, type Marker, type Simulation, stopOf } from '../sim/index.ts';
import type { Io } from './io.ts';
import type { OpenTraces } from './open-traces.ts';
import { ProgressBar } from './progress.ts';
import { figure, time } from './table.ts';

/**
 * References between two looks at Ctrl-C: few at first, then as many as the clock allows, since programs may do long without any
 * references. What comes out does not depend on it.
 */
const MOST_STEP = 200_000;
const STEP_MS = 50;

export interface Simulated {
  readonly simulation: Simulation;
  /** False where it was to go no further. */
  readonly ended: boolean;
  /** Of a run that is watched (Onlookers.live). */
  readonly markers: readonly Marker[];
  /** Markers that were not kept. */
  readonly markersLeftOut: number;
}

/** Does `order`, up to `untilNs` of virtual time where that is given. Rejects with Cancelled after Ctrl-C. */
export async function simulate(
  io: Io,
  order: RunOrder,
  traces: OpenTraces,
  { untilNs, ...onlookers }: Onlookers & { readonly untilNs?: number } = {},
): Promise<Simulated> {
  const simulation = startSimulation(order, traces.lookup, onlookers);
  const stop = untilNs === undefined ? undefined : stopOf({ kind: 'time', ns: untilNs }, simulation.reached);
  const go = (step: number): 'there' | 'ended' | 'more' => {
    if (stop !== undefined) return simulation.runTo(stop, step);
    return simulation.run(step) ? 'ended' : 'more';
  };
  const bar = new ProgressBar(io);
  const markers: Marker[] = [];
  let step = 1;
  try {
    for (;;) {
      const began = performance.now();
      const outcome = go(step);
      const live = simulation.takeLive(outcome === 'there');
      markers.push(...live.markers);
      const { markersLeftOut } = live;
      if (outcome !== 'more') return { simulation, ended: outcome === 'ended', markers, markersLeftOut };
      step = performance.now() - began > STEP_MS ? Math.max(1, step >> 1) : Math.min(MOST_STEP, step * 2);
      if (io.interrupted.aborted) throw new Cancelled();
      simulation.takeFrames(); // the report has them all: these are for a screen
      const title = `${figure(simulation.references)} references, ${time(simulation.timeNs)} of virtual time`;
      bar.show(title, untilNs === undefined ? simulation.progress : simulation.timeNs / untilNs);
      await new Promise((next) => setImmediate(next));
    }
  } finally {
    bar.clear();
  }
}
