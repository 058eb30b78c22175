/** The simulator's worker: does one order, or follows one reference of it, and ends. Bundled on its own, to a fixed file name beside the doors' bundles. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Cancelled, type SampleFrame, type Simulation } from '../sim/index.ts';
import { toFailure } from './failure.ts';
import { followOrder, startSimulation } from './run-job.ts';
import {
  ASKED,
  CANCEL,
  FIRST_KNOB,
  GO,
  KNOBS,
  PAUSE,
  type RunWorkerData,
  type RunWorkerMessage,
  type XrayQuestion,
} from './run-messages.ts';
import { openSources } from './trace-library.ts';

/** 30 messages a second at most. */
const MESSAGE_MS = 34;
/** A step is about this long: so quickly a pause or a cancel is obeyed. */
const STEP_MS = 12;
const FIRST_STEP = 16_384;
const QUESTION_MS = 100;

const { order, traces, control, follow } = workerData as RunWorkerData;
const command = new Int32Array(control);
const say = (message: RunWorkerMessage): void => parentPort?.postMessage(message);

const isCancelled = (): boolean => Atomics.load(command, 0) === CANCEL;

try {
  if (follow === undefined) {
    const simulation = startSimulation(order, openSources(traces));
    const frames = simulate(simulation);
    say({ kind: 'done', report: simulation.report(), frames, references: simulation.references });
  } else {
    const followed = followOrder(order, openSources(traces), follow.cpu, follow.what, isCancelled);
    if (isCancelled()) throw new Cancelled();
    say({ kind: 'followed', followed });
  }
} catch (error) {
  say({ kind: 'failed', failure: toFailure(error) });
}

/** The thread never comes to its event loop while it simulates: questions are taken from its port one by one. */
function answerXrays(simulation: Simulation): void {
  if (parentPort === null) return;
  for (let next = receiveMessageOnPort(parentPort); next !== undefined; next = receiveMessageOnPort(parentPort)) {
    const { question, request } = next.message as XrayQuestion;
    try {
      say({ kind: 'xray', question, xray: simulation.xray(request) });
    } catch (error) {
      say({ kind: 'xray', question, failure: toFailure(error) });
    }
  }
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
  const turned = KNOBS.map(() => 0);
  const turn = (): void => {
    for (const [place, name] of KNOBS.entries()) {
      const times = Atomics.load(command, FIRST_KNOB + 2 * place);
      if (times === turned[place]) continue;
      turned[place] = times;
      simulation.turn(name, Atomics.load(command, FIRST_KNOB + 2 * place + 1));
    }
  };
  let answered = 0;
  const answer = (): void => {
    const asked = Atomics.load(command, ASKED);
    if (asked !== answered) say({ kind: 'interim', report: simulation.report() });
    answered = asked;
    answerXrays(simulation);
  };
  report('running');
  for (;;) {
    answer();
    if (Atomics.load(command, 0) === PAUSE) {
      report('paused');
      while (Atomics.load(command, 0) === PAUSE) {
        // A question that came just before the wait is not heard: look again now and then.
        Atomics.wait(command, 0, PAUSE, QUESTION_MS);
        answer();
      }
      if (Atomics.load(command, 0) === GO) report('running');
    }
    if (isCancelled()) throw new Cancelled();
    turn();
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
