/**
 * A followed reference as text, for the command line and to be copied from the window: its steps with their times, then the
 * cache line, the page lists and the page around it, before and after.
 */
import type { Followed } from '../engine/follow.ts';
import type { FollowedLine } from '../engine/follow-looks.ts';
import type { FollowedLists, FollowedPage } from '../kernel/alloc/follow-lists.ts';

const figure = new Intl.NumberFormat('en-US');
const n = (value: number): string => figure.format(value);
const change = (before: string, after: string): string => (before === after ? before : `${before} -> ${after}`);

type Mesi = FollowedLine['cpus'][number]['after']['l2'];

const WORDS: Readonly<Record<Mesi, string>> = { M: 'modified', E: 'exclusive', S: 'shared', I: 'invalid' };

/** Lines of text; `time` writes a duration in ns. Of a reference that never came there is nothing. */
export function followText(followed: Followed, time: (ns: number) => string): string {
  const { line, lists, page } = followed;
  const parts = [
    stepLines(followed, time),
    line === undefined ? [] : lineLines(line),
    ...lists.map((each) => listLines(each)),
    page === undefined ? [] : pageLines(page),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((text) => `${text.trimEnd()}\n`).join(''))
    .join('\n');
}

/** When it began, what it took, the time that has passed at its end, what: parts are indented under what they are part of. */
function stepLines({ startNs, steps, dropped }: Followed, time: (ns: number) => string): readonly string[] {
  const rows = steps.map(({ kind, text, atNs, ns, depth, times }) => {
    const took = kind === 'note' ? ['', ''] : [time(ns), time(atNs + ns)];
    return [`+${time(atNs)}`, ...took, `${'  '.repeat(depth)}${text}${times === 1 ? '' : ` (${times} times)`}`];
  });
  const columns = [['began', 'took', 'sum', 'step'], ...rows].map(([began, took, sum, step]) => {
    return `${began.padStart(12)} ${took.padStart(12)} ${sum.padStart(12)}  ${step}`;
  });
  const more = dropped === 0 ? [] : [`... and ${n(dropped)} steps more`];
  return [`Begins at ${time(startNs)} of virtual time.`, ...columns, ...more];
}

function lineLines(line: FollowedLine): readonly string[] {
  const { pfn, offset, write, home, cpu, mapped, bytes, cpus, others, remoteCaches, directory } = line;
  const since = mapped ? 'as the reference began' : 'once its page was mapped';
  const rows = cpus.map(({ cpu: number, node, before, after }) => [
    `CPU ${number}`,
    `node ${node}`,
    `L1 ${change(before.l1d, after.l1d)}`,
    `L2 ${change(before.l2, after.l2)}`,
    before.l1i || after.l1i ? `L1 of instructions ${change(has(before.l1i), has(after.l1i))}` : '',
  ]);
  const knows = (look: FollowedLine['directory']['before']): string => {
    if (look.state === 'home') return 'no other node has it';
    return look.state === 'exclusive'
      ? `exclusive on node ${look.sharers.join(', ')}`
      : `shared by nodes ${look.sharers.join(', ')} (the latest first)`;
  };
  return [
    `Cache line of byte ${n(offset)} of frame ${n(pfn)} of node ${home}, ${write ? 'written' : 'read'} by CPU ${cpu}: before (${since}) -> after`,
    `  lines of ${bytes.l1} bytes in L1, ${bytes.l2} in L2, ${bytes.between} between nodes; ${Object.entries(WORDS)
      .map(([letter, word]) => `${letter} ${word}`)
      .join(', ')}`,
    ...aligned(rows),
    ...(others === 0
      ? []
      : [`  ${n(others)} more ${others === 1 ? 'CPU has' : 'CPUs have'} it neither before nor after`]),
    ...(remoteCaches ?? []).map(
      ({ node, before, after }) => `  remote cache of node ${node}: ${change(before, after)}`,
    ),
    `  directory of node ${home}: ${change(knows(directory.before), knows(directory.after))}`,
  ];
}

const has = (holds: boolean): string => (holds ? 'has it' : 'I');

function listLines({ name, node, index, gave, before, after }: FollowedLists): readonly string[] {
  const signed = (value: number): string => (value === 0 ? '' : value > 0 ? `+${n(value)}` : n(value));
  const rows = [
    ['order', ...before.blocks.map((_, order) => String(order))],
    ['before', ...before.blocks.map(n)],
    ['after', ...after.blocks.map(n)],
    ['change', ...after.blocks.map((count, order) => signed(count - before.blocks[order]))],
  ];
  const sets =
    before.sets === undefined || after.sets === undefined
      ? ''
      : `; on the CPU's lists: hot ${change(n(before.sets.hot), n(after.sets.hot))}, cold ${change(n(before.sets.cold), n(after.sets.cold))}`;
  return [
    `Free blocks of ${name}${index > 0 ? ` #${index}` : ''} of node ${node}${gave ? ', which the page is from' : ''}`,
    ...aligned(rows, true),
    `  free on the buddy lists: ${change(n(before.free), n(after.free))}${sets}`,
  ];
}

function pageLines({ pfn, node, zone, owner, count, mapcount, rmap, ptes }: FollowedPage): readonly string[] {
  const all = mapcount === 1 ? 'its pte' : `its ${n(mapcount)} ptes`;
  const found =
    ptes.length === 0 ? 'finds no pte' : `finds ${ptes.length === mapcount ? all : `${ptes.length} of ${all}`}`;
  return [
    `Page of frame ${n(pfn)} (${owner}, ${zone} of node ${node}) afterwards: count ${n(count)}, mapcount ${n(mapcount)}; reverse map ${rmap} ${found}`,
    ...ptes.map(({ vpn, spaces }) => {
      const whose = spaces.map(({ id, task }) => task ?? `address space ${id}`).join(', ');
      return `  virtual page ${n(vpn)} of ${whose}`;
    }),
  ];
}

/** Columns of one width each, indented; to the right beyond the first where they are numbers. */
function aligned(rows: readonly (readonly string[])[], numbers = false): readonly string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (text: string, column: number): string =>
    numbers && column > 0 ? text.padStart(widths[column]) : text.padEnd(widths[column]);
  return rows.map((row) => `  ${row.map(cell).join('  ')}`);
}
