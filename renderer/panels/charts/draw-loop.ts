/**
 * One clock for all charts: what changed is drawn at most 30 times a second, in the screen's own rhythm. Where many charts
 * take longer than a part of a frame, the rest has the next one, so that an input never waits for all of them; and what took
 * long is done less often, so that half of the time is left for what a person does.
 */

const FRAME_MS = 33;
/** A screen's own frames come a little early or late. */
const SLACK_MS = 4;
/** Of a frame, for charts. */
const BUDGET_MS = 6;

const waiting = new Set<() => void>();
let requested = 0;
let drawnAt = -Infinity;
/** How long the charts that were drawn together last took, all in all, ms. */
let took = 0;
/** Of those that are drawn together: what did not fit into a frame. */
let rest: (() => void)[] = [];

/** Has `draw` called with the next frame, once, however often it is asked for. */
export function drawSoon(draw: () => void): void {
  waiting.add(draw);
  if (requested === 0) requested = requestAnimationFrame(frame);
}

/** Takes back what drawSoon() was asked for: the chart is gone. */
export function drawNever(draw: () => void): void {
  waiting.delete(draw);
  rest = rest.filter((other) => other !== draw);
}

function frame(now: number): void {
  requested = 0;
  if (rest.length === 0) {
    if (waiting.size === 0) return;
    if (now - drawnAt < Math.max(FRAME_MS, 2 * took) - SLACK_MS) {
      requested = requestAnimationFrame(frame);
      return;
    }
    drawnAt = now;
    took = 0;
    rest = [...waiting];
    waiting.clear();
  }
  const begun = performance.now();
  const until = begun + BUDGET_MS;
  do rest.shift()?.();
  while (rest.length > 0 && performance.now() < until);
  took += performance.now() - begun;
  if (rest.length + waiting.size > 0 && requested === 0) requested = requestAnimationFrame(frame);
}
