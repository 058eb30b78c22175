/** Keeps of many samples what a chart can show: the lowest and the highest of every pixel column, so that peaks survive. */
import type { Extremes } from './extremes.ts';

/** Samples over virtual time, ns, ascending. All three grow together at their end. */
export interface Samples {
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly extremes: Extremes;
}

/** A stretch of virtual time, ns. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the pixel columns of `span` begin: column c holds the samples from bounds[c] up to bounds[c + 1]. The same
 * for all series that share their times.
 */
export function columnBounds(times: readonly number[], { from, to }: Span, width: number): Int32Array {
  const columns = Math.max(1, Math.floor(width));
  const bounds = new Int32Array(columns + 1);
  bounds[0] = firstAt(times, from, 0);
  const end = firstAfter(times, to, bounds[0]);
  for (let column = 1; column < columns; column++) {
    bounds[column] = Math.min(end, firstAt(times, from + ((to - from) * column) / columns, bounds[column - 1]));
  }
  bounds[columns] = end;
  return bounds;
}

/**
 * Writes into `kept` the positions to draw, ascending: the lowest and the highest of each column, the first and the
 * last of the span, and the sample on either side of it, so that a line reaches the edges. All positions where there
 * are not more than two a column. Returns how many they are; `kept` keeps its length, since it is used again.
 */
export function decimateInto(kept: number[], { values, extremes }: Samples, bounds: Int32Array): number {
  const columns = bounds.length - 1;
  const start = bounds[0];
  const end = bounds[columns];
  const length = values.length;
  let count = 0;
  if (end - start <= 2 * columns) {
    for (let at = Math.max(0, start - 1); at < Math.min(length, end + 1); at++) kept[count++] = at;
    return count;
  }
  if (start > 0) kept[count++] = start - 1;
  kept[count++] = start;
  for (let column = 0; column < columns; column++) {
    const from = bounds[column];
    const to = bounds[column + 1];
    if (from === to) continue;
    extremes.find(from, to);
    const { low, high } = extremes;
    // A column of gaps alone stays one.
    const first = low < 0 ? from : Math.min(low, high);
    const second = low < 0 ? from : Math.max(low, high);
    if (first > kept[count - 1]) kept[count++] = first;
    if (second > kept[count - 1]) kept[count++] = second;
  }
  if (end - 1 > kept[count - 1]) kept[count++] = end - 1;
  if (end < length) kept[count++] = end;
  return count;
}

/** The first position from `start` on whose time is not before `time`. */
function firstAt(times: readonly number[], time: number, start: number): number {
  let low = start;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first position from `start` on whose time is after `time`. */
function firstAfter(times: readonly number[], time: number, start: number): number {
  let low = start;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The position of the last sample that is not after `x`; 0 where all are. `xs` ascends. */
export function sampleAt(xs: readonly number[], x: number): number {
  return Math.max(0, firstAfter(xs, x, 0) - 1);
}
