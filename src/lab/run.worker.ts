/** The simulator's worker: does one order and ends. Bundled on its own, to a fixed file name beside the doors' bundles. */
import { parentPort, workerData } from 'node:worker_threads';
import { Cancelled, type SampleFrame, type Simulation } from '../sim/index.ts';
import { toFailure } from './failure.ts';
import { startSimulation } from './run-job.ts';
import { CANCEL, GO, PAUSE, type RunWorkerData, type RunWorkerMessage } from './run-messages.ts';
import { openSources } from './trace-library.ts';

/** 30 messages a second at most. */
const MESSAGE_MS = 34;
/** A step is about this long: so quickly a pause or a cancel is obeyed. */
const STEP_MS = 12;
const FIRST_STEP = 16_384;

const { order, traces, control } = workerData as RunWorkerData;
const command = new Int32Array(control);
const say = (message: RunWorkerMessage): void => parentPort?.postMessage(message);

try {
  const simulation = startSimulation(order, openSources(traces));
  const frames = simulate(simulation);
  say({ kind: 'done', report: simulation.report(), frames, references: simulation.references });
} catch (error) {
  say({ kind: 'failed', failure: toFailure(error) });
}

/** Runs to the end; returns the frames not yet sent. How long a step is follows the clock; what comes out does not. */
function simulate(simulation: Simulation): readonly SampleFrame[] {
  let step = FIRST_STEP;
  let frames: SampleFrame[] = [];
  let sent = performance.now();
  const report = (state: 'running' | 'paused'): void => {
    const { progress, timeNs, references } = simulation;
    say({ kind: 'progress', state, progress, timeNs, references, frames });
    frames = [];
    sent = performance.now();
  };
  report('running');
  for (;;) {
    if (Atomics.load(command, 0) === PAUSE) {
      report('paused');
      Atomics.wait(command, 0, PAUSE);
      if (Atomics.load(command, 0) === GO) report('running');
    }
    if (Atomics.load(command, 0) === CANCEL) throw new Cancelled();
    const start = performance.now();
    const done = simulation.run(step);
    const took = performance.now() - start;
    frames.push(...simulation.takeFrames());
    if (done) return frames;
    step = Math.min(
      2 ** 24,
      Math.max(1024, Math.round(step * Math.min(4, Math.max(0.25, STEP_MS / Math.max(took, 0.1))))),
    );
    if (performance.now() - sent >= MESSAGE_MS) report('running');
  }
}
