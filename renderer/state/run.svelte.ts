/**
 * One run of this window: what it was started with, how far it is, its samples, moments and markers. Sample columns are
 * plain arrays that grow in place; `frameCount` is what components watch, so a frame costs no copy.
 */
import type { FollowRequest, LabEvents, LabFailure, OpenedRun, RunRequest, RunState } from '../../src/lab/contract.ts';
import type { Followed } from '../../src/sim/engine/follow.ts';
import type { Marker, Moment } from '../../src/sim/engine/moment.ts';
import type { SampleFrame, RunReport } from '../../src/sim/engine/report.ts';
import type { BootLayout } from '../../src/sim/kernel/boot/layout.ts';
import type { HistoryRow } from '../../src/sim/kernel/sched/history.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { Turn } from '../../src/sim/workloads/operations.ts';
import type { WorkloadSpec } from '../../src/sim/workloads/workload.ts';
import { KeptMoments } from './kept-moments.ts';
import { RunMeter } from './run-meter.ts';

/** What a run is started with. */
export interface RunStart {
  /** The object that MachineState.profile was at the start: when that is another one, the run is not of the machine as it stands. */
  readonly profile: MachineProfile;
  /** What boot makes of it; null of a run that was read from a file. */
  readonly layout: BootLayout | null;
  readonly workloads: readonly WorkloadSpec[];
  readonly seed: number;
  /** One line that names what runs. */
  readonly title: string;
  /** What is known of programs from an earlier run. */
  readonly history?: readonly HistoryRow[];
  /** The file that it was read from; left out of a run that was made here. */
  readonly file?: string;
  /** Which run it repeats, and what was changed of it (`run 2 with Page cluster 32 KiB`); left out of others. */
  readonly variant?: string;
}

/** Of one run; what comes after them stands in the report alone. */
const MOST_MARKERS = 5000;

/** A reference of a run that is being followed, or has been. */
export interface Following {
  readonly wanted: FollowRequest;
  /** Null while it is looked for, or where it failed. */
  readonly result: Followed | null;
  readonly failure: LabFailure | null;
}

export class Run {
  readonly start: RunStart;
  /** 1 for the first run of this window, and so on. */
  readonly number: number;
  /** The lab's name for it; empty until it has answered. */
  id = $state.raw('');
  state = $state.raw<RunState>('preparing');
  /** 0 to 1. */
  progress = $state.raw(0);
  timeNs = $state.raw(0);
  references = $state.raw(0);
  /** Metric ids of the sample columns, `timeNs` first; empty until the first frame. */
  columns = $state.raw<readonly string[]>([]);
  /** Rows so far: watch this, then read `column(id)`. */
  frameCount = $state.raw(0);
  report = $state.raw<RunReport | null>(null);
  /** While it is under way: the report as far as it was when somebody looked last. */
  interim = $state.raw<RunReport | null>(null);
  following = $state.raw<Following | null>(null);
  failure = $state.raw<LabFailure | null>(null);
  /** Moments so far, by time: what the screen shows of the machine live, and of earlier times at once. */
  moments = $state.raw<readonly Moment[]>([]);
  /** What happened when, by time. */
  markers = $state.raw<readonly Marker[]>([]);
  /** References per second of real time, over the last second or so; 0 when it does not run. */
  rate = $state.raw(0);
  /** Virtual ns per second of real time, likewise. */
  timeRate = $state.raw(0);
  /** Real milliseconds until it is done, as far as can be told; null where it cannot. */
  leftMs = $state.raw<number | null>(null);

  readonly active: boolean = $derived(
    this.state === 'preparing' || this.state === 'running' || this.state === 'paused',
  );

  readonly #series: Record<string, number[]> = {};
  readonly #kept = new KeptMoments();
  readonly #meter = new RunMeter();

  constructor(start: RunStart, number: number) {
    this.start = start;
    this.number = number;
  }

  /** The samples of a column, oldest first; empty where the run has no such column. The array grows: do not keep it. */
  column(id: string): readonly number[] {
    return this.#series[id] ?? [];
  }

  /** Takes what an event says. `now` is milliseconds of real time, for the rates. */
  take(event: LabEvents['runProgress'], now: number): void {
    this.state = event.state;
    this.progress = event.progress;
    this.timeNs = event.timeNs;
    this.references = event.references;
    if (event.failure !== undefined) this.failure = event.failure;
    if (event.frames.length > 0) this.#append(event.frames);
    if (event.moments.length > 0) this.moments = this.#kept.add(event.moments);
    const room = MOST_MARKERS - this.markers.length;
    if (event.markers.length > 0 && room > 0) this.markers = [...this.markers, ...event.markers.slice(0, room)];
    const { rate, timeRate, leftMs } = this.#meter.take(event, now);
    this.rate = rate;
    this.timeRate = timeRate;
    this.leftMs = leftMs;
  }

  /** Takes a report whole, as a run that is done has it. */
  fill(id: string, report: RunReport): void {
    const { columns, rows } = report.result.samples;
    this.id = id;
    this.state = 'done';
    this.progress = 1;
    this.timeNs = report.result.elapsedNs;
    this.references = report.result.totals['references'] ?? 0;
    this.#append(rows.map((row) => ({ columns, row })));
    this.report = report;
  }

  #append(frames: readonly SampleFrame[]): void {
    for (const frame of frames) {
      if (this.columns !== frame.columns && this.columns.length !== frame.columns.length) this.columns = frame.columns;
      frame.columns.forEach((id, index) => {
        (this.#series[id] ??= []).push(frame.row[index]);
      });
    }
    this.frameCount += frames.length;
  }
}

/** A run as a file has it: with its samples and its report, without moments and markers. */
export function runOfFile({ runId, name, report }: OpenedRun, number: number, title: string): Run {
  const { profile, workloads, seed, history } = report.config;
  const start = { profile, layout: null, workloads, seed, title, file: name };
  const run = new Run(history === undefined ? start : { ...start, history }, number);
  run.fill(runId, report);
  return run;
}

/** What the lab is asked to run. */
export function requestOf({ profile, workloads, seed, history }: RunStart): RunRequest {
  return { profile, workloads: [...workloads], seed, ...(history === undefined ? {} : { history: [...history] }) };
}

/** The knobs that were turned during a run, to be done again with it: without them it would be another one. */
export function turnsOf(run: Run): { turns?: Turn[] } {
  const turns = (run.report ?? run.interim)?.config.turns;
  return turns === undefined ? {} : { turns: [...turns] };
}
