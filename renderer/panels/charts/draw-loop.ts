/** One clock for all charts: what changed is drawn together, at most 30 times a second, in the screen's own rhythm. */

const FRAME_MS = 33;
/** A screen's own frames come a little early or late. */
const SLACK_MS = 4;

const waiting = new Set<() => void>();
let requested = 0;
let drawnAt = -Infinity;

/** Has `draw` called with the next frame, once, however often it is asked for. */
export function drawSoon(draw: () => void): void {
  waiting.add(draw);
  if (requested === 0) requested = requestAnimationFrame(frame);
}

/** Takes back what drawSoon() was asked for: the chart is gone. */
export function drawNever(draw: () => void): void {
  waiting.delete(draw);
}

function frame(now: number): void {
  requested = 0;
  if (waiting.size === 0) return;
  if (now - drawnAt < FRAME_MS - SLACK_MS) {
    requested = requestAnimationFrame(frame);
    return;
  }
  drawnAt = now;
  const draws = [...waiting];
  waiting.clear();
  for (const draw of draws) draw();
}
