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
 * Calls `then` when the next frame is painted and what a person did is answered, LONGEST_MS after now at the latest; at once
 * in a hidden window, where nothing is painted. Returns what takes it back.
 */
export function afterAnswer(then: () => void): () => void {
  if (document.hidden) {
    then();
    return () => undefined;
  }
  const since = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(then, answeringMs(performance.now(), since));
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
