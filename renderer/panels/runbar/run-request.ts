/** From the machine and the workload on the table to the start of a run. */
import type { RunStep } from '../../../src/lab/contract.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import type { MachineState } from '../../state/machine.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import type { WorkloadState } from './workload.svelte.ts';

/** CPUs of all nodes. */
export function cpuCountOf(profile: MachineProfile): number {
  return profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
}

/** Why the machine and its workload cannot run now, as a sentence; null where they can. */
export function whyNotRun(machine: Pick<MachineState, 'profile' | 'layout'>, workload: WorkloadState): string | null {
  if (machine.profile === null) return 'Open a machine first.';
  if (machine.layout?.boots !== true) return 'The machine does not boot.';
  return workload.problem(cpuCountOf(machine.profile));
}

/** Makes a step of the run under way; where there is none, starts one and lets it go no further than a step. */
export async function stepRun(
  machine: MachineState,
  workload: WorkloadState,
  runs: RunsState,
  step: RunStep,
): Promise<void> {
  if (runs.active === null) await startRun(machine, workload, runs, step);
  else await runs.step(step);
}

/** Starts a run of what is on the table, which goes no further than `step` where there is one; nothing happens where whyNotRun() has an answer. */
export async function startRun(
  machine: MachineState,
  workload: WorkloadState,
  runs: RunsState,
  step?: RunStep,
): Promise<void> {
  const { profile, layout } = machine;
  if (profile === null || layout === null || runs.active !== null || whyNotRun(machine, workload) !== null) return;
  const cpuCount = cpuCountOf(profile);
  const history = workload.keepHistory ? runs.lastHistory : undefined;
  const start = {
    profile,
    layout,
    workloads: workload.specs(cpuCount),
    seed: workload.seed,
    title: workload.title(cpuCount),
    ...(history === undefined ? {} : { history }),
  };
  await runs.start(start, step);
}
