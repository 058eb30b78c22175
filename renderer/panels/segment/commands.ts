/** The segment designer as commands of the palette. */
import type { Command } from '../../state/commands.ts';
import type { MachineState } from '../../state/machine.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import { designOf } from './runs-of.ts';
import type { SegmentState } from './segment.svelte.ts';

interface Designing {
  readonly view: ViewState;
  readonly machine: MachineState;
  readonly runs: RunsState;
  readonly segment: SegmentState;
}

/** `view.segment`, `segment.ofRun`. */
export function segmentCommands({ view, machine, runs, segment }: Designing): readonly Command[] {
  const designOfRun = (): ReturnType<typeof designOf> =>
    runs.current === null ? null : designOf(runs.current.start.workloads);
  return [
    {
      id: 'view.segment',
      title: 'Design a segment of shared memory',
      keys: ['Alt+G'],
      words: 'shm sysv tmpfs range bind mbind interleave placement numactl',
      enabled: () => machine.profile !== null,
      run: () => view.show('segment'),
    },
    {
      id: 'segment.ofRun',
      title: 'Run the same segment with another binding',
      keys: ['Alt+Shift+G'],
      words: 'shm design binding again',
      enabled: () => designOfRun() !== null,
      run: () => {
        const design = designOfRun();
        if (design === null) return;
        segment.open(design);
        view.show('segment');
      },
    },
  ];
}
