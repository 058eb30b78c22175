/** How well what the palette offers fits what was typed: words of its title first, then its other words, then letters of the title. Pure. */
import { computeCommandScore } from 'bits-ui';

/** At the start of a word of the title, within one; the same of its other words. */
const TITLE = [1, 0.8] as const;
const OTHER = [0.5, 0.3] as const;
/** All that only has the letters in their order comes after all that has the words. */
const LETTERS = 0.1;
/** Letters strewn over a sentence are no abbreviation. */
const LEAST = 0.02;

/** 0 (not shown) to 1; `keywords` are the title and what it is found by beside it, as bits-ui's filter gives them. */
export function paletteScore(_id: string, search: string, keywords: readonly string[] = []): number {
  const [title = '', ...others] = keywords.map((text) => text.toLowerCase());
  const asked = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (asked.length === 0) return 1;
  const scores = asked.map((word) => scoreIn(title, word, TITLE) || scoreIn(others.join(' '), word, OTHER));
  if (scores.every((score) => score > 0)) return scores.reduce((sum, score) => sum + score, 0) / asked.length;
  const letters = computeCommandScore(title, asked.join(' '));
  return letters < LEAST ? 0 : letters * LETTERS;
}

function scoreIn(text: string, word: string, [atStart, within]: readonly [number, number]): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  return at === 0 || new RegExp(`[^\\p{L}\\p{N}]${escaped(word)}`, 'u').test(text) ? atStart : within;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
