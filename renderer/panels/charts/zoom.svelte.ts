/**
 * The stretch of virtual time that all charts of a window show, and the stretches before it, so that a zoom can be
 * undone. Not chartjs-plugin-zoom: it keeps limits per chart and draws at once what it has, where here many charts share
 * one stretch and take anew from all samples what each pixel column holds.
 */
import type { Span } from './decimate.ts';

const MOST_PAST = 100;
/** Zooming in ends here: samples are not closer. */
const LEAST_NS = 10;

export class ZoomState {
  /** What is shown, ns; null: all of the run, as it grows. */
  span = $state.raw<Span | null>(null);
  #past = $state.raw<readonly (Span | null)[]>([]);
  /** The movement that made the present span: more of the same is one step of undo. */
  #gesture: string | null = null;

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  /** Shows `span`; with the same `gesture` (a turn of the wheel, a drag) as before it is one step of undo. */
  show(span: Span | null, gesture: string | null = null): void {
    if (span?.from === this.span?.from && span?.to === this.span?.to) return;
    if (gesture === null || gesture !== this.#gesture) this.#past = [...this.#past, this.span].slice(-MOST_PAST);
    this.#gesture = gesture;
    this.span = span;
  }

  /** Shows what was shown before the last zoom or pan. */
  undo(): void {
    const before = this.#past.at(-1);
    if (before === undefined) return;
    this.#past = this.#past.slice(0, -1);
    this.#gesture = null;
    this.span = before;
  }

  /** Shows all; can be undone. */
  reset(): void {
    this.show(null);
  }
}

/** `span` with `factor` times as much in it (under 1: closer), `at` staying where it is; null where that is all of `whole`. */
export function scaled(span: Span, whole: Span, at: number, factor: number): Span | null {
  const length = Math.max(LEAST_NS, (span.to - span.from) * factor);
  if (length >= whole.to - whole.from) return null;
  const share = span.to > span.from ? (at - span.from) / (span.to - span.from) : 0.5;
  return within({ from: at - share * length, to: at + (1 - share) * length }, whole);
}

/** `span` moved by a share of its length (positive: later), no further than `whole` goes. */
export function panned(span: Span, whole: Span, share: number): Span {
  const by = share * (span.to - span.from);
  return within({ from: span.from + by, to: span.to + by }, whole);
}

/** `span` moved as little as shows `at`. */
export function following(span: Span, whole: Span, at: number): Span {
  const by = at < span.from ? at - span.from : at > span.to ? at - span.to : 0;
  return by === 0 ? span : within({ from: span.from + by, to: span.to + by }, whole);
}

function within({ from, to }: Span, whole: Span): Span {
  const length = Math.min(to - from, whole.to - whole.from);
  const start = Math.min(Math.max(from, whole.from), whole.to - length);
  return { from: start, to: start + length };
}
