/**
 * A run in its worker: simulated in steps of some milliseconds of real time (step-length.ts), with a look at the control block and at the port
 * between two of them. How long a step is, where it is paused and what is asked of it changes nothing of what comes out.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Cancelled, type SampleFrame, type Simulation, type Stop, stopOf } from '../sim/index.ts';
import { toFailure } from './failure.ts';
import { thinned } from './moment-budget.ts';
import { Pace } from './pace.ts';
import type { RunStep } from './contract.ts';
import {
  ASKED,
  CANCEL,
  FIRST_KNOB,
  GO,
  KNOBS,
  type RunNews,
  PAUSE,
  type RunWorkerMessage,
  type RunWorkerOrder,
} from './run-messages.ts';
import { FIRST_STEP, nextStep } from './step-length.ts';

/** 30 messages a second at most. */
const MESSAGE_MS = 34;
const QUESTION_MS = 100;
/** Where a kernel has no timer: as of HZ = 100. */
const NO_TICK_NS = 10e6;

export class RunLoop {
  #frames: SampleFrame[] = [];
  #sent = performance.now();
  #answered = 0;
  #stop: Stop | undefined;
  readonly #turned = KNOBS.map(() => 0);
  readonly #pace = new Pace();

  constructor(
    private readonly simulation: Simulation,
    private readonly command: Int32Array,
    private readonly port: MessagePort,
  ) {}

  /** Runs to the end. Throws Cancelled, and what the run throws. */
  run(): void {
    const { simulation, command } = this;
    let step = FIRST_STEP;
    this.#report('running');
    for (;;) {
      this.#answer();
      if (Atomics.load(command, 0) === PAUSE && this.#stop === undefined) this.#rest();
      if (Atomics.load(command, 0) === CANCEL) throw new Cancelled();
      this.#turn();
      const start = performance.now();
      if (simulation.timeNs >= this.#pace.allowedNs(start)) {
        this.#waitForPace(start);
        continue;
      }
      const outcome = this.#go(step, this.#pace.allowedNs(start));
      const took = performance.now() - start;
      this.#frames.push(...simulation.takeFrames());
      if (outcome === 'ended') return;
      if (this.#stop?.(simulation.reached) === true) {
        this.#stop = undefined;
        Atomics.compareExchange(command, 0, GO, PAUSE);
        continue;
      }
      if (outcome === 'more') step = nextStep(step, took);
      this.#reportWhenDue();
    }
  }

  /** What has not been sent yet; `failed`: the run cannot go on. */
  rest(failed = false): RunNews {
    const frames = [...this.#frames, ...this.simulation.takeFrames()];
    this.#frames = [];
    const news = this.simulation.takeLive(failed);
    return { ...news, frames, moments: thinned(news.moments) };
  }

  #go(step: number, allowedNs: number): ReturnType<Simulation['runTo']> {
    const { simulation } = this;
    const stop = this.#stop;
    if (allowedNs === Infinity) {
      if (stop !== undefined) return simulation.runTo(stop, step);
      return simulation.run(step) ? 'ended' : 'more';
    }
    return simulation.runTo((reached) => reached.timeNs >= allowedNs || stop?.(reached) === true, step);
  }

  /** Sleeps until the run may go on, somebody commands, or somebody may have asked. */
  #waitForPace(now: number): void {
    const { command, simulation } = this;
    this.#reportWhenDue();
    const ms = Math.max(1, Math.min(QUESTION_MS, this.#pace.waitMs(now, simulation.timeNs)));
    Atomics.wait(command, 0, Atomics.load(command, 0), ms);
  }

  /** Paused: until it is to go on, for good or for a step. */
  #rest(): void {
    const { command } = this;
    this.#report('paused');
    while (Atomics.load(command, 0) === PAUSE && this.#stop === undefined) {
      // A question that came just before the wait is not heard: look again now and then.
      Atomics.wait(command, 0, PAUSE, QUESTION_MS);
      this.#answer();
    }
    this.#pace.restart(performance.now(), this.simulation.timeNs);
    // A short step is over before anybody could see it run.
    if (this.#stop === undefined && Atomics.load(command, 0) === GO) this.#report('running');
    else this.#sent = performance.now();
  }

  #reportWhenDue(): void {
    if (performance.now() - this.#sent >= MESSAGE_MS) this.#report('running');
  }

  #report(state: 'running' | 'paused'): void {
    const { progress, timeNs, references } = this.simulation;
    const news = this.rest();
    const moment = this.simulation.moment();
    const moments = moment === undefined ? news.moments : [...news.moments, moment];
    this.#say({ kind: 'progress', state, progress, timeNs, references, ...news, moments });
    this.#sent = performance.now();
  }

  #turn(): void {
    const { command, simulation } = this;
    for (const [place, name] of KNOBS.entries()) {
      const times = Atomics.load(command, FIRST_KNOB + 2 * place);
      if (times === this.#turned[place]) continue;
      this.#turned[place] = times;
      simulation.turn(name, Atomics.load(command, FIRST_KNOB + 2 * place + 1));
    }
  }

  /** The thread never comes to its event loop while it simulates: what comes is taken from its port one by one. */
  #answer(): void {
    const asked = Atomics.load(this.command, ASKED);
    if (asked !== this.#answered) this.#say({ kind: 'interim', report: this.simulation.report() });
    this.#answered = asked;
    for (let next = receiveMessageOnPort(this.port); next !== undefined; next = receiveMessageOnPort(this.port)) {
      this.#obey(next.message as RunWorkerOrder);
    }
  }

  #obey(order: RunWorkerOrder): void {
    const { simulation } = this;
    switch (order.kind) {
      case 'xray': {
        const { question, request } = order;
        try {
          this.#say({ kind: 'xray', question, xray: simulation.xray(request) });
        } catch (error) {
          this.#say({ kind: 'xray', question, failure: toFailure(error) });
        }
        return;
      }
      case 'step':
        this.#stop = this.#stopOf(order.step);
        return;
      case 'hold':
        this.#stop = undefined;
        return;
      case 'pace':
        this.#pace.set(order.nsPerSecond, performance.now(), simulation.timeNs);
    }
  }

  #stopOf(step: RunStep): Stop {
    const { reached, tickNs } = this.simulation;
    if (step.by === 'event' || step.by === 'miss') return stopOf({ kind: step.by }, reached);
    const tick = tickNs === 0 ? NO_TICK_NS : tickNs;
    const ns = step.by === 'time' ? reached.timeNs + step.ns : (Math.floor(reached.timeNs / tick) + 1) * tick;
    return stopOf({ kind: 'time', ns }, reached);
  }

  #say(message: RunWorkerMessage): void {
    this.port.postMessage(message);
  }
}
