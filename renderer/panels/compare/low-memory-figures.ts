/** What runs came to in low memory: what boot left of it, and how it stood at the end. Pure. */
import type { RunReport } from '../../../src/sim/engine/report.ts';
import type { Figure } from './comparison.ts';
import type { Compared } from './figures.ts';

const MIB = 1024 * 1024;
const FRAME_BYTES = 4096;

const meminfoOf = (report: RunReport, name: string): number | undefined =>
  report.result.proc?.meminfo.find(([each]) => each === name)?.[1];

/** Low memory in use by the items of `proc.lowmem` that `wanted` takes, MiB; undefined of a run that did not say. */
function itemsOf(report: RunReport, wanted: (item: string) => boolean): number | undefined {
  const items = report.result.proc?.lowmem;
  if (items === undefined) return undefined;
  return items.reduce((sum, { item, bytes }) => sum + (wanted(item) ? bytes / MIB : 0), 0);
}

/** Bytes of clusters in use that nothing is in, MiB. */
function unusedOf(report: RunReport): number | undefined {
  const unused = report.result.proc?.unused;
  return unused === undefined ? undefined : (unused.anonymous + unused.pageCache + unused.pageTables) / MIB;
}

/** Figures of low memory, boot's first; those that are nothing everywhere are left out. */
export function lowMemoryFigures(runs: readonly Compared[]): Figure[] {
  const figure = (
    id: string,
    label: string,
    unit: 'MiB' | 'kB',
    better: -1 | 0 | 1,
    description: string,
    of: (run: Compared) => number | undefined,
  ): Figure => ({ id: `low.${id}`, label, unit, better, values: runs.map(of), description });
  const figures = [
    figure('boot', 'Low memory after boot', 'MiB', 1, 'As the boot log prints it (LOWMEM available).', ({ layout }) =>
      layout?.boots === true ? layout.lowmemMiB : undefined,
    ),
    figure('kva', 'KVA remap', 'MiB', -1, 'Kernel address space for the windows on remapped mem_map.', ({ layout }) =>
      layout === null ? undefined : (layout.memMap.kvaPagesTotal * FRAME_BYTES) / MIB,
    ),
    figure('memmap', 'mem_map, all nodes', 'MiB', -1, 'One struct page for each page cluster.', ({ layout }) =>
      layout === null ? undefined : layout.memMap.totalBytes / MIB,
    ),
    figure('total', 'LowTotal', 'kB', 1, 'Of /proc/meminfo; kB are 1,024 bytes.', ({ report }) =>
      meminfoOf(report, 'LowTotal'),
    ),
    figure('free', 'LowFree at the end', 'kB', 1, 'Of /proc/meminfo; kB are 1,024 bytes.', ({ report }) =>
      meminfoOf(report, 'LowFree'),
    ),
    figure('tables', 'Page tables at the end', 'kB', -1, 'Of /proc/meminfo, wherever they lie.', ({ report }) =>
      meminfoOf(report, 'PageTables'),
    ),
    figure('slab', 'Slab at the end', 'MiB', -1, 'Low memory of all slab caches.', ({ report }) =>
      itemsOf(report, (item) => item.startsWith('slab ')),
    ),
    figure(
      'unused',
      'Unused in page clusters',
      'MiB',
      -1,
      'Of clusters in use, what no pte and no file uses.',
      ({ report }) => unusedOf(report),
    ),
  ];
  return figures.filter(({ values }) => values.some((value) => value !== undefined && value !== 0));
}
