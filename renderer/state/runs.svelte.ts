/** The runs of this window: started, paused, stepped, paced and ended here, and told what the lab's events say of them. */
import type {
  CheckedSegment,
  FollowRequest,
  LabEvents,
  LabFailure,
  OpenedScript,
  RunStep,
  SavedFile,
} from '../../src/lab/contract.ts';
import type { HistoryRow } from '../../src/sim/kernel/sched/history.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { TraceInfo } from '../../src/sim/workloads/trace.ts';
import type { SegmentDesign } from '../../src/sim/workloads/segment/design.ts';
import type { WorkloadSpec } from '../../src/sim/workloads/workload.ts';
import type { Client } from '../client/client.ts';
import { answeringMs } from './answering.ts';
import { failureOf } from './failure.ts';
import { type Following, requestOf, Run, runOfFile, type RunStart, turnsOf } from './run.svelte.ts';

export { Run, type RunStart };

/** As the contract has them. */
export type KnobName = Parameters<Client['turnKnob']>[1];

type RunClient = Pick<
  Client,
  | 'startRun'
  | 'pauseRun'
  | 'resumeRun'
  | 'cancelRun'
  | 'stepRun'
  | 'paceRun'
  | 'runReport'
  | 'interimReport'
  | 'turnKnob'
  | 'follow'
  | 'stopFollowing'
  | 'saveRunAs'
  | 'openTrace'
  | 'openScript'
  | 'openRun'
  | 'traces'
  | 'predictSegment'
  | 'on'
>;

/** Figures that change faster than so many ms cannot be read, and every change is painted. */
const SHOWN_MS = 66;

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
  /** What runs are held to: virtual ns per second of real time; null: as fast as they can. */
  pace = $state.raw<number | null>(null);

  /** The run that was taken off the list last: until another one is, it can be put back. */
  removed = $state.raw<Run | null>(null);

  /** Told of a run that has come to stand still, also after a step that nobody saw begin; set by the window. */
  onpaused: ((run: Run) => void) | null = null;

  /** The run under way, of which there is at most one in a window. */
  readonly active: Run | null = $derived(this.list.find((run) => run.active) ?? null);

  /** What the last run that has a report knows of programs; undefined where none does. */
  get lastHistory(): readonly HistoryRow[] | undefined {
    return this.list.find(({ report }) => report !== null)?.report?.result.scheduling?.history;
  }

  readonly #client: RunClient;
  /** Numbers are never given twice. */
  #numbered = 0;
  /** Progress that came before the answer that names its run. */
  #early: readonly LabEvents['runProgress'][] = [];
  /** In the order in which they came. */
  readonly #unheard: LabEvents['runProgress'][] = [];
  #since = 0;
  #shown = -Infinity;
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: (() => void)[];

  constructor(client: RunClient) {
    this.#client = client;
    this.#stop = [
      client.on('runProgress', (event) => this.#hear(event)),
      client.on('traceProgress', (event) => (this.reading = event.progress < 1 ? event : null)),
    ];
  }

  /** Stops listening to the lab. */
  dispose(): void {
    clearTimeout(this.#later);
    for (const stop of this.#stop) stop();
  }

  /**
   * Starts a run and makes it the current one; with `step` it is paused when it has gone that far. Resolves to null when
   * the lab refused it (see `failure`).
   */
  async start(start: RunStart, step?: RunStep): Promise<Run | null> {
    const run = new Run(start, ++this.#numbered);
    this.failure = null;
    this.list = [run, ...this.list];
    this.current = run;
    try {
      const request = requestOf(start);
      run.id = await (step === undefined ? this.#client.startRun(request) : this.#client.startRun(request, step));
      if (this.pace !== null) void this.#tell(run, (id) => this.#client.paceRun(id, this.pace));
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

  /** Takes a run that is over off the list; its neighbour, an older one where there is one, is shown then. */
  remove(run: Run): void {
    const at = this.list.indexOf(run);
    if (at < 0 || run.active) return;
    this.list = this.list.filter((one) => one !== run);
    this.removed = run;
    if (this.current === run) this.current = this.list[at] ?? this.list.at(-1) ?? null;
  }

  /** Puts the run back that was removed last, and shows it. */
  putBack(): void {
    if (this.removed === null) return;
    const run = this.removed;
    this.removed = null;
    this.list = [...this.list, run].sort((a, b) => b.number - a.number);
    this.current = run;
  }

  pause(run: Run | null = this.active): Promise<void> {
    return this.#tell(run, (id) => this.#client.pauseRun(id));
  }

  resume(run: Run | null = this.active): Promise<void> {
    return this.#tell(run, (id) => this.#client.resumeRun(id));
  }

  /** Lets a run go on for a step, and pauses it at the step's end. */
  step(step: RunStep, run: Run | null = this.active): Promise<void> {
    return this.#tell(run, (id) => this.#client.stepRun(id, step));
  }

  /** Holds this run and those to come to so many virtual ns a second; null lets them go as fast as they can. */
  setPace(pace: number | null): Promise<void> {
    this.pace = pace;
    return this.#tell(this.active, (id) => this.#client.paceRun(id, pace));
  }

  cancel(run: Run | null = this.active): Promise<void> {
    return this.#tell(run, (id) => this.#client.cancelRun(id));
  }

  select(run: Run | null): void {
    this.current = run;
  }

  /** Shows the newest run of a machine that has come to be looked at; while one is under way that one stays. */
  showOf(machine: { readonly owns: (profile: MachineProfile) => boolean }): void {
    if (this.active !== null) return;
    const own = this.list.find(({ start }) => machine.owns(start.profile));
    if (own !== undefined) this.current = own;
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

  /** Lets a person choose a run file, which becomes a run of this window; null when the dialog was dismissed, or it is none (see `failure`). */
  async openRun(titleOf: (workloads: readonly WorkloadSpec[]) => string): Promise<Run | null> {
    this.failure = null;
    try {
      const opened = await this.#client.openRun();
      if (opened === null) return null;
      const run = runOfFile(opened, ++this.#numbered, titleOf(opened.report.config.workloads));
      this.list = [run, ...this.list];
      this.current = run;
      return run;
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
      const result = await this.#client.follow(requestOf(run.start), { ...wanted, ...turnsOf(run) });
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
    this.failure = null;
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

  /**
   * How far a run is is shown now and then (SHOWN_MS), and right after an input not before that is answered; that it goes
   * on, stands still or is over is shown at once.
   */
  #hear(event: LabEvents['runProgress']): void {
    const now = performance.now();
    const run = this.list.find(({ id }) => id === event.runId);
    const goesOn = event.state === 'running' && run?.state === 'running';
    if (this.#unheard.length === 0) this.#since = now;
    this.#unheard.push(event);
    const ms = goesOn ? Math.max(this.#shown + SHOWN_MS - now, answeringMs(now, this.#since)) : 0;
    if (ms <= 0) this.#catchUp();
    else this.#later ??= setTimeout(() => this.#catchUpWhenAnswered(), ms);
  }

  #catchUpWhenAnswered(): void {
    const ms = answeringMs(performance.now(), this.#since);
    if (ms > 0) this.#later = setTimeout(() => this.#catchUp(), ms);
    else this.#catchUp();
  }

  #catchUp(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#shown = performance.now();
    for (const event of this.#unheard.splice(0)) this.#follow(event);
  }

  #follow(event: LabEvents['runProgress']): void {
    const run = this.list.find((candidate) => candidate.id === event.runId);
    if (run !== undefined) this.#take(run, event);
    else if (this.list.some((candidate) => candidate.id === '' && candidate.active))
      this.#early = [...this.#early, event];
  }

  #take(run: Run, event: LabEvents['runProgress']): void {
    run.take(event, performance.now());
    if (event.state === 'paused') this.onpaused?.(run);
    if (event.state === 'done' && run.report === null) void this.#fetchReport(run);
  }

  async #fetchReport(run: Run): Promise<void> {
    try {
      run.report = await this.#client.runReport(run.id);
      // Until then records are counted, of which a modify is one.
      run.references = run.report.result.totals['references'] ?? run.references;
    } catch (error) {
      run.failure = failureOf(error);
    }
  }
}
