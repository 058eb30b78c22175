/**
 * The numbered counters that hardware and kernel bump, one Float64Array of COUNTERS numbers a CPU. What they are called
 * and which ratios are made of them stands in engine/metrics.ts alone.
 */
let next = 0;
const counter = (): number => next++;

/** Instructions: fetch records, or data records where a stream has no fetches. */
export const INSTRUCTIONS = counter();
/** Data references by kind; a modify counts in both. */
export const READS = counter();
export const WRITES = counter();
/** Instruction fetches; none where the profile skips instruction lines. */
export const FETCHES = counter();

/** Cache accesses: a reference that crosses a line makes one for each line. */
export const L1D_READS = counter();
export const L1D_WRITES = counter();
export const L1D_READ_MISSES = counter();
export const L1D_WRITE_MISSES = counter();
export const L1I_ACCESSES = counter();
export const L1I_MISSES = counter();
/** L2: fills asked for by an L1 (reads), and dirty lines written back by an L1 (writes). */
export const L2_READS = counter();
export const L2_WRITES = counter();
export const L2_READ_MISSES = counter();
export const L2_WRITE_MISSES = counter();
export const L1_WRITEBACKS = counter();
export const L2_WRITEBACKS = counter();

export const DTLB_MISSES = counter();
export const ITLB_MISSES = counter();
/** Page-table entries read by the walker, through L2. */
export const WALK_READS = counter();
export const WALK_NS = counter();

/** L2 misses by who served them. The five add up to all L2 misses of a machine with a kernel. */
export const SERVED_LOCAL = counter();
export const SERVED_TRANSFER = counter();
export const SERVED_REMOTE_CACHE = counter();
export const SERVED_REMOTE = counter();
/** A cache of another node had the line to itself and answered for it. */
export const SERVED_REMOTE_OWNER = counter();
/** L2 misses (of the above) whose home is another node than the CPU's. */
export const HOME_REMOTE = counter();
/** Writes to a line that others share: no data moves, copies are invalidated. */
export const UPGRADES = counter();
/** Lines taken out of other caches by writes. */
export const INVALIDATIONS = counter();
export const REMOTE_CACHE_EVICTIONS = counter();
/** Time of all L2 misses and upgrades, and of it the time spent waiting for buses and links. */
export const MISS_NS = counter();
export const QUEUE_NS = counter();

export const FAULTS = counter();
export const FAULT_NS = counter();
/** ptes filled in by faults; with page clusters more than one a fault. */
export const PTES_FILLED = counter();

export const COUNTERS = next;
