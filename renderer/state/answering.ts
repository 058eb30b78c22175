/**
 * What a person does is answered first. For two or three frames after an input what a run brings (its charts, its progress)
 * waits, and what follows from the input elsewhere on the screen; but never longer than LONGEST_MS, or a key that is held
 * down would stop it.
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

/**
 * Calls `then` after the next frame, when what a person did is answered: LONGEST_MS after that frame at the latest. In a
 * hidden window, which has no frames, it does not wait for one. Never within the call. Returns what takes it back.
 */
export function afterAnswer(then: () => void): () => void {
  const since = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const soon = (): void => {
    timer = setTimeout(then, answeringMs(performance.now(), since));
  };
  if (document.hidden) soon();
  else frame = requestAnimationFrame(soon);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
