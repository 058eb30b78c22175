/** Recent machines as commands of the palette; one of them is forgotten on the start page. */
import type { Command } from './commands.ts';
import type { Lab } from './lab.svelte.ts';

/** `recent.open.<handle>` of each, newest first. */
export function recentCommands({ recent, files }: Lab): readonly Command[] {
  return recent.machines.map(({ handle, title, name }) => ({
    id: `recent.open.${handle}`,
    title: `Open recent: ${title === '' ? name : title}`,
    keys: [],
    words: `${name} file machine`,
    enabled: () => true,
    run: () => files.openRecent(handle),
  }));
}
