/**
 * What /proc would say, as plain data: the kernel's state at the end of a run, or at any moment of it. Text as the kernel
 * printed it is made of this by interop/proc-text.ts. Counts are pages of PAGE_SIZE (clusters) as in the kernel, sizes kB.
 */
export interface ProcZone {
  readonly node: number;
  readonly zone: string;
  readonly index: number;
  readonly free: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  /** Lists of the page replacement by name: active, inactive, and what rmap15 has. */
  readonly lists: Readonly<Record<string, number>>;
  readonly spanned: number;
  readonly present: number;
  readonly protection: readonly number[];
  /** Free blocks by order. */
  readonly census: readonly number[];
  /** Pages in per-CPU sets. */
  readonly perCpu: number;
  /** Pages by owner (page-flags.ts), those that boot took included under `reserved`. */
  readonly owners: Readonly<Record<string, number>>;
  /** Acquisitions of its lock, requests that looked at it, and of these those that its marks refused. */
  readonly lockTakes: number;
  readonly visits: number;
  readonly refusals: number;
}

/** Requests for pages, all zones: what several zones of a type and fall-back zones come to. */
export interface ProcRequests {
  readonly requests: number;
  /** Zones looked at by all of them. */
  readonly visits: number;
  /** Pages that came from a fall-back zone. */
  readonly fallbackEntries: number;
  /** Requests that got NULL, and of these those while a zone that they could use had as much free. */
  readonly failures: number;
  readonly refusedThoughFree: number;
  /** From the first wake of kswapd to the first failure, ns; -1 where there was none. */
  readonly pressureToFailureNs: number;
}

/** How pages of highmem were reached; of kernels that reached none there is nothing to say. */
export interface ProcKmaps {
  /** The pool of persistent kmaps: slots made, and global flushes at its wraps. */
  readonly slots: number;
  readonly mappings: number;
  readonly flushes: number;
  readonly clearedPerFlush: number;
  readonly probesPerMapping: number;
  /** On one CPU: slots cleared at which one invlpg each would cost what the flush does. */
  readonly breakEven?: number | undefined;
  /** Pinned slots instead of the pool: how often a CPU held so many (from 0), kmaps that found none, moves that a pin forbade. */
  readonly pinnedDepths: readonly number[];
  readonly pinnedBlocked: number;
  readonly refusedMoves: number;
  readonly ukvaWindows: number;
}

export interface ProcSlab {
  readonly name: string;
  readonly active: number;
  readonly total: number;
  readonly objectBytes: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly slabs: number;
}

export interface ProcVma {
  /** Virtual addresses, bytes. */
  readonly start: number;
  readonly end: number;
  /** rwxp as in /proc/PID/maps. */
  readonly flags: string;
  readonly offset: number;
  readonly name: string;
  /** Present pages (4 KiB) by node id. */
  readonly onNodes: Readonly<Record<string, number>>;
  /** What else numa_maps says (numa-maps.ts); files of before it was asked have none of it: the policy in effect, the file behind it. */
  readonly policy?: string | undefined;
  readonly file?: string | undefined;
  readonly huge?: boolean | undefined;
  /** Of the present pages: anonymous, and dirty; and how often the most mapped of them is mapped. */
  readonly anon?: number | undefined;
  readonly dirty?: number | undefined;
  readonly mapmax?: number | undefined;
}

/** A segment of shared memory, which stays when its processes end. */
export interface ProcSegment {
  readonly name: string;
  readonly huge: boolean;
  /** As numa_maps calls it; where mbind() set several, each with its pages. */
  readonly policy: string;
  /** Pages (4 KiB) in memory by node id. */
  readonly onNodes: Readonly<Record<string, number>>;
}

export interface ProcTask {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly userNs: number;
  readonly systemNs: number;
  readonly ioNs: number;
  /** From birth to death, or to now. */
  readonly elapsedNs: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  /** Pages of 4 KiB; 0 of a dead task. */
  readonly rss: number;
  readonly maps: readonly ProcVma[];
}

export interface ProcSnapshot {
  /** Name and kB (HugePages_*: a count), in the order of the file. */
  readonly meminfo: readonly (readonly [name: string, value: number])[];
  readonly zones: readonly ProcZone[];
  readonly requests: ProcRequests;
  /** Files of before it was asked have none. */
  readonly kmaps?: ProcKmaps | undefined;
  readonly slabs: readonly ProcSlab[];
  readonly vmstat: readonly (readonly [name: string, value: number])[];
  /** The live tasks, then the dead ones that took the most time; `moreTasks` are left out. */
  readonly tasks: readonly ProcTask[];
  readonly moreTasks: number;
  /** In the order of their making. */
  readonly segments: readonly ProcSegment[];
  /** Function and the time in it, ns, most first. */
  readonly profile: readonly (readonly [name: string, ns: number])[];
  readonly locks: readonly {
    readonly name: string;
    readonly acquisitions: number;
    readonly heldNs: number;
    /** Acquisitions that had to wait, and how long; undefined for locks whose waiting is not modelled. */
    readonly contended?: number | undefined;
    readonly waitNs?: number | undefined;
  }[];
  /** Low memory in use by item, in bytes: what slabs and owners come to. */
  readonly lowmem: readonly { readonly item: string; readonly bytes: number }[];
  /** Bytes of page clusters in use that no pte and no byte of a file uses. */
  readonly unused: { readonly anonymous: number; readonly pageCache: number; readonly pageTables: number };
  /** Sysctls that were changed while it ran. */
  readonly sysctls: readonly { readonly timeNs: number; readonly name: string; readonly value: number }[];
}
