/** How fast runs may go: as fast as they can, or so much virtual time a second of real time. */
import { formatNumber, formatTime } from '../format.ts';

export interface Speed {
  /** Virtual ns per second of real time; null: as fast as it can. */
  readonly pace: number | null;
  /** `1/100`; of the fastest `max`. */
  readonly short: string;
  /** In words: `1/100: 10.0 ms a second`. */
  readonly title: string;
}

/** Real time over virtual time, slowest last. */
const DIVISORS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000];

/** Fastest first. */
export const speeds: readonly Speed[] = [
  { pace: null, short: 'max', title: 'As fast as it can' },
  ...DIVISORS.map((divisor) => {
    const short = `1/${formatNumber(divisor)}`;
    return {
      pace: 1e9 / divisor,
      short,
      title: `${short}: ${formatTime(1e9 / divisor).replace(/\.0+ /, ' ')} a second`,
    };
  }),
];

/** The speed of that pace; the fastest where there is no such one. */
export const speedOf = (pace: number | null): Speed => speeds.find((speed) => speed.pace === pace) ?? speeds[0];

/** The next slower (1) or faster (-1) one; at the end it stays. */
export function besideSpeed(pace: number | null, step: 1 | -1): Speed {
  const at = speeds.indexOf(speedOf(pace)) + step;
  return speeds[Math.min(speeds.length - 1, Math.max(0, at))];
}
