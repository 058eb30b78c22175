/** Runs of scripts that somebody watches. */
import type { Timeline } from '../../../src/sim/engine/events.ts';
import type { Marker, Moment } from '../../../src/sim/engine/moment.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { Turn } from '../../../src/sim/workloads/operations.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import { workloadSchema } from '../../../src/sim/workloads/workload.ts';

export interface ScriptedRun {
  readonly profile: MachineProfile;
  readonly cpus: readonly number[];
  /** Programs of the script; each is started once, in their order. */
  readonly programs: Readonly<Record<string, readonly object[]>>;
  readonly sampleNs?: number;
  readonly turns?: readonly Turn[];
}

export function scriptedRun(
  { profile, cpus, programs, sampleNs = 1e6, turns }: ScriptedRun,
  live = true,
  timeline?: Timeline,
): Simulation {
  const start = Object.keys(programs).map((program) => ({ program }));
  const script = { format: 'numaq-lab/script', version: 1, title: 'Watched', programs, start };
  const spec = workloadSchema.parse({ kind: 'script', script, cpus });
  const config = { profile, workloads: [spec], seed: 1, sampleNs, ...(turns === undefined ? {} : { turns }) };
  return new Simulation(config, [buildProgram(spec, profile, () => undefined, 0, 1)], timeline, live);
}

export interface Watched {
  readonly moments: readonly Moment[];
  readonly markers: readonly Marker[];
}

/** Runs to the end, in steps of so many references; `between` is called after each. */
export function watch(simulation: Simulation, step = 10_000, between: () => void = () => undefined): Watched {
  const moments: Moment[] = [];
  const markers: Marker[] = [];
  for (;;) {
    const ended = simulation.run(step);
    const news = simulation.takeLive();
    moments.push(...news.moments);
    markers.push(...news.markers);
    if (ended) return { moments, markers };
    between();
  }
}

/** Maps `pages` pages and writes each once. */
export const writes = (pages: number): readonly object[] => [
  { op: 'mmap', as: 'heap', bytes: pages * 4096, anonymous: true },
  { op: 'touch', region: 'heap', write: true },
];
