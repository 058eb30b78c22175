/**
 * How far a run goes at a time. A stop is looked at between rounds, which stay as they are: a run that was stopped, however
 * often and wherever, comes to the same bytes.
 */

/** What a run goes on to. */
export type RunTo =
  /** The end of the first round that begins at or after `ns` of virtual time. */
  | { readonly kind: 'time'; readonly ns: number }
  /** The next fault that waits for a disk, direct reclaim, wake of kswapd, move of a task, phase of a script. */
  | { readonly kind: 'event' }
  /** The next request for pages that the first zone of its list does not serve. */
  | { readonly kind: 'miss' };

/** What a stop looks at: virtual time that is reached, and how many events and misses there have been. */
export interface Reached {
  readonly timeNs: number;
  readonly events: number;
  readonly misses: number;
}

export type Stop = (reached: Reached) => boolean;

/** Says of each round's end whether it is what a run that stands at `from` was to go to. */
export function stopOf(to: RunTo, from: Reached): Stop {
  switch (to.kind) {
    case 'time':
      return ({ timeNs }) => timeNs >= to.ns;
    case 'event':
      return ({ events }) => events > from.events;
    case 'miss':
      return ({ misses }) => misses > from.misses;
  }
}
