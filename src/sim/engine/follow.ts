/**
 * One reference of a run, followed: the run is done from its beginning (same configuration, same run) until the reference
 * has executed on its CPU, with a recorder attached for it. Kinds of events stand for counters that a page fault moves.
 */
import * as C from '../base/counters.ts';
import type { FollowStep } from '../base/follow.ts';
import type { FollowedLists, FollowedPage } from '../kernel/alloc/follow-lists.ts';
import type { FollowedLine } from './follow-looks.ts';
import type { Program } from '../workloads/workload.ts';
import type { RunConfig } from './report.ts';
import { Simulation } from './simulation.ts';

/** What may be followed beside a record by its number: the first fault on the CPU of each kind. */
export const followEvents = {
  fault: { title: 'the first page fault', counter: C.FAULTS },
  anonymous: { title: 'the first fault that takes a fresh page', counter: C.ANON_FAULTS },
  'copy-on-write': { title: 'the first copy on write', counter: C.COW_FAULTS },
  major: { title: 'the first fault that waits for a disk', counter: C.PGMAJFAULT },
  reclaim: { title: 'the first fault that has to reclaim', counter: C.ALLOCSTALL },
  'swap-in': { title: 'the first fault that swaps in', counter: C.PSWPIN },
} as const;
export type FollowEvent = keyof typeof followEvents;

export type FollowWhat = { readonly record: number } | { readonly event: FollowEvent };

export interface Followed {
  /** False where the run ended before it happened on that CPU. */
  readonly found: boolean;
  /** Virtual time at which the reference began, ns. */
  readonly startNs: number;
  /** Steps in the order in which they began; deeper ones are parts of the one above. */
  readonly steps: readonly FollowStep[];
  /** Steps beyond those kept. */
  readonly dropped: number;
  /** The cache line of the first byte that it accessed; absent where it ended before it could. */
  readonly line?: FollowedLine;
  /** Zones whose page lists were taken from or given to, in order, and what it left of them. */
  readonly lists: readonly FollowedLists[];
  /** The page that the line lies in, and who maps it, after the reference. */
  readonly page?: FollowedPage;
}

const STEP = 50_000;

/**
 * Runs until the reference on CPU `cpu` has been followed, or to the end. `cancelled` is asked between steps. Throws what
 * the run throws.
 */
export function followReference(
  config: RunConfig,
  programs: readonly Program[],
  cpu: number,
  what: FollowWhat,
  cancelled: () => boolean = () => false,
): Followed {
  const simulation = new Simulation(config, programs);
  const { watch, looks } = simulation.watch(
    cpu,
    'record' in what
      ? { kind: 'record', number: what.record }
      : { kind: 'counter', counter: followEvents[what.event].counter },
  );
  while (watch.result === undefined && !cancelled()) {
    if (simulation.run(STEP)) break;
    simulation.takeFrames();
  }
  const { result } = watch;
  if (result === undefined) return { found: false, startNs: 0, steps: [], dropped: 0, lists: [] };
  const { startNs, steps, dropped } = result;
  return { found: true, startNs, steps, dropped, ...looks.seen };
}
