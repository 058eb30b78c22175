/** How wide words are on the timeline, so that labels fold before they touch. */
const PX_PER_LETTER = 6.4;
const MOST_KNOWN = 2000;

const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

/** Pixels of `words` at the size of labels; a guess by letters where there is no canvas. */
export function textWidth(words: string): number {
  const known = widths.get(words);
  if (known !== undefined) return known;
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null || context === undefined) return words.length * PX_PER_LETTER;
  const { fontSize } = getComputedStyle(document.documentElement);
  context.font = `${0.6875 * Number.parseFloat(fontSize)}px ${getComputedStyle(document.body).fontFamily}`;
  const width = context.measureText(words).width;
  if (widths.size >= MOST_KNOWN) widths.clear();
  widths.set(words, width);
  return width;
}
