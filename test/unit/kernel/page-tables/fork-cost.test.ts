/**
 * What shared page tables save a fork: a child that writes to 3 of k equally filled pte pages and exits. Expected: the rule of
 * thumb of the claims of 2002 and 2003 ("25-30 % with 4 or more", "up to 10 times faster", nothing with 3), 1 - 3/k: 25, 62.5
 * and 90 %. The bands around it are this test's own; at 4 the model lies between 21 and 24 %, below both the rule and the claim.
 * The published test touches every page (D. McCracken, 10 Oct 2002), so its pte pages are full: with 1 MB of L2 full ones are in
 * the bands. What a classic copy of 8 full ones looks at does not stay in 512 KB, so that sharing saves more than the rule says
 * (66 and 81 %). There three quarters full are held to the bands; half full the PC is below the first one (19.7 %).
 * docs/memory-manager.md has all of them.
 */
import { describe, expect, it } from 'vitest';
import { forkCost, PTE_ENTRIES, type Sharing } from '../../../support/fork-cost.ts';

const FULL = PTE_ENTRIES;
const THREE_QUARTERS = (PTE_ENTRIES * 3) / 4;
/** [k, least and most that is saved]: 1 - 3/k and some points either way. */
const BANDS = [
  [4, 0.2, 0.3],
  [8, 0.55, 0.65],
  [30, 0.88, 1],
] as const;

function saved(builtIn: string, tables: number, filled: number): number {
  const cost = (sharedPageTables: Sharing): number => forkCost({ builtIn, sharedPageTables, tables, filled });
  return 1 - cost('rule') / cost('off');
}

describe.each([
  ['pc-256m', THREE_QUARTERS],
  ['numaq-16g-4quad', THREE_QUARTERS],
  ['numaq-64g-8quad', FULL],
])('a fork on %s, %i of 512 entries filled', (builtIn, filled) => {
  it.each(BANDS)('of %i pte pages, of which the child writes to 3, saves between %f and %f', (tables, least, most) => {
    const share = saved(builtIn, tables, filled);
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });

  it('of 3 pte pages costs the same to 1 % with the rule of three, and up to 5 % more without it', () => {
    const cost = (sharedPageTables: Sharing): number => forkCost({ builtIn, sharedPageTables, tables: 3, filled });
    const off = cost('off');
    expect(Math.abs(cost('rule') / off - 1)).toBeLessThan(0.01);
    const always = cost('always') / off - 1;
    expect(always).toBeGreaterThanOrEqual(0);
    expect(always).toBeLessThan(0.05);
  });
});

describe.each(['pc-256m', 'numaq-16g-4quad'])('a fork of full pte pages on %s, with 512 KB of L2', (builtIn) => {
  it.each([
    [4, 0.2, 0.3],
    // Above the band.
    [8, 0.55, 1],
    [30, 0.88, 1],
  ])('of %i, of which the child writes to 3, saves between %f and %f', (tables, least, most) => {
    const share = saved(builtIn, tables, FULL);
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });
});
