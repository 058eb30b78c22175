/**
 * Moments of a run, by doing it again in a worker thread of its own (seek-loop.ts) that is kept for the next question
 * about the same run. One question for a moment at a time: another one cancels it.
 */
import { Worker } from 'node:worker_threads';
import { Cancelled, InputError, makeIssue, type Xray, type XrayRequest } from '../sim/index.ts';
import type { Seen } from './contract.ts';
import { fromFailure } from './failure.ts';
import type { RunOrder } from './run-job.ts';
import { CONTROL_BYTES, type RunWorkerData, type SeekWorkerMessage, type SeekWorkerOrder } from './run-messages.ts';
import type { TraceFile } from './trace-library.ts';

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

interface Seeking {
  readonly worker: Worker;
  readonly control: Int32Array;
  /** What it simulates, as text. */
  readonly order: string;
  seek: (Waiting<Seen> & { readonly question: number }) | undefined;
  readonly xrays: Map<number, Waiting<Xray>>;
}

export class Seeker {
  readonly #workerPath: string;
  #questions = 0;
  #current: Seeking | undefined;

  constructor(workerPath: string) {
    this.#workerPath = workerPath;
  }

  /** Rejects with what the run throws, or Cancelled. */
  seek(order: RunOrder, traces: readonly TraceFile[], timeNs: number): Promise<Seen> {
    const current = this.#workerOf(order, traces);
    current.seek?.reject(new Cancelled());
    const question = ++this.#questions;
    Atomics.store(current.control, 0, question);
    return new Promise((resolve, reject) => {
      current.seek = { question, resolve, reject };
      tell(current, { kind: 'seek', question, timeNs });
    });
  }

  /** A request on the kernel where the last seek stands. Rejects with InputError where there has been none. */
  xray(request: XrayRequest): Promise<Xray> {
    const current = this.#current;
    if (current === undefined) {
      const issue = makeIssue('nothing-sought', '', 'a run at a moment', 'none: choose a moment on the timeline first');
      return Promise.reject(new InputError('', [issue]));
    }
    const question = ++this.#questions;
    return new Promise((resolve, reject) => {
      current.xrays.set(question, { resolve, reject });
      tell(current, { kind: 'xray', question, request });
    });
  }

  /** Ends it all; who waits is rejected with Cancelled. */
  stop(): void {
    const current = this.#current;
    this.#current = undefined;
    if (current === undefined) return;
    refuse(current, new Cancelled());
    void current.worker.terminate();
  }

  #workerOf(order: RunOrder, traces: readonly TraceFile[]): Seeking {
    const text = JSON.stringify(order);
    if (this.#current?.order === text) return this.#current;
    this.stop();
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    const workerData: RunWorkerData = { order, traces, control, seek: true };
    const worker = new Worker(this.#workerPath, { workerData });
    const made: Seeking = {
      worker,
      control: new Int32Array(control),
      order: text,
      seek: undefined,
      xrays: new Map(),
    };
    worker.on('message', (message: SeekWorkerMessage) => hear(made, message));
    const gone = (error: Error): void => {
      if (this.#current === made) this.#current = undefined;
      refuse(made, error);
    };
    worker.on('error', gone);
    worker.on('exit', (code) => gone(new Error(`The simulator stopped with code ${code}.`)));
    this.#current = made;
    return made;
  }
}

function tell({ worker }: Seeking, order: SeekWorkerOrder): void {
  worker.postMessage(order);
}

function hear(current: Seeking, message: SeekWorkerMessage): void {
  const { question } = message;
  const { seek } = current;
  if (seek?.question === question) {
    current.seek = undefined;
    if (message.kind === 'seen') seek.resolve(message.seen);
    else if (message.kind === 'refused') seek.reject(fromFailure(message.failure));
    return;
  }
  const asked = current.xrays.get(question);
  current.xrays.delete(question);
  if (message.kind === 'xray') asked?.resolve(message.xray);
  else if (message.kind === 'refused') asked?.reject(fromFailure(message.failure));
}

function refuse(current: Seeking, error: Error): void {
  current.seek?.reject(error);
  current.seek = undefined;
  for (const { reject } of current.xrays.values()) reject(error);
  current.xrays.clear();
}
