/**
 * What a person does is answered first: for two or three frames after an input, what a run brings (its charts, its
 * progress) waits, but never longer than LONGEST_MS, or a key that is held down would stop it.
 */
const HOLD_MS = 50;
const LONGEST_MS = 200;

let inputAt = -Infinity;

for (const type of ['pointerdown', 'pointermove', 'pointerup', 'wheel', 'keydown']) {
  addEventListener(type, ({ timeStamp }) => (inputAt = timeStamp), { capture: true, passive: true });
}

/** So long what a run brings has still to wait, ms, where `doneAt` is when the like of it was last shown; 0: no longer. Times are those of performance.now(). */
export function answeringMs(now: number, doneAt: number): number {
  return Math.max(0, Math.min(inputAt + HOLD_MS, doneAt + LONGEST_MS) - now);
}
