/** How long a run still takes, as a person wants to know it. */
import { formatNumber } from '../format.ts';

/** `12 s left`, `3 min left`, `2 h left`; the nearer the end, the finer. */
export function timeLeft(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return 'under 1 s left';
  if (seconds < 90) return `${formatNumber(Math.round(seconds))} s left`;
  if (seconds < 5400) return `${formatNumber(Math.round(seconds / 60))} min left`;
  return `${formatNumber(Math.round(seconds / 3600))} h left`;
}
