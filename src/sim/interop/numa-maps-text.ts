/**
 * /proc/PID/numa_maps as 2.6.16 printed it, one process after the other, then the segments of shared memory, which are
 * there when their processes have ended; that part no kernel printed.
 */
import type { ProcSegment, ProcSnapshot, ProcVma } from '../kernel/proc/snapshot.ts';

export function numaMapsText({ tasks, segments }: ProcSnapshot): string {
  const living = tasks.filter((task) => task.maps.length > 0);
  const lines = [
    ...living.flatMap(({ pid, name, maps }) => [`# ${pid} ${name}`, ...maps.map(numaLine)]),
    ...(living.length === 0 ? ['# No process is left: every task has ended.'] : []),
    ...(segments.length === 0 ? [] : ['# segments', ...segments.map(segmentLine)]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** `40000000 interleave=0-3 file=SYSV\040pool mapped=512 mapmax=2 N0=256 N1=256`. */
function numaLine(vma: ProcVma): string {
  const { start, policy = 'default', file = '', name, huge = false, anon = 0, dirty = 0, mapmax = 0, onNodes } = vma;
  const pages = sum(onNodes);
  const kind = file !== '' ? `file=${escaped(file)}` : name === '[heap]' ? 'heap' : name === '[stack]' ? 'stack' : '';
  return [
    start.toString(16).padStart(8, '0'),
    policy,
    kind,
    huge ? 'huge' : '',
    anon > 0 ? `anon=${anon}` : '',
    dirty > 0 ? `dirty=${dirty}` : '',
    pages > 0 && pages !== anon && pages !== dirty ? `mapped=${pages}` : '',
    mapmax > 1 ? `mapmax=${mapmax}` : '',
    nodesText(onNodes),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function segmentLine({ name, huge, policy, onNodes }: ProcSegment): string {
  return [escaped(name), policy, huge ? 'huge' : '', `pages=${sum(onNodes)}`, nodesText(onNodes)]
    .filter((part) => part !== '')
    .join(' ');
}

const sum = (onNodes: Readonly<Record<string, number>>): number =>
  Object.values(onNodes).reduce((total, pages) => total + pages, 0);

const nodesText = (onNodes: Readonly<Record<string, number>>): string =>
  Object.entries(onNodes)
    .map(([node, pages]) => `N${node}=${pages}`)
    .join(' ');

/** seq_path() writes blanks as octal. */
const escaped = (name: string): string => name.replaceAll(' ', '\\040');
