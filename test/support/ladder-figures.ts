/**
 * The ladder of kernel compiles of March 2002 (M. J. Bligh, 16-way NUMA-Q of 4 GB): 2.4.18, and what local allocation, the O(1)
 * scheduler and the NUMA scheduler make of it, alone and together.
 */
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { type FigureRun, reportOf } from './figures.ts';

export interface Rung {
  readonly name: string;
  readonly kernel: Partial<MachineProfile['kernel']>;
  /** Published, whole seconds. */
  readonly seconds: number;
}

const o1 = { scheduler: 'o1', nodeBalance: 'none' } as const;
const local = { localAllocation: true } as const;

/** In the order of the published times. */
export const RUNGS: readonly Rung[] = [
  { name: '2.4.18', kernel: {}, seconds: 47 },
  { name: 'O(1) scheduler', kernel: o1, seconds: 30 },
  { name: 'local allocation', kernel: local, seconds: 27 },
  { name: 'both', kernel: { ...o1, ...local }, seconds: 25 },
  {
    name: 'both, NUMA scheduler',
    kernel: { ...local, scheduler: 'o1', nodeBalance: '2.5.59', taskPlacement: 'exec' },
    seconds: 24,
  },
];

export interface RungOrder {
  readonly jobs: number;
  readonly scale: number;
  readonly seed?: number;
  readonly parameters?: FigureRun['parameters'];
}

export interface RungFigures {
  readonly elapsedNs: number;
  readonly userNs: number;
  readonly systemNs: number;
  readonly idleNs: number;
  /** L2 misses served abroad, per cent, and what one took on the mean. */
  readonly remoteShare: number;
  readonly meanMissNs: number;
}

export function climb({ kernel }: Rung, { jobs, scale, seed = 1, parameters }: RungOrder): RungFigures {
  const program = { program: 'compile', parameters: { jobs, ...parameters }, scale, seed };
  const { elapsedNs, totals } = reportOf({ builtIn: 'numaq-4g-4quad', kernel, ...program }).result;
  const { userNs, systemNs, idleNs, remoteHomeShare, meanMissNs } = totals;
  return { elapsedNs, userNs, systemNs, idleNs, remoteShare: remoteHomeShare, meanMissNs };
}
