/** The timeline's axis: what stretch of virtual time it shows, where its ticks are, and what is where on it. Pure. */
import { timeUnit } from '../charts/ticks.ts';
import { formatNumber } from '../format.ts';

/** A stretch of virtual time, ns. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Tick {
  readonly ns: number;
  readonly text: string;
}

const STEPS = [1, 2, 5, 10];
/** A letter of the playhead's plate takes no more than this, px, and its text has so much room on either side. */
const PLATE_LETTER = 7;
const PLATE_PADDING = 6;

/** The least of 1, 2 or 5 times a power of ten that is at least `value` (which is above 0). */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const step = STEPS.find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return Number((step * power).toPrecision(12));
}

/** The end of an axis that holds `ns` and does not change with every frame: a whole number of its ticks, with room. */
export function axisEnd(ns: number): number {
  if (!(ns > 0)) return 1e6;
  const step = roundUp(ns / 8);
  return Number((step * Math.ceil((ns * 1.02) / step)).toPrecision(12));
}

/** Round times within `range`, at least `leastPx` apart on `width` pixels; the last one bears the unit. */
export function ticksOf(range: Range, width: number, leastPx = 90): readonly Tick[] {
  const span = range.to - range.from;
  if (!(span > 0) || width < leastPx) return [];
  const step = roundUp((span * leastPx) / width);
  const unit = timeUnit(range.to);
  const decimals = Math.max(0, -Math.floor(Math.log10(step / unit.ns) + 1e-9));
  const first = Math.ceil(range.from / step - 1e-9);
  const last = Math.floor(range.to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const ns = Number(((first + at) * step).toPrecision(15));
    const figure = formatNumber(ns / unit.ns, decimals);
    return { ns, text: first + at === last ? `${figure} ${unit.name}` : figure };
  });
}

/** Pixels from the left end of an axis of `width` pixels. */
export function xOf(ns: number, range: Range, width: number): number {
  return ((ns - range.from) / (range.to - range.from)) * width;
}

/** Virtual time at a pixel of the axis, held within it, ns. */
export function nsAt(x: number, range: Range, width: number): number {
  const share = width > 0 ? Math.min(1, Math.max(0, x / width)) : 0;
  return range.from + share * (range.to - range.from);
}

/** `range` made `factor` times as long around `ns`, within `whole` and never below a nanosecond in a thousand pixels. */
export function zoomed(range: Range, whole: Range, factor: number, ns: number): Range {
  const span = Math.min(whole.to - whole.from, Math.max(1000, (range.to - range.from) * factor));
  const share = (ns - range.from) / (range.to - range.from);
  return within({ from: ns - share * span, to: ns + (1 - share) * span }, whole);
}

/** `range` pushed into `whole`, as long as it was where that is possible. */
export function within(range: Range, whole: Range): Range {
  const span = Math.min(range.to - range.from, whole.to - whole.from);
  const from = Math.min(Math.max(range.from, whole.from), whole.to - span);
  return { from, to: from + span };
}

/** Where the middle of the playhead's plate is, which stays within the track, and half of its width, px. */
export function plateOf(text: string, x: number, width: number): { readonly x: number; readonly half: number } {
  const half = (text.length * PLATE_LETTER) / 2 + PLATE_PADDING;
  return { x: x + Math.max(0, half - x) - Math.max(0, x + half - width), half };
}
