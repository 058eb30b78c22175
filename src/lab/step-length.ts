/** How many references a worker simulates between two looks whether something else is wanted of it. */

/** A step is about this long: so quickly a pause or a cancel is obeyed. */
const STEP_MS = 12;
export const FIRST_STEP = 16_384;

/** After a step of so many references that took so long. */
export function nextStep(step: number, tookMs: number): number {
  const factor = Math.min(4, Math.max(0.25, STEP_MS / Math.max(tookMs, 0.1)));
  return Math.min(2 ** 24, Math.max(1024, Math.round(step * factor)));
}
