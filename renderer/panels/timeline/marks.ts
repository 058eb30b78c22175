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
  const folds: Fold[] = [];
  const rightOf = (fold: Fold): number => fold.x + GLYPH + widthOf(fold.words);
  for (const marker of markers) {
    const x = xOfNs(marker.timeNs);
    if (x < 0 || x > width) continue;
    let fold = placed([marker], x, widthOf, width);
    // What grows by folding may come to touch the one before it.
    for (let last = folds.at(-1); last !== undefined && rightOf(last) + GAP > fold.x; last = folds.at(-1)) {
      folds.pop();
      fold = placed([...last.markers, ...fold.markers], xOfNs(last.markers[0].timeNs), widthOf, width);
    }
    folds.push(fold);
  }
  return folds;
}

function placed(markers: readonly Marker[], x: number, widthOf: (words: string) => number, width: number): Fold {
  const words = markers.length === 1 ? shortWords(markers[0]) : foldedWords(markers);
  const look = markers.map(({ kind }) => lookOf(kind)).reduce((most, own) => (own.weight > most.weight ? own : most));
  return { markers, x: Math.max(0, Math.min(x, width - GLYPH - widthOf(words))), words, look };
}

function foldedWords(markers: readonly Marker[]): string {
  const [{ kind }] = markers;
  const count = formatNumber(markers.length);
  return markers.every((marker) => marker.kind === kind) ? `${kind} ×${count}` : `${count} events`;
}
