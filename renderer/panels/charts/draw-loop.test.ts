/** When charts are drawn, by a clock and frames of the test's own. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let now = 1000;
let asked: FrameRequestCallback[] = [];
let drawSoon: (draw: () => void, hurry?: boolean) => void;

beforeEach(async () => {
  asked = [];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.stubGlobal('requestAnimationFrame', (then: FrameRequestCallback) => asked.push(then));
  vi.resetModules();
  ({ drawSoon } = await import('./draw-loop.ts'));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The screen's next frame, 20 ms later. */
function frame(): void {
  now += 20;
  for (const then of asked.splice(0)) then(now);
}
function press(): void {
  const event = new Event('keydown');
  Object.defineProperty(event, 'timeStamp', { value: now });
  window.dispatchEvent(event);
}
/** A chart that takes so many ms, and how often it was drawn. */
function chart(ms = 0): { draw: () => void; times: number } {
  const made = {
    times: 0,
    draw: (): void => {
      now += ms;
      made.times++;
    },
  };
  return made;
}

describe('charts', () => {
  it('are drawn once with the next frame, however often they are asked for', () => {
    const one = chart();
    drawSoon(one.draw);
    drawSoon(one.draw);
    expect(one.times).toBe(0);
    frame();
    frame();
    expect(one.times).toBe(1);
  });

  it('of a run stand still right after an input, and those that answer it do not', () => {
    const [ofRun, ofPerson] = [chart(), chart()];
    press();
    drawSoon(ofRun.draw);
    frame();
    frame();
    expect(ofRun.times).toBe(0);
    frame();
    expect(ofRun.times).toBe(1);
    press();
    drawSoon(ofPerson.draw, true);
    frame();
    expect(ofPerson.times).toBe(1);
  });

  it('of a run wait 100 ms at most while input follows input', () => {
    const ofRun = chart();
    drawSoon(ofRun.draw);
    for (let frames = 0; frames < 4; frames++) {
      press();
      frame();
    }
    expect(ofRun.times).toBe(0);
    press();
    frame();
    expect(ofRun.times).toBe(1);
  });

  it('stand still after an input also where a run asks for the next before the last are all drawn', () => {
    // More than fits into a frame: at no time is nothing waited for.
    const slow = [chart(8), chart(8), chart(8)];
    for (const { draw } of slow) drawSoon(draw, true);
    const goOn = (): void => {
      for (const { draw } of slow) drawSoon(draw);
      frame();
    };
    for (let frames = 0; frames < 30; frames++) goOn();
    const before = slow.map(({ times }) => times);
    press();
    goOn();
    goOn();
    expect(slow.map(({ times }) => times)).toEqual(before);
  });
});
