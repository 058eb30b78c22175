/** What a CPU did in the interval of a moment, as a letter: the largest share of its time. Pure. */
import type { CpuMoment } from '../../src/sim/engine/moment.ts';

export interface CpuLook {
  readonly name: 'user' | 'kernel' | 'lock' | 'remote' | 'idle';
  readonly letter: string;
  readonly words: string;
}

const LOOKS: readonly CpuLook[] = [
  { name: 'user', letter: 'U', words: 'user' },
  { name: 'kernel', letter: 'K', words: 'kernel' },
  { name: 'lock', letter: 'L', words: 'lock wait' },
  { name: 'remote', letter: 'R', words: 'remote wait' },
  { name: 'idle', letter: '-', words: 'idle' },
];

/** Letters of the legend. */
export const CPU_LOOKS = LOOKS.slice(0, 4);

/** The largest share; a CPU of which a moment says nothing is idle. */
export function stateOf(moment: CpuMoment | undefined): CpuLook {
  if (moment === undefined) return LOOKS[4];
  return LOOKS.reduce((most, look) => (moment[look.name] > moment[most.name] ? look : most));
}

/** `user 61 %, remote wait 39 %`. */
export function sharesText(moment: CpuMoment | undefined): string {
  if (moment === undefined) return 'idle';
  const parts = LOOKS.filter(({ name }) => moment[name] >= 0.005);
  return parts.map(({ name, words }) => `${words} ${Math.round(moment[name] * 100)} %`).join(', ');
}

/** How many CPUs are in each state; those in which none is are left out. */
export function cpuStates(
  moments: readonly (CpuMoment | undefined)[],
): readonly (CpuLook & { readonly count: number })[] {
  return LOOKS.map((look) => ({
    ...look,
    count: moments.filter((moment) => stateOf(moment) === look).length,
  })).filter(({ count }) => count > 0);
}
