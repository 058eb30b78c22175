/** Taking a run up again as a command of the palette and keys. */
import type { Command } from '../../state/commands.ts';
import type { Run, RunsState } from '../../state/runs.svelte.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import type { CompareState } from '../compare/compare.svelte.ts';
import type { RunWithState } from './run-with.svelte.ts';

interface Parts {
  readonly view: ViewState;
  readonly runs: RunsState;
  readonly compare: CompareState;
  readonly runWith: RunWithState;
}

/** `run.with`. */
export function runWithCommands({ view, runs, compare, runWith }: Parts): readonly Command[] {
  const which = (): Run | null => (view.screen === 'compare' ? compare.baseline : null) ?? runs.current;
  return [
    {
      id: 'run.with',
      title: 'Run the same with…',
      keys: ['Alt+Shift+W'],
      words: 'again change parameter variant seed scale compare',
      enabled: () => which() !== null,
      run: () => {
        const run = which();
        return run === null ? undefined : runWith.open(run);
      },
    },
  ];
}
