/**
 * The runs of this window: started here, followed by events, kept with their samples by column. Sample columns are plain
 * arrays that grow in place; `frameCount` is what components watch, so a frame costs no copy.
 */
import type {
  CheckedSegment,
  FollowRequest,
  LabEvents,
  LabFailure,
  OpenedScript,
  RunRequest,
  RunState,
  SavedFile,
} from '../../src/lab/contract.ts';
import type { Followed } from '../../src/sim/engine/follow.ts';
import type { Marker, Moment } from '../../src/sim/engine/moment.ts';
import type { SampleFrame, RunReport } from '../../src/sim/engine/report.ts';
import type { HistoryRow } from '../../src/sim/kernel/sched/history.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { TraceInfo } from '../../src/sim/workloads/trace.ts';
import type { SegmentDesign } from '../../src/sim/workloads/segment/design.ts';
import type { WorkloadSpec } from '../../src/sim/workloads/workload.ts';
import type { Client } from '../client/client.ts';
import { failureOf } from './failure.ts';

/** As the contract has them. */
export type KnobName = Parameters<Client['turnKnob']>[1];

type RunClient = Pick<
  Client,
  | 'startRun'
  | 'pauseRun'
  | 'resumeRun'
  | 'cancelRun'
  | 'runReport'
  | 'interimReport'
  | 'turnKnob'
  | 'follow'
  | 'stopFollowing'
  | 'saveRunAs'
  | 'openTrace'
  | 'openScript'
  | 'traces'
  | 'predictSegment'
  | 'on'
>;

/** What a run is started with. */
export interface RunStart {
  readonly profile: MachineProfile;
  /** MachineState.revision at the start: when the machine's has moved on, the run is of the machine before the edit. */
  readonly revision: number;
  readonly workloads: readonly WorkloadSpec[];
  readonly seed: number;
  /** One line that names what runs. */
  readonly title: string;
  /** What is known of programs from an earlier run. */
  readonly history?: readonly HistoryRow[];
}

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

  readonly active: boolean = $derived(
    this.state === 'preparing' || this.state === 'running' || this.state === 'paused',
  );

  readonly #series: Record<string, number[]> = {};
  #mark: { readonly at: number; readonly references: number } | null = null;

  constructor(start: RunStart, number: number) {
    this.start = start;
    this.number = number;
  }

  /** The samples of a column, oldest first; empty where the run has no such column. The array grows: do not keep it. */
  column(id: string): readonly number[] {
    return this.#series[id] ?? [];
  }

  /** Takes what an event says. `now` is milliseconds of real time, for the rate. */
  take(event: LabEvents['runProgress'], now: number): void {
    this.state = event.state;
    this.progress = event.progress;
    this.timeNs = event.timeNs;
    this.references = event.references;
    if (event.failure !== undefined) this.failure = event.failure;
    if (event.frames.length > 0) this.#append(event.frames);
    if (event.moments.length > 0) this.moments = [...this.moments, ...event.moments];
    if (event.markers.length > 0) this.markers = [...this.markers, ...event.markers];
    this.#measure(now);
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

  #measure(now: number): void {
    if (this.state !== 'running') {
      this.#mark = null;
      this.rate = 0;
    } else if (this.#mark === null || this.references < this.#mark.references) {
      this.#mark = { at: now, references: this.references };
    } else if (now - this.#mark.at >= 500) {
      this.rate = ((this.references - this.#mark.references) * 1000) / (now - this.#mark.at);
      this.#mark = { at: now, references: this.references };
    }
  }
}

export class RunsState {
  /** Newest first. */
  list = $state.raw<readonly Run[]>([]);
  /** The run that charts and tables show. */
  current = $state.raw<Run | null>(null);
  traces = $state.raw<readonly TraceInfo[]>([]);
  /** A trace is being read: its name and how far (0 to 1). */
  reading = $state.raw<{ readonly name: string; readonly progress: number } | null>(null);
  /** What could not be started or opened last. */
  failure = $state.raw<LabFailure | null>(null);

  /** The run under way, of which there is at most one in a window. */
  readonly active: Run | null = $derived(this.list.find((run) => run.active) ?? null);

  /** What the last run that has a report knows of programs; undefined where none does. */
  get lastHistory(): readonly HistoryRow[] | undefined {
    return this.list.find(({ report }) => report !== null)?.report?.result.scheduling?.history;
  }

  readonly #client: RunClient;
  /** Progress that came before the answer that names its run. */
  #early: readonly LabEvents['runProgress'][] = [];
  readonly #stop: (() => void)[];

  constructor(client: RunClient) {
    this.#client = client;
    this.#stop = [
      client.on('runProgress', (event) => this.#follow(event)),
      client.on('traceProgress', (event) => (this.reading = event.progress < 1 ? event : null)),
    ];
  }

  /** Stops listening to the lab. */
  dispose(): void {
    for (const stop of this.#stop) stop();
  }

  /** Starts a run and makes it the current one. Resolves to null when the lab refused it (see `failure`). */
  async start(start: RunStart): Promise<Run | null> {
    const run = new Run(start, this.list.length + 1);
    this.failure = null;
    this.list = [run, ...this.list];
    this.current = run;
    try {
      run.id = await this.#client.startRun(requestOf(start));
    } catch (error) {
      run.state = 'failed';
      run.failure = failureOf(error);
      this.failure = run.failure;
      return null;
    }
    for (const event of this.#early) if (event.runId === run.id) this.#take(run, event);
    this.#early = [];
    return run;
  }

  pause(run: Run | null = this.active): Promise<void> {
    return this.#tell(run, (id) => this.#client.pauseRun(id));
  }

  resume(run: Run | null = this.active): Promise<void> {
    return this.#tell(run, (id) => this.#client.resumeRun(id));
  }

  cancel(run: Run | null = this.active): Promise<void> {
    return this.#tell(run, (id) => this.#client.cancelRun(id));
  }

  select(run: Run | null): void {
    this.current = run;
  }

  /** Lets a person choose a trace file; null when the dialog was dismissed or the file is no trace (see `failure`). */
  async openTrace(): Promise<TraceInfo | null> {
    this.failure = null;
    try {
      const trace = await this.#client.openTrace();
      this.traces = await this.#client.traces();
      return trace;
    } catch (error) {
      this.failure = failureOf(error);
      return null;
    } finally {
      this.reading = null;
    }
  }

  /** Lets a person choose a script file; null when the dialog was dismissed or it is no script (see `failure`). */
  async openScript(): Promise<OpenedScript | null> {
    this.failure = null;
    try {
      return await this.#client.openScript();
    } catch (error) {
      this.failure = failureOf(error);
      return null;
    }
  }

  /** Looks at a run under way: its `interim` is then as of now. What cannot be had leaves the one before. */
  async look(run: Run): Promise<void> {
    if (!run.active || run.id === '') return;
    try {
      run.interim = await this.#client.interimReport(run.id);
    } catch {
      // It has ended meanwhile: its own report comes, or why there is none.
    }
  }

  /** Turns a knob of /proc/sys/vm of a run under way; says why not in `failure`. */
  async turnKnob(run: Run, name: KnobName, value: number): Promise<void> {
    this.failure = null;
    await this.#tell(run, (id) => this.#client.turnKnob(id, name, value));
    await this.look(run);
  }

  /** Follows a reference of a run, which is done again up to it; see `run.following`. Ends the one under way. */
  async follow(run: Run, wanted: FollowRequest): Promise<void> {
    const mine: Following = { wanted, result: null, failure: null };
    run.following = mine;
    try {
      const result = await this.#client.follow(requestOf(run.start), withTurns(run, wanted));
      if (run.following === mine) run.following = { ...mine, result };
    } catch (error) {
      if (run.following === mine) run.following = { ...mine, failure: failureOf(error) };
    }
  }

  async stopFollowing(): Promise<void> {
    await this.#client.stopFollowing().catch(() => null);
  }

  /** What is known of a segment on a machine before it runs; null where the lab cannot say. */
  async predict(profile: MachineProfile, design: SegmentDesign): Promise<CheckedSegment | null> {
    return this.#client.predictSegment({ profile, design }).catch(() => null);
  }

  /** Saves a run file by dialog or download; null when it was dismissed or failed (see `failure`). */
  async save(run: Run, name: string): Promise<SavedFile | null> {
    try {
      return await this.#client.saveRunAs(run.id, name);
    } catch (error) {
      this.failure = failureOf(error);
      return null;
    }
  }

  async #tell(run: Run | null, act: (id: string) => Promise<null>): Promise<void> {
    if (run === null || run.id === '' || !run.active) return;
    try {
      await act(run.id);
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  #follow(event: LabEvents['runProgress']): void {
    const run = this.list.find((candidate) => candidate.id === event.runId);
    if (run !== undefined) this.#take(run, event);
    else if (this.list.some((candidate) => candidate.id === '' && candidate.active))
      this.#early = [...this.#early, event];
  }

  #take(run: Run, event: LabEvents['runProgress']): void {
    run.take(event, performance.now());
    if (event.state === 'done' && run.report === null) void this.#fetchReport(run);
  }

  async #fetchReport(run: Run): Promise<void> {
    try {
      run.report = await this.#client.runReport(run.id);
    } catch (error) {
      run.failure = failureOf(error);
    }
  }
}

function requestOf({ profile, workloads, seed, history }: RunStart): RunRequest {
  return { profile, workloads: [...workloads], seed, ...(history === undefined ? {} : { history: [...history] }) };
}

/** With the knobs that were turned during the run: without them it would be another one. */
function withTurns(run: Run, wanted: FollowRequest): FollowRequest {
  const turns = (run.report ?? run.interim)?.config.turns;
  return turns === undefined ? wanted : { ...wanted, turns: [...turns] };
}
