/** Distress, mapped ratio and swappiness, as the code of 2.6.0 adds them up. */
import { describe, expect, it } from 'vitest';
import { DEF_PRIORITY, distress, reclaimsMapped } from '../../../../src/sim/kernel/reclaim/tendency.ts';

describe('the tendency to take mapped pages', () => {
  it('knows no distress down to priority 7, then 1, 3, 6, 12, 25, 50 and 100 per cent', () => {
    expect(DEF_PRIORITY).toBe(12);
    const byPriority = Array.from({ length: 13 }, (_, i) => distress(12 - i));
    expect(byPriority).toEqual([0, 0, 0, 0, 0, 0, 1, 3, 6, 12, 25, 50, 100]);
  });

  it('takes them at swappiness 60 without any distress once 80 per cent of memory is mapped', () => {
    expect(reclaimsMapped(800, 1000, 12, 60)).toBe(true);
    expect(reclaimsMapped(799, 1000, 12, 60)).toBe(false);
  });

  it('takes them at swappiness 0 at priority 0 alone, or at 1 when everything is mapped', () => {
    expect(reclaimsMapped(0, 1000, 0, 0)).toBe(true);
    expect(reclaimsMapped(1000, 1000, 1, 0)).toBe(true);
    expect(reclaimsMapped(999, 1000, 1, 0)).toBe(false);
    expect(reclaimsMapped(1000, 1000, 2, 0)).toBe(false);
  });

  it('takes them always at swappiness 100', () => {
    expect(reclaimsMapped(0, 1000, 12, 100)).toBe(true);
    expect(reclaimsMapped(0, 1000, 12, 99)).toBe(false);
  });
});
