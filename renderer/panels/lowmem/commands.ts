/** The low-memory explainer as commands of the palette. */
import type { Command } from '../../state/commands.ts';
import type { MachineState } from '../../state/machine.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import { cpuCountOf, whyNotRun } from '../runbar/run-request.ts';
import type { WorkloadState } from '../runbar/workload.svelte.ts';
import { SHIFTS } from '../cluster/frontier.svelte.ts';
import type { LowMemoryState } from './low-memory.svelte.ts';
import { measuredClusters } from './measured.ts';

interface Explaining {
  readonly view: ViewState;
  readonly machine: MachineState;
  readonly runs: RunsState;
  readonly workload: WorkloadState;
  readonly lowMemory: LowMemoryState;
}

/** `view.lowMemory`, `lowMemory.measure`. */
export function lowMemoryCommands({ view, machine, runs, workload, lowMemory }: Explaining): readonly Command[] {
  return [
    {
      id: 'view.lowMemory',
      title: 'Explain low memory',
      keys: ['Alt+L'],
      words: 'budget lowmem boot fails address space split vmalloc pkmap fixmap kva frontier',
      enabled: () => machine.profile !== null,
      run: () => view.show('lowMemory'),
    },
    {
      id: 'lowMemory.measure',
      title: 'Run the workload at every page cluster',
      keys: ['Alt+Shift+L'],
      words: 'frontier fragmentation faults cluster measure',
      enabled: () => runs.active === null && whyNotRun(machine, workload) === null,
      run: () => {
        view.show('lowMemory');
        void measureClusters({ machine, runs, workload, lowMemory }, SHIFTS);
      },
    },
  ];
}

/** Runs the workload on the table at each of these clusters that has not been measured; nothing happens where it cannot run. */
export async function measureClusters(
  { machine, runs, workload, lowMemory }: Omit<Explaining, 'view'>,
  shifts: readonly number[],
): Promise<void> {
  const { profile } = machine;
  if (profile === null || runs.active !== null || whyNotRun(machine, workload) !== null) return;
  const cpuCount = cpuCountOf(profile);
  const start = {
    profile,
    workloads: workload.specs(cpuCount),
    seed: workload.seed,
    title: workload.title(cpuCount),
  };
  const points = measuredClusters(runs.list, start);
  await lowMemory.measure(
    shifts.filter((shift) => points[shift] === null),
    start,
    (next) => runs.start(next),
  );
}
