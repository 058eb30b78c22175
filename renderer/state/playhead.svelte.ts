/**
 * Which moment of the current run is looked at: now (the newest one, which moves on while it runs), or an earlier one.
 * Charts, cards, timeline, tables and X-ray show the moment under the playhead. While it is moved, that is the nearest
 * moment that was kept; when it rests, the run is done again up to it, and then everything is exact.
 */
import type { LabFailure, Seen } from '../../src/lab/contract.ts';
import type { Moment } from '../../src/sim/engine/moment.ts';
import type { RunReport } from '../../src/sim/engine/report.ts';
import type { Client } from '../client/client.ts';
import { failureOf } from './failure.ts';
import { requestOf, type Run, turnsOf } from './run.svelte.ts';
import type { RunsState } from './runs.svelte.ts';

type SeekClient = Pick<Client, 'seek' | 'stopSeeking'>;

interface Place {
  readonly run: Run;
  /** Virtual time, ns. */
  readonly ns: number;
}

/** It has to lie still for so long before the run is done again. */
const REST_MS = 150;
/** What takes longer can be given up, and says so. */
const SLOW_MS = 2000;

export class PlayheadState {
  readonly #runs: Pick<RunsState, 'current'>;
  readonly #client: SeekClient;
  /** The run it was put down in, and where; of another run it is at the newest moment. */
  #put = $state.raw<Place | null>(null);
  #seen = $state.raw<{ readonly run: Run; readonly seen: Seen } | null>(null);
  /** Where the lab stands with a run done again: the kernel there can be asked. */
  #standing = $state.raw<Place | null>(null);
  /** Where a run is being done again up to, ns; `slow` when that has taken a while. */
  seeking = $state.raw<{ readonly ns: number; readonly slow: boolean } | null>(null);
  /** Why the exact moment could not be had; the nearest kept one stays on screen. */
  failure = $state.raw<LabFailure | null>(null);
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(runs: Pick<RunsState, 'current'>, client: SeekClient) {
    this.#runs = runs;
    this.#client = client;
  }

  /** Virtual time it stands at, ns; null: at the newest moment. */
  get ns(): number | null {
    return this.#put !== null && this.#put.run === this.#runs.current ? this.#put.ns : null;
  }

  /** What was seen last of the current run while the playhead is not at now; see `exact`. */
  get seen(): Seen | null {
    return this.ns !== null && this.#seen?.run === this.#runs.current ? this.#seen.seen : null;
  }

  /** True at now, and where what was seen last is of the very time of the playhead. */
  get exact(): boolean {
    return this.ns === null || (this.#standing?.run === this.#runs.current && this.#standing.ns === this.ns);
  }

  /** The moment on screen: the exact one, or the kept one at or before the playhead; null where the run has none. */
  readonly moment: Moment | null = $derived.by(() => {
    const moments = this.#runs.current?.moments ?? [];
    const { ns } = this;
    if (ns === null) return moments.at(-1) ?? null;
    if (this.exact && this.seen !== null) return this.seen.moment;
    return moments.findLast(({ timeNs }) => timeNs <= ns) ?? moments[0] ?? null;
  });

  /**
   * The report that tables show of a run: of the moment seen last where the playhead is back in it, else as far as the
   * run is. Null where there is none yet.
   */
  reportShown(run: Run): RunReport | null {
    const seen = run === this.#runs.current ? this.seen : null;
    return seen?.report ?? run.report ?? run.interim;
  }

  /** Puts it at a time of the current run, ns; null, or where the run has not been yet: at the newest moment. */
  go(ns: number | null): void {
    const run = this.#runs.current;
    this.failure = null;
    this.cancel();
    if (ns === null || run === null || ns >= run.timeNs) {
      this.#put = null;
      return;
    }
    this.#put = { run, ns: Math.max(0, ns) };
    if (!this.exact) this.#rest = setTimeout(() => void this.#seek(), REST_MS);
  }

  /** Gives up the exact moment that is on its way. */
  cancel(): void {
    clearTimeout(this.#rest);
    if (this.seeking === null) return;
    this.seeking = null;
    void this.#client.stopSeeking().catch(() => null);
  }

  async #seek(): Promise<void> {
    const place = this.#put;
    if (place === null || place.run !== this.#runs.current) return;
    const mine = { ns: place.ns, slow: false };
    this.seeking = mine;
    this.#standing = null;
    const slow = setTimeout(() => {
      if (isMine()) this.seeking = { ...mine, slow: true };
    }, SLOW_MS);
    // A later one takes its place here, as it does in the lab.
    const isMine = (): boolean => this.#put === place && this.seeking?.ns === place.ns;
    try {
      const seen = await this.#client.seek(requestOf(place.run.start), { timeNs: place.ns, ...turnsOf(place.run) });
      if (isMine()) {
        this.#seen = { run: place.run, seen };
        this.#standing = place;
      }
    } catch (error) {
      const failure = failureOf(error);
      if (isMine() && failure.kind !== 'cancelled') this.failure = failure;
    } finally {
      clearTimeout(slow);
      if (isMine()) this.seeking = null;
    }
  }
}
