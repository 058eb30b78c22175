import { describe, expect, it } from 'vitest';
import { machineOn } from '../panels/testing.ts';
import { lookAgain, lookedAt } from './looked.ts';
import { type Selection, SelectionState } from './selection.svelte.ts';
import type { Tab } from './tab.svelte.ts';
import type { Screen } from './view.svelte.ts';

/** A window with two machines. */
function window(screen: Screen, ...selected: Selection[]): Parameters<typeof lookAgain>[1] {
  const view = {
    screen,
    show: (shown: Screen): void => void (view.screen = shown),
  };
  const list = ['numaq-64g-8quad', 'pc-256m'].map((id, at) => {
    const selection = new SelectionState();
    selection.select(selected[at] ?? { kind: 'machine' });
    return { id: `tab ${at}`, machine: machineOn(id), selection } as unknown as Tab;
  });
  return { view, tabs: { list } };
}

const selections = ({ tabs }: ReturnType<typeof window>): Selection[] =>
  tabs.list.map(({ selection }) => selection.current);

describe('what is looked at', () => {
  it.each<Selection>([
    { kind: 'machine' },
    { kind: 'cpu' },
    { kind: 'interconnect' },
    { kind: 'remoteCache' },
    { kind: 'kernel' },
    { kind: 'zones' },
    { kind: 'workload' },
    { kind: 'node', node: 7 },
    { kind: 'cpus', node: 0 },
    { kind: 'zone', node: 3, zone: 'HighMem', index: 0 },
  ])('is the same again: $kind', (selected) => {
    const looked = lookedAt(window('xray', selected, { kind: 'node', node: 0 }));
    const next = window('start');
    lookAgain(looked, next);
    expect(next.view.screen).toBe('xray');
    expect(selections(next)).toEqual([selected, { kind: 'node', node: 0 }]);
  });

  it('is passed over where the machine has no such thing, and where the screen would be empty', () => {
    for (const screen of ['kitchen', 'runs', 'compare']) {
      const next = window('start', { kind: 'cpu' });
      lookAgain({ screen, selected: { 'tab 0': 'zone:3:HighMem:7', 'tab 1': 'node:1', 'tab 2': 'kernel' } }, next);
      expect([next.view.screen, ...selections(next)]).toEqual(['start', { kind: 'cpu' }, { kind: 'machine' }]);
    }
    const next = window('start', { kind: 'cpu' });
    lookAgain({ screen: 'lab', selected: { 'tab 0': 'constructor', 'tab 1': '' } }, next);
    expect([next.view.screen, ...selections(next)]).toEqual(['lab', { kind: 'cpu' }, { kind: 'machine' }]);
  });
});
