/**
 * A part of the page as a picture, by html-to-image: what bears `data-picture` with its name, as it is seen, without its
 * buttons. Patterns of the owners are copied into it, since a picture stands on no page. Type is named, not embedded (the page
 * may load no font from data): where Inter is not installed, the reader's own sans-serif stands in.
 */
import { toBlob, toSvg } from 'html-to-image';
import { colour } from '../charts/look.ts';

/** Pixels of a PNG for one of the page. */
const PNG_RATIO = 2;

/** The part of that name on the page; undefined where it is not on screen. */
export function partOf(name: string): HTMLElement | undefined {
  return document.querySelector<HTMLElement>(`[data-picture="${name}"]`) ?? undefined;
}

/** A part as a PNG file. Rejects where it cannot be drawn. */
export async function partPng(part: HTMLElement): Promise<Blob> {
  const blob = await withPatterns(part, () => toBlob(part, { ...options(), pixelRatio: PNG_RATIO }));
  if (blob === null) throw new Error('The picture could not be made.');
  return blob;
}

/** A part as an SVG file, which holds the page's elements: browsers show it, drawing programs may not. */
export async function partSvg(part: HTMLElement): Promise<string> {
  const url = await withPatterns(part, () => toSvg(part, options()));
  return decodeURIComponent(url.slice(url.indexOf(',') + 1));
}

function options(): NonNullable<Parameters<typeof toSvg>[1]> {
  return { backgroundColor: colour('--bg-1'), skipFonts: true, filter: (node) => !isTool(node) };
}

/** What is there to be pressed says nothing in a picture. */
function isTool(node: unknown): boolean {
  return node instanceof Element && node.matches('[role="toolbar"], [data-no-picture], .svelte-flow__handle');
}

/** What the page's rules give to parts of a drawing: html-to-image takes them over for elements of the page only. */
const DRAWN = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'visibility',
  'display',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
] as const;

/** Does `draw` while copies of the page's patterns are in `part` and its drawings bear their styles themselves. */
async function withPatterns<T>(part: HTMLElement, draw: () => Promise<T>): Promise<T> {
  const patterns = document.querySelector('svg:has(> defs > pattern)');
  const copy = patterns?.cloneNode(true);
  if (copy !== undefined) part.append(copy);
  const drawn = [...part.querySelectorAll<SVGElement>('svg *')];
  // Read all, then write all: otherwise each element would have the page laid out anew.
  const styles = drawn.map((element) => {
    const computed = getComputedStyle(element);
    return DRAWN.map((name) => `${name}:${computed.getPropertyValue(name)}`).join(';');
  });
  const before = drawn.map((element) => element.getAttribute('style'));
  drawn.forEach((element, at) => element.setAttribute('style', `${before[at] ?? ''};${styles[at]}`));
  try {
    return await draw();
  } finally {
    drawn.forEach((element, at) => {
      const style = before[at];
      if (style === null) element.removeAttribute('style');
      else element.setAttribute('style', style);
    });
    copy?.parentNode?.removeChild(copy);
  }
}
