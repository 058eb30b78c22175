/** Requests for pages that a run has made, as a screen shows them. Plain data. */
import type { ZoneName } from '../boot/layout.ts';

export interface SeenZone {
  readonly node: number;
  readonly name: ZoneName;
  readonly index: number;
}

/** A zone's test as the request made it, in page clusters; the bar is before + mark + reserve, null in a walk without marks. */
export interface SeenTest {
  readonly zone: SeenZone;
  /** Place of the zone in the request's zonelist. */
  readonly at: number;
  /** What the walk held it to: `low marks`. */
  readonly walk: string;
  readonly free: number;
  readonly before: number;
  readonly mark: number;
  readonly reserve: number;
  readonly bar: number | null;
  readonly outcome: 'taken' | 'refused' | 'no block';
}

/** A request as it was met, or not, when it was made. */
export interface SeenRequest {
  /** Its number in the run, from 1. */
  readonly number: number;
  readonly timeNs: number;
  /** `name pid`; of a kernel thread its name, empty where nobody ran. */
  readonly task: string;
  readonly cpu: number;
  /** Id of the CPU's node. */
  readonly node: number;
  /** The kernel's function that asked: `do_anonymous_page`. */
  readonly cause: string;
  /** As the kernel names it: `GFP_HIGHUSER`. */
  readonly mask: string;
  /** The zonelist was chosen by a policy. */
  readonly policy: boolean;
  readonly order: number;
  /** Tests in the order in which they were made, as many as are kept, and how many more there were. */
  readonly tests: readonly SeenTest[];
  readonly moreTests: number;
  /** Zones in its list. */
  readonly listed: number;
  /** Threads of kswapd that it woke, and how often it had to reclaim. */
  readonly woken: number;
  readonly reclaims: number;
  /** The zone that gave; null where the kernel returned NULL. */
  readonly served: SeenZone | null;
  /** `clean`: an inactive_clean page (rmap15); `kept`: a block that it freed itself while it reclaimed (2.4). */
  readonly from: 'hot list' | 'cold list' | 'free lists' | 'clean' | 'kept' | null;
  /** The CPU's list after it, where the page came from one. */
  readonly list: { readonly count: number; readonly low: number; readonly high: number } | null;
  /** zone.lock of the zone that gave was taken for it. */
  readonly locked: boolean;
  /** An unloaded miss of its CPU to the page, and to memory of its own node, ns. */
  readonly missNs: number;
  readonly localNs: number;
  /** What numastat counted. */
  readonly counters: readonly { readonly name: string; readonly node: number }[];
}

/** What a run has seen of requests. */
export interface SeenRequests {
  /** Requests of the run so far, and of them those that the first zone of their list did not serve. */
  readonly requests: number;
  readonly misses: number;
  /** When the last 64 misses began, ns, oldest first: a run sought to one of them has it as its last. */
  readonly missTimes: readonly number[];
  readonly last: SeenRequest | null;
  readonly lastMiss: SeenRequest | null;
  /** The last `count` requests of the same node, mask and order (1,000 at most), by the zone that served them, most first. */
  readonly alike: {
    readonly count: number;
    readonly zones: readonly (SeenZone & { readonly count: number })[];
    readonly failed: number;
  };
}
