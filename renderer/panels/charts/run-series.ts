/**
 * The series of a run, made once of its sample columns and moments and grown with them: a frame costs the rows that
 * it brought, however long the run is.
 */
import type { Moment } from '../../../src/sim/engine/moment.ts';
import type { SampledRun } from './columns.ts';
import type { Samples } from './decimate.ts';
import { Extremes } from './extremes.ts';
import { momentReader } from './moment-series.ts';

/** Frames of 4 KiB in a MiB. */
const PAGES_PER_MIB = 256;

/** Where a share or a mean is said: of nothing there is none, and a hit rate of hardly anything is mere chance. */
interface Base {
  readonly columns: readonly string[];
  /** What they have to add up to more than. */
  readonly over: number;
}
const MISSES: Base = { columns: ['localShare', 'remoteCacheShare', 'remoteShare'], over: 0 };
const REFERENCES: Base = { columns: ['references'], over: 0 };
const BASES: Readonly<Record<string, Base>> = {
  localShare: MISSES,
  remoteCacheShare: MISSES,
  remoteShare: MISSES,
  remoteHomeShare: MISSES,
  meanMissNs: MISSES,
  meanQueueNs: MISSES,
  l1dHitRate: REFERENCES,
  l2HitRate: REFERENCES,
  tlbHitRate: { columns: ['references', 'programFetches'], over: 0 },
  // In shares of a hundred: where less than this goes to other nodes.
  remoteCacheHitRate: { columns: ['remoteCacheShare', 'remoteShare'], over: 1 },
  kernelRemoteShare: { columns: ['kernelMisses'], over: 0 },
  segmentRemoteShare: { columns: ['segmentMisses'], over: 0 },
  kernelFetchHitRate: { columns: ['kernelFetches'], over: 0 },
};

interface Grown {
  readonly samples: Samples;
  readonly grow: () => void;
}

export class RunSeries {
  readonly #run: SampledRun;
  readonly #grown = new Map<string, Grown>();
  #moments: readonly Moment[] = [];
  /** Shared by all series of moments. */
  readonly #momentTimes: number[] = [];
  #generation = 0;

  constructor(run: SampledRun) {
    this.#run = run;
  }

  /** The samples of a series so far, in the unit that sources.ts names; undefined where the run has none of that name. */
  samples(id: string): Samples | undefined {
    let found = this.#grown.get(id);
    if (found === undefined) {
      found = this.#make(id);
      if (found === undefined) return undefined;
      this.#grown.set(id, found);
    }
    found.grow();
    return found.samples;
  }

  #make(id: string): Grown | undefined {
    const reader = momentReader(id, 1 << (this.#run.start?.profile.kernel.pageMmuShift ?? 0));
    if (reader !== undefined) return this.#ofMoments(reader);
    return this.#run.columns.includes(id) ? this.#ofColumn(id) : undefined;
  }

  #ofColumn(id: string): Grown {
    const run = this.#run;
    const values: number[] = [];
    const samples = { times: run.column('timeNs'), values, extremes: new Extremes(values) };
    const base = BASES[id];
    const bases = base?.columns.filter((other) => run.columns.includes(other)) ?? [];
    const scale = id.startsWith('free:') ? 1 / PAGES_PER_MIB : 1;
    const grow = (): void => {
      const column = run.column(id);
      for (let at = values.length; at < column.length; at++) {
        let sum = 0;
        for (const other of bases) sum += run.column(other)[at] ?? 0;
        const nothing = base !== undefined && bases.length > 0 && !(sum > base.over);
        values.push(nothing ? Number.NaN : column[at] * scale);
      }
    };
    return { samples, grow };
  }

  #ofMoments(read: (moment: Moment) => number): Grown {
    const values: number[] = [];
    const samples = { times: this.#momentTimes, values, extremes: new Extremes(values) };
    let generation = this.#generation;
    const grow = (): void => {
      this.#lookAtMoments();
      if (generation !== this.#generation) {
        values.length = 0;
        samples.extremes.clear();
        generation = this.#generation;
      }
      for (let at = values.length; at < this.#moments.length; at++) values.push(read(this.#moments[at]));
    };
    return { samples, grow };
  }

  /** A run thins its moments when there are too many: then all that was made of them is made anew. */
  #lookAtMoments(): void {
    const moments = this.#run.moments ?? [];
    const before = this.#moments;
    if (moments === before) return;
    this.#moments = moments;
    if (moments.length < before.length || before.some((moment, at) => moments[at] !== moment)) {
      this.#generation += 1;
      this.#momentTimes.length = 0;
    }
    for (let at = this.#momentTimes.length; at < moments.length; at++) this.#momentTimes.push(moments[at].timeNs);
  }
}

const known = new WeakMap<SampledRun, RunSeries>();

/** The series of a run; the same object each time. */
export function seriesOf(run: SampledRun): RunSeries {
  let found = known.get(run);
  if (found === undefined) {
    found = new RunSeries(run);
    known.set(run, found);
  }
  return found;
}
