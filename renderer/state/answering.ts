/**
 * What a person does is answered first: for two or three frames after an input, what a run brings (its charts, its
 * progress) waits, but never longer than LONGEST_MS, or a key that is held down would stop it.
 */
const HOLD_MS = 50;
const LONGEST_MS = 100;

let inputAt = -Infinity;

for (const type of ['pointerdown', 'pointermove', 'pointerup', 'wheel', 'keydown']) {
  addEventListener(type, ({ timeStamp }) => (inputAt = timeStamp), { capture: true, passive: true });
}

/** So long what a run brings has still to wait, ms, where it has waited since `since`; 0: no longer. Times are those of performance.now(). */
export function answeringMs(now: number, since: number): number {
  return Math.max(0, Math.min(inputAt + HOLD_MS, since + LONGEST_MS) - now);
}
