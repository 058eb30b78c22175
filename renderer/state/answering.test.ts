import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { afterAnswer } from './answering.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function press(): void {
  const event = new Event('keydown');
  Object.defineProperty(event, 'timeStamp', { value: performance.now() });
  window.dispatchEvent(event);
}

it('waits for a frame and for the answer to an input, not for ever for the next inputs', () => {
  const told: number[] = [];
  press();
  const from = performance.now();
  afterAnswer(() => told.push(performance.now() - from));
  vi.advanceTimersByTime(40);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(30);
  expect(told).toHaveLength(1);
  afterAnswer(() => told.push(performance.now() - from));
  for (let at = 0; at < 12; at++) {
    press();
    vi.advanceTimersByTime(20);
  }
  expect(told).toHaveLength(2);
});

it('is never within the call, and has no need of frames in a hidden window', () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0);
  const then = vi.fn();
  afterAnswer(then);
  expect(then).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(then).toHaveBeenCalledOnce();
});

it('can be taken back, before the frame and after it', () => {
  const then = vi.fn();
  afterAnswer(then)();
  press();
  const never = afterAnswer(then);
  vi.advanceTimersByTime(20);
  never();
  vi.advanceTimersByTime(200);
  expect(then).not.toHaveBeenCalled();
});
