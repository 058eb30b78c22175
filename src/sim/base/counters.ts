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
/** L2 misses of the kernel and of page walks; of programs in ranges of segments; and of both those whose home is another node. */
export const KERNEL_MISSES = counter();
export const KERNEL_HOME_REMOTE = counter();
export const SEGMENT_MISSES = counter();
export const SEGMENT_HOME_REMOTE = counter();
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

/** Kernel references (reads and writes of kernel data through the caches). */
export const KERNEL_READS = counter();
export const KERNEL_WRITES = counter();
/** Lines of its text that the kernel fetches, those that missed L1I, and L2 misses for them whose home is another node. */
export const KERNEL_FETCHES = counter();
export const KERNEL_FETCH_MISSES = counter();
export const KERNEL_TEXT_REMOTE = counter();
/** Lines of text that programs of scripts fetch, and L2 misses for text of any program whose home is another node. */
export const PROGRAM_FETCHES = counter();
export const PROGRAM_TEXT_REMOTE = counter();
/** Context switches that made an address space map another copy of the kernel text. */
export const TEXT_SWITCHES = counter();
/** Time in programs, in the kernel, and time that a CPU had nothing to run. */
export const USER_NS = counter();
export const SYSTEM_NS = counter();
export const IDLE_NS = counter();

/** /proc/vmstat of 2.6.0, in pages. */
export const PGPGIN = counter();
export const PGPGOUT = counter();
export const PSWPIN = counter();
export const PSWPOUT = counter();
export const PGALLOC = counter();
export const PGFREE = counter();
export const PGACTIVATE = counter();
export const PGDEACTIVATE = counter();
export const PGMAJFAULT = counter();
export const PGSCAN = counter();
export const PGREFILL = counter();
export const PGSTEAL = counter();
export const PGINODESTEAL = counter();
export const KSWAPD_STEAL = counter();
export const KSWAPD_INODESTEAL = counter();
export const PAGEOUTRUN = counter();
export const ALLOCSTALL = counter();
export const PGROTATED = counter();

export const ANON_FAULTS = counter();
export const COW_FAULTS = counter();
/** Bytes copied by copy on write, and cleared for new pages. */
export const COPIED_BYTES = counter();
export const CLEARED_BYTES = counter();
export const FORKS = counter();
export const EXECS = counter();
export const EXITS = counter();
export const SYSCALLS = counter();
export const CONTEXT_SWITCHES = counter();
/** Looks for a busiest node; tasks that went to a CPU of another node; tasks placed at fork and at exec. */
export const NODE_BALANCES = counter();
export const NODE_MIGRATIONS = counter();
export const FORK_PLACEMENTS = counter();
export const EXEC_PLACEMENTS = counter();

/** Flushes of other CPUs' TLBs, the IPIs they took, and CR3 loads at the kernel's door (4G/4G). */
export const TLB_SHOOTDOWNS = counter();
export const IPIS = counter();
export const CR3_LOADS = counter();
/** Persistent kmaps: asked for, new mappings, global flushes; atomic kmaps. */
export const KMAPS = counter();
export const KMAP_MISSES = counter();
export const KMAP_FLUSHES = counter();
export const KMAPS_ATOMIC = counter();
export const BOUNCED_PAGES = counter();

/** Lock acquisitions and time held, all locks. */
export const LOCK_ACQUISITIONS = counter();
export const LOCK_HELD_NS = counter();

/** Reverse maps: entries added and removed, chain elements and vmas looked at by walks. */
export const RMAP_ADDS = counter();
export const RMAP_REMOVES = counter();
export const RMAP_STEPS = counter();
export const PTE_PAGES_SHARED = counter();
export const PTE_UNSHARES = counter();
/** Vectors of anonymous faults with page clusters, and the ptes that they filled. */
export const VECTORS = counter();
export const VECTOR_PTES = counter();

/** Tasks that were moved to another CPU; IPIs that make one schedule; balances tried, and tasks that they pulled. */
export const MIGRATIONS = counter();
export const RESCHEDULE_IPIS = counter();
export const BALANCES = counter();
export const BALANCE_PULLS = counter();
/** Acquisitions of locks that had to wait, and how long (locks whose waiting is modelled). */
export const LOCK_CONTENDED = counter();
export const LOCK_WAIT_NS = counter();

export const TRANSACTIONS = counter();

/** Time of programs' own L2 misses whose home is another node. */
export const REMOTE_NS = counter();

export const COUNTERS = next;
