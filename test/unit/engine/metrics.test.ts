/** Every metric's formula on counters made by hand: counter i holds a number of its own, so that no two are mixed up. */
import { describe, expect, it } from 'vitest';
import { metrics, sampledMetrics } from '../../../src/sim/engine/metrics.ts';
import * as C from '../../../src/sim/base/counters.ts';

/** 1,000 references of 600 reads, 300 writes, 100 fetches, and what became of them. */
const by: Readonly<Partial<Record<keyof typeof C, number>>> = {
  INSTRUCTIONS: 101,
  READS: 600,
  WRITES: 300,
  FETCHES: 100,
  L1D_READS: 650,
  L1D_WRITES: 350,
  L1D_READ_MISSES: 60,
  L1D_WRITE_MISSES: 40,
  L1I_ACCESSES: 110,
  L1I_MISSES: 11,
  L2_READS: 180,
  L2_WRITES: 20,
  L2_READ_MISSES: 45,
  L2_WRITE_MISSES: 5,
  L1_WRITEBACKS: 21,
  L2_WRITEBACKS: 12,
  DTLB_MISSES: 15,
  ITLB_MISSES: 5,
  WALK_READS: 40,
  WALK_NS: 700,
  SERVED_LOCAL: 20,
  SERVED_TRANSFER: 4,
  SERVED_REMOTE_CACHE: 10,
  SERVED_REMOTE: 13,
  SERVED_REMOTE_OWNER: 3,
  HOME_REMOTE: 25,
  UPGRADES: 14,
  INVALIDATIONS: 9,
  REMOTE_CACHE_EVICTIONS: 2,
  MISS_NS: 6400,
  QUEUE_NS: 640,
  FAULTS: 7,
  FAULT_NS: 7000,
  PTES_FILLED: 56,
  USER_NS: 2001,
  SYSTEM_NS: 2002,
  IDLE_NS: 2003,
  KERNEL_READS: 2004,
  KERNEL_WRITES: 2005,
  PGMAJFAULT: 2006,
  ANON_FAULTS: 2007,
  COW_FAULTS: 2008,
  COPIED_BYTES: 2009,
  CLEARED_BYTES: 2010,
  SYSCALLS: 2011,
  FORKS: 2012,
  EXECS: 2013,
  EXITS: 2014,
  CONTEXT_SWITCHES: 2015,
  TRANSACTIONS: 2016,
  PGALLOC: 2017,
  PGFREE: 2018,
  PGACTIVATE: 2019,
  PGDEACTIVATE: 2020,
  PGSCAN: 2021,
  PGREFILL: 2022,
  PGSTEAL: 2023,
  PGINODESTEAL: 2024,
  KSWAPD_STEAL: 2025,
  KSWAPD_INODESTEAL: 2026,
  PAGEOUTRUN: 2027,
  ALLOCSTALL: 2028,
  PGROTATED: 2029,
  PGPGIN: 2030,
  PGPGOUT: 2031,
  PSWPIN: 2032,
  PSWPOUT: 2033,
  RMAP_ADDS: 2034,
  RMAP_REMOVES: 2035,
  RMAP_STEPS: 2036,
  PTE_PAGES_SHARED: 2037,
  PTE_UNSHARES: 2038,
  TLB_SHOOTDOWNS: 2039,
  IPIS: 2040,
  CR3_LOADS: 2041,
  KMAPS: 2042,
  KMAP_MISSES: 2043,
  KMAP_FLUSHES: 2044,
  KMAPS_ATOMIC: 2045,
  BOUNCED_PAGES: 2046,
  LOCK_ACQUISITIONS: 2047,
  LOCK_HELD_NS: 2048,
  VECTORS: 8,
  VECTOR_PTES: 24,
};

const expected: Readonly<Record<string, number>> = {
  references: 1000,
  instructions: 101,
  reads: 600,
  writes: 300,
  fetches: 100,
  l1dAccesses: 1000,
  l1dMisses: 100,
  l1dReadMisses: 60,
  l1dWriteMisses: 40,
  l1dHitRate: 90,
  l1iAccesses: 110,
  l1iMisses: 11,
  l2Accesses: 200,
  l2Misses: 50,
  l2ReadMisses: 45,
  l2WriteMisses: 5,
  l2HitRate: 75,
  l1Writebacks: 21,
  l2Writebacks: 12,
  tlbMisses: 20,
  dtlbMisses: 15,
  itlbMisses: 5,
  tlbHitRate: 98,
  walkReads: 40,
  servedLocal: 20,
  servedTransfer: 4,
  servedRemoteCache: 10,
  servedRemote: 13,
  servedRemoteOwner: 3,
  localShare: 48, // 24 of 50
  remoteCacheShare: 20,
  remoteShare: 32,
  remoteHomeShare: 50,
  remoteCacheHitRate: 40, // 10 of 25
  upgrades: 14,
  invalidations: 9,
  remoteCacheEvictions: 2,
  meanMissNs: 100, // 6,400 over 50 misses and 14 upgrades
  meanQueueNs: 10,
  missNs: 6400,
  queueNs: 640,
  walkNs: 700,
  faults: 7,
  ptesFilled: 56,
  faultNs: 7000,
  userNs: 2001,
  systemNs: 2002,
  idleNs: 2003,
  kernelReads: 2004,
  kernelWrites: 2005,
  majorFaults: 2006,
  anonFaults: 2007,
  cowFaults: 2008,
  copiedBytes: 2009,
  clearedBytes: 2010,
  syscalls: 2011,
  forks: 2012,
  execs: 2013,
  exits: 2014,
  contextSwitches: 2015,
  transactions: 2016,
  pgalloc: 2017,
  pgfree: 2018,
  pgactivate: 2019,
  pgdeactivate: 2020,
  pgscan: 2021,
  pgrefill: 2022,
  pgsteal: 2023,
  pginodesteal: 2024,
  kswapdSteal: 2025,
  kswapdInodesteal: 2026,
  pageoutrun: 2027,
  allocstall: 2028,
  pgrotated: 2029,
  pgpgin: 2030,
  pgpgout: 2031,
  pswpin: 2032,
  pswpout: 2033,
  rmapAdds: 2034,
  rmapRemoves: 2035,
  rmapSteps: 2036,
  ptePagesShared: 2037,
  pteUnshares: 2038,
  tlbShootdowns: 2039,
  ipis: 2040,
  cr3Loads: 2041,
  kmaps: 2042,
  kmapMisses: 2043,
  kmapFlushes: 2044,
  kmapsAtomic: 2045,
  bouncedPages: 2046,
  lockAcquisitions: 2047,
  lockHeldNs: 2048,
  vectorFill: 3,
};

const names = (Object.keys(C) as (keyof typeof C)[]).filter((name) => name !== 'COUNTERS');

describe('metrics', () => {
  it('are what they say, each of them', () => {
    const counters = new Float64Array(C.COUNTERS);
    for (const name of names) counters[C[name]] = by[name] ?? NaN;
    expect(Object.fromEntries(metrics.map(({ id, of }) => [id, of(counters)]))).toEqual(expected);
  });

  it('are 0, not NaN, of nothing', () => {
    for (const { id, of } of metrics) expect([id, of(new Float64Array(C.COUNTERS))]).toEqual([id, 0]);
  });

  it('have ids of their own, and say what they are', () => {
    expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length);
    for (const { label, description } of metrics) expect([label, description]).not.toContain('');
    for (const id of sampledMetrics) expect(metrics.map((metric) => metric.id)).toContain(id);
  });

  it('leave no counter out', () => {
    expect(names).toHaveLength(C.COUNTERS);
    for (const name of names) {
      const counters = new Float64Array(C.COUNTERS).fill(1);
      const before = metrics.map(({ of }) => of(counters));
      counters[C[name]] = 2;
      expect(
        metrics.map(({ of }) => of(counters)),
        name,
      ).not.toEqual(before);
    }
  });
});
