/**
 * How much of a node is drawn at the size that it has on the screen, and the scale at which it is laid out. Everything is
 * laid out for its size on the screen, in steps, so that text is never smaller than its own size whatever the zoom. Pure.
 */
import type { Rect } from './place.ts';

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** A card with CPUs and zones; a tile with number, size and fill; a chip with number and fill; a dot with its fill. */
export type Detail = 'card' | 'tile' | 'chip' | 'dot';

/** Steps a doubling: within one, what is laid out is scaled by at most a fifth. */
const STEPS = 4;
/** A card is not laid out larger than this: beyond, it is magnified. */
const MOST = { width: 340, height: 330 };
const TINY = 1e-6;

/** The zoom that a box of that size is laid out for: never above `zoom`, so that text is at least its own size. */
export function stepOf(zoom: number, box: { readonly width: number; readonly height: number }): number {
  const step = 2 ** (Math.floor(Math.log2(zoom) * STEPS + TINY) / STEPS);
  const most = Math.max(1, Math.min(MOST.width / box.width, MOST.height / box.height));
  return Math.min(step, most);
}

/** Of a node `width` by `height` px on the screen. */
export function detailOf(width: number, height: number): Detail {
  if (width >= 150 && height >= 98) return 'card';
  if (width >= 76 && height >= 44) return 'tile';
  return width >= 26 && height >= 20 ? 'chip' : 'dot';
}

/** What the field shows of the drawing. */
export function seenThrough({ x, y, zoom }: Viewport, width: number, height: number): Rect {
  return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
}

/** The viewport that shows all of `box` in the middle of the field, at most at `most`. */
export function fitting(box: Rect, width: number, height: number, most: number): Viewport {
  const zoom = Math.min(most, width / box.width, height / box.height);
  return {
    x: width / 2 - (box.x + box.width / 2) * zoom,
    y: height / 2 - (box.y + box.height / 2) * zoom,
    zoom,
  };
}

/** The viewport moved as little as shows `box`; in its middle where it lay far outside. */
export function revealing(viewport: Viewport, box: Rect, width: number, height: number): Viewport {
  const { zoom } = viewport;
  const left = viewport.x + box.x * zoom;
  const top = viewport.y + box.y * zoom;
  const along = (start: number, size: number, room: number): number => {
    if (start >= 0 && start + size <= room) return 0;
    const far = start + size < -room / 2 || start > room * 1.5 || size > room;
    if (far) return room / 2 - (start + size / 2);
    return start < 0 ? MARGIN - start : room - MARGIN - (start + size);
  };
  const dx = along(left, box.width * zoom, width);
  const dy = along(top, box.height * zoom, height);
  return dx === 0 && dy === 0 ? viewport : { x: viewport.x + dx, y: viewport.y + dy, zoom };
}

const MARGIN = 12;
