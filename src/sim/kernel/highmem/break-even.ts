/**
 * On one CPU flush_all_zero_pkmaps() could invalidate the slots that it clears one by one instead of flushing the whole
 * TLB (A. Arcangeli, March 2002): worth it while there are few. On several CPUs it is no choice, "it would take too long
 * to run such pass in all cpus".
 */

export interface BreakEvenInputs {
  readonly invlpgNs: number;
  readonly flushNs: number;
  /** TLB entries that are still wanted after the flush, and what it takes to load one again, ns. */
  readonly wantedEntries: number;
  readonly refillNs: number;
}

/** Cleared slots at which both cost the same: with fewer, invlpg is cheaper. Infinity where invlpg costs nothing. */
export function breakEvenSlots({ invlpgNs, flushNs, wantedEntries, refillNs }: BreakEvenInputs): number {
  return (flushNs + wantedEntries * refillNs) / invlpgNs;
}
