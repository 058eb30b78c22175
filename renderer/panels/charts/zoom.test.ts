import { describe, expect, it } from 'vitest';
import { following, panned, scaled, ZoomState } from './zoom.svelte.ts';

const whole = { from: 0, to: 1000 };

describe('the zoom of the charts', () => {
  it('goes back step by step', () => {
    const zoom = new ZoomState();
    zoom.show({ from: 100, to: 500 });
    zoom.show({ from: 200, to: 300 });
    zoom.undo();
    expect(zoom.span).toEqual({ from: 100, to: 500 });
    zoom.undo();
    expect(zoom.span).toBeNull();
    expect(zoom.canUndo).toBe(false);
  });

  it('takes a turn of the wheel for one step', () => {
    const zoom = new ZoomState();
    zoom.show({ from: 0, to: 500 }, 'wheel 1');
    zoom.show({ from: 0, to: 250 }, 'wheel 1');
    zoom.show({ from: 0, to: 125 }, 'wheel 2');
    zoom.undo();
    expect(zoom.span).toEqual({ from: 0, to: 250 });
    zoom.undo();
    expect(zoom.span).toBeNull();
  });

  it('shows all again, which can be undone as well', () => {
    const zoom = new ZoomState();
    zoom.show({ from: 100, to: 500 });
    zoom.reset();
    expect(zoom.span).toBeNull();
    zoom.undo();
    expect(zoom.span).toEqual({ from: 100, to: 500 });
  });

  it('keeps what is under the pointer where it is', () => {
    expect(scaled({ from: 0, to: 1000 }, whole, 250, 0.5)).toEqual({ from: 125, to: 625 });
    expect(scaled({ from: 900, to: 1000 }, whole, 1000, 0.5)).toEqual({ from: 950, to: 1000 });
  });

  it('is none where all is shown', () => {
    expect(scaled({ from: 250, to: 750 }, whole, 500, 2)).toBeNull();
  });

  it('never leaves the run', () => {
    expect(scaled({ from: 0, to: 100 }, whole, 0, 2)).toEqual({ from: 0, to: 200 });
    expect(panned({ from: 800, to: 1000 }, whole, 0.5)).toEqual({ from: 800, to: 1000 });
    expect(panned({ from: 100, to: 300 }, whole, -0.25)).toEqual({ from: 50, to: 250 });
  });

  it('follows a cursor that leaves it', () => {
    expect(following({ from: 100, to: 200 }, whole, 230)).toEqual({ from: 130, to: 230 });
    expect(following({ from: 100, to: 200 }, whole, 150)).toEqual({ from: 100, to: 200 });
  });
});
