/** Where functions lie in the kernel's text: by hand, and on random texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextLayout } from '../../../../src/sim/kernel/text/text-layout.ts';

const GRANULES_OF_A_FRAME = 128;

describe('the layout of the kernel text', () => {
  it('gives each function the granules of its path, in the order of the table', () => {
    // 100, 0, 33 and 32 bytes: 4, 0, 2 and 1 granules of 32 bytes, and no cold text where the text is no longer than that.
    const { at, granules } = new TextLayout([100, 0, 33, 32], 0).map((frame) => frame);
    expect([...granules]).toEqual([4, 0, 2, 1]);
    expect([...at]).toEqual([0, 4, 4, 6]);
  });

  it('spreads the rest of the text between the functions', () => {
    const layout = new TextLayout([64, 64, 64, 64], 64 * 4096);
    const { at } = layout.map((frame) => frame);
    expect(at[0]).toBe(0);
    for (const fn of [1, 2, 3]) expect(at[fn]).toBeGreaterThan(at[fn - 1] + 2);
    expect(layout.frames).toBeLessThanOrEqual(64);
    expect(layout.frames).toBeGreaterThan(32);
  });

  it('begins a path behind a border of slots that it would lie across', () => {
    // Three frames of 128 granules without cold text; the third frame's slot is far away.
    const { at } = new TextLayout([4000, 8000, 200], 0).map((frame) => (frame < 2 ? frame : frame + 100));
    expect(at[0]).toBe(0);
    // 125 granules, then 250 from 125 to 374: the last lies in frame 2, at its start from granule 256 on.
    expect(at[1]).toBe(102 * GRANULES_OF_A_FRAME);
  });

  it('lets no two paths overlap and none lie beyond the text', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 2 ** 21 }), (paths, bytes) => {
        const { at, granules } = new TextLayout(paths, bytes).map((frame) => frame);
        const hot = granules.reduce((sum, each) => sum + each, 0);
        let end = 0;
        for (let fn = 0; fn < paths.length; fn++) {
          expect(at[fn]).toBeGreaterThanOrEqual(end);
          expect(granules[fn] * 32).toBeGreaterThanOrEqual(paths[fn]);
          end = at[fn] + granules[fn];
        }
        expect(end).toBeLessThanOrEqual(Math.max(hot, Math.floor(bytes / 32)));
      }),
      { seed: 20030616 },
    );
  });
});
