/** Which stretch of the current run the timeline shows, and where the playhead goes from event to event. */
import type { Marker } from '../../../src/sim/engine/moment.ts';
import type { PlayheadState } from '../../state/playhead.svelte.ts';
import type { Run, RunsState } from '../../state/runs.svelte.ts';
import { axisEnd, type Range, within, zoomed } from './scale.ts';

/** A step of zoom. */
const FACTOR = 2;

export class TimelineState {
  readonly #runs: Pick<RunsState, 'current'>;
  readonly #playhead: Pick<PlayheadState, 'ns' | 'go'>;
  /** The stretch chosen of a run; of another one all is shown. */
  #chosen = $state.raw<{ readonly run: Run; readonly range: Range } | null>(null);

  /** A number, so that what hangs on it is made anew only when the axis grows. */
  readonly #end: number = $derived.by(() => {
    const run = this.#runs.current;
    if (run === null) return axisEnd(0);
    return run.active ? axisEnd(run.timeNs) : Math.max(1, run.timeNs);
  });
  /** From the run's beginning to a round time after now, or to its end. */
  readonly whole: Range = $derived({ from: 0, to: this.#end });

  /** What is shown. */
  readonly range: Range = $derived.by(() => {
    const chosen = this.#chosen;
    return chosen !== null && chosen.run === this.#runs.current ? within(chosen.range, this.whole) : this.whole;
  });

  constructor(runs: Pick<RunsState, 'current'>, playhead: Pick<PlayheadState, 'ns' | 'go'>) {
    this.#runs = runs;
    this.#playhead = playhead;
  }

  get isZoomed(): boolean {
    return this.range.to - this.range.from < this.whole.to - this.whole.from;
  }

  /** Where the playhead is drawn: at its time, or at now. */
  get placeNs(): number {
    return this.#playhead.ns ?? this.#runs.current?.timeNs ?? 0;
  }

  zoomIn(ns: number = this.placeNs): void {
    this.#show(zoomed(this.range, this.whole, 1 / FACTOR, this.#held(ns)));
  }

  zoomOut(ns: number = this.placeNs): void {
    this.#show(zoomed(this.range, this.whole, FACTOR, this.#held(ns)));
  }

  showAll(): void {
    this.#chosen = null;
  }

  /** Moves what is shown by a share of its length. */
  pan(share: number): void {
    const by = share * (this.range.to - this.range.from);
    if (this.isZoomed) this.#show(within({ from: this.range.from + by, to: this.range.to + by }, this.whole));
  }

  /** Puts the playhead somewhere and brings that into view; null: at now. */
  go(ns: number | null): void {
    this.#playhead.go(ns);
    const { from, to } = this.range;
    const at = this.placeNs;
    if (at >= from && at <= to) return;
    const half = (to - from) / 2;
    this.#show(within({ from: at - half, to: at + half }, this.whole));
  }

  /** Moves the playhead by so many ns; past the run's latest moment it is at now. */
  move(ns: number): void {
    this.go(this.placeNs + ns);
  }

  /** The nearest event after (1) or before (-1) the playhead that is `wanted`; null where there is none. */
  beside(step: 1 | -1, wanted: (marker: Marker) => boolean = () => true): Marker | null {
    const markers = (this.#runs.current?.markers ?? []).filter(wanted);
    const at = this.placeNs;
    const found = step > 0 ? markers.find(({ timeNs }) => timeNs > at) : markers.findLast(({ timeNs }) => timeNs < at);
    return found ?? null;
  }

  #held(ns: number): number {
    return Math.min(this.range.to, Math.max(this.range.from, ns));
  }

  #show(range: Range): void {
    const run = this.#runs.current;
    const isAll = range.to - range.from >= this.whole.to - this.whole.from;
    this.#chosen = run === null || isAll ? null : { run, range };
  }
}
