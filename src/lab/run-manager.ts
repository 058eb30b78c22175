/** Runs in worker threads: started, watched, paused, cancelled; the reports of those that are done are kept. */
import { Worker } from 'node:worker_threads';
import { InputError, makeIssue, type RunReport, type Turn, type Xray, type XrayRequest } from '../sim/index.ts';
import type { LabEvents, LabFailure, RunState, RunStep } from './contract.ts';
import { toFailure } from './failure.ts';
import type { RunOrder } from './run-job.ts';
import {
  ASKED,
  CANCEL,
  CONTROL_BYTES,
  FIRST_KNOB,
  GO,
  KNOBS,
  type RunNews,
  PAUSE,
  type RunWorkerData,
  type RunWorkerMessage,
  type RunWorkerOrder,
} from './run-messages.ts';
import type { TraceFile } from './trace-library.ts';

type Progress = LabEvents['runProgress'];

interface Run {
  readonly worker: Worker;
  readonly command: Int32Array;
  last: Progress;
  report?: RunReport;
  /** Who asked for the report as far as it is. */
  waiting: readonly Waiting[];
  /** Who asked for an X-ray, by the number of the question. */
  readonly xrays: Map<number, XrayAsked>;
}

interface XrayAsked {
  readonly resolve: (xray: Xray) => void;
  readonly reject: (error: Error) => void;
}

interface Waiting {
  readonly resolve: (report: RunReport) => void;
  readonly reject: (error: Error) => void;
}

/** Each is a thread at full speed; more make all of them slower. */
const MOST_AT_ONCE = 8;
/** Reports kept; the oldest go first. */
const MOST_REPORTS = 64;
/** A worker that has not obeyed by then is stopped. */
const PATIENCE_MS = 3000;

const isOver = (state: RunState): boolean => state === 'done' || state === 'cancelled' || state === 'failed';

export class RunManager {
  readonly #workerPath: string;
  readonly #emit: (progress: Progress) => void;
  readonly #runs = new Map<string, Run>();
  #started = 0;
  #questions = 0;

  constructor(workerPath: string, emit: (progress: Progress) => void) {
    this.#workerPath = workerPath;
    this.#emit = emit;
  }

  /**
   * Starts a run and returns its id; how it goes comes as events. With `step` it goes no further than that. Throws
   * InputError where too many run already.
   */
  start(order: RunOrder, traces: readonly TraceFile[], step?: RunStep): string {
    const running = [...this.#runs.values()].filter(({ last }) => !isOver(last.state)).length;
    if (running >= MOST_AT_ONCE) {
      throw new InputError('', [
        makeIssue('too-many-runs', '', `at most ${MOST_AT_ONCE} runs at once`, `${running} running`),
      ]);
    }
    const runId = `run-${++this.#started}`;
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    const workerData: RunWorkerData = { order, traces, control };
    const worker = new Worker(this.#workerPath, { workerData });
    const last: Progress = {
      runId,
      state: 'preparing',
      progress: 0,
      timeNs: 0,
      references: 0,
      frames: [],
      moments: [],
      markers: [],
    };
    const run: Run = { worker, command: new Int32Array(control), last, waiting: [], xrays: new Map() };
    this.#runs.set(runId, run);
    // Before the worker has begun: it looks for what it was told before it simulates anything.
    if (step !== undefined) tell(run, { kind: 'step', step });
    worker.on('message', (message: RunWorkerMessage) => this.#hear(run, message));
    worker.on('error', (error) => this.#fail(run, toFailure(error)));
    worker.on('exit', (code) => this.#fail(run, toFailure(new Error(`The simulator stopped with code ${code}.`))));
    // Later: the caller learns the id first.
    setImmediate(() => this.#say(run, {}));
    return runId;
  }

  /** Pauses a run between two steps; a run that is over stays as it is. */
  pause(runId: string): void {
    tell(this.#command(runId, PAUSE), { kind: 'hold' });
  }

  /** Goes on, for good: a step under way does not end it. */
  resume(runId: string): void {
    tell(this.#find(runId), { kind: 'hold' });
    this.#command(runId, GO);
  }

  /** Goes on for a step, and is paused then. */
  step(runId: string, step: RunStep): void {
    tell(this.#find(runId), { kind: 'step', step });
  }

  /** Holds the run to so many ns of virtual time a second; null: as fast as it can. */
  pace(runId: string, nsPerSecond: number | null): void {
    tell(this.#find(runId), { kind: 'pace', nsPerSecond });
  }

  /** Turns a knob of /proc/sys/vm of the kernel that runs; of a run that is over nothing is turned. */
  turnKnob(runId: string, name: Turn['name'], value: number): void {
    const run = this.#find(runId);
    const place = FIRST_KNOB + 2 * KNOBS.indexOf(name);
    Atomics.store(run.command, place + 1, value);
    Atomics.add(run.command, place, 1);
  }

  cancel(runId: string): void {
    const run = this.#command(runId, CANCEL);
    setTimeout(() => void run.worker.terminate(), PATIENCE_MS).unref();
  }

  /** The report of a run that is done. Throws InputError for any other. */
  report(runId: string): RunReport {
    const run = this.#find(runId);
    if (run.report !== undefined) return run.report;
    throw noReport('a run that is done', run);
  }

  /** The report as far as it is of a run under way, or of one that is done. Rejects with InputError for any other. */
  interimReport(runId: string): Promise<RunReport> {
    const run = this.#find(runId);
    if (run.report !== undefined) return Promise.resolve(run.report);
    if (isOver(run.last.state)) return Promise.reject(noReport('a run that is under way or done', run));
    return new Promise((resolve, reject) => {
      run.waiting = [...run.waiting, { resolve, reject }];
      Atomics.add(run.command, ASKED, 1);
      Atomics.notify(run.command, 0);
    });
  }

  /** A request for pages on the kernel of a run under way, as it stands. Rejects with InputError for any other. */
  xray(runId: string, request: XrayRequest): Promise<Xray> {
    const run = this.#find(runId);
    if (isOver(run.last.state)) return Promise.reject(noReport('a run that is under way', run));
    const question = ++this.#questions;
    return new Promise((resolve, reject) => {
      run.xrays.set(question, { resolve, reject });
      tell(run, { kind: 'xray', question, request });
    });
  }

  /** Stops whatever runs. */
  async close(): Promise<void> {
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    await Promise.all(
      runs.map(({ worker, command }) => {
        worker.removeAllListeners();
        // One that sleeps while it is paused may not hear that it is to end.
        Atomics.store(command, 0, CANCEL);
        Atomics.notify(command, 0);
        return worker.terminate();
      }),
    );
  }

  #find(runId: string): Run {
    const run = this.#runs.get(runId);
    if (run === undefined) throw new InputError('', [makeIssue('unknown-run', '', 'a run of this lab', 'another')]);
    return run;
  }

  #command(runId: string, value: number): Run {
    const run = this.#find(runId);
    // A cancel is not taken back.
    if (Atomics.load(run.command, 0) !== CANCEL) {
      Atomics.store(run.command, 0, value);
      Atomics.notify(run.command, 0);
    }
    return run;
  }

  #hear(run: Run, message: RunWorkerMessage): void {
    switch (message.kind) {
      case 'progress':
        return this.#say(run, message);
      case 'failed':
        return this.#fail(run, message.failure, message.last);
      case 'xray':
        return answerXray(run, message);
      case 'followed':
        return;
      case 'interim':
        return answer(run, message.report);
      case 'done': {
        const { report, references, frames, moments, markers, markersLeftOut } = message;
        const live = { frames, moments, markers, markersLeftOut };
        run.report = report;
        answer(run, report);
        refuseXrays(run, 'done');
        this.#say(run, { ...live, state: 'done', progress: 1, timeNs: report.result.elapsedNs, references });
        this.#forgetOldest();
      }
    }
  }

  #fail(run: Run, failure: LabFailure, last?: RunNews): void {
    if (isOver(run.last.state)) return;
    const cancelled = failure.kind === 'cancelled' || Atomics.load(run.command, 0) === CANCEL;
    this.#say(run, { ...last, ...(cancelled ? { state: 'cancelled' } : { state: 'failed', failure }) });
    for (const { reject } of run.waiting) reject(noReport('a run that is under way or done', run));
    run.waiting = [];
    refuseXrays(run, run.last.state);
  }

  #say(run: Run, news: Partial<Omit<Progress, 'runId'>>): void {
    const { runId, state, progress, timeNs, references, markersLeftOut = 0 } = { ...run.last, ...news };
    const failure = news.failure === undefined ? {} : { failure: news.failure };
    run.last = {
      runId,
      state,
      progress,
      timeNs,
      references,
      frames: news.frames ?? [],
      moments: news.moments ?? [],
      markers: news.markers ?? [],
      markersLeftOut,
      ...failure,
    };
    this.#emit(run.last);
    run.last = { ...run.last, frames: [], moments: [], markers: [] };
  }

  #forgetOldest(): void {
    const over = [...this.#runs].filter(([, { last }]) => isOver(last.state));
    for (const [runId] of over.slice(0, Math.max(0, over.length - MOST_REPORTS))) this.#runs.delete(runId);
  }
}

/** A worker that is paused sleeps on its command, and is woken to look. */
function tell(run: Run, order: RunWorkerOrder): void {
  run.worker.postMessage(order);
  Atomics.notify(run.command, 0);
}

function answer(run: Run, report: RunReport): void {
  for (const { resolve } of run.waiting) resolve(report);
  run.waiting = [];
}

function answerXray(run: Run, { question, xray, failure }: Extract<RunWorkerMessage, { kind: 'xray' }>): void {
  const asked = run.xrays.get(question);
  run.xrays.delete(question);
  if (xray !== undefined) asked?.resolve(xray);
  else if (failure !== undefined) asked?.reject(new InputError(failure.source, failure.issues));
}

/** The run has ended before it came to them. */
function refuseXrays(run: Run, state: RunState): void {
  for (const { reject } of run.xrays.values()) {
    reject(new InputError('', [makeIssue('no-kernel', '', 'a run that is under way', `one that is ${state}`)]));
  }
  run.xrays.clear();
}

function noReport(expected: string, run: Run): InputError {
  return new InputError('', [makeIssue('no-report', '', expected, `one that is ${run.last.state}`)]);
}
