/** The inspector as its tests show it. */
import { render } from '@testing-library/svelte';
import type { MachineState } from '../../state/machine.svelte.ts';
import { type Selection, SelectionState } from '../../state/selection.svelte.ts';
import { WorkloadState } from '../runbar/workload.svelte.ts';
import { catalogue, idleRuns, machineOn } from '../testing.ts';
import Inspector from './Inspector.svelte';

/** Shows the inspector with something selected on a machine, where no run is under way. */
export function inspect(
  to: Selection,
  machine: MachineState = machineOn('numaq-64g-8quad'),
): { machine: MachineState; selection: SelectionState } {
  const selection = new SelectionState();
  selection.select(to);
  render(Inspector, {
    machine,
    selection,
    catalogue,
    runs: idleRuns(),
    workload: new WorkloadState(catalogue.patterns),
    freeOf: () => undefined,
    keyText: () => '',
  });
  return { machine, selection };
}
