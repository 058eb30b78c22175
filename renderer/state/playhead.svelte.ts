/**
 * Which moment of the current run is looked at: now (the newest one, which moves on while it runs), or an earlier one.
 * Charts, cards, timeline and X-ray show the moment under the playhead.
 */
import type { Moment } from '../../src/sim/engine/moment.ts';
import type { Run, RunsState } from './runs.svelte.ts';

export class PlayheadState {
  readonly #runs: Pick<RunsState, 'current'>;
  /** The run it was put down in, and where; of another run it is at the newest moment. */
  #put = $state.raw<{ readonly run: Run; readonly ns: number } | null>(null);

  constructor(runs: Pick<RunsState, 'current'>) {
    this.#runs = runs;
  }

  /** Virtual time it stands at, ns; null: at the newest moment. */
  get ns(): number | null {
    return this.#put !== null && this.#put.run === this.#runs.current ? this.#put.ns : null;
  }

  /** The kept moment at or before it; null where the run has none. */
  get moment(): Moment | null {
    const moments = this.#runs.current?.moments ?? [];
    const { ns } = this;
    if (ns === null) return moments.at(-1) ?? null;
    return moments.findLast(({ timeNs }) => timeNs <= ns) ?? moments[0] ?? null;
  }

  /** Puts it at a time of the current run, ns; null: at the newest moment. */
  go(ns: number | null): void {
    const run = this.#runs.current;
    this.#put = ns === null || run === null ? null : { run, ns: Math.min(Math.max(0, ns), run.timeNs) };
  }
}
