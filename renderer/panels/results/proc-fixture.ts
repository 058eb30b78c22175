/** For tests: what the kernel says of a small machine of two nodes, made by hand. */
import type { ProcSnapshot, ProcZone } from '../../../src/sim/kernel/proc/snapshot.ts';

const zone = (node: number, name: string, free: number, owners: ProcZone['owners']): ProcZone => ({
  node,
  zone: name,
  index: 0,
  free,
  min: 10,
  low: 20,
  high: 30,
  lists: { active: 5, inactive: 7 },
  spanned: 1000,
  present: 1000,
  protection: [],
  census: [1, 0, 2],
  perCpu: 1000 - free - Object.values(owners).reduce((sum, pages) => sum + pages, 0),
  owners,
  lockTakes: 12,
  visits: 40,
  refusals: 3,
});

export const proc: ProcSnapshot = {
  meminfo: [
    ['MemTotal', 8000],
    ['LowFree', 1204],
  ],
  zones: [
    zone(0, 'Normal', 300, { reserved: 400, slab: 200, 'page tables': 90 }),
    zone(1, 'HighMem', 600, { anonymous: 250, 'page cache': 150 }),
  ],
  requests: {
    requests: 40,
    visits: 43,
    fallbackEntries: 0,
    failures: 0,
    refusedThoughFree: 0,
    pressureToFailureNs: -1,
  },
  slabs: [
    { name: 'pte_chain', active: 90, total: 120, objectBytes: 32, objectsPerSlab: 113, pagesPerSlab: 1, slabs: 2 },
  ],
  vmstat: [['pgfault', 12]],
  tasks: [
    {
      pid: 4,
      name: 'sh',
      state: 'sleeping',
      userNs: 1e6,
      systemNs: 3e6,
      ioNs: 0,
      elapsedNs: 9e6,
      minorFaults: 12,
      majorFaults: 1,
      rss: 5,
      maps: [
        { start: 0x8048000, end: 0x804c000, flags: 'r-xp', offset: 0, name: '/bin/sh', onNodes: { '0': 1, '1': 2 } },
        { start: 0xbffff000, end: 0xc0000000, flags: 'rw-p', offset: 0, name: '[stack]', onNodes: { '1': 1 } },
      ],
    },
    {
      pid: 7,
      name: 'cat',
      state: 'dead',
      userNs: 0,
      systemNs: 1e6,
      ioNs: 2e6,
      elapsedNs: 3e6,
      minorFaults: 3,
      majorFaults: 0,
      rss: 0,
      maps: [],
    },
  ],
  moreTasks: 0,
  segments: [],
  profile: [
    ['user', 9e6],
    ['do_page_fault', 3e6],
    ['page_add_rmap', 1e6],
    ['idle', 5e6],
  ],
  locks: [{ name: 'zone.lock', acquisitions: 4, heldNs: 1000 }],
  lowmem: [
    { item: 'reserved', bytes: 400 * 4096 },
    { item: 'slab pte_chain', bytes: 2 * 4096 },
  ],
  unused: { anonymous: 8192, pageCache: 4096, pageTables: 0 },
  sysctls: [],
};
