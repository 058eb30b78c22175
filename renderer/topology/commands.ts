/** Commands of the drawing: looking nearer and farther, folding, and edits of the selected node. */
import type { Command } from '../state/commands.ts';
import type { Lab } from '../state/lab.svelte.ts';
import { ZOOM } from './topology.svelte.ts';

export function topologyCommands(lab: Lab): readonly Command[] {
  const { topology, machine, view } = lab;
  const { edits } = topology;
  const shown = (): boolean => machine.profile !== null && view.screen === 'lab';
  const chosen = (): boolean => shown() && topology.selected >= 0;
  const grouped = (): boolean => shown() && topology.grouped;
  const command = (
    id: string,
    title: string,
    keys: readonly string[],
    words: string,
    enabled: () => boolean,
    run: () => unknown,
  ): Command => ({ id: `topology.${id}`, title, keys, words, enabled, run: () => void run() });
  const next = (): number => (topology.selected + 1) % Math.max(1, machine.profile?.machine.nodes.length ?? 1);
  const several = (): boolean => chosen() && (machine.profile?.machine.nodes.length ?? 0) > 1;

  return [
    command('fit', 'Show all nodes', ['F'], 'fit zoom topology', shown, () => topology.showAll()),
    command('zoomIn', 'Topology nearer', ['+', '='], 'zoom in', shown, () => topology.zoomBy(ZOOM.step)),
    command('zoomOut', 'Topology farther', ['-'], 'zoom out', shown, () => topology.zoomBy(1 / ZOOM.step)),
    command('goTo', 'Go to the selected node', ['Shift+F'], 'zoom node', chosen, () =>
      topology.goTo(topology.selected),
    ),
    command('ask', 'Go to a node by its number…', ['G'], 'find select', shown, () => (topology.asking = true)),
    command('unfold', 'Open all groups', ['O'], 'unfold nodes', grouped, () => topology.openAll(true)),
    command('fold', 'Fold all groups', ['Shift+O'], 'nodes', grouped, () => topology.openAll(false)),
    command(
      'map',
      'Map of the machine on or off',
      ['Shift+M'],
      'minimap',
      shown,
      () => (topology.minimap = !topology.minimap),
    ),
    command(
      'exact',
      'Draw zones to scale, or not',
      ['Shift+E'],
      'scale',
      shown,
      () => (topology.exact = !topology.exact),
    ),
    command('addCpu', 'Add a CPU to the selected node', ['Alt+U'], 'edit', chosen, () =>
      edits.changeCpus(topology.selected, 1),
    ),
    command('removeCpu', 'Remove a CPU from the selected node', ['Alt+Shift+U'], 'edit', chosen, () =>
      edits.changeCpus(topology.selected, -1),
    ),
    command('moveCpu', 'Move a CPU to the next node', ['Alt+M'], 'edit', several, () =>
      edits.moveCpu(topology.selected, next()),
    ),
    command('moveMemory', 'Give memory to the next node', ['Alt+Y'], 'edit', several, () =>
      edits.moveMemory(topology.selected, next()),
    ),
    command('link', 'Draw a link to the next node', ['Alt+K'], 'edit interconnect', several, () =>
      edits.addLink(topology.selected, next()),
    ),
    command('freeLinks', 'Turn the interconnect into free links', ['Alt+J'], 'edit ring mesh', shown, () =>
      edits.freeLinks(),
    ),
  ];
}
