/**
 * Memory at the login prompt of the 64 GB box, and what clusters of 32 KB make of it: meminfo after boot and after login,
 * PageTables, 10,000 files of 1 KB, anonymous faults of a compile, memory lost to fragmentation. Beside them: the boot logs
 * of the box and W. L. Irwin's figures (March 2003).
 */
import type { RunReport } from '../../src/sim/engine/report.ts';
import { change, grouped, meminfoOf, printTable, reportOf } from '../support/figures.ts';
import { afterLogin, BOX_16, BOX_64, BOX_PGCL, cacheOfSmallFiles, itemisedOnly } from '../support/login-figures.ts';

const SCALES = [0.005, 0.02];

const login64 = afterLogin(BOX_64);
const predicted64 = afterLogin(BOX_64, itemisedOnly(BOX_64));
const predictedPgcl = afterLogin(BOX_PGCL, itemisedOnly(BOX_PGCL));
const login16 = afterLogin(BOX_16);
const beside = (report: RunReport, name: string, published: number): (string | number)[] => {
  const measured = meminfoOf(report, name);
  return [measured, published, measured === published ? 'exact' : change(published, measured)];
};
printTable(
  'meminfo after login, kB (published: boot logs, Irwin, 28 Mar 2003; OSDL, 3 Feb 2003)',
  ['', 'model', 'published', 'error'],
  [
    ['64 GB box HighTotal', ...beside(login64, 'HighTotal', 65_134_592)],
    ['64 GB box LowTotal', ...beside(login64, 'LowTotal', 176_076)],
    ['16 GB box HighTotal', ...beside(login16, 'HighTotal', 15_728_640)],
    [
      '64 GB box LowFree, predicted (the log names hash tables and bounce pool)',
      ...beside(predicted64, 'LowFree', 144_180),
    ],
    ['64 GB box, 32 KB clusters, LowFree, predicted', ...beside(predictedPgcl, 'LowFree', 711_808)],
    ['64 GB box LowFree, login on top of all that the profile takes', ...beside(login64, 'LowFree', 144_180)],
    ['64 GB box Slab, predicted', ...beside(predicted64, 'Slab', 8824)],
    ['64 GB box, 32 KB clusters, Slab, predicted', ...beside(predictedPgcl, 'Slab', 13_248)],
  ],
);
const lowmem = (predicted64.result.proc?.lowmem ?? []).map(({ item, bytes }) => `${item} ${grouped(bytes / 1024)}`);
console.log(`low memory of the prediction by item, kB: ${lowmem.join(', ')}`);

const unpacked = afterLogin(BOX_PGCL);
const packed = afterLogin(BOX_PGCL, { packPtePages: true });
const tables = [login64, unpacked, packed].map((report) => meminfoOf(report, 'PageTables'));
printTable(
  'PageTables after login, kB (published: Irwin, 2003)',
  ['', 'model', 'times', 'published'],
  [
    ['4 KB', tables[0], '1', 196],
    ['32 KB clusters, a pte page takes one', tables[1], (tables[1] / tables[0]).toString(), 1568],
    ['32 KB clusters, pte pages packed', tables[2], (tables[2] / tables[0]).toFixed(2), '-'],
  ],
);

printTable(
  'page cache of 10,000 files of 1 KB, bytes (arithmetic: 10,000 clusters)',
  ['', 'model', 'expected'],
  [
    ['4 KB', cacheOfSmallFiles(0, 10_000, 1024), 40_960_000],
    ['32 KB clusters', cacheOfSmallFiles(3, 10_000, 1024), 327_680_000],
  ],
);

const rows: (string | number)[][] = [];
for (const scale of SCALES) {
  const [small, large] = [0, 3].map((pageMmuShift) =>
    reportOf({ builtIn: BOX_16, program: 'compile', scale, kernel: { flavour: '2.5.66-pgcl', pageMmuShift } }),
  );
  const [before, after] = [small.result.totals, large.result.totals];
  rows.push([
    `scale ${scale}`,
    before.anonFaults,
    after.anonFaults,
    (before.anonFaults / after.anonFaults).toFixed(2),
    after.vectorFill.toFixed(2),
    (before.faults / after.faults).toFixed(2),
    change(before.systemNs, after.systemNs),
  ]);
}
printTable(
  'anonymous faults of a compile on the 16 GB box (reported fill of a vector: 3 of 8)',
  ['', 'at 4 KB', 'at 32 KB', 'factor', 'fill of 8', 'all faults, factor', 'system time'],
  rows,
);

/** A compile in its middle: the state of the moment, when about half the objects are there. */
const lost = ({ result }: RunReport): string[] => {
  const { anonymous, pageCache, pageTables } = result.proc?.unused ?? { anonymous: 0, pageCache: 0, pageTables: 0 };
  return [anonymous, pageCache, pageTables, anonymous + pageCache + pageTables].map((bytes) => grouped(bytes / 1024));
};
const shifts = [0, 1, 2, 3, 4].map((pageMmuShift) => afterLogin(BOX_64, { flavour: '2.5.66-pgcl', pageMmuShift }));
printTable(
  'memory lost to fragmentation after login on the 64 GB box, kB',
  ['', 'anonymous', 'page cache', 'page tables', 'all'],
  shifts.map((report, shift) => [`${4 << shift} KB`, ...lost(report)]),
);
