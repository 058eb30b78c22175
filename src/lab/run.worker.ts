/**
 * The simulator's worker: does one order (run-loop.ts), follows one reference of it, or goes to moments of it (seek-loop.ts).
 * Bundled on its own, to a fixed file name beside the doors' bundles.
 */
import { constants, getPriority, setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Cancelled } from '../sim/index.ts';
import type { FollowRequest } from './contract.ts';
import { toFailure } from './failure.ts';
import { followOrder, startSimulation } from './run-job.ts';
import { RunLoop } from './run-loop.ts';
import { CANCEL, type RunWorkerData, type RunWorkerMessage } from './run-messages.ts';
import { SeekLoop } from './seek-loop.ts';
import { openSources } from './trace-library.ts';

const { order, traces, control, follow, seek } = workerData as RunWorkerData;
const command = new Int32Array(control);

// Of the processor a run has what the window leaves. Linux alone sets the priority of a thread; elsewhere it is the program's.
// A lab that was started nicer than that stays so: nobody but root may take it back.
if (process.platform === 'linux') setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
if (parentPort !== null) work(parentPort);

function work(port: MessagePort): void {
  if (seek === true) {
    const lookup = openSources(traces);
    new SeekLoop(() => startSimulation(order, lookup, { live: true }), command, port);
  } else if (follow === undefined) run(port);
  else followOne(port, follow);
}

function run(port: MessagePort): void {
  const say = (message: RunWorkerMessage): void => port.postMessage(message);
  let loop: RunLoop | undefined;
  try {
    const simulation = startSimulation(order, openSources(traces), { live: true });
    loop = new RunLoop(simulation, command, port);
    loop.run();
    say({ kind: 'done', report: simulation.report(), references: simulation.references, ...loop.rest() });
  } catch (error) {
    say({ kind: 'failed', failure: toFailure(error), ...(loop === undefined ? {} : { last: loop.rest(true) }) });
  }
}

function followOne(port: MessagePort, { cpu, what }: FollowRequest): void {
  const say = (message: RunWorkerMessage): void => port.postMessage(message);
  const isCancelled = (): boolean => Atomics.load(command, 0) === CANCEL;
  try {
    const followed = followOrder(order, openSources(traces), cpu, what, isCancelled);
    if (isCancelled()) throw new Cancelled();
    say({ kind: 'followed', followed });
  } catch (error) {
    say({ kind: 'failed', failure: toFailure(error) });
  }
}
