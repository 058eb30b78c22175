/**
 * Who writes to a segment first, and in which order. The creator: all of it. Users: each group that has a range of its
 * own that range, its processes in equal parts; the others share what is nobody's (or, where nothing is, all of it)
 * among themselves. In turns: page by page round all users.
 *
 * One write a page stands for the initialisation of the page: where memory lies is decided by the first of them.
 */
import { bindingOperation, bindsTask } from './binding.ts';
import type { SegmentDesign } from './design.ts';
import type { SegmentMachine } from './machine.ts';
import type { SeenRange } from './mapping.ts';
import type { UserProcess } from './places.ts';

const PAGE = 4096;

/** A part of a range that somebody initialises: bytes of the range, every `step`-th of them in whole pages. */
export interface Piece {
  readonly seen: SeenRange;
  readonly from: number;
  readonly bytes: number;
  readonly step: number;
}

/** What the creator initialises. */
export function creatorPieces(
  design: SegmentDesign,
  seen: readonly SeenRange[],
  machine: SegmentMachine,
): readonly Piece[] {
  if (design.initialiser !== 'creator') return [];
  const step = pageOf(design, machine);
  return seen.map((each) => ({ seen: each, from: 0, bytes: each.bytes, step }));
}

/** What each user initialises, by its number. */
export function userPieces(
  design: SegmentDesign,
  seen: readonly SeenRange[],
  users: readonly UserProcess[],
  machine: SegmentMachine,
): readonly (readonly Piece[])[] {
  const pieces: Piece[][] = users.map(() => []);
  if (design.initialiser !== 'users') return pieces;
  const page = pageOf(design, machine);
  if (design.warming === 'turns') {
    for (const [at, list] of pieces.entries()) list.push(...turns(seen, page, at, users.length));
    return pieces;
  }
  const owned = new Set(design.users.flatMap(({ own }) => (own === undefined ? [] : [own.range])));
  for (const each of seen.filter(({ range }) => owned.has(range.name))) {
    divide(
      [each],
      users.filter(({ group }) => design.users[group].own?.range === each.range.name),
      page,
      pieces,
    );
  }
  const nobodys = seen.filter(({ range }) => !owned.has(range.name));
  const free = users.filter(({ group }) => design.users[group].own === undefined);
  divide(nobodys, free.length === 0 ? users : free, page, pieces);
  return pieces;
}

/** Every `of`-th page from number `at` on, over all ranges together. */
function turns(seen: readonly SeenRange[], page: number, at: number, of: number): readonly Piece[] {
  let before = 0;
  return seen.flatMap((each) => {
    const count = each.bytes / page;
    const first = (((at - before) % of) + of) % of;
    before += count;
    if (first >= count) return [];
    return [{ seen: each, from: first * page, bytes: each.bytes - first * page, step: of * page }];
  });
}

/** Cuts the ranges, taken as one row of pages, into equal parts for these users. */
function divide(seen: readonly SeenRange[], users: readonly UserProcess[], page: number, pieces: Piece[][]): void {
  const total = seen.reduce((sum, { bytes }) => sum + bytes / page, 0);
  let before = 0;
  for (const each of seen) {
    const count = each.bytes / page;
    for (const [at, { number }] of users.entries()) {
      const from = Math.max(0, Math.floor((total * at) / users.length) - before);
      const to = Math.min(count, Math.floor((total * (at + 1)) / users.length) - before);
      if (to > from) pieces[number].push({ seen: each, from: from * page, bytes: (to - from) * page, step: page });
    }
    before += count;
  }
}

/** The operations that initialise these pieces, with the calls of whoever binds itself. */
export function warmOperations(
  design: SegmentDesign,
  pieces: readonly Piece[],
  machine: SegmentMachine,
): readonly object[] {
  const calls = bindsTask(design.binding.call) && !design.binding.after;
  return pieces.flatMap((piece) => {
    const { range, segment, part } = piece.seen;
    const bind = calls ? bindingOperation(design, range.policy, segment, noPart, machine) : undefined;
    const touches = part === undefined ? throughWindows(design, piece) : [touch(design, piece, part.region, part.from)];
    return bind === undefined ? touches : [bind, ...touches];
  });
}

/** Calls that bind a task name no memory. */
const noPart = { region: '', from: 0, bytes: 0 };

function touch({ warming }: SegmentDesign, { from, bytes, step }: Piece, region: string, at: number): object {
  const part = { region, from: at + from, bytes };
  // Each page once, in an order by lot: one cycle through all of them.
  if (warming === 'random') {
    return { op: 'references', ...part, pattern: 'chase', stride: step, count: Math.ceil(bytes / step), writeEvery: 1 };
  }
  return { op: 'touch', ...part, step, write: true };
}

/** A range that is larger than the window area is mapped and initialised one area after the other. */
function throughWindows(design: SegmentDesign, piece: Piece): readonly object[] {
  const { seen, from, bytes } = piece;
  return chunks(design, seen, from, bytes).flatMap(({ offset, length }) => [
    { op: 'mmap', as: CHUNK, bytes: length, segment: seen.segment, offset },
    touch(design, { ...piece, from: 0, bytes: length }, CHUNK, 0),
    { op: 'munmap', region: CHUNK },
  ]);
}

/** Region in which a range without a mapping of its own is seen part by part. */
export const CHUNK = 'chunk';

/** Parts of a range as large as the window area, by their offsets in the segment. */
export function chunks(
  { windows }: SegmentDesign,
  seen: SeenRange,
  from = 0,
  bytes = seen.bytes,
): readonly { readonly offset: number; readonly length: number }[] {
  const area = windows.kind === 'none' ? seen.bytes : windows.areaKiB * 1024;
  const count = Math.ceil(bytes / area);
  return Array.from({ length: count }, (_, at) => {
    return { offset: seen.offset + from + at * area, length: Math.min(area, bytes - at * area) };
  });
}

function pageOf({ huge }: SegmentDesign, machine: SegmentMachine): number {
  return huge ? machine.hugePageBytes : PAGE;
}
