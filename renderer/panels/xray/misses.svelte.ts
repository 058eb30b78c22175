/**
 * The way from one miss of a run to the next: a request for pages that the first zone of its list did not serve. Next lets
 * the run go on to one and pauses it there; Previous puts the playhead back where one stopped before, and Next leads
 * from there over those that are known to the newest.
 */
import type { PlayheadState } from '../../state/playhead.svelte.ts';
import type { Run, RunsState } from '../../state/runs.svelte.ts';

type Runs = Pick<RunsState, 'active' | 'current' | 'step'>;
type Playhead = Pick<PlayheadState, 'ns' | 'go'>;

interface Trail {
  readonly run: Run;
  /** Virtual times at which the run was paused at a miss, ascending, ns. */
  readonly stops: readonly number[];
}

export class MissesState {
  readonly #runs: Runs;
  readonly #playhead: Playhead;
  #trail = $state.raw<Trail | null>(null);
  /** The run goes on to its next miss, from where it was, ns. */
  #onTheWay = $state.raw<{ readonly run: Run; readonly fromNs: number } | null>(null);
  /** The miss that was gone to, ns, while its request is not laid open yet. */
  #closed = $state.raw<{ readonly run: Run; readonly ns: number } | null>(null);

  constructor(runs: Runs, playhead: Playhead) {
    this.#runs = runs;
    this.#playhead = playhead;
  }

  /** Where the current run stopped at misses. */
  readonly stops: readonly number[] = $derived.by(() => {
    return this.#trail !== null && this.#trail.run === this.#runs.current ? this.#trail.stops : [];
  });

  /** The screen shows the moment of a miss that was gone to, and its request is not laid open yet. */
  readonly opening: boolean = $derived.by(() => {
    const run = this.#runs.current;
    return run !== null && this.#closed?.run === run && this.#closed.ns === (this.#playhead.ns ?? run.timeNs);
  });

  get onTheWay(): boolean {
    return this.#onTheWay !== null && this.#onTheWay.run === this.#runs.active;
  }

  /** The run that was let go on has come to its end without another miss. */
  get ended(): boolean {
    const run = this.#onTheWay?.run;
    return run?.state === 'done' && run === this.#runs.current;
  }

  /** The stop before the one that is looked at, ns; null where there is none. */
  readonly before: number | null = $derived.by(() => {
    const { ns } = this.#playhead;
    // At now the newest stop is the one that is looked at, if the run still stands there.
    const here = ns ?? this.#runs.current?.timeNs ?? 0;
    return this.stops.findLast((stop) => stop < here) ?? null;
  });

  /** The known stop behind the playhead, ns; null where the next one is still to be found. */
  readonly after: number | null = $derived.by(() => {
    const { ns } = this.#playhead;
    return ns === null ? null : (this.stops.find((stop) => stop > ns) ?? null);
  });

  readonly canGoOn: boolean = $derived.by(() => {
    // A run without an id yet is not known to the lab.
    return this.after !== null || (!this.onTheWay && (this.#runs.active?.id ?? '') !== '');
  });

  next(): void {
    const { after } = this;
    if (after !== null) {
      this.#goBack(after);
      return;
    }
    const run = this.#runs.active;
    if (run === null || run.id === '') return;
    this.#playhead.go(null);
    this.#onTheWay = { run, fromNs: run.timeNs };
    void this.#runs.step({ by: 'miss' }, run);
  }

  previous(): void {
    if (this.before !== null) this.#goBack(this.before);
  }

  /** Its request is laid open. */
  opened(): void {
    this.#closed = null;
  }

  #goBack(ns: number): void {
    const run = this.#runs.current;
    this.#closed = run === null ? null : { run, ns };
    this.#playhead.go(ns);
  }

  /** The run is paused: where it has gone on to a miss, it stands at one now. */
  arrived(run: Run): void {
    const way = this.#onTheWay;
    // A step from one pause to the next may be over before anybody has seen it run.
    if (way?.run !== run || run.timeNs === way.fromNs) return;
    this.#onTheWay = null;
    this.#closed = { run, ns: run.timeNs };
    const stops = this.#trail?.run === run ? this.#trail.stops : [];
    if (stops.at(-1) !== run.timeNs) this.#trail = { run, stops: [...stops, run.timeNs] };
  }
}
