/** What a run's worker is given and what it says. */
import {
  type Followed,
  type LiveNews,
  type RunReport,
  type SampleFrame,
  turnSchema,
  type Xray,
  type XrayRequest,
} from '../sim/index.ts';
import type { FollowRequest, LabFailure, RunStep, Seen } from './contract.ts';
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
  /** Not the whole run, but up to the times that are asked for; the first Int32 of the control block is the number of the newest question. */
  readonly seek?: true;
}

/** A request to be laid open on the run's kernel. */
export interface XrayQuestion {
  readonly kind: 'xray';
  readonly question: number;
  readonly request: XrayRequest;
}

/** To a run's worker, which looks for them between two steps. */
export type RunWorkerOrder =
  | XrayQuestion
  /** Goes on for a step, whether paused or not, and is paused then. */
  | { readonly kind: 'step'; readonly step: RunStep }
  /** Forgets the step under way: the command word says what comes next. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'pace'; readonly nsPerSecond: number | null };

/** To a worker that seeks. */
export type SeekWorkerOrder =
  XrayQuestion | { readonly kind: 'seek'; readonly question: number; readonly timeNs: number };

export type SeekWorkerMessage =
  | { readonly kind: 'seen'; readonly question: number; readonly seen: Seen }
  | { readonly kind: 'xray'; readonly question: number; readonly xray: Xray }
  | { readonly kind: 'refused'; readonly question: number; readonly failure: LabFailure };

/** What a screen gets of a run since the last message. */
export interface RunNews extends LiveNews {
  readonly frames: readonly SampleFrame[];
}

export type RunWorkerMessage =
  | ({
      readonly kind: 'progress';
      readonly state: 'running' | 'paused';
      readonly progress: number;
      readonly timeNs: number;
      readonly references: number;
    } & RunNews)
  | ({ readonly kind: 'done'; readonly report: RunReport; readonly references: number } & RunNews)
  | { readonly kind: 'interim'; readonly report: RunReport }
  | { readonly kind: 'xray'; readonly question: number; readonly xray?: Xray; readonly failure?: LabFailure }
  | { readonly kind: 'followed'; readonly followed: Followed }
  | { readonly kind: 'failed'; readonly failure: LabFailure; readonly last?: RunNews };
