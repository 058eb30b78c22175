/** Tables of a run as commands of the palette: each brings its table up, in the lab's bottom panel or on the Runs screen. */
import type { Command } from '../../state/commands.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import { openRun, type RunFiles, saveRun } from './open-run.ts';
import type { ResultsView } from './results-view.svelte.ts';

interface Showing extends RunFiles {
  readonly view: ViewState;
  readonly results: ResultsView;
}

/** `results.memory`, `results.processes`, `results.proc`, `run.follow`, `run.open`, `run.save`, `run.remove`, `run.putBack`. */
export function resultsCommands(lab: Showing): readonly Command[] {
  const { view, runs, results } = lab;
  const show = (sheet: string): void => {
    results.tab = 'results';
    results.sheet = sheet;
    results.entering = true;
    if (view.screen === 'lab') view.setOpen('bottom', true);
    else view.show('runs');
  };
  const command = (id: string, title: string, keys: readonly string[], words: string, sheet: string): Command => ({
    id,
    title,
    keys,
    words,
    enabled: () => runs.current !== null,
    run: () => show(sheet),
  });
  return [
    command('results.memory', 'Memory by owner', ['R M'], 'zones slab page tables run', 'memory'),
    command(
      'results.locality',
      'Locality: who reached whose memory',
      ['R L'],
      'numa remote matrix numactl binding run',
      'locality',
    ),
    command('results.processes', 'Processes and their mappings', ['R P'], 'tasks maps rss run', 'processes'),
    command(
      'results.scheduling',
      'Scheduling: where tasks were put',
      ['R S'],
      'placed fork exec migrations history run',
      'scheduling',
    ),
    command('results.profile', 'Kernel profile', ['R K'], 'functions readprofile time run', 'profile'),
    command('results.proc', 'Reports of /proc', ['P'], 'meminfo zoneinfo buddyinfo slabinfo vmstat run', 'proc'),
    command('run.follow', 'Follow one reference', ['R F'], 'fault walk tlb trace step run', 'follow'),
    {
      id: 'run.open',
      title: 'Open a run file…',
      keys: ['Alt+O'],
      words: 'load saved report compare',
      enabled: () => true,
      run: async () => {
        const run = await openRun(lab);
        if (run !== null && view.screen !== 'compare') view.show('runs');
      },
    },
    {
      id: 'run.save',
      title: 'Save the run file…',
      keys: ['Alt+S'],
      words: 'report current run',
      enabled: () => (runs.current?.report ?? null) !== null,
      run: () => (runs.current === null ? undefined : saveRun(lab, runs.current)),
    },
    {
      id: 'run.remove',
      title: 'Remove the run from the list',
      keys: ['R X'],
      words: 'delete close forget current run',
      enabled: () => runs.current?.active === false,
      run: () => (runs.current === null ? undefined : runs.remove(runs.current)),
    },
    {
      id: 'run.putBack',
      title: 'Put the removed run back',
      keys: ['R Z'],
      words: 'undo restore deleted run',
      enabled: () => runs.removed !== null,
      run: () => runs.putBack(),
    },
  ];
}
