/** Commands by what they are about, for the map of keys and the settings. Pure. */
import { isMac } from '../shell/platform.ts';
import type { Command } from '../state/commands.ts';
import { keysText } from '../state/shortcuts.ts';

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** By the first part of a command's id. */
const TITLES: Readonly<Record<string, string>> = {
  file: 'File',
  tab: 'Tabs',
  tabs: 'Tabs',
  edit: 'Edit',
  history: 'History',
  machine: 'Machine',
  node: 'Machine',
  inspector: 'Machine',
  problems: 'Machine',
  topology: 'Topology',
  run: 'Run',
  timeline: 'Timeline',
  playhead: 'Timeline',
  charts: 'Charts',
  chart: 'Charts',
  export: 'Charts',
  results: 'Results',
  compare: 'Compare',
  segment: 'Segment',
  lowMemory: 'Low memory',
  xray: 'Zonelist X-ray',
  follow: 'Follow',
  view: 'View',
  help: 'Help',
};

/** Commands in groups, those alone whose title, words or keys have every word of `query`. */
export function commandGroups(
  commands: readonly Command[],
  query: string,
  keysOf: (command: Command) => readonly string[],
): readonly CommandGroup[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = commands.filter((command) => {
    const keys = keysOf(command).map((one) => keysText(one, isMac));
    const all = [command.title, command.words ?? '', ...keys].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const order = [...new Set(Object.values(TITLES)), 'Other'];
  return order
    .map((title) => ({
      title,
      commands: found.filter(({ id }) => (TITLES[id.split('.')[0] ?? ''] ?? 'Other') === title),
    }))
    .filter((group) => group.commands.length > 0);
}
