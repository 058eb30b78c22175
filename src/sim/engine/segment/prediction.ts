/** What is known of a segment's design before it runs: plain data for the window and `numaq segment --predict`. */
import type { CallResult } from '../../kernel/policy/mempolicy.ts';
import type { Issue } from '../../base/errors.ts';
import type { SegmentDesign } from '../../workloads/segment/design.ts';

/** Pages (of 4 KiB) on a node, by its id. */
export interface NodePages {
  readonly node: number;
  readonly pages: number;
}

export interface RangePrediction {
  readonly name: string;
  readonly pages: number;
  /** Nodes with pages, by their ids; pages that nobody touches are nowhere. */
  readonly nodes: readonly NodePages[];
  /** As a line of numa_maps ends, with the policy that its segment obeys in the end: `bind=0 N0=512`. */
  readonly numaMaps: string;
  /** Of all references to it. */
  readonly remotePercent: number;
}

export interface NodePrediction {
  readonly node: number;
  /** Free for user pages before the segment is there. */
  readonly freePages: number;
  readonly segmentPages: number;
  /** Pages that it was to have and that lie elsewhere. */
  readonly spilledPages: number;
  /** Processes that use the segment. */
  readonly processes: number;
  /** Share of all references to the segment that its memory serves, %. */
  readonly servedPercent: number;
}

export interface GroupPrediction {
  readonly name: string;
  readonly processes: number;
  readonly nodes: readonly number[];
  readonly remotePercent: number;
  /** A miss without queueing. */
  readonly meanMissNs: number;
}

/** A binding call that a program of the design makes. */
export interface PredictedCall {
  /** Who makes it: the creator, or a group of users. */
  readonly by: string;
  /** `mbind(log, bind, 0)`. */
  readonly text: string;
  readonly result: CallResult;
}

export interface SegmentPrediction {
  readonly ranges: readonly RangePrediction[];
  readonly nodes: readonly NodePrediction[];
  readonly groups: readonly GroupPrediction[];
  /** From a node (row) to the memory of a node: share of all references, %. Nodes as in `nodes`; empty above 64 nodes. */
  readonly matrix: readonly (readonly number[])[];
  readonly remotePercent: number;
  readonly meanMissNs: number;
  /** Of the process whose misses take longest. */
  readonly slowestMissNs: number;
  readonly pteBytes: {
    readonly perProcess: number;
    readonly total: number;
    /** Where they lie. */
    readonly place: 'low memory' | 'highmem' | 'memory';
  };
  readonly calls: readonly PredictedCall[];
  readonly warnings: readonly string[];
  /** CPUs that the workload takes, for its spec. */
  readonly cpus: readonly number[];
}

/** A design as edited: `prediction` is there where nothing is wrong with it on this machine. */
export interface CheckedSegment {
  readonly design?: SegmentDesign;
  readonly prediction?: SegmentPrediction;
  /** Equivalent command lines of numactl for its layout; empty where there are none. */
  readonly numactl: readonly string[];
  readonly issues: readonly Issue[];
}
