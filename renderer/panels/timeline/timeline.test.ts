import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Marker, MarkerKind } from '../../../src/sim/engine/moment.ts';
import { aRun } from '../testing.ts';
import { foldMarkers, isWarning, shortWords } from './marks.ts';
import { phasesOf } from './phases.ts';
import { axisEnd, nsAt, plateOf, ticksOf, within, xOf, zoomed } from './scale.ts';
import { runSentence } from './sentence.ts';
import { TimelineState } from './timeline.svelte.ts';

const marker = (timeNs: number, kind: MarkerKind, text = '', node: number | null = null): Marker => {
  return { timeNs, kind, text, node };
};

describe("the timeline's axis", () => {
  it('ends at a round time with room after now', () => {
    expect(axisEnd(12.48e9)).toBe(14e9);
    expect(axisEnd(65e6)).toBe(70e6);
    expect(axisEnd(0)).toBeGreaterThan(0);
  });

  it('has round ticks, the last with its unit', () => {
    expect(ticksOf({ from: 0, to: 16e9 }, 900)).toEqual(
      [0, 2, 4, 6, 8, 10, 12, 14, 16].map((s) => ({ ns: s * 1e9, text: s === 16 ? '16 s' : `${s}` })),
    );
    expect(ticksOf({ from: 12.4802e9, to: 12.4808e9 }, 450).map(({ text }) => text)).toEqual([
      '12.4802',
      '12.4804',
      '12.4806',
      '12.4808 s',
    ]);
  });

  it('finds the time that was drawn at a pixel, at any zoom', () => {
    const range = fc.record({ from: fc.integer({ min: 0, max: 1e12 }), span: fc.integer({ min: 1000, max: 1e12 }) });
    fc.assert(
      fc.property(range, fc.double({ min: 0, max: 900, noNaN: true }), ({ from, span }, x) => {
        const shown = { from, to: from + span };
        expect(xOf(nsAt(x, shown, 900), shown, 900)).toBeCloseTo(x, 3);
      }),
    );
  });

  it('keeps the time under the pointer where it is when it zooms, and stays within the run', () => {
    const whole = { from: 0, to: 1000e3 };
    const shown = zoomed(whole, whole, 0.5, 400e3);
    expect(shown).toEqual({ from: 200e3, to: 700e3 });
    expect(xOf(400e3, shown, 900)).toBeCloseTo(xOf(400e3, whole, 900));
    expect(zoomed(shown, whole, 8, 400e3)).toEqual(whole);
    expect(within({ from: -50, to: 50 }, whole)).toEqual({ from: 0, to: 100 });
  });
});

describe('events on the timeline', () => {
  const width = (words: string): number => words.length * 6;
  const at = (ns: number): number => ns;

  it('stand side by side where there is room', () => {
    const folds = foldMarkers(
      [marker(0, 'kswapd wakes', '', 0), marker(400, 'below low', 'HighMem 3: 251 free, low is 256', 3)],
      at,
      width,
      900,
    );
    expect(folds.map(({ words }) => words)).toEqual(['kswapd wakes, node 0', 'HighMem 3 low']);
  });

  it('fold into a count where they would touch, with the sign of the gravest', () => {
    const folds = foldMarkers(
      [marker(100, 'kswapd wakes'), marker(105, 'below low', 'Normal 0: 1'), marker(700, 'kswapd wakes')],
      at,
      width,
      900,
    );
    expect(folds.map(({ words, look }) => [words, look.glyph])).toEqual([
      ['2 events', 'triangle-down'],
      ['kswapd wakes', 'disc'],
    ]);
    expect(foldMarkers([marker(100, 'kswapd wakes'), marker(105, 'kswapd wakes')], at, width, 900)[0].words).toBe(
      'kswapd wakes ×2',
    );
  });

  it('never overlap, never lose one and never leave the track, wherever they are', () => {
    const kinds = fc.constantFrom<MarkerKind>('kswapd wakes', 'below low', 'out of memory', 'first migration');
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), kinds), { maxLength: 60 });
    fc.assert(
      fc.property(some, (drawn) => {
        const markers = drawn.sort(([a], [b]) => a - b).map(([ns, kind]) => marker(ns, kind, 'Zone 1: x', 1));
        const folds = foldMarkers(markers, at, width, 900);
        expect(folds.flatMap((fold) => fold.markers)).toEqual(markers);
        folds.forEach(({ x, words }, index) => {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + width(words)).toBeLessThanOrEqual(900);
          if (index > 0) expect(x).toBeGreaterThan(folds[index - 1].x + width(folds[index - 1].words));
        });
      }),
    );
  });

  it('warn of pages from elsewhere, of zones under their mark and of no memory, not of mechanisms at work', () => {
    const warned = (['first remote page', 'below low', 'out of memory', 'kswapd wakes', 'phase'] as const).map((kind) =>
      isWarning(marker(0, kind)),
    );
    expect(warned).toEqual([true, true, true, false, false]);
    expect(shortWords(marker(0, 'knob', 'swappiness = 0'))).toBe('swappiness = 0');
  });
});

describe('phases', () => {
  it('last from their mark to the next, and the first has the name of the workload', () => {
    const marks = [marker(40, 'phase', 'fork'), marker(50, 'kswapd wakes'), marker(70, 'phase', 'sweep')];
    expect(phasesOf(marks, 'hog', 100)).toEqual([
      { from: 0, to: 40, name: 'hog' },
      { from: 40, to: 70, name: 'fork' },
      { from: 70, to: 100, name: 'sweep' },
    ]);
    expect(phasesOf([], 'hog', 100)).toEqual([{ from: 0, to: 100, name: 'hog' }]);
    expect(phasesOf([], 'hog', 0)).toEqual([]);
  });
});

describe('the timeline of a run', () => {
  function shown(): { timeline: TimelineState; playhead: { ns: number | null; go: (ns: number | null) => void } } {
    const run = aRun();
    run.timeNs = 1000e3;
    run.state = 'done';
    run.markers = [
      marker(100e3, 'kswapd wakes'),
      marker(300e3, 'below low', 'DMA 0: 1'),
      marker(500e3, 'kswapd wakes'),
    ];
    const playhead = { ns: null as number | null, go: (ns: number | null) => void (playhead.ns = ns) };
    return { timeline: new TimelineState({ current: run }, playhead), playhead };
  }

  it('goes from event to event and from warning to warning', () => {
    const { timeline, playhead } = shown();
    expect(timeline.beside(-1)?.timeNs).toBe(500e3);
    expect(timeline.beside(1)).toBeNull();
    playhead.go(300e3);
    expect([timeline.beside(-1)?.timeNs, timeline.beside(1)?.timeNs]).toEqual([100e3, 500e3]);
    expect(timeline.beside(1, isWarning)).toBeNull();
    playhead.go(0);
    expect(timeline.beside(1, isWarning)?.timeNs).toBe(300e3);
  });

  it('brings the playhead into view where it leaves what is shown', () => {
    const { timeline, playhead } = shown();
    playhead.go(900e3);
    timeline.zoomIn();
    timeline.zoomIn();
    expect(timeline.range).toEqual({ from: 675e3, to: 925e3 });
    timeline.go(100e3);
    expect(timeline.range).toEqual({ from: 0, to: 250e3 });
    timeline.showAll();
    expect([timeline.range, timeline.isZoomed]).toEqual([{ from: 0, to: 1000e3 }, false]);
  });

  it('keeps the plate of the playhead within the track', () => {
    expect(plateOf('565 ms', 500, 1000)).toEqual({ x: 500, half: 27 });
    expect(plateOf('565 ms', 1000, 1000).x).toBe(973);
    expect(plateOf('0 ns', 3, 1000).x).toBe(20);
  });

  it('is told in a sentence', () => {
    const markers = [marker(0, 'phase', 'a'), marker(5, 'below low', 'DMA 0: 1'), marker(6, 'kswapd wakes')];
    const run = { number: 2, state: 'done' as const, timeNs: 12.48e9, markers };
    expect(runSentence(run, 3.1e9)).toBe(
      'Run 2, done: 12.48 s of virtual time, 1 phase, 2 events, 1 warning; the playhead is at 3,100.0 ms.',
    );
  });
});
