/**
 * The low-memory budget as pieces of one bar: items of one owner side by side become one piece (each mem_map stands
 * alone), a piece that is not zero is at least 3 px and the largest gives up the difference, and what does not fit
 * goes past the end.
 */
import type { BootLayout, BudgetItem } from '../../../src/sim/kernel/boot/layout.ts';
import { formatMiB } from '../format.ts';

const MIB = 1024 * 1024;
const FRAME_BYTES = 4096;
const LEAST_PX = 3;
/** Width of an 11 px figure or letter, measured on Inter, with a little air. */
const LETTER_PX = 6.3;

export interface Segment {
  readonly key: string;
  readonly owner: BudgetItem['owner'];
  /** The pattern that fills it: `own-memmap`. */
  readonly pattern: string;
  readonly title: string;
  readonly bytes: number;
  readonly items: readonly BudgetItem[];
  readonly x: number;
  readonly width: number;
  /** What it is and its size in full. */
  readonly label: string;
  /** What of that stands on the piece itself: all, the size alone, or nothing. */
  readonly plate: string;
}

interface Tick {
  readonly x: number;
  readonly label: string;
  readonly unit: string;
}

interface BudgetPicture {
  readonly segments: readonly Segment[];
  /** Where low memory ends, px; the bar's whole width unless the machine does not boot. */
  readonly end: number;
  readonly overBytes: number;
  readonly ticks: readonly Tick[];
  readonly brackets: readonly { readonly from: number; readonly to: number; readonly label: string }[];
}

const PATTERNS: Readonly<Record<BudgetItem['owner'], string>> = {
  mem_map: 'own-memmap',
  kernel: 'own-kernel',
  'page-tables': 'own-pt',
  slab: 'own-slab',
  hole: 'own-hole',
  free: 'own-free',
};
const TITLES: Readonly<Record<BudgetItem['owner'], string>> = {
  mem_map: 'mem_map',
  kernel: 'kernel',
  'page-tables': 'page tables',
  slab: 'slab',
  hole: 'not RAM',
  free: 'free',
};

interface Piece {
  readonly owner: BudgetItem['owner'];
  readonly items: BudgetItem[];
  bytes: number;
}

/** Items in their order, those of one owner side by side put together; items of nothing are left out. */
function pieces(items: readonly BudgetItem[]): Piece[] {
  const made: Piece[] = [];
  for (const item of items) {
    if (item.bytes === 0) continue;
    const before = made.at(-1);
    if (before !== undefined && before.owner === item.owner && item.owner !== 'mem_map') {
      before.items.push(item);
      before.bytes += item.bytes;
    } else made.push({ owner: item.owner, items: [item], bytes: item.bytes });
  }
  return made;
}

/** A mem_map and what the kernel keeps are named as the budget has them; of several items the largest speaks. */
function titleOf({ owner, items }: Piece): string {
  const largest = items.reduce((most, item) => (item.bytes > most.bytes ? item : most));
  if (owner === 'mem_map') return items.length === 1 ? largest.item : TITLES[owner];
  if (owner !== 'kernel') return TITLES[owner];
  return items.length === 1 ? largest.item : `${largest.item} and ${items.length - 1} more`;
}

/** Widths that add up to `width`: in proportion, none under 3 px, the largest paying for it. */
export function segmentWidths(bytes: readonly number[], width: number): number[] {
  const total = bytes.reduce((sum, part) => sum + part, 0);
  if (total === 0) return bytes.map(() => 0);
  const widths = bytes.map((part) => (part === 0 ? 0 : Math.max(LEAST_PX, (part / total) * width)));
  const excess = widths.reduce((sum, part) => sum + part, 0) - width;
  const largest = widths.indexOf(Math.max(...widths));
  widths[largest] = Math.max(0, (widths[largest] ?? 0) - excess);
  return widths;
}

/**
 * Pieces up to `limit` bytes: what boot did not reach is left out, the piece that it broke on is cut. A machine that
 * boots fits, so nothing is cut.
 */
function cutAt(parts: readonly Piece[], limit: number): Piece[] {
  const kept: Piece[] = [];
  let left = limit;
  for (const part of parts) {
    if (left <= 0) break;
    kept.push({ ...part, bytes: Math.min(part.bytes, left) });
    left -= part.bytes;
  }
  return kept;
}

/** The bar of a layout, `width` pixels wide. */
export function budgetPicture(layout: BootLayout, width: number): BudgetPicture {
  const limit = layout.maxmemPfn * FRAME_BYTES;
  const overBytes = layout.boots ? 0 : (layout.failure?.shortBytes ?? 0);
  const all = pieces(layout.lowmemBudget);
  const parts = layout.boots
    ? all
    : cutAt(
        all.filter(({ owner }) => owner !== 'free'),
        limit + overBytes,
      );
  const sum = parts.reduce((total, part) => total + part.bytes, 0);
  const whole = Math.max(sum, limit + overBytes, 1);
  const scale = width / whole;
  const widths = segmentWidths(
    parts.map((part) => part.bytes),
    sum * scale,
  );
  let x = 0;
  const segments = parts.map((part, place): Segment => {
    const title = titleOf(part);
    const label = `${title}: ${sizeText(part.bytes, limit)}`;
    const segment = {
      key: `${place} ${title}`,
      owner: part.owner,
      pattern: PATTERNS[part.owner],
      title,
      bytes: part.bytes,
      items: part.items,
      x,
      width: widths[place] ?? 0,
      label,
      plate:
        [label, sizeText(part.bytes, limit).replace(/ .*/, '')].find(
          (text) => textWidth(text) + 14 <= (widths[place] ?? 0),
        ) ?? '',
    };
    x += segment.width;
    return segment;
  });
  const end = limit * scale;
  return { segments, end, overBytes, ticks: ticksOf(limit, scale), brackets: bracketsOf(layout, segments, end, scale) };
}

/** A size with the unit and the one decimal that all sizes of a bar share. */
export function sizeText(bytes: number, limit: number): string {
  return limit > 16 * 1024 * MIB ? `${formatMiB(bytes / 1024, 1)} GiB` : `${formatMiB(bytes, 1)} MiB`;
}

interface Leader {
  readonly segment: Segment;
  /** Where its line and its text begin, px. */
  readonly line: number;
  readonly x: number;
  readonly toLeft: boolean;
  readonly row: number;
}

/** Most labels that stand below the bar: the largest pieces that do not hold their own. */
const MOST_LEADERS = 2;
/** From a leader's line to its label, px: the 3 px of its foot, and air. */
const LEADER_GAP = 6;

/**
 * Labels below the bar for pieces too narrow to hold theirs, each beside its leader's line. They stand right of their
 * lines, from right to left a row deeper, so that no line crosses a text; where the last one has no room there, all
 * stand left of their lines, from left to right a row deeper. In a single row two stand on either side of their lines, or
 * the larger piece's stands alone.
 */
export function leadersOf(segments: readonly Segment[], width: number, rows: 1 | 2 = MOST_LEADERS): Leader[] {
  const chosen = segments
    .filter(({ owner, plate, label }) => owner !== 'hole' && plate !== label && (owner !== 'free' || plate === ''))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_LEADERS)
    .sort((a, b) => b.x - a.x);
  const last = chosen[0];
  if (last === undefined) return [];
  if (rows === 1) return inOneRow(chosen, width);
  const toLeft = isPast(last, width);
  if (toLeft) chosen.reverse();
  return chosen.map((segment, row) => leaderOf(segment, toLeft, row));
}

/** Of two pieces from right to left, or of one; none where not even one label has room beside its line. */
function inOneRow(chosen: readonly Segment[], width: number): Leader[] {
  const [right, left] = chosen;
  if (left !== undefined && !isPast(right, width) && !isBefore(left))
    return [leaderOf(right, false, 0), leaderOf(left, true, 0)];
  const fits = chosen.filter((segment) => !isPast(segment, width) || !isBefore(segment));
  const [largest] = fits.sort((a, b) => b.bytes - a.bytes);
  return largest === undefined ? [] : [leaderOf(largest, isPast(largest, width), 0)];
}

/** Whether a label left of its line begins before the bar. */
function isBefore({ x, width, label }: Segment): boolean {
  return x + width / 2 < LEADER_GAP + textWidth(label);
}

/** Whether a label right of its line ends past the bar. */
function isPast({ x, width: wide, label }: Segment, width: number): boolean {
  return x + wide / 2 + LEADER_GAP + textWidth(label) > width;
}

function leaderOf(segment: Segment, toLeft: boolean, row: number): Leader {
  const line = segment.x + segment.width / 2;
  const x = toLeft ? Math.max(0, line - LEADER_GAP - textWidth(segment.label)) : line + LEADER_GAP;
  return { segment, row, line, x, toLeft };
}

/** The ticks whose figure no leader's line crosses; the first of them carries the unit. */
export function tickLabels(
  ticks: readonly Tick[],
  leaders: readonly Leader[],
): { readonly x: number; readonly text: string }[] {
  const clear = ticks.filter(({ x }) => !leaders.some(({ line }) => Math.abs(line - x) < (x === 0 ? 34 : 18)));
  return clear.map(({ x, label, unit }, place) => ({ x, text: place === 0 ? `${label} ${unit}` : label }));
}

/** Pixels that a label of 11 px takes, roughly. */
export function textWidth(text: string): number {
  return text.length * LETTER_PX;
}

/** A tick every 128 MiB, or as many times that as keeps them under nine. */
function ticksOf(limit: number, scale: number): Tick[] {
  let step = 128 * MIB;
  while (limit / step > 8) step *= 2;
  while (limit / step < 2 && step > MIB) step /= 2;
  const ticks: Tick[] = [];
  const gib = step >= 1024 * MIB;
  for (let at = 0; at < limit; at += step) {
    const figure = gib ? formatMiB(at / 1024, 0) : formatMiB(at, 0);
    ticks.push({ x: at * scale, label: figure, unit: gib ? 'GiB' : 'MiB' });
  }
  return ticks;
}

function bracketsOf(
  layout: BootLayout,
  segments: readonly Segment[],
  end: number,
  scale: number,
): BudgetPicture['brackets'] {
  const brackets = [];
  const windows = layout.memMap.kvaPagesTotal > 0 ? segments[0] : undefined;
  if (windows !== undefined && windows.owner === 'mem_map') {
    brackets.push({
      from: windows.x,
      to: Math.min(end, windows.x + windows.width),
      label: 'taken from nodes’ own frames, costs kernel address space',
    });
  }
  if (layout.boots) {
    const lowTotal = layout.meminfo.LowTotal * 1024;
    brackets.push({
      from: Math.max(0, end - lowTotal * scale),
      to: end,
      label: `LowTotal ${sizeText(lowTotal, layout.maxmemPfn * FRAME_BYTES)}`,
    });
  }
  return brackets.filter(({ from, to, label }) => to - from > textWidth(label) + 12);
}
