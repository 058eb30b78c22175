/** How long a run still takes, as a person wants to know it. */
import { formatNumber } from '../format.ts';

/** `2 h left`, `3 min left`, `12 s left`; the nearer the end, the finer. Progress of what nobody can foresee ends in a wait. */
export function timeLeft(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return 'nearly done';
  if (seconds < 90) return `${formatNumber(Math.round(seconds))} s left`;
  if (seconds < 5400) return `${formatNumber(Math.round(seconds / 60))} min left`;
  return `${formatNumber(Math.round(seconds / 3600))} h left`;
}
