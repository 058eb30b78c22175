/** Keeps of many samples what a narrow chart can show: the lowest and the highest of every pixel column, so that peaks survive. */

/**
 * Positions of the samples to draw, ascending: of each pixel column the lowest and the highest `ys`, and always the
 * first and the last. A NaN is a gap and yields to any number. `xs` ascends; `width` is in pixels. All positions where there are not more than two a pixel.
 */
export function decimate(xs: readonly number[], ys: readonly number[], width: number): number[] {
  const count = Math.min(xs.length, ys.length);
  const columns = Math.max(1, Math.floor(width));
  if (count <= 2 * columns) return Array.from({ length: count }, (_, at) => at);
  const first = xs[0];
  const span = xs[count - 1] - first || 1;
  const kept: number[] = [0];
  let at = 0;
  while (at < count) {
    const column = columnOf(xs[at], first, span, columns);
    let low = at;
    let high = at;
    while (at < count && columnOf(xs[at], first, span, columns) === column) {
      if (ys[at] < ys[low] || Number.isNaN(ys[low])) low = at;
      if (ys[at] > ys[high] || Number.isNaN(ys[high])) high = at;
      at += 1;
    }
    for (const keep of low < high ? [low, high] : [high, low]) if (keep > kept[kept.length - 1]) kept.push(keep);
  }
  if (kept[kept.length - 1] !== count - 1) kept.push(count - 1);
  return kept;
}

function columnOf(x: number, first: number, span: number, columns: number): number {
  return Math.min(columns - 1, Math.floor(((x - first) / span) * columns));
}

/** The position of the last sample that is not after `x`; 0 where all are. `xs` ascends. */
export function sampleAt(xs: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (xs[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}
