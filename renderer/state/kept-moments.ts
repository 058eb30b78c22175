/**
 * Moments of a run within a bound: when there are too many, every other one goes and from then on only every second
 * (fourth, ...) that comes is kept, so that those that stay lie evenly over the run. The newest is always there.
 */
import type { Moment } from '../../src/sim/engine/moment.ts';

interface Bounds {
  /** Moments kept. */
  readonly most: number;
  /** CPUs, nodes, zones and links in all of them together: what they take of the window's memory. */
  readonly mostRows: number;
  /** Kept however large they are. */
  readonly least: number;
}
const BOUNDS: Bounds = { most: 512, mostRows: 40_000, least: 8 };

const rowsOf = ({ cpus, nodes, zones, links }: Moment): number =>
  cpus.length + nodes.length + zones.length + links.length;

export class KeptMoments {
  readonly #bounds: Bounds;
  /** Those whose number is a multiple of the stride. */
  #kept: Moment[] = [];
  #newest: Moment | null = null;
  #stride = 1;
  #count = 0;
  #rows = 0;

  constructor(bounds: Bounds = BOUNDS) {
    this.#bounds = bounds;
  }

  /** Adds moments that come after those so far; returns what is kept, by time. */
  add(moments: readonly Moment[]): readonly Moment[] {
    for (const moment of moments) this.#take(moment);
    const last = this.#kept.at(-1);
    return this.#newest === null || this.#newest === last ? [...this.#kept] : [...this.#kept, this.#newest];
  }

  #take(moment: Moment): void {
    this.#newest = moment;
    // Where the run stands between two rows: the next one takes its place.
    if (moment.between === true) return;
    if (this.#count++ % this.#stride !== 0) return;
    this.#kept.push(moment);
    this.#rows += rowsOf(moment);
    const { most, mostRows, least } = this.#bounds;
    while (this.#kept.length > most || (this.#rows > mostRows && this.#kept.length > least)) this.#thin();
  }

  #thin(): void {
    this.#stride *= 2;
    this.#kept = this.#kept.filter((_, at) => at % 2 === 0);
    this.#rows = this.#kept.reduce((sum, moment) => sum + rowsOf(moment), 0);
  }
}
