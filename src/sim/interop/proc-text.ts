/**
 * Reports as the kernel printed them: /proc/meminfo, buddyinfo, vmstat, slabinfo (version 2.0) of 2.6.0, zoneinfo as it
 * came with 2.6.13, /proc/PID/maps, numa_maps (numa-maps-text.ts), and a profile as readprofile gave it. Deviation: the profile's last column is time and
 * share, not ticks a byte of text (the lab does not know how long a function is).
 */
import type { ProcSlab, ProcSnapshot, ProcTask, ProcZone } from '../kernel/proc/snapshot.ts';
import { numaMapsText } from './numa-maps-text.ts';

/** The reports there are, by the name they go by. */
export const procFiles = [
  'meminfo',
  'zoneinfo',
  'buddyinfo',
  'slabinfo',
  'vmstat',
  'maps',
  'numa_maps',
  'profile',
  'locks',
  'requests',
  'kmaps',
] as const;
export type ProcFile = (typeof procFiles)[number];

/** Text of a report. */
export function procText(file: ProcFile, proc: ProcSnapshot): string {
  switch (file) {
    case 'meminfo':
      return lines(proc.meminfo.map(([name, value]) => meminfoLine(name, value)));
    case 'zoneinfo':
      return lines(proc.zones.flatMap(zoneinfo));
    case 'buddyinfo':
      return lines(proc.zones.map(buddyinfo));
    case 'slabinfo':
      return lines([...SLABINFO_HEAD, ...proc.slabs.map(slabLine)]);
    case 'vmstat':
      return lines(proc.vmstat.map(([name, value]) => `${name} ${value}`));
    case 'maps':
      return mapsText(proc);
    case 'numa_maps':
      return numaMapsText(proc);
    case 'profile':
      return profile(proc);
    case 'locks':
      return locks(proc);
    case 'requests':
      return requests(proc);
    case 'kmaps':
      return kmaps(proc);
  }
}

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

function meminfoLine(name: string, value: number): string {
  if (name.startsWith('HugePages_')) return `${name}:`.padEnd(17) + String(value).padStart(5);
  if (name === 'Hugepagesize') return `${name}:`.padEnd(17) + `${String(value).padStart(5)} kB`;
  return `${name}:`.padEnd(14) + `${String(value).padStart(8)} kB`;
}

function zoneinfo(zone: ProcZone): string[] {
  const { active = 0, inactive = 0, ...others } = zone.lists;
  return [
    `Node ${zone.node}, zone ${zone.zone.padStart(8)}`,
    `  pages free     ${zone.free}`,
    `        min      ${zone.min}`,
    `        low      ${zone.low}`,
    `        high     ${zone.high}`,
    `        active   ${active}`,
    `        inactive ${inactive}`,
    ...Object.entries(others).map(([name, pages]) => `        ${name.padEnd(8)} ${pages}`),
    `        spanned  ${zone.spanned}`,
    `        present  ${zone.present}`,
    `        protection: (${zone.protection.join(', ')})`,
    `  pagesets`,
    `        count:   ${zone.perCpu}`,
  ];
}

function buddyinfo(zone: ProcZone): string {
  const blocks = zone.census.map((count) => `${String(count).padStart(6)} `).join('');
  return `Node ${zone.node}, zone ${zone.zone.padStart(8)} ${blocks}`;
}

const SLABINFO_HEAD = [
  'slabinfo - version: 2.0',
  '# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : slabdata <active_slabs> <num_slabs>',
];

function slabLine(slab: ProcSlab): string {
  const number = (value: number, width: number): string => String(value).padStart(width);
  return [
    slab.name.padEnd(17),
    number(slab.active, 6),
    number(slab.total, 6),
    number(slab.objectBytes, 6),
    number(slab.objectsPerSlab, 4),
    number(slab.pagesPerSlab, 4),
    ': slabdata',
    number(slab.slabs, 6),
    number(slab.slabs, 6),
  ].join(' ');
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

function mapsText({ tasks }: ProcSnapshot): string {
  const living = tasks.filter((task) => task.maps.length > 0);
  return living.length === 0 ? 'No process is left: every task has ended.\n' : lines(living.flatMap(maps));
}

function maps(task: ProcTask): string[] {
  const head = `# ${task.pid} ${task.name} (${task.rss * 4} kB present)`;
  return [
    head,
    ...task.maps.map((vma) => {
      const place = `${hex(vma.start)}-${hex(vma.end)} ${vma.flags} ${hex(vma.offset)} 00:00 0`;
      return `${place.padEnd(49)}${vma.name}`.trimEnd();
    }),
  ];
}

function profile({ profile: rows }: ProcSnapshot): string {
  const kernel = rows.filter(([name]) => name !== 'user' && name !== 'idle');
  const total = kernel.reduce((sum, [, ns]) => sum + ns, 0);
  const row = (name: string, ns: number): string => {
    const share = total === 0 ? 0 : (100 * ns) / total;
    return `${(ns / 1e6).toFixed(3).padStart(12)} ms ${name.padEnd(32)} ${share.toFixed(2).padStart(6)} %`;
  };
  return lines([...kernel.map(([name, ns]) => row(name, ns)), row('total', total)]);
}

function locks({ locks: rows }: ProcSnapshot): string {
  const titles = ['TOTAL', 'HOLD MEAN us', 'HOLD ms', 'SPIN', 'WAIT ms'];
  const head = `${titles
    .map((title) => title.padStart(13))
    .join('')
    .slice(1)}  NAME`;
  // A dash: waiting for the lock is not modelled.
  const line = ({ name, acquisitions, heldNs, contended, waitNs }: ProcSnapshot['locks'][number]): string => {
    const mean = acquisitions === 0 ? 0 : heldNs / acquisitions / 1000;
    const cells = [
      String(acquisitions),
      mean.toFixed(3),
      (heldNs / 1e6).toFixed(3),
      contended === undefined ? '-' : String(contended),
      waitNs === undefined ? '-' : (waitNs / 1e6).toFixed(3),
    ];
    return `${cells
      .map((cell) => cell.padStart(13))
      .join('')
      .slice(1)}  ${name}`;
  };
  return lines([head, ...rows.map(line)]);
}

/** No kernel printed this: the lab's own counts of what requests for pages met on their way. */
function requests({ zones, requests: all }: ProcSnapshot): string {
  const row = (name: string, ...values: readonly number[]): string =>
    name.padEnd(28) + values.map((value) => String(value).padStart(14)).join('');
  const seconds = all.pressureToFailureNs < 0 ? '-' : `${(all.pressureToFailureNs / 1e9).toFixed(3)} s`;
  return lines([
    row('requests', all.requests),
    row('zones looked at', all.visits),
    row('from fall-back zones', all.fallbackEntries),
    row('failed', all.failures),
    row('failed though a zone had it', all.refusedThoughFree),
    `${'from pressure to failure'.padEnd(28)}${seconds.padStart(14)}`,
    `${'zone'.padEnd(28)}${['lock taken', 'looked at', 'refused'].map((name) => name.padStart(14)).join('')}`,
    ...zones.map((zone) =>
      row(
        `${zone.zone} ${zone.node}${zone.index > 0 ? ` #${zone.index}` : ''}`,
        zone.lockTakes,
        zone.visits,
        zone.refusals,
      ),
    ),
  ]);
}

/** No kernel printed this either: how the pools of kmaps fared. */
function kmaps({ kmaps: all }: ProcSnapshot): string {
  if (all === undefined) return 'No page of highmem was mapped through a pool.\n';
  const row = (name: string, value: number | string): string =>
    name.padEnd(28) + (typeof value === 'number' ? String(Math.round(value * 100) / 100) : value).padStart(14);
  const { breakEven, pinnedDepths } = all;
  return lines([
    row('slots', all.slots),
    row('slots taken', all.mappings),
    row('global flushes', all.flushes),
    row('cleared by a flush', all.clearedPerFlush),
    row('slots probed for one', all.probesPerMapping),
    ...(breakEven === undefined ? [] : [row('invlpg is cheaper below', breakEven)]),
    row('windows (UKVA)', all.ukvaWindows),
    ...pinnedDepths.flatMap((count, depth) => (count === 0 ? [] : [row(`pinned, depth ${depth}`, count)])),
    ...(all.pinnedBlocked === 0 ? [] : [row('pinned, none left', all.pinnedBlocked)]),
    ...(all.refusedMoves === 0 ? [] : [row('moves refused', all.refusedMoves)]),
  ]);
}
