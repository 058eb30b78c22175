/**
 * Who runs next, and for how long. CPUs run one after the other in turns of virtual time: in each round every CPU whose
 * clock lies before the round's end runs up to it. While CPUs take lines from each other a turn is as short as a
 * transfer between caches, so that a line that two of them write goes to and fro; while they do not, turns grow, for
 * speed. In a round CPUs go in the order of their numbers, beginning with another one each time.
 */
const SHORTEST_NS = 64;
const LONGEST_NS = 256;
/** Of a CPU that runs alone: what another one begins meanwhile it may have missed by so much. */
const ALONE_NS = 4096;

export class Turns {
  private length = SHORTEST_NS;

  /** End of the round that starts at `now`, ns; `alone`: one CPU has something to run. */
  endOfRound(now: number, alone: boolean): number {
    return now + (alone ? ALONE_NS : this.length);
  }

  /** Tells how many times a CPU took a line from another in the round that has ended. */
  settle(interventions: number): void {
    this.length = interventions > 0 ? SHORTEST_NS : Math.min(LONGEST_NS, this.length * 2);
  }
}
