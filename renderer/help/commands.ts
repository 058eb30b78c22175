/** Help, settings and the command line as commands of the palette. */
import { copyText } from '../panels/parts/clipboard.ts';
import type { Command } from '../state/commands.ts';
import type { Lab } from '../state/lab.svelte.ts';
import { shellText } from './command-line.ts';
import { shownCommand } from './shown-command.ts';

const always = (): boolean => true;

/** `edit.copyCommand`, `help.commandLine`, `help.glossary`, `help.tour`, `help.keys`, `view.settings`. */
export function helpCommands(lab: Lab): readonly Command[] {
  const { help, view, notice } = lab;
  return [
    {
      id: 'edit.copyCommand',
      title: 'Copy the command line of what is shown',
      keys: ['Alt+C'],
      words: 'numaq terminal shell equivalent cli',
      enabled: always,
      run: async () => {
        const line = shownCommand(lab);
        const copied = await copyText(shellText(line));
        const note = line.notes[0] === undefined ? '' : ` ${line.notes[0]}`;
        const words = line.commands[0]?.slice(0, 3).join(' ') ?? '';
        notice.say(copied ? `Copied: ${words} ….${note}` : 'The clipboard is closed to this window.');
      },
    },
    {
      id: 'help.commandLine',
      title: 'Command line of what is shown',
      keys: ['Alt+Shift+C'],
      words: 'numaq terminal shell equivalent cli',
      enabled: always,
      run: () => void (help.commandLineOpen = true),
    },
    {
      id: 'help.glossary',
      title: 'Glossary',
      keys: ['F1'],
      words: 'terms words meaning help explain',
      enabled: always,
      run: () => help.showGlossary(),
    },
    {
      id: 'help.tour',
      title: 'Tour of the lab in three steps',
      keys: ['Shift+F1'],
      words: 'getting started help first steps introduction',
      enabled: always,
      run: () => {
        view.show('start');
        help.startTour();
      },
    },
    {
      id: 'help.keys',
      title: 'All keys',
      keys: ['?'],
      words: 'shortcuts help keyboard map',
      enabled: always,
      run: () => void (view.keysOpen = true),
    },
    {
      id: 'view.settings',
      title: 'Settings',
      keys: ['Mod+,'],
      words: 'preferences theme zoom motion keys',
      enabled: always,
      run: () => void (help.settingsOpen = true),
    },
  ];
}
