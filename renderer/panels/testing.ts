/** For the panels' tests: a machine on the table, checked by the simulator itself, and registries as a door gives them. */
import { checkMachine, openBuiltIn } from '../../src/lab/machines.ts';
import type { Catalogue } from '../../src/lab/contract.ts';
import { metrics } from '../../src/sim/engine/metrics.ts';
import { flavours } from '../../src/sim/profiles/flavours.ts';
import { profileJsonSchema } from '../../src/sim/profiles/json-schema.ts';
import { library } from '../../src/sim/workloads/library/library.ts';
import { patterns } from '../../src/sim/workloads/patterns.ts';
import { MachineState } from '../state/machine.svelte.ts';
import { Run, RunsState } from '../state/runs.svelte.ts';

export const catalogue: Catalogue = {
  version: 'test',
  machines: [],
  flavours: flavours.map(({ id, title, binding }) => ({ id, title, binding })),
  patterns: patterns.map(({ id, title, description }) => ({ id, title, description })),
  library: library.map(({ id, title, description, imitates, scales, parameters }) => {
    return { id, title, description, imitates, scales, parameters };
  }),
  followEvents: [
    { id: 'fault', title: 'the first page fault' },
    { id: 'swap-in', title: 'the first fault that swaps in' },
  ],
  metrics: metrics.map(({ id, label, unit, description, better }) => ({ id, label, unit, description, better })),
  profileSchema: profileJsonSchema(),
};

/** The built-in machine of that id on the table. */
export function machineOn(id: string): MachineState {
  const machine = new MachineState({ check: (profile) => Promise.resolve(checkMachine(profile)) });
  if (!machine.open(openBuiltIn(id))) throw new Error(`${id} is not valid`);
  return machine;
}

const never = (): Promise<never> => Promise.reject(new Error('not in this test'));

/** A lab that does nothing. */
export const idleClient: ConstructorParameters<typeof RunsState>[0] = {
  startRun: never,
  pauseRun: never,
  resumeRun: never,
  cancelRun: never,
  stepRun: never,
  paceRun: never,
  runReport: never,
  turnKnob: never,
  interimReport: never,
  follow: never,
  stopFollowing: never,
  openScript: never,
  openRun: never,
  saveRunAs: never,
  openTrace: never,
  traces: never,
  predictSegment: never,
  on: () => () => undefined,
};

/** Runs of a lab that is never asked to start one. */
export function idleRuns(): RunsState {
  return new RunsState(idleClient);
}

/** A run that nobody has started, of a pattern on CPU 0. */
export function aRun(): Run {
  const { profile } = machineOn('pc-256m');
  if (profile === null) throw new Error('no machine');
  const workloads = [
    { kind: 'pattern' as const, pattern: 'stream', cpus: [0], startNs: 0, bytes: 4096, references: 10 },
  ];
  return new Run({ profile, layout: null, workloads, seed: 0, title: 'test' }, 1);
}
