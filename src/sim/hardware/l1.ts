/**
 * The ways of the first-level caches of all CPUs that run, in one table, and what is done to a cache of it outside the hot
 * loop (core.ts). A way is one Int32, line << 1 | modified, most recent first in its set; instruction lines are never
 * modified. Lines are physical: slot of the frame (frames.ts) and line within it. A cache is where it begins in the table,
 * its ways, and the mask that makes a line its set.
 */
import { Arena } from '../base/arena.ts';

/** A way without a line. */
export const EMPTY = -2;

/** What the table has room for, in lines. */
export const MOST_WAYS = 2 ** 24;
export const waysArena = new Arena(MOST_WAYS);
export const allWays = waysArena.data;

/** The way that holds a line, as it stands in the table; EMPTY where none does. */
export function entryOf(l1: number, ways: number, mask: number, line: number): number {
  const first = l1 + (line & mask) * ways;
  const key = (line << 1) | 1;
  for (let i = first; i < first + ways; i++) if ((allWays[i] | 1) === key) return allWays[i];
  return EMPTY;
}

/** Empties the way that holds a line, if any; ways behind it move up. */
export function drop(l1: number, ways: number, mask: number, line: number): void {
  const first = l1 + (line & mask) * ways;
  const key = (line << 1) | 1;
  for (let i = first; i < first + ways; i++) {
    if ((allWays[i] | 1) !== key) continue;
    for (let j = i; j < first + ways - 1; j++) allWays[j] = allWays[j + 1];
    allWays[first + ways - 1] = EMPTY;
    return;
  }
}

/** A modified line is so no more. */
export function clean(l1: number, ways: number, mask: number, line: number): void {
  const first = l1 + (line & mask) * ways;
  const key = (line << 1) | 1;
  for (let i = first; i < first + ways; i++) if (allWays[i] === key) allWays[i] = key - 1;
}

/** Every way with a line. */
export function entriesOf(l1: number, ways: number, mask: number): Int32Array {
  return allWays.subarray(l1, l1 + (mask + 1) * ways).filter((entry) => entry !== EMPTY);
}
