/** What the palette offers beside commands: machines, nodes of the one on the table, runs, terms of the glossary. */
import { glossary } from '../help/glossary.ts';
import type { Lab } from '../state/lab.svelte.ts';

export interface PaletteItem {
  readonly id: string;
  readonly title: string;
  /** Stands beside the title. */
  readonly hint: string;
  /** What it is found by, beside its title. */
  readonly words: readonly string[];
  readonly run: () => unknown;
}

export interface PaletteGroup {
  readonly title: string;
  readonly items: readonly PaletteItem[];
}

/** Of a machine with more nodes the first ones are offered: the topology and the outline have all. */
const MOST_NODES = 128;

/** Groups in their order, empty ones left out. */
export function paletteGroups(lab: Lab): readonly PaletteGroup[] {
  const { catalogue, recent, files, machine, selection, view, runs, help } = lab;
  const nodes = machine.profile?.machine.nodes.slice(0, MOST_NODES) ?? [];
  const groups: readonly PaletteGroup[] = [
    {
      title: 'Recent',
      items: recent.machines.map(({ handle, title, name }) => {
        return { id: `recent ${handle}`, title, hint: name, words: [name], run: () => files.openRecent(handle) };
      }),
    },
    {
      title: 'Built-in machines',
      items: catalogue.machines.map(({ id, title, line }) => {
        return { id: `machine ${id}`, title, hint: line, words: [id, line], run: () => files.openBuiltIn(id) };
      }),
    },
    {
      title: 'Nodes',
      items: nodes.map(({ id, cpus, memoryMiB }) => ({
        id: `node ${id}`,
        title: `Node ${id}`,
        hint: `${cpus} CPUs, ${memoryMiB} MiB`,
        words: ['select'],
        run: () => {
          selection.select({ kind: 'node', node: id });
          view.show('lab');
        },
      })),
    },
    {
      title: 'Runs',
      items: runs.list.map((run) => ({
        id: `run ${run.number}`,
        title: `Run ${run.number}`,
        hint: run.start.title,
        words: [run.start.title, run.start.profile.title],
        run: () => {
          runs.current = run;
          view.show('runs');
        },
      })),
    },
    {
      title: 'Glossary',
      items: glossary.map(({ term, also, text }) => {
        return { id: `term ${term}`, title: term, hint: text, words: also, run: () => help.showGlossary(term) };
      }),
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
