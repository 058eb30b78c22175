/** What a run's worker is given and what it says. */
import type { Followed, RunReport, SampleFrame } from '../sim/index.ts';
import type { FollowRequest, LabFailure } from './contract.ts';
import type { RunOrder } from './run-job.ts';
import type { TraceFile } from './trace-library.ts';

/**
 * The control block: an Int32, which the worker reads between two steps and sleeps on while it is PAUSE, and a second one,
 * the number of interim reports asked for so far.
 */
export const CONTROL_BYTES = 8;
export const ASKED = 1;
export const GO = 0;
export const PAUSE = 1;
export const CANCEL = 2;

export interface RunWorkerData {
  readonly order: RunOrder;
  readonly traces: readonly TraceFile[];
  readonly control: SharedArrayBuffer;
  /** Not the whole run, but up to this reference. */
  readonly follow?: FollowRequest;
}

export type RunWorkerMessage =
  | {
      readonly kind: 'progress';
      readonly state: 'running' | 'paused';
      readonly progress: number;
      readonly timeNs: number;
      readonly references: number;
      readonly frames: readonly SampleFrame[];
    }
  | {
      readonly kind: 'done';
      readonly report: RunReport;
      readonly frames: readonly SampleFrame[];
      readonly references: number;
    }
  | { readonly kind: 'interim'; readonly report: RunReport }
  | { readonly kind: 'followed'; readonly followed: Followed }
  | { readonly kind: 'failed'; readonly failure: LabFailure };
