/** Comparing runs as commands of the palette and keys. */
import type { Command } from '../../state/commands.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import type { CompareState } from './compare.svelte.ts';

interface Comparing {
  readonly view: ViewState;
  readonly compare: CompareState;
}

/** `view.compare`, `compare.last`, `compare.choose`, `compare.baseline`. */
export function compareCommands({ view, compare }: Comparing): readonly Command[] {
  const several = (): boolean => compare.choices.length > 1;
  return [
    {
      id: 'view.compare',
      title: 'Show Compare',
      keys: ['Mod+4', 'Alt+4'],
      words: 'runs side by side',
      enabled: () => true,
      run: () => view.show('compare'),
    },
    {
      id: 'compare.last',
      title: 'Compare with the last run',
      keys: ['Mod+D', 'Alt+D'],
      words: 'runs side by side difference delta binding',
      enabled: several,
      run: () => {
        compare.chooseLast();
        view.show('compare');
      },
    },
    {
      id: 'compare.choose',
      title: 'Choose runs to compare',
      keys: ['Mod+Shift+D'],
      words: 'mark side by side',
      enabled: several,
      run: () => view.show('runs'),
    },
    {
      id: 'compare.baseline',
      title: 'Make the next run the baseline',
      keys: ['Alt+B'],
      words: 'compare change baseline',
      enabled: () => view.screen === 'compare' && compare.runs.length > 1,
      run: () => compare.nextBaseline(),
    },
  ];
}
