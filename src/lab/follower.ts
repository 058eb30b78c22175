/** One reference of a run followed in a worker thread of its own: one at a time, so that another question ends the one before. */
import { Worker } from 'node:worker_threads';
import { Cancelled, type Followed } from '../sim/index.ts';
import type { FollowRequest } from './contract.ts';
import { fromFailure } from './failure.ts';
import type { RunOrder } from './run-job.ts';
import { CONTROL_BYTES, type RunWorkerData, type RunWorkerMessage } from './run-messages.ts';
import type { TraceFile } from './trace-library.ts';

export class Follower {
  readonly #workerPath: string;
  #current: { readonly worker: Worker; readonly cancelled: () => void } | undefined;

  constructor(workerPath: string) {
    this.#workerPath = workerPath;
  }

  /** Rejects with what the run throws, or Cancelled. */
  start(order: RunOrder, traces: readonly TraceFile[], follow: FollowRequest): Promise<Followed> {
    this.stop();
    const workerData: RunWorkerData = { order, traces, control: new SharedArrayBuffer(CONTROL_BYTES), follow };
    const worker = new Worker(this.#workerPath, { workerData });
    return new Promise((resolve, reject) => {
      worker.on('message', (message: RunWorkerMessage) => {
        if (message.kind === 'followed') resolve(message.followed);
        else if (message.kind === 'failed') reject(fromFailure(message.failure));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        if (this.#current?.worker === worker) this.#current = undefined;
        reject(new Error(`The simulator stopped with code ${code}.`));
      });
      this.#current = { worker, cancelled: () => reject(new Cancelled()) };
    });
  }

  /** Ends the one under way, which is then rejected with Cancelled. */
  stop(): void {
    const current = this.#current;
    this.#current = undefined;
    current?.cancelled();
    void current?.worker.terminate();
  }
}
