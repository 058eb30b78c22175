import { describe, expect, it } from 'vitest';
import { paletteScore } from './palette-score.ts';

const OFFERED: readonly (readonly [string, string])[] = [
  ['Save the chart as PNG…', 'export picture image file chart'],
  ['Export the comparison as CSV…', 'save table figures download'],
  ['Go to the next problem of the machine', 'issue warning'],
  ['SMP, 8 CPUs', '8 x P-III Xeon 700 MHz on one bus, 8 GB: no remote memory, one bus for all'],
  ['Compare with the last run', 'side by side'],
];
const found = (search: string): string[] =>
  OFFERED.map(([title, words]) => ({ title, score: paletteScore(title, search, [title, words]) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ title }) => title);

describe('the palette', () => {
  it('puts what bears the word in its title first, and leaves out what only has its letters somewhere', () => {
    expect(found('export')).toEqual(['Export the comparison as CSV…', 'Save the chart as PNG…']);
  });

  it('takes several words in any order, from title and other words alike', () => {
    expect(found('csv comparison')).toEqual(['Export the comparison as CSV…']);
    expect(found('picture save')).toEqual(['Save the chart as PNG…']);
  });

  it('takes an abbreviation, and signs as they are', () => {
    expect(found('cmp')).toEqual(expect.arrayContaining(['Compare with the last run']));
    expect(found('(')).toEqual([]);
    expect(found('  ')).toHaveLength(OFFERED.length);
  });
});
