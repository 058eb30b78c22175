/** Rows of a legend: pure, so that what is out of sight is known without a screen. */
import { describe, expect, it } from 'vitest';
import { belowRow, legendRows } from './legend-rows.ts';

describe('rows of a legend', () => {
  it('are filled loosely where two of them hold all entries', () => {
    expect(legendRows([60, 60, 60], 200)).toEqual({ tight: false, rows: [2, 1] });
    expect(legendRows([], 200)).toEqual({ tight: false, rows: [] });
  });

  it('hold closer entries where that saves a third one', () => {
    // Loose: 24 + 57 + 10 + 24 + 68 = 183 px. Closer: 18 + 57 + 5 + 18 + 68 = 166 px.
    expect(legendRows([57, 68, 88], 172)).toEqual({ tight: true, rows: [2, 1] });
  });

  it('stay loose where closer entries save none', () => {
    expect(legendRows([150, 150, 150], 172)).toEqual({ tight: false, rows: [1, 1, 1] });
  });

  it('know how many entries lie below those that are seen', () => {
    const laid = legendRows([57, 68, 88, 88], 172);
    expect(laid.rows).toEqual([2, 1, 1]);
    expect([0, 1, 2, 3].map((seen) => belowRow(laid, seen))).toEqual([4, 2, 1, 0]);
  });
});
