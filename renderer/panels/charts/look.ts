/** Dashes, markers and fills of series, as the design's tokens pair them with colours; for canvas and for legends. */

type Fill = 'loc-local' | 'loc-rcache' | 'loc-remote';

export interface SeriesLook {
  /** Name of the colour's token. */
  readonly token: string;
  readonly dash: readonly number[];
  readonly marker: 'circle' | 'rect' | 'triangle' | 'rectRot';
  /** The pattern of a stacked area, as theme/Patterns.svelte names it. */
  readonly fill?: Fill;
}

export const LINES: readonly SeriesLook[] = [
  { token: '--s-base', dash: [], marker: 'circle' },
  { token: '--s-1', dash: [7, 3], marker: 'rect' },
  { token: '--s-2', dash: [2, 3], marker: 'triangle' },
  { token: '--s-4', dash: [7, 3, 2, 3], marker: 'rectRot' },
];

/** Free memory: the zone looked at is the one that warns. */
export const FREE_LOOKS: readonly SeriesLook[] = [
  { token: '--s-2', dash: [], marker: 'triangle' },
  { token: '--s-1', dash: [7, 3], marker: 'rect' },
  { token: '--s-base', dash: [2, 3], marker: 'circle' },
  { token: '--s-4', dash: [7, 3, 2, 3], marker: 'rectRot' },
];

export const AREAS: readonly SeriesLook[] = [
  { token: '--s-1', dash: [], marker: 'circle', fill: 'loc-local' },
  { token: '--loc-rcache', dash: [], marker: 'rect', fill: 'loc-rcache' },
  { token: '--s-2', dash: [], marker: 'triangle', fill: 'loc-remote' },
];

/** A line among many, until it is picked: thin, behind the others. */
export const MUTED: SeriesLook = { token: '--line-3', dash: [], marker: 'circle' };

const colours = new Map<string, string>();
let coloursOf: string | undefined;

/** The value of a colour token in the theme in force. Asked for at every draw, so the style is read once a theme. */
export function colour(token: string): string {
  const theme = document.documentElement.dataset['theme'] ?? '';
  if (theme !== coloursOf) colours.clear();
  coloursOf = theme;
  let found = colours.get(token);
  if (found === undefined) {
    found = getComputedStyle(document.documentElement).getPropertyValue(token).trim() || 'gray';
    colours.set(token, found);
  }
  return found;
}

/** Side of a pattern's tile, pixels. */
export const TILE = 6;

/** One tile of a pattern, as theme/Patterns.svelte draws it. */
export function paintTile(ink: CanvasRenderingContext2D, look: SeriesLook): void {
  ink.fillStyle = colour(look.token);
  ink.fillRect(0, 0, TILE, TILE);
  ink.strokeStyle = colour('--loc-ink');
  ink.lineWidth = 1.2;
  ink.beginPath();
  const lines =
    look.fill === 'loc-rcache' ? [0, 1.5, 6, 1.5, 0, 4.5, 6, 4.5] : [-1, 7, 7, -1, -1, 1, 1, -1, 5, 7, 7, 5];
  for (let at = 0; at < lines.length; at += 4) {
    ink.moveTo(lines[at], lines[at + 1]);
    ink.lineTo(lines[at + 2], lines[at + 3]);
  }
  ink.stroke();
}

/** True for an area that is filled with its colour alone. */
export function isPlain(look: SeriesLook): boolean {
  return look.fill === undefined || look.fill === 'loc-local';
}

/** The canvas twin of an SVG pattern of theme/Patterns.svelte, sharp at the screen's pixel ratio. */
export function fillStyle(context: CanvasRenderingContext2D, look: SeriesLook): string | CanvasPattern {
  if (isPlain(look)) return colour(look.token);
  const ratio = Math.max(1, Math.round(window.devicePixelRatio));
  const tile = document.createElement('canvas');
  tile.width = TILE * ratio;
  tile.height = TILE * ratio;
  const ink = tile.getContext('2d');
  if (ink === null) return colour(look.token);
  ink.scale(ratio, ratio);
  paintTile(ink, look);
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern ?? colour(look.token);
}
