/**
 * Knobs of /proc/sys/vm that a person turns, before a run for a time of it or while it goes on; kept in the order of their
 * times, so that the report's configuration does the same run again.
 */
import type { Turn } from '../workloads/operations.ts';

export class KnobTurns {
  private readonly turns: Turn[];
  private done = 0;

  constructor(turns: readonly Turn[] = []) {
    this.turns = [...turns];
  }

  get all(): readonly Turn[] {
    return this.turns;
  }

  /** Turns one at `now`: it holds from the next moment on. */
  turn(now: number, name: Turn['name'], value: number): void {
    const later = this.turns.findIndex(({ timeNs }) => timeNs > now);
    this.turns.splice(later < 0 ? this.turns.length : later, 0, { timeNs: now, name, value });
  }

  /** The next one whose time has passed before `from`, which is later than whatever turn() has noted; undefined for none. */
  takeBefore(from: number): Turn | undefined {
    const { turns, done } = this;
    if (done === turns.length || turns[done].timeNs >= from) return undefined;
    return turns[this.done++];
  }
}
