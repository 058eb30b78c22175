/**
 * A worker that seeks: one simulation of its order, which goes forward to the time that is asked for, and begins anew
 * where that lies behind it. It stands there until the next question, so that requests can be tried on its kernel.
 *
 * There is no way back but from the beginning: a simulation cannot be copied, and a second one that stood at an earlier
 * moment would take up the machine's memory again and have to be simulated too.
 */
import type { MessagePort } from 'node:worker_threads';
import { type Moment, type Simulation, stopOf } from '../sim/index.ts';
import { toFailure } from './failure.ts';
import type { SeekWorkerMessage, SeekWorkerOrder } from './run-messages.ts';
import { FIRST_STEP, nextStep } from './step-length.ts';

export class SeekLoop {
  #simulation: Simulation | undefined;

  /** `control[0]`: number of the newest question. */
  constructor(
    private readonly begin: () => Simulation,
    private readonly control: Int32Array,
    private readonly port: MessagePort,
  ) {
    port.on('message', (order: SeekWorkerOrder) => this.#answer(order));
  }

  #answer(order: SeekWorkerOrder): void {
    const { question } = order;
    try {
      if (order.kind === 'seek') this.#seek(question, order.timeNs);
      else this.#say({ kind: 'xray', question, xray: this.#standing().xray(order.request) });
    } catch (error) {
      // A run that failed on the way stands nowhere.
      if (order.kind === 'seek') this.#simulation = undefined;
      this.#say({ kind: 'refused', question, failure: toFailure(error) });
    }
  }

  #seek(question: number, timeNs: number): void {
    if (this.#simulation === undefined || this.#simulation.timeNs > timeNs) this.#simulation = this.begin();
    const simulation = this.#simulation;
    const stop = stopOf({ kind: 'time', ns: timeNs }, simulation.reached);
    for (let step = FIRST_STEP; ;) {
      const start = performance.now();
      // Nobody waits for this one any more; where it has come to is a beginning for the next.
      if (Atomics.load(this.control, 0) !== question) return;
      if (simulation.runTo(stop, step) !== 'more') break;
      step = nextStep(step, performance.now() - start);
      simulation.takeFrames();
      simulation.takeLive();
    }
    const moment = simulation.moment() ?? emptyMoment(simulation.timeNs);
    this.#say({ kind: 'seen', question, seen: { moment, report: simulation.report() } });
  }

  #standing(): Simulation {
    return (this.#simulation ??= this.begin());
  }

  #say(message: SeekWorkerMessage): void {
    this.port.postMessage(message);
  }
}

/** Of a machine without a kernel. */
function emptyMoment(timeNs: number): Moment {
  return { timeNs, cpus: [], nodes: [], zones: [], links: [] };
}
