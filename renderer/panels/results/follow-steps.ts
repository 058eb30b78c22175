/** The steps of a followed reference, ready to be listed: what belongs under what, where each lies in time, and what it is. */
import type { FollowStep } from '../../../src/sim/base/follow.ts';

export interface ShownStep {
  readonly step: FollowStep;
  /** Place in the list of all steps. */
  readonly at: number;
  /** It has parts, which can be hidden. */
  readonly hasParts: boolean;
  /** Share of the whole at which it begins, and which it takes: 0 to 1. */
  readonly from: number;
  readonly share: number;
}

/** Time of the whole: of the first step, or of all of them where it has none. */
export function wholeNs(steps: readonly FollowStep[]): number {
  return steps.reduce((end, { atNs, ns }) => Math.max(end, atNs + ns), 0);
}

/** The steps that are seen: those without a closed one above, and references to memory only where `details` says so. */
export function shownSteps(
  steps: readonly FollowStep[],
  closed: ReadonlySet<number>,
  details: boolean,
): readonly ShownStep[] {
  const whole = wholeNs(steps) || 1;
  const shown: ShownStep[] = [];
  let hiddenBelow = Infinity;
  for (const [at, step] of steps.entries()) {
    if (step.depth > hiddenBelow) continue;
    hiddenBelow = closed.has(at) ? step.depth : Infinity;
    if (!details && isDetail(step)) continue;
    const hasParts = partsOf(steps, at).some((part) => details || !isDetail(part));
    shown.push({ step, at, hasParts, from: step.atNs / whole, share: step.ns / whole });
  }
  return shown;
}

/** A reference that took no time of its own, since L1 had the line, tells little. */
export function isDetail({ kind, ns }: FollowStep): boolean {
  return kind === 'reference' && ns === 0;
}

function partsOf(steps: readonly FollowStep[], at: number): readonly FollowStep[] {
  const end = steps.findIndex((step, place) => place > at && step.depth <= steps[at].depth);
  return steps.slice(at + 1, end < 0 ? undefined : end);
}
