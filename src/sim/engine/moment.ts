/**
 * What a run looks like at a moment: small enough to be made with every sample row, so that the screen shows the machine
 * live and any earlier moment again at once. Shares and utilisations are of the time since the last sample row.
 */

/** A CPU that runs: shares of the interval, 0 to 1, that add up to 1. */
export interface CpuMoment {
  readonly cpu: number;
  readonly node: number;
  /** In programs' own code, without waiting for another node. */
  readonly user: number;
  readonly kernel: number;
  /** Waiting for a lock. */
  readonly lock: number;
  /** Programs waiting for lines of another node's memory, those that the remote cache has among them. */
  readonly remote: number;
  readonly idle: number;
  /** `name pid` of what runs at the moment; empty where the CPU is idle. */
  readonly task: string;
}

export interface NodeMoment {
  readonly node: number;
  /** Of the memory bus, 0 to 1. */
  readonly bus: number;
  /** Shares of the misses of its CPUs, 0 to 1; 0 where there were none. */
  readonly local: number;
  readonly remoteCache: number;
  readonly remote: number;
  /** Tasks that came to its CPUs from another node in the interval. */
  readonly migrations: number;
}

/** Pages are of PAGE_SIZE (clusters). */
export interface ZoneMoment {
  readonly node: number;
  /** DMA, Normal or HighMem. */
  readonly zone: string;
  readonly index: number;
  readonly free: number;
  readonly perCpu: number;
  /** As ProcZone.owners. */
  readonly owners: Readonly<Record<string, number>>;
}

export interface LinkMoment {
  readonly from: number;
  readonly to: number;
  /** Of its bandwidth, 0 to 1. */
  readonly utilisation: number;
}

export interface Moment {
  readonly timeNs: number;
  /** It lies between two sample rows, where the run stands: the next row's takes its place. */
  readonly between?: true;
  /** CPUs that a program runs on. */
  readonly cpus: readonly CpuMoment[];
  /** Nodes with such a CPU, or whose memory was used. */
  readonly nodes: readonly NodeMoment[];
  /** Zones of which anything was used since boot; the others are as boot left them. */
  readonly zones: readonly ZoneMoment[];
  readonly links: readonly LinkMoment[];
}

/** What a marker on the timeline stands for. */
export type MarkerKind =
  /** The first page that a node could not give to its own CPU. */
  | 'first remote page'
  /** Free pages of a zone at or below the mark, for the first time or again after they were above `high`. */
  | 'below low'
  | 'kswapd wakes'
  | 'out of memory'
  /** A task of a program moved to another node for the first time. */
  | 'first migration'
  /** A phase of the workload begins: a script's mark or barrier. */
  | 'phase'
  | 'knob';

export interface Marker {
  readonly timeNs: number;
  readonly kind: MarkerKind;
  /** In words, with its figures: `HighMem 3: 251 free, low is 256`. */
  readonly text: string;
  /** Where it happened; null where it is of the whole run. */
  readonly node: number | null;
}
