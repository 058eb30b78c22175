/** Every metric's formula on counters made by hand: counter i holds a number of its own, so that no two are mixed up. */
import { describe, expect, it } from 'vitest';
import { metrics, sampledMetrics } from '../../../src/sim/engine/metrics.ts';
import * as C from '../../../src/sim/hardware/counters.ts';

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
