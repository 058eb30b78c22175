/** Commands of the list of problems and of the search for fields. */
import type { Command } from './commands.ts';
import type { Lab } from './lab.svelte.ts';

/** `problems.show`, `problems.next`, `problems.previous`, `inspector.find`. */
export function problemCommands({ problems, machine, view, selection }: Lab): readonly Command[] {
  const hasAny = (): boolean => problems.list.length > 0;
  return [
    {
      id: 'problems.show',
      title: 'List the problems of the machine',
      keys: ['Alt+Shift+M'],
      words: 'errors refused warnings invalid',
      enabled: hasAny,
      run: () => void (problems.open = !problems.open),
    },
    {
      id: 'problems.next',
      title: 'Go to the next problem of the machine',
      keys: ['F8'],
      words: 'error refused warning field',
      enabled: hasAny,
      run: () => problems.step(1),
    },
    {
      id: 'problems.previous',
      title: 'Go to the previous problem of the machine',
      keys: ['Shift+F8'],
      words: 'error refused warning field',
      enabled: hasAny,
      run: () => problems.step(-1),
    },
    {
      id: 'inspector.find',
      title: 'Find a field of the machine',
      keys: ['/'],
      words: 'search inspector parameter value setting',
      enabled: () => machine.profile !== null,
      run: () => {
        view.show('lab');
        view.setOpen('inspector', true);
        selection.finding = true;
      },
    },
  ];
}
