/** What a run's worker is given and what it says. */
import {
  type Followed,
  type RunReport,
  type SampleFrame,
  turnSchema,
  type Xray,
  type XrayRequest,
} from '../sim/index.ts';
import type { FollowRequest, LabFailure } from './contract.ts';
import type { RunOrder } from './run-job.ts';
import type { TraceFile } from './trace-library.ts';

/**
 * The control block: an Int32, which the worker reads between two steps and sleeps on while it is PAUSE, and a second one,
 * the number of interim reports asked for so far. Behind them, two for each knob: how often it was turned, and to what.
 */
export const KNOBS = turnSchema.shape.name.options;
export const CONTROL_BYTES = 8 + 8 * KNOBS.length;
export const ASKED = 1;
/** Where the counter of the first knob is; its value follows. */
export const FIRST_KNOB = 2;
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

/** A request to be laid open on the run's kernel; the worker looks for them between two steps. */
export interface XrayQuestion {
  readonly question: number;
  readonly request: XrayRequest;
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
  | { readonly kind: 'xray'; readonly question: number; readonly xray?: Xray; readonly failure?: LabFailure }
  | { readonly kind: 'followed'; readonly followed: Followed }
  | { readonly kind: 'failed'; readonly failure: LabFailure };
