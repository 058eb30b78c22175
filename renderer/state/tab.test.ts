import { describe, expect, it } from 'vitest';
import { checkMachine, openBuiltIn } from '../../src/lab/machines.ts';
import { DialogsState } from './dialogs.svelte.ts';
import { NoticeState } from './notice.svelte.ts';
import type { Selection } from './selection.svelte.ts';
import { Tab, type TabParts } from './tab.svelte.ts';

function tabOn(id: string): { tab: Tab; notice: NoticeState } {
  const notice = new NoticeState();
  const client = { check: (profile: unknown) => Promise.resolve(checkMachine(profile)) } as TabParts['client'];
  const tab = new Tab({ client, dialogs: new DialogsState(), notice });
  tab.machine.open(openBuiltIn(id));
  return { tab, notice };
}

describe('what is selected of a machine', () => {
  it('is the machine again as soon as undo takes the selected node away, and nothing is said of that node', async () => {
    const { tab, notice } = tabOn('numaq-64g-8quad');
    await tab.nodes.add();
    expect(tab.selection.current).toEqual({ kind: 'node', node: 8 });
    expect(notice.text).toContain('node 8 has no memory');
    tab.machine.undo();
    expect(tab.selection.current).toEqual({ kind: 'machine' });
    expect(notice.text).toBe('');
  });

  it('is the machine again where another entry of the history, or an edit, does not have it', async () => {
    const { tab } = tabOn('numaq-16g-4quad');
    await tab.nodes.add();
    await tab.nodes.add();
    tab.selection.select({ kind: 'cpus', node: 5 });
    tab.machine.jump(0);
    expect(tab.selection.current).toEqual({ kind: 'machine' });
    const zone = tab.machine.layout?.nodes[3].zones[0];
    if (zone === undefined) throw new Error('node 3 has no zone');
    tab.selection.select({ kind: 'zone', node: 3, zone: zone.name, index: zone.index });
    await tab.machine.edit('machine.nodes[3].memoryMiB', 0);
    expect(tab.selection.current).toEqual({ kind: 'machine' });
  });

  it.each<Selection>([{ kind: 'node', node: 0 }, { kind: 'kernel' }, { kind: 'workload' }])(
    'stays where the machine still has it: $kind',
    async (selected) => {
      const { tab, notice } = tabOn('numaq-16g-4quad');
      await tab.nodes.add();
      tab.selection.select(selected);
      notice.say('Saved');
      tab.machine.undo();
      expect(tab.selection.current).toEqual(selected);
      expect(notice.text).toBe('Saved');
    },
  );
});
