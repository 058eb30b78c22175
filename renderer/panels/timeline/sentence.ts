/** The timeline in a sentence, for those who do not see it. Pure. */
import type { Run } from '../../state/run.svelte.ts';
import { formatNumber, formatTime } from '../format.ts';
import { isWarning } from './marks.ts';

type Told = Pick<Run, 'number' | 'state' | 'timeNs' | 'markers'>;

/** What a run has come to, how many events and warnings it has, and where the playhead stands (null: at now). */
export function runSentence(run: Told | null, playheadNs: number | null): string {
  if (run === null) return 'Nothing has run yet.';
  const phases = run.markers.filter(({ kind }) => kind === 'phase').length;
  const parts = [
    phases === 0 ? '' : count(phases, 'phase'),
    count(run.markers.length - phases, 'event'),
    count(run.markers.filter(isWarning).length, 'warning'),
  ].filter((part) => part !== '');
  const where = playheadNs === null ? 'at the newest moment' : `at ${formatTime(playheadNs)}`;
  return `Run ${run.number}, ${run.state}: ${formatTime(run.timeNs)} of virtual time, ${parts.join(', ')}; the playhead is ${where}.`;
}

const count = (value: number, one: string): string => `${formatNumber(value)} ${value === 1 ? one : `${one}s`}`;
