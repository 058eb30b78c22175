/** How events of a run look on its timeline, which of them warn, and how those fold that would touch. Pure. */
import type { Marker, MarkerKind } from '../../../src/sim/engine/moment.ts';
import { formatNumber } from '../format.ts';

/** Diamond: the workload; disc: a mechanism at work; triangle: a warning; triangle down: a zone under a mark. */
export type Glyph = 'diamond' | 'disc' | 'triangle' | 'triangle-down';

interface Look {
  readonly glyph: Glyph;
  readonly token: '--accent' | '--text-2' | '--warn' | '--bad';
  /** Greater ones give a folded group its glyph. */
  readonly weight: number;
}

const LOOKS: Readonly<Record<MarkerKind, Look>> = {
  phase: { glyph: 'diamond', token: '--accent', weight: 1 },
  knob: { glyph: 'diamond', token: '--accent', weight: 1 },
  'first migration': { glyph: 'disc', token: '--text-2', weight: 2 },
  'kswapd wakes': { glyph: 'disc', token: '--text-2', weight: 2 },
  'first remote page': { glyph: 'triangle', token: '--warn', weight: 3 },
  'below low': { glyph: 'triangle-down', token: '--bad', weight: 4 },
  'out of memory': { glyph: 'triangle', token: '--bad', weight: 5 },
};

const PLAIN: Look = { glyph: 'disc', token: '--text-2', weight: 0 };

export const lookOf = (kind: MarkerKind): Look => LOOKS[kind] ?? PLAIN;

/** A warning or a miss: a page from another node, a zone under its low mark, no memory at all. */
export const isWarning = ({ kind }: Marker): boolean => lookOf(kind).weight >= 3;

/** In a word or three: what stands beside the glyph. */
export function shortWords({ kind, text, node }: Marker): string {
  if (kind === 'below low') return `${text.split(':')[0]} low`;
  if (kind === 'phase' || kind === 'knob') return text;
  return node === null ? kind : `${kind}, node ${formatNumber(node)}`;
}

/** One event, or several that would touch. */
export interface Fold {
  readonly markers: readonly Marker[];
  readonly x: number;
  readonly words: string;
  readonly look: Look;
}

/** Widths of a glyph with its gaps, and between two folds, px. */
const GLYPH = 18;
const GAP = 8;

/**
 * Events (by time) side by side on `width` pixels, folded into counts where they would touch. `widthOf` is that of words;
 * one at the right end is drawn leftwards of its place as far as it must.
 */
export function foldMarkers(
  markers: readonly Marker[],
  xOfNs: (ns: number) => number,
  widthOf: (words: string) => number,
  width: number,
): readonly Fold[] {
  const folds: Growing[] = [];
  const place = (fold: Growing): void => {
    fold.words = fold.markers.length === 1 ? shortWords(fold.markers[0]) : foldedWords(fold);
    const wide = GLYPH + widthOf(fold.words);
    fold.x = Math.max(0, Math.min(xOfNs(fold.markers[0].timeNs), width - wide));
    fold.right = fold.x + wide;
  };
  for (const marker of markers) {
    const at = xOfNs(marker.timeNs);
    if (at < 0 || at > width) continue;
    let fold: Growing = { markers: [marker], look: lookOf(marker.kind), alike: true, words: '', x: 0, right: 0 };
    place(fold);
    // What grows by folding may come to touch the one before it.
    for (let last = folds.at(-1); last !== undefined && last.right + GAP > fold.x; last = folds.at(-1)) {
      folds.pop();
      join(last, fold);
      fold = last;
      place(fold);
    }
    folds.push(fold);
  }
  return folds;
}

/** Grows in place: a long run has thousands of events, most of them in few folds. */
interface Growing {
  readonly markers: Marker[];
  x: number;
  /** Of its words, px. */
  right: number;
  words: string;
  look: Look;
  /** All are of one kind. */
  alike: boolean;
}

function join(into: Growing, next: Growing): void {
  into.alike &&= next.alike && next.markers[0].kind === into.markers[0].kind;
  if (next.look.weight > into.look.weight) into.look = next.look;
  for (const marker of next.markers) into.markers.push(marker);
}

function foldedWords({ markers, alike }: Growing): string {
  const count = formatNumber(markers.length);
  return alike ? `${markers[0].kind} ×${count}` : `${count} events`;
}
