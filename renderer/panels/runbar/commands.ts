/** The run bar's commands: what its buttons do, for the keyboard, the palette and the desktop's menu. */
import type { Command } from '../../state/commands.ts';
import type { MachineState } from '../../state/machine.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import { startRun, whyNotRun } from './run-request.ts';
import type { WorkloadState } from './workload.svelte.ts';

interface Running {
  readonly machine: MachineState;
  readonly workload: WorkloadState;
  readonly runs: RunsState;
}

/** Runs what is on the table, or pauses or resumes the run under way. */
function toggleRun({ machine, workload, runs }: Running): Promise<void> {
  if (runs.active === null) return startRun(machine, workload, runs);
  return runs.active.state === 'paused' ? runs.resume() : runs.pause();
}

/** `run.toggle` and `run.stop`. */
export function runCommands(running: Running): readonly Command[] {
  const { machine, workload, runs } = running;
  return [
    {
      id: 'run.toggle',
      title: 'Run or pause',
      keys: ['Space', 'Mod+Enter'],
      words: 'start resume simulate',
      enabled: () => runs.active !== null || whyNotRun(machine, workload) === null,
      run: () => toggleRun(running),
    },
    {
      id: 'run.stop',
      title: 'Cancel the run',
      keys: ['Mod+Shift+Enter'],
      words: 'stop',
      enabled: () => runs.active !== null,
      run: () => runs.cancel(),
    },
  ];
}
