/**
 * One clock for all charts: what changed is drawn at most 30 times a second (of a run its progress comes 15 times), in the screen's own rhythm. Where many charts
 * take longer than a part of a frame, the rest has the next one, so that an input never waits for all of them; and what took
 * long is done less often, so that four fifths of the time are left for what a person does. Right after an input the
 * charts of a run stand still: the answer to it comes first.
 */
import { answeringMs } from '../../state/answering.ts';

const FRAME_MS = 33;
/** A screen's own frames come a little early or late. */
const SLACK_MS = 4;
/** Of a frame, for charts. */
const BUDGET_MS = 6;
/** Drawing has one part in so many of the time. */
const SHARE = 5;

const waiting = new Set<() => void>();
let requested = 0;
let drawnAt = -Infinity;
/** Since when something waits, where something does. */
let since = 0;
/** How long the charts that were drawn together last took, all in all, ms. */
let took = 0;
/** Of those that are drawn together: what did not fit into a frame. */
let rest: (() => void)[] = [];
/** What is itself the answer to an input, until it is drawn. */
const hurried = new Set<() => void>();

/** Has `draw` called with the next frame, once, however often it is asked for; `hurry`: for a person, not for a run. */
export function drawSoon(draw: () => void, hurry = false): void {
  if (rest.length + waiting.size === 0) since = performance.now();
  waiting.add(draw);
  if (hurry) hurried.add(draw);
  if (requested === 0) requested = requestAnimationFrame(frame);
}

/** Takes back what drawSoon() was asked for: the chart is gone. */
export function drawNever(draw: () => void): void {
  waiting.delete(draw);
  hurried.delete(draw);
  rest = rest.filter((other) => other !== draw);
}

function frame(now: number): void {
  requested = 0;
  if (rest.length + waiting.size === 0) return;
  const isTooSoon = rest.length === 0 && now - drawnAt < Math.max(FRAME_MS, SHARE * took) - SLACK_MS;
  if (hurried.size === 0 && (isTooSoon || answeringMs(now, since) > 0)) {
    requested = requestAnimationFrame(frame);
    return;
  }
  if (rest.length === 0) {
    drawnAt = now;
    took = 0;
    rest = [...waiting];
    waiting.clear();
  }
  const begun = performance.now();
  const until = begun + BUDGET_MS;
  do {
    const draw = rest.shift();
    if (draw === undefined) break;
    hurried.delete(draw);
    draw();
  } while (performance.now() < until);
  took += performance.now() - begun;
  since = performance.now();
  if (rest.length + waiting.size > 0 && requested === 0) requested = requestAnimationFrame(frame);
}
