/** Where an axis has its ticks: three to five round values. */

/** Round values from 0 to at most `max`, at most `most` steps of 1, 2, 2.5 or 5 times a power of ten. */
export function linearTicks(max: number, most = 4): number[] {
  if (!(max > 0)) return [0];
  const raw = max / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10) * power;
  const count = Math.floor(max / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

/** The least round value that an axis can end with to hold `max`. */
export function niceMax(max: number, most = 4): number {
  const ticks = linearTicks(max, most);
  const last = ticks[ticks.length - 1];
  if (last >= max || ticks.length < 2) return last > 0 ? last : 1;
  return Number((last + ticks[1]).toPrecision(12));
}

/** Powers of ten from `min` to `max`, thinned to at most five. */
export function logTicks(min: number, max: number): number[] {
  const low = Math.ceil(Math.log10(min) - 1e-9);
  const high = Math.floor(Math.log10(max) + 1e-9);
  const step = Math.max(1, Math.ceil((high - low + 1) / 5));
  const ticks: number[] = [];
  for (let power = high; power >= low; power -= step) ticks.unshift(10 ** power);
  return ticks;
}

interface TimeUnit {
  readonly name: 'ns' | 'µs' | 'ms' | 's';
  readonly ns: number;
}

/** The unit in which an axis of `spanNs` is labelled. */
export function timeUnit(spanNs: number): TimeUnit {
  if (spanNs >= 2e9) return { name: 's', ns: 1e9 };
  if (spanNs >= 2e6) return { name: 'ms', ns: 1e6 };
  if (spanNs >= 2e3) return { name: 'µs', ns: 1e3 };
  return { name: 'ns', ns: 1 };
}

/** Round values from `from` to `to`, at most `most` steps of 1, 2, 2.5 or 5 times a power of ten. */
export function spanTicks(from: number, to: number, most = 4): number[] {
  const [first = 0, second = 0] = linearTicks(to - from, most);
  const step = second - first;
  if (!(step > 0)) return [from];
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step - 1e-9); at * step <= to * (1 + 1e-12); at++)
    ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}
