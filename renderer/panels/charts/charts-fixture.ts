/** A run of four samples and as many moments, for the tests of charts. */
import type { Moment } from '../../../src/sim/engine/moment.ts';
import type { SampledRun } from './columns.ts';

const rows: Readonly<Record<string, number[]>> = {
  timeNs: [0, 1e6, 2e6, 3e6],
  references: [0, 100, 100, 100],
  l1dHitRate: [0, 90, 95, 97],
  l2HitRate: [0, 50, 60, 70],
  tlbHitRate: [0, 99, 99, 99],
  remoteCacheHitRate: [0, 0, 40, 50],
  localShare: [0, 100, 50, 60],
  remoteCacheShare: [0, 0, 20, 20],
  remoteShare: [0, 0, 30, 20],
  meanMissNs: [0, 225, 900, 800],
  meanQueueNs: [0, 0, 10, 20],
  faults: [10, 40, 30, 20],
  syscalls: [20, 80, 60, 40],
  systemNs: [5e6, 1e6, 2e6, 3e6],
  'free:0:Normal:0': [64_512, 64_512, 60_000, 256],
  'free:0:HighMem:0': [2_000_000, 1_900_000, 1_800_000, 1_700_000],
  'free:3:HighMem:0': [2_074_112, 2_000_000, 100, 0],
};

const moment = (timeNs: number, user: number, slab: number): Moment => ({
  timeNs,
  cpus: [{ cpu: 4, node: 1, user, kernel: 0.25, lock: 0, remote: 0, idle: 0.75 - user, task: '' }],
  nodes: [{ node: 1, bus: 0.5, local: 1, remoteCache: 0, remote: 0, migrations: 2 }],
  zones: [{ node: 1, zone: 'HighMem', index: 0, free: 10, perCpu: 0, owners: { slab, anonymous: 512 } }],
  links: [{ from: 0, to: 1, utilisation: 0.81 }],
});

export const moments: readonly Moment[] = [moment(1e6, 0.5, 256), moment(2e6, 0.25, 512), moment(3e6, 0, 1024)];

export const run: SampledRun = {
  columns: Object.keys(rows),
  frameCount: 4,
  moments,
  column: (id) => rows[id] ?? [],
};
