/** Commands of the tabs: what the strip's buttons do, for the keyboard, the palette and the desktop's menu. */
import type { Command } from './commands.ts';
import type { Lab } from './lab.svelte.ts';

/** `tab.next`, `tab.previous`, `tab.close`, `tab.closeOthers`, `tab.left`, `tab.right`, `file.saveAll`. */
export function tabCommands({ tabs, files, view }: Lab): readonly Command[] {
  const several = (): boolean => tabs.list.length > 1;
  const step = (by: number): void => {
    tabs.step(by);
    if (view.screen === 'start') view.show('lab');
  };
  return [
    {
      id: 'tab.next',
      title: 'Next machine',
      keys: ['Mod+Tab', 'Alt+PageDown'],
      words: 'tab switch',
      enabled: several,
      run: () => step(1),
    },
    {
      id: 'tab.previous',
      title: 'Previous machine',
      keys: ['Mod+Shift+Tab', 'Alt+PageUp'],
      words: 'tab switch',
      enabled: several,
      run: () => step(-1),
    },
    {
      id: 'tab.close',
      title: 'Close the machine',
      keys: ['Mod+W', 'Alt+W'],
      words: 'tab',
      enabled: () => !tabs.current.isBlank,
      run: () => files.closeTab(),
    },
    {
      id: 'tab.closeOthers',
      title: 'Close the other machines',
      keys: ['Mod+Alt+W'],
      words: 'tab all',
      enabled: several,
      run: () => files.closeOthers(),
    },
    {
      id: 'tab.left',
      title: 'Move the machine’s tab to the left',
      keys: ['Alt+Shift+PageUp'],
      words: 'order',
      enabled: several,
      run: () => tabs.move(tabs.current, -1),
    },
    {
      id: 'tab.right',
      title: 'Move the machine’s tab to the right',
      keys: ['Alt+Shift+PageDown'],
      words: 'order',
      enabled: several,
      run: () => tabs.move(tabs.current, 1),
    },
    {
      id: 'file.saveAll',
      title: 'Save all machines',
      keys: ['Alt+Shift+S'],
      words: 'tabs files',
      enabled: () => tabs.dirty.length > 0,
      run: () => files.saveAll(),
    },
  ];
}
