/**
 * The one list of metrics: id, label, unit, and how it is made of the counters of an interval (a sample) or of a whole
 * run. Charts, tables, CSV and reports are all made from it.
 */
import * as C from '../base/counters.ts';

export interface Metric {
  readonly id: string;
  readonly label: string;
  /** Empty for a count. Shares are in %. */
  readonly unit: '' | 'ns' | '%';
  readonly description: string;
  /** Which way is better; 0 where neither is. */
  readonly better: -1 | 0 | 1;
  /** From the counters of the interval; NaN-free: a ratio of nothing is 0. */
  readonly of: (c: Float64Array) => number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const percent = (part: number, whole: number): number => 100 * ratio(part, whole);

const l1d = (c: Float64Array): number => c[C.L1D_READS] + c[C.L1D_WRITES];
const l1dMisses = (c: Float64Array): number => c[C.L1D_READ_MISSES] + c[C.L1D_WRITE_MISSES];
const l2 = (c: Float64Array): number => c[C.L2_READS] + c[C.L2_WRITES];
const l2Misses = (c: Float64Array): number => c[C.L2_READ_MISSES] + c[C.L2_WRITE_MISSES];
const served = (c: Float64Array): number =>
  c[C.SERVED_LOCAL] + c[C.SERVED_TRANSFER] + c[C.SERVED_REMOTE_CACHE] + c[C.SERVED_REMOTE] + c[C.SERVED_REMOTE_OWNER];
const references = (c: Float64Array): number => c[C.READS] + c[C.WRITES] + c[C.FETCHES];
const tlbMisses = (c: Float64Array): number => c[C.DTLB_MISSES] + c[C.ITLB_MISSES];

const count = (id: string, label: string, description: string, better: -1 | 0 | 1, counter: number): Metric => ({
  id,
  label,
  unit: '',
  description,
  better,
  of: (c) => c[counter],
});
const time = (id: string, label: string, description: string, better: -1 | 0 | 1, counter: number): Metric => ({
  ...count(id, label, description, better, counter),
  unit: 'ns',
});
const share = (
  id: string,
  label: string,
  description: string,
  better: -1 | 0 | 1,
  part: (c: Float64Array) => number,
  whole: (c: Float64Array) => number,
): Metric => ({ id, label, unit: '%', description, better, of: (c) => percent(part(c), whole(c)) });

export const metrics: readonly Metric[] = [
  {
    id: 'references',
    label: 'References',
    unit: '',
    description: 'Reads, writes and instruction fetches; a modify counts as both.',
    better: 0,
    of: references,
  },
  count(
    'instructions',
    'Instructions',
    'Fetch records; data records where a stream has no fetches.',
    0,
    C.INSTRUCTIONS,
  ),
  count('reads', 'Reads', 'Data reads.', 0, C.READS),
  count('writes', 'Writes', 'Data writes.', 0, C.WRITES),
  count('fetches', 'Instruction fetches', 'Fetch records.', 0, C.FETCHES),

  {
    id: 'l1dAccesses',
    label: 'L1D accesses',
    unit: '',
    description: 'One for each line a data reference touches.',
    better: 0,
    of: l1d,
  },
  {
    id: 'l1dMisses',
    label: 'L1D misses',
    unit: '',
    description: 'L1 data accesses that missed.',
    better: -1,
    of: l1dMisses,
  },
  count('l1dReadMisses', 'L1D read misses', 'L1 data reads that missed.', -1, C.L1D_READ_MISSES),
  count('l1dWriteMisses', 'L1D write misses', 'L1 data writes that missed.', -1, C.L1D_WRITE_MISSES),
  share('l1dHitRate', 'L1D hit rate', 'Share of L1 data accesses that hit.', 1, (c) => l1d(c) - l1dMisses(c), l1d),
  count('l1iAccesses', 'L1I accesses', 'One for each line an instruction fetch touches.', 0, C.L1I_ACCESSES),
  count('l1iMisses', 'L1I misses', 'L1 instruction accesses that missed.', -1, C.L1I_MISSES),
  {
    id: 'l2Accesses',
    label: 'L2 accesses',
    unit: '',
    description: 'Fills for an L1, and dirty lines written back by an L1.',
    better: 0,
    of: l2,
  },
  { id: 'l2Misses', label: 'L2 misses', unit: '', description: 'L2 accesses that missed.', better: -1, of: l2Misses },
  count('l2ReadMisses', 'L2 fill misses', 'Fills that missed L2.', -1, C.L2_READ_MISSES),
  count(
    'l2WriteMisses',
    'L2 write-back misses',
    'Lines written back by an L1 that L2 no longer had.',
    -1,
    C.L2_WRITE_MISSES,
  ),
  share('l2HitRate', 'L2 hit rate', 'Share of L2 accesses that hit.', 1, (c) => l2(c) - l2Misses(c), l2),
  count('l1Writebacks', 'L1 write-backs', 'Dirty lines evicted from L1.', -1, C.L1_WRITEBACKS),
  count('l2Writebacks', 'L2 write-backs', 'Dirty lines evicted from L2.', -1, C.L2_WRITEBACKS),

  { id: 'tlbMisses', label: 'TLB misses', unit: '', description: 'Data and instruction.', better: -1, of: tlbMisses },
  count('dtlbMisses', 'Data TLB misses', 'Each is a page walk.', -1, C.DTLB_MISSES),
  count('itlbMisses', 'Instruction TLB misses', 'Each is a page walk.', -1, C.ITLB_MISSES),
  share(
    'tlbHitRate',
    'TLB hit rate',
    'Share of references, and of the lines of text that programs of scripts fetched, that needed no page walk.',
    1,
    (c) => references(c) + c[C.PROGRAM_FETCHES] - tlbMisses(c),
    (c) => references(c) + c[C.PROGRAM_FETCHES],
  ),
  count('walkReads', 'Page-walk reads', 'Page-table entries that the walker read, through L2.', -1, C.WALK_READS),

  count(
    'servedLocal',
    'Served by own node',
    'L2 misses served by the memory of the CPU’s own node.',
    0,
    C.SERVED_LOCAL,
  ),
  count(
    'servedTransfer',
    'Served by a neighbour',
    'L2 misses served by the cache of another CPU of the node.',
    0,
    C.SERVED_TRANSFER,
  ),
  count(
    'servedRemoteCache',
    'Served by remote cache',
    'L2 misses to remote memory served by the node’s remote cache.',
    0,
    C.SERVED_REMOTE_CACHE,
  ),
  count('servedRemote', 'Served by remote memory', 'L2 misses served by another node’s memory.', -1, C.SERVED_REMOTE),
  count(
    'servedRemoteOwner',
    'Served by a remote owner',
    'L2 misses that a cache of another node answered, since it had the line to itself.',
    -1,
    C.SERVED_REMOTE_OWNER,
  ),
  share(
    'localShare',
    'Local',
    'Share of L2 misses served within the node by memory or a neighbour.',
    1,
    (c) => c[C.SERVED_LOCAL] + c[C.SERVED_TRANSFER],
    served,
  ),
  share(
    'remoteCacheShare',
    'Remote cache',
    'Share of L2 misses served by the node’s remote cache.',
    0,
    (c) => c[C.SERVED_REMOTE_CACHE],
    served,
  ),
  share(
    'remoteShare',
    'Remote',
    'Share of L2 misses served by another node.',
    -1,
    (c) => c[C.SERVED_REMOTE] + c[C.SERVED_REMOTE_OWNER],
    served,
  ),
  share(
    'remoteHomeShare',
    'Home remote',
    'Share of L2 misses whose home is another node.',
    -1,
    (c) => c[C.HOME_REMOTE],
    served,
  ),
  share(
    'programRemoteShare',
    'Home remote, programs',
    'Share of programs’ own L2 misses whose home is another node.',
    -1,
    (c) => c[C.HOME_REMOTE] - c[C.KERNEL_HOME_REMOTE],
    (c) => served(c) - c[C.KERNEL_MISSES],
  ),
  time(
    'remoteNs',
    'Time of remote misses',
    'Of programs’ own L2 misses whose home is another node, those that the remote cache serves among them; all CPUs added up.',
    -1,
    C.REMOTE_NS,
  ),
  count('kernelMisses', 'L2 misses of the kernel', 'Those of page walks included.', -1, C.KERNEL_MISSES),
  share(
    'kernelRemoteShare',
    'Home remote, kernel',
    'Share of the kernel’s L2 misses whose home is another node.',
    -1,
    (c) => c[C.KERNEL_HOME_REMOTE],
    (c) => c[C.KERNEL_MISSES],
  ),
  count('segmentMisses', 'L2 misses in segments', 'Of programs, in shared segments.', 0, C.SEGMENT_MISSES),
  share(
    'segmentRemoteShare',
    'Home remote, segments',
    'Share of programs’ L2 misses in shared segments whose home is another node.',
    -1,
    (c) => c[C.SEGMENT_HOME_REMOTE],
    (c) => c[C.SEGMENT_MISSES],
  ),
  share(
    'remoteCacheHitRate',
    'Remote cache hit rate',
    'Share of the L2 misses with a remote home that the remote cache served.',
    1,
    (c) => c[C.SERVED_REMOTE_CACHE],
    (c) => c[C.HOME_REMOTE],
  ),
  count('upgrades', 'Upgrades', 'Writes to a line that others share.', -1, C.UPGRADES),
  count('invalidations', 'Invalidations', 'Lines taken out of other caches by writes.', -1, C.INVALIDATIONS),
  count(
    'remoteCacheEvictions',
    'Remote cache evictions',
    'Lines that a remote cache gave up.',
    -1,
    C.REMOTE_CACHE_EVICTIONS,
  ),
  {
    id: 'meanMissNs',
    label: 'Mean miss latency',
    unit: 'ns',
    description: 'Of L2 misses and upgrades.',
    better: -1,
    of: (c) => ratio(c[C.MISS_NS], served(c) + c[C.UPGRADES]),
  },
  {
    id: 'meanQueueNs',
    label: 'Mean wait',
    unit: 'ns',
    description: 'For buses and links, per L2 miss or upgrade; part of the mean miss latency.',
    better: -1,
    of: (c) => ratio(c[C.QUEUE_NS], served(c) + c[C.UPGRADES]),
  },
  {
    id: 'missNs',
    label: 'Time in misses',
    unit: 'ns',
    description: 'All CPUs added up.',
    better: -1,
    of: (c) => c[C.MISS_NS],
  },
  {
    id: 'queueNs',
    label: 'Time waiting',
    unit: 'ns',
    description: 'For buses and links, all CPUs added up.',
    better: -1,
    of: (c) => c[C.QUEUE_NS],
  },
  {
    id: 'walkNs',
    label: 'Time in page walks',
    unit: 'ns',
    description: 'All CPUs added up.',
    better: -1,
    of: (c) => c[C.WALK_NS],
  },

  count('faults', 'Page faults', 'pgfault: minor and major.', -1, C.FAULTS),
  count('ptesFilled', 'ptes filled', 'By faults; with page clusters more than one a fault.', 0, C.PTES_FILLED),
  {
    id: 'faultNs',
    label: 'Time in faults',
    unit: 'ns',
    description: 'All CPUs added up, clearing of pages included.',
    better: -1,
    of: (c) => c[C.FAULT_NS],
  },
  time('userNs', 'User time', 'In programs, all CPUs added up.', 0, C.USER_NS),
  time('systemNs', 'System time', 'In the kernel, all CPUs added up.', -1, C.SYSTEM_NS),
  time('idleNs', 'Idle time', 'Of CPUs that had nothing to run.', 0, C.IDLE_NS),
  count(
    'kernelReads',
    'Kernel reads',
    'Of struct pages, ptes, chains, lists, locks: through the caches.',
    -1,
    C.KERNEL_READS,
  ),
  count('kernelWrites', 'Kernel writes', 'Of the same.', -1, C.KERNEL_WRITES),
  count('kernelFetches', 'Kernel fetches', 'Lines of its text that the kernel fetched.', -1, C.KERNEL_FETCHES),
  share(
    'kernelFetchHitRate',
    'Kernel fetch hit rate',
    'Share of the lines of kernel text that L1I had.',
    1,
    (c) => c[C.KERNEL_FETCHES] - c[C.KERNEL_FETCH_MISSES],
    (c) => c[C.KERNEL_FETCHES],
  ),
  count(
    'kernelTextRemote',
    'Kernel text from another node',
    'L2 misses of fetches of the kernel whose home is another node.',
    -1,
    C.KERNEL_TEXT_REMOTE,
  ),
  count('programFetches', 'Program fetches', 'Lines of text that programs of scripts fetched.', 0, C.PROGRAM_FETCHES),
  count(
    'programTextRemote',
    'Program text from another node',
    'L2 misses of fetches of programs whose home is another node.',
    -1,
    C.PROGRAM_TEXT_REMOTE,
  ),
  count(
    'textSwitches',
    'Kernel text mapped anew',
    'Context switches that made an address space map another copy of the kernel text.',
    -1,
    C.TEXT_SWITCHES,
  ),
  count('majorFaults', 'Major faults', 'pgmajfault: faults that waited for a disk.', -1, C.PGMAJFAULT),
  count('anonFaults', 'Anonymous faults', 'Faults that took a fresh page.', -1, C.ANON_FAULTS),
  {
    id: 'vectorFill',
    label: 'Vector fill',
    unit: '',
    description: 'ptes that an anonymous fault filled on average; with page clusters up to PAGE_MMUCOUNT.',
    better: 1,
    of: (c) => ratio(c[C.VECTOR_PTES], c[C.VECTORS]),
  },
  count('cowFaults', 'Copy-on-write faults', 'Writes to a page that had to be copied or taken over.', -1, C.COW_FAULTS),
  count('copiedBytes', 'Bytes copied', 'By copy on write.', -1, C.COPIED_BYTES),
  count('clearedBytes', 'Bytes cleared', 'For new pages.', -1, C.CLEARED_BYTES),
  count('syscalls', 'System calls', 'Forks, execs and exits included.', 0, C.SYSCALLS),
  count('forks', 'Forks', 'fork, vfork and clone.', 0, C.FORKS),
  count('execs', 'Execs', 'Programs started.', 0, C.EXECS),
  count('exits', 'Exits', 'Tasks that ended.', 0, C.EXITS),
  count('contextSwitches', 'Context switches', 'From one task to another.', 0, C.CONTEXT_SWITCHES),
  count('migrations', 'Migrations', 'Tasks that went on on another CPU.', -1, C.MIGRATIONS),
  count('rescheduleIpis', 'Reschedule IPIs', 'That make another CPU schedule.', -1, C.RESCHEDULE_IPIS),
  count('balances', 'Balances', 'Searches for a busier CPU, by CPUs that balance.', 0, C.BALANCES),
  count('balancePulls', 'Tasks pulled', 'Tasks that balancing took from another CPU.', 0, C.BALANCE_PULLS),
  count(
    'nodeBalances',
    'Looks across nodes',
    'Searches for the busiest node, by CPUs that balance.',
    0,
    C.NODE_BALANCES,
  ),
  count('nodeMigrations', 'Moves between nodes', 'Tasks that went on on a CPU of another node.', -1, C.NODE_MIGRATIONS),
  count('forkPlacements', 'Placed at fork', 'Tasks put on another CPU when they were made.', 0, C.FORK_PLACEMENTS),
  count(
    'execPlacements',
    'Placed at exec',
    'Tasks moved to another CPU before their program began.',
    0,
    C.EXEC_PLACEMENTS,
  ),
  count('transactions', 'Transactions', 'That the workloads marked.', 1, C.TRANSACTIONS),

  count('pgalloc', 'Pages allocated', 'pgalloc.', 0, C.PGALLOC),
  count('pgfree', 'Pages freed', 'pgfree.', 0, C.PGFREE),
  count('pgactivate', 'Pages activated', 'pgactivate: from the inactive list to the active one.', 0, C.PGACTIVATE),
  count('pgdeactivate', 'Pages deactivated', 'pgdeactivate: the other way.', 0, C.PGDEACTIVATE),
  count('pgscan', 'Pages scanned', 'pgscan: of inactive lists, by reclaim.', -1, C.PGSCAN),
  count('pgrefill', 'Active pages scanned', 'pgrefill.', -1, C.PGREFILL),
  count('pgsteal', 'Pages reclaimed', 'pgsteal.', -1, C.PGSTEAL),
  count('pginodesteal', 'Pages of pruned inodes', 'pginodesteal.', -1, C.PGINODESTEAL),
  count('kswapdSteal', 'Pages reclaimed by kswapd', 'kswapd_steal.', -1, C.KSWAPD_STEAL),
  count('kswapdInodesteal', 'Pages of inodes pruned by kswapd', 'kswapd_inodesteal.', -1, C.KSWAPD_INODESTEAL),
  count('pageoutrun', 'kswapd runs', 'pageoutrun.', -1, C.PAGEOUTRUN),
  count('allocstall', 'Direct reclaims', 'allocstall: requests that had to reclaim.', -1, C.ALLOCSTALL),
  count('pgrotated', 'Pages rotated', 'pgrotated: to the tail of the inactive list after their write.', 0, C.PGROTATED),
  count('pgpgin', 'Read from disks', 'pgpgin, kB.', -1, C.PGPGIN),
  count('pgpgout', 'Written to disks', 'pgpgout, kB.', -1, C.PGPGOUT),
  count('pswpin', 'Pages swapped in', 'pswpin.', -1, C.PSWPIN),
  count('pswpout', 'Pages swapped out', 'pswpout.', -1, C.PSWPOUT),

  count('rmapAdds', 'Reverse mappings added', 'page_add_rmap().', -1, C.RMAP_ADDS),
  count('rmapRemoves', 'Reverse mappings removed', 'page_remove_rmap().', -1, C.RMAP_REMOVES),
  count('rmapSteps', 'Reverse-map steps', 'Chain elements and vmas that walks looked at.', -1, C.RMAP_STEPS),
  count('ptePagesShared', 'pte pages shared', 'Pointed at rather than copied or filled.', 1, C.PTE_PAGES_SHARED),
  count('pteUnshares', 'pte pages unshared', 'Copied since one of their address spaces wrote.', -1, C.PTE_UNSHARES),
  count('tlbShootdowns', 'TLB shootdowns', 'Flushes that other CPUs took part in.', -1, C.TLB_SHOOTDOWNS),
  count('ipis', 'IPIs', 'Of TLB flushes.', -1, C.IPIS),
  count('cr3Loads', 'CR3 loads at the kernel’s door', '4G/4G: two a crossing.', -1, C.CR3_LOADS),
  count('kmaps', 'kmaps', 'Of highmem pages, persistent.', -1, C.KMAPS),
  count('kmapMisses', 'New kmaps', 'That took a slot of the pool.', -1, C.KMAP_MISSES),
  count('kmapFlushes', 'kmap flushes', 'flush_all_zero_pkmaps(): the TLBs of all CPUs.', -1, C.KMAP_FLUSHES),
  count('kmapsAtomic', 'Atomic kmaps', 'Of highmem pages and pte pages.', -1, C.KMAPS_ATOMIC),
  count('bouncedPages', 'Bounced pages', 'Copied since a disk could not reach them.', -1, C.BOUNCED_PAGES),
  count(
    'lockAcquisitions',
    'Lock acquisitions',
    'Spinlocks and semaphores; waiting is modelled for locks of runqueues.',
    -1,
    C.LOCK_ACQUISITIONS,
  ),
  time(
    'lockHeldNs',
    'Time under locks',
    'All locks and CPUs added up: where one is held within another, each.',
    -1,
    C.LOCK_HELD_NS,
  ),
  count('lockContended', 'Contended locks', 'Locks of runqueues that another CPU held.', -1, C.LOCK_CONTENDED),
  time('lockWaitNs', 'Waits for locks', 'Spinning for locks of runqueues, all CPUs added up.', -1, C.LOCK_WAIT_NS),
];

/**
 * Columns of a sample row: virtual time at the end of the interval, then metrics of the interval, then the free pages
 * (4 KiB frames) of each sampled zone as `free:<node>:<zone>:<index>`.
 */
export const sampledMetrics: readonly string[] = metrics.map(({ id }) => id);
