/** The run bar's commands: what its buttons do, for the keyboard, the palette and the desktop's menu. */
import type { Command } from '../../state/commands.ts';
import type { MachineState } from '../../state/machine.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import { startRun, stepRun, whyNotRun } from './run-request.ts';
import { besideSpeed } from './speeds.ts';
import type { SteppingState, StepKind } from './stepping.svelte.ts';
import type { WorkloadState } from './workload.svelte.ts';

interface Running {
  readonly machine: MachineState;
  readonly workload: WorkloadState;
  readonly runs: RunsState;
  readonly stepping: SteppingState;
}

/** Runs what is on the table, or pauses or resumes the run under way. */
function toggleRun({ machine, workload, runs }: Running): Promise<void> {
  if (runs.active === null) return startRun(machine, workload, runs);
  return runs.active.state === 'paused' ? runs.resume() : runs.pause();
}

/** `run.toggle`, `run.step*`, `run.slower`, `run.faster`, `run.stop`. */
export function runCommands(running: Running): readonly Command[] {
  const { machine, workload, runs, stepping } = running;
  const canRun = (): boolean => runs.active !== null || whyNotRun(machine, workload) === null;
  const step = (kind: StepKind, id: string, title: string, keys: readonly string[]): Command => ({
    id,
    title,
    keys,
    words: 'single forward pause',
    enabled: canRun,
    run: () => stepRun(machine, workload, runs, stepping.step(kind)),
  });
  const speed = (by: 1 | -1, id: string, title: string, keys: readonly string[]): Command => ({
    id,
    title,
    keys,
    words: 'speed pace virtual time',
    enabled: () => besideSpeed(runs.pace, by).pace !== runs.pace,
    run: () => runs.setPace(besideSpeed(runs.pace, by).pace),
  });
  return [
    {
      id: 'run.toggle',
      title: 'Run or pause',
      keys: ['Space', 'Mod+Enter'],
      words: 'start resume simulate',
      enabled: canRun,
      run: () => toggleRun(running),
    },
    step('event', 'run.step', 'Step to the next event', ['.']),
    step('time', 'run.stepTime', 'Step by an interval of virtual time', ['Shift+.']),
    step('tick', 'run.stepTick', 'Step to the next timer tick', ['Alt+.']),
    speed(1, 'run.slower', 'Run slower', ['[']),
    speed(-1, 'run.faster', 'Run faster', [']']),
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
