/** What the kernel says at the end of a run (or while it goes on) as sheets: memory by owner, processes, profile, locks, slabs, transactions. */
import type { RunReport } from '../../../src/sim/engine/report.ts';
import type { ProcSnapshot, ProcTask } from '../../../src/sim/kernel/proc/snapshot.ts';
import { formatBytes, formatFigures, formatNumber, formatTime } from '../format.ts';
import { OWNER_LOOKS, ownedParts } from '../memory-owners.ts';
import type { Sheet, SheetColumn } from './sheets.ts';
import { perSecond } from './throughput.ts';

type Result = Pick<RunReport['result'], 'proc' | 'transactions'>;

const text = (id: string, label: string, description = ''): SheetColumn => ({
  id,
  label,
  unit: '',
  description,
  text: true,
  format: String,
});
const count = (id: string, label: string, description = '', unit = ''): SheetColumn => ({
  id,
  label,
  unit,
  description,
  format: formatFigures,
});
const time = (id: string, label: string, description = ''): SheetColumn => ({
  ...count(id, label, description),
  format: formatTime,
});
const bytes = (id: string, label: string, description = ''): SheetColumn => ({
  ...count(id, label, description),
  format: formatBytes,
});
const percent = (id: string, label: string, description = ''): SheetColumn => ({
  ...count(id, label, description, '%'),
  format: (value) => formatNumber(value, 2),
});

/** Sheets of what a kernel leaves behind; those without rows are left out. None of a machine without a kernel. */
export function procSheets({ proc, transactions }: Result): Sheet[] {
  const sheets = [
    ...(proc === null ? [] : [memorySheet(proc), processSheet(proc), profileSheet(proc), lockSheet(proc)]),
    transactionSheet(transactions),
    ...(proc === null ? [] : [slabSheet(proc)]),
  ];
  return sheets.filter(({ rows }) => rows.length > 0);
}

/** `HighMem 3`, and `HighMem 3 #1` for the second of several zones of a type. */
export const procZoneName = ({ zone, node, index }: ProcSnapshot['zones'][number]): string =>
  `${zone} ${node}${index > 0 ? ` #${index}` : ''}`;

function memorySheet({ zones }: ProcSnapshot): Sheet {
  const parts = zones.map(ownedParts);
  const used = OWNER_LOOKS.filter(({ owner }) => parts.some((zone) => zone.some((part) => part.owner === owner)));
  return {
    id: 'memory',
    title: 'Memory',
    columns: [
      text('zone', 'Zone'),
      count('present', 'Present', 'Pages of the zone that the allocator has', 'pages'),
      ...used.map(({ owner, label }) => count(owner, label, '', 'pages')),
      count('low', 'Low mark', 'Below it kswapd begins', 'pages'),
    ],
    rows: zones.map((zone, at) => [
      procZoneName(zone),
      zone.present,
      ...used.map(({ owner }) => parts[at].find((part) => part.owner === owner)?.pages ?? 0),
      zone.low,
    ]),
  };
}

function processSheet({ tasks }: ProcSnapshot): Sheet {
  return {
    id: 'processes',
    title: 'Processes',
    columns: [
      count('pid', 'PID'),
      text('name', 'Name'),
      text('state', 'State'),
      time('userNs', 'User'),
      time('systemNs', 'System'),
      time('ioNs', 'Disk', 'Time asleep for disks'),
      time('elapsedNs', 'Elapsed', 'From birth to death, or to now'),
      count('minorFaults', 'Minor faults'),
      count('majorFaults', 'Major faults', 'That waited for a disk'),
      bytes('rss', 'Present', 'Pages of its address space that are in memory'),
    ],
    rows: tasks.map(({ pid, name, state, userNs, systemNs, ioNs, elapsedNs, minorFaults, majorFaults, rss }) => {
      return [pid, name, state, userNs, systemNs, ioNs, elapsedNs, minorFaults, majorFaults, rss * 4096];
    }),
  };
}

function profileSheet({ profile }: ProcSnapshot): Sheet {
  // As readprofile: programs' own time and idleness are none of the kernel's.
  const kernel = profile.filter(([name]) => name !== 'user' && name !== 'idle');
  const total = kernel.reduce((sum, [, ns]) => sum + ns, 0);
  return {
    id: 'profile',
    title: 'Kernel profile',
    columns: [
      text('function', 'Function'),
      time('ns', 'Time', 'Its own, without what it calls; all CPUs added up'),
      percent('share', 'Share', 'Of the time in the kernel'),
    ],
    rows: kernel.map(([name, ns]) => [name, ns, (100 * ns) / total]),
  };
}

function lockSheet({ locks }: ProcSnapshot): Sheet {
  return {
    id: 'locks',
    title: 'Locks',
    columns: [
      text('lock', 'Lock'),
      count('acquisitions', 'Acquisitions', 'Waiting for a lock is not modelled'),
      time('heldNs', 'Held', 'All of its kind and all CPUs added up'),
      time('meanNs', 'Mean hold'),
    ],
    rows: locks.map(({ name, acquisitions, heldNs }) => {
      return [name, acquisitions, heldNs, acquisitions === 0 ? 0 : heldNs / acquisitions];
    }),
  };
}

function slabSheet({ slabs }: ProcSnapshot): Sheet {
  return {
    id: 'slabs',
    title: 'Slabs',
    columns: [
      text('cache', 'Cache'),
      count('active', 'Active objects'),
      count('total', 'Objects'),
      count('objectBytes', 'Object', '', 'B'),
      count('objectsPerSlab', 'Objects a slab'),
      count('pagesPerSlab', 'Pages a slab'),
      count('slabs', 'Slabs'),
    ],
    rows: slabs.map(({ name, active, total, objectBytes, objectsPerSlab, pagesPerSlab, slabs: held }) => {
      return [name, active, total, objectBytes, objectsPerSlab, pagesPerSlab, held];
    }),
  };
}

function transactionSheet(transactions: Result['transactions']): Sheet {
  return {
    id: 'transactions',
    title: 'Transactions',
    columns: [
      text('name', 'Name'),
      count('count', 'Count'),
      count('perSecond', 'Throughput', 'From the begin of the first to the end of the last', '/s'),
      time('meanNs', 'Mean'),
      time('p50Ns', '50 %', 'Half of them took no longer'),
      time('p95Ns', '95 %'),
      time('p99Ns', '99 %'),
      time('maxNs', 'Longest'),
    ],
    rows: transactions.map((row) => {
      const { name, count: times, meanNs, p50Ns, p95Ns, p99Ns, maxNs } = row;
      return [name, times, perSecond(row) ?? '', meanNs, p50Ns, p95Ns, p99Ns, maxNs];
    }),
  };
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** The mappings of a process, with the pages of each by the node they lie on. */
export function mapsSheet(task: ProcTask): Sheet {
  const nodes = [...new Set(task.maps.flatMap(({ onNodes }) => Object.keys(onNodes)))].sort((a, b) => +a - +b);
  return {
    id: `maps-${task.pid}`,
    title: `Mappings of ${task.pid} ${task.name}`,
    columns: [
      text('range', 'Addresses'),
      text('flags', 'Rights', 'read, write, execute; private or shared'),
      bytes('size', 'Size'),
      bytes('present', 'Present'),
      ...nodes.map((node) => bytes(`node${node}`, `Node ${node}`, 'What of it lies there')),
      text('name', 'What'),
    ],
    rows: task.maps.map(({ start, end, flags, name, onNodes }) => [
      `${hex(start)}-${hex(end)}`,
      flags,
      end - start,
      4096 * Object.values(onNodes).reduce((sum, pages) => sum + pages, 0),
      ...nodes.map((node) => 4096 * (onNodes[node] ?? 0)),
      name,
    ]),
  };
}
