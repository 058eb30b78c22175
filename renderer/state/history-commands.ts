/** Commands of the history and of recovered changes, beside undo and redo. */
import type { Command } from './commands.ts';
import type { Lab } from './lab.svelte.ts';

export function historyCommands({ machine, view, tabs: { current: tab } }: Lab): readonly Command[] {
  const { history } = machine;
  return [
    {
      id: 'view.history',
      title: 'History on or off',
      keys: ['Mod+Shift+H'],
      words: 'undo list edits panel',
      enabled: () => machine.profile !== null && view.screen === 'lab',
      run: () => view.toggle('history'),
    },
    {
      id: 'history.undoAll',
      title: 'Undo everything since it was opened',
      keys: ['Mod+Alt+Z'],
      words: 'revert discard history',
      enabled: () => history.canUndo,
      run: () => machine.jump(0),
    },
    {
      id: 'history.redoAll',
      title: 'Redo everything',
      keys: ['Mod+Alt+Y'],
      words: 'history',
      enabled: () => history.canRedo,
      run: () => machine.jump(history.entries.length - 1),
    },
    {
      id: 'history.discardRecovered',
      title: 'Discard the recovered changes',
      keys: ['Alt+Shift+D'],
      words: 'crash unsaved autosave',
      enabled: () => tab.recovered !== null,
      run: () => tab.discardRecovered(),
    },
    {
      id: 'history.keepRecovered',
      title: 'Keep the recovered changes',
      keys: ['Alt+Shift+K'],
      words: 'crash unsaved autosave',
      enabled: () => tab.recovered !== null,
      run: () => tab.keepRecovered(),
    },
  ];
}
