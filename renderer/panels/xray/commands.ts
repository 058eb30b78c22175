/** The zonelist X-ray as commands of the palette. */
import type { Command } from '../../state/commands.ts';
import type { MachineState } from '../../state/machine.svelte.ts';
import type { PlayheadState } from '../../state/playhead.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import type { SelectionState } from '../../state/selection.svelte.ts';
import type { ViewState } from '../../state/view.svelte.ts';
import type { MissesState } from './misses.svelte.ts';
import type { XrayState } from './xray.svelte.ts';

interface Looking {
  readonly view: ViewState;
  readonly machine: MachineState;
  readonly runs: RunsState;
  readonly selection: SelectionState;
  readonly playhead: PlayheadState;
  readonly xray: XrayState;
  readonly misses: MissesState;
}

/** `view.xray`, `xray.selected`, `xray.run`, `xray.seen`, `xray.nextMiss`, `xray.previousMiss`. */
export function xrayCommands({ view, machine, runs, selection, playhead, xray, misses }: Looking): readonly Command[] {
  const selected = (): number | null => {
    const { current } = selection;
    return current.kind === 'node' || current.kind === 'zone' ? current.node : null;
  };
  return [
    {
      id: 'view.xray',
      title: 'Zonelist X-ray: where a page would come from',
      keys: ['Alt+X'],
      words: 'allocation watermark gfp order zone fallback alloc_pages',
      enabled: () => machine.profile !== null,
      run: () => view.show('xray'),
    },
    {
      id: 'xray.selected',
      title: 'X-ray a page asked for on the selected node',
      keys: ['Alt+Shift+X', 'X'],
      words: 'zonelist allocation watermark',
      enabled: () => selected() !== null,
      run: () => {
        xray.change({ node: selected() ?? 0 });
        view.show('xray');
      },
    },
    {
      id: 'xray.run',
      title: 'X-ray the zones of the run under way',
      keys: ['Alt+Shift+R'],
      words: 'zonelist allocation watermark paused live',
      enabled: () => runs.active !== null,
      run: () => {
        xray.wanted = 'run';
        view.show('xray');
      },
    },
    {
      id: 'xray.seen',
      title: 'X-ray the zones at the playhead',
      keys: ['Shift+X'],
      words: 'zonelist allocation watermark moment timeline',
      enabled: () => playhead.ns !== null,
      run: () => {
        xray.wanted = 'seen';
        view.show('xray');
      },
    },
    {
      id: 'xray.nextMiss',
      title: 'Go on to the next miss: a page that its first zone does not give',
      keys: ['N'],
      words: 'step run pause remote request zonelist',
      enabled: () => misses.canGoOn,
      run: () => {
        view.show('xray');
        xray.wanted = 'seen';
        misses.next();
      },
    },
    {
      id: 'xray.previousMiss',
      title: 'Back to the miss before',
      keys: ['Shift+N'],
      words: 'playhead request zonelist',
      enabled: () => misses.before !== null,
      run: () => {
        view.show('xray');
        xray.wanted = 'seen';
        misses.previous();
      },
    },
  ];
}
