/** How fast a run goes in real time, and how long it still takes: measured over half a second, and evened out. */
import type { LabEvents } from '../../src/lab/contract.ts';

type Reading = Pick<LabEvents['runProgress'], 'state' | 'progress' | 'timeNs' | 'references'>;

interface Measured {
  /** References per second of real time; 0 when it does not run. */
  readonly rate: number;
  /** Virtual ns per second of real time; 0 when it does not run. */
  readonly timeRate: number;
  /** Real milliseconds until it is done; null where that cannot be told. */
  readonly leftMs: number | null;
}

const WINDOW_MS = 500;
/** Of the newest window in the speed that the rest is told from: phases of a workload differ. */
const NEWEST = 0.3;
const NOTHING: Measured = { rate: 0, timeRate: 0, leftMs: null };

export class RunMeter {
  #from: (Reading & { readonly at: number }) | null = null;
  #last: Measured = NOTHING;
  /** Progress per millisecond, evened out; null before the first window. */
  #speed: number | null = null;

  /** Takes a reading at `now`, in milliseconds of real time. */
  take(reading: Reading, now: number): Measured {
    const from = this.#from;
    if (reading.state !== 'running') {
      this.#from = null;
      this.#last = NOTHING;
    } else if (from === null || reading.references < from.references) {
      this.#from = { ...reading, at: now };
    } else if (now - from.at >= WINDOW_MS) {
      const ms = now - from.at;
      const speed = (reading.progress - from.progress) / ms;
      this.#speed = this.#speed === null ? speed : NEWEST * speed + (1 - NEWEST) * this.#speed;
      this.#last = {
        rate: ((reading.references - from.references) * 1000) / ms,
        timeRate: ((reading.timeNs - from.timeNs) * 1000) / ms,
        leftMs: this.#speed > 0 ? (1 - reading.progress) / this.#speed : null,
      };
      this.#from = { ...reading, at: now };
    }
    return this.#last;
  }
}
