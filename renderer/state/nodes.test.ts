import { describe, expect, it } from 'vitest';
import { checkMachine, openBuiltIn } from '../../src/lab/machines.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { DialogsState } from './dialogs.svelte.ts';
import { MachineState } from './machine.svelte.ts';
import { NodesState, withNode, withoutNode } from './nodes.svelte.ts';
import { NoticeState } from './notice.svelte.ts';
import { SelectionState } from './selection.svelte.ts';

function profileOf(id: string): MachineProfile {
  const { profile } = openBuiltIn(id).checked;
  if (profile === undefined) throw new Error(`${id} is not valid`);
  return profile;
}

function lab(id: string): {
  machine: MachineState;
  selection: SelectionState;
  nodes: NodesState;
  dialogs: DialogsState;
  notice: NoticeState;
} {
  const machine = new MachineState({ check: (profile) => Promise.resolve(checkMachine(profile)) });
  machine.open(openBuiltIn(id));
  const selection = new SelectionState();
  const dialogs = new DialogsState();
  const notice = new NoticeState();
  return { machine, selection, dialogs, notice, nodes: new NodesState(machine, selection, dialogs, notice) };
}

describe('nodes', () => {
  it('adds a node like the last one, selects it, and takes it away again in one undo', async () => {
    const { machine, selection, nodes } = lab('numaq-16g-4quad');
    expect(await nodes.add()).toBe(true);
    expect(machine.profile?.machine.nodes.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
    expect(machine.layout?.nodes).toHaveLength(5);
    expect(selection.current).toEqual({ kind: 'node', node: 4 });
    machine.undo();
    expect(machine.profile?.machine.nodes).toHaveLength(4);
  });

  it('says that a node has no memory where the addresses are used up, and nothing where it has what it should', async () => {
    const full = lab('numaq-64g-8quad');
    await full.nodes.duplicate(3);
    expect(full.notice.text).toBe('PAE’s 64 GiB are used up: node 8 has no memory');
    full.notice.clear();
    const roomy = lab('numaq-16g-4quad');
    await roomy.nodes.add();
    expect(roomy.notice.text).toBe('');
  });

  it('gives a node what memory the addresses still reach: none behind 64 GB', async () => {
    const { machine, nodes } = lab('numaq-64g-8quad');
    expect(await nodes.add()).toBe(true);
    expect(machine.profile?.machine.nodes.at(-1)).toMatchObject({ id: 8, cpus: 4, memoryMiB: 0 });
    await machine.edit('machine.nodes[7].memoryMiB', 4096);
    await nodes.remove(8);
    await nodes.duplicate(0);
    expect(machine.profile?.machine.nodes.at(-1)?.memoryMiB).toBe(4096);
  });

  it('says in a dialog why a node is refused, and leaves the machine as it was', async () => {
    const { machine, nodes, dialogs } = lab('altix-4700-4096n');
    expect(await nodes.add()).toBe(false);
    expect(dialogs.current?.kind).toBe('failure');
    expect(machine.profile?.machine.nodes).toHaveLength(4096);
    expect(machine.issues).toHaveLength(0);
  });

  it('removes the selected node and selects the machine', async () => {
    const { machine, selection, nodes } = lab('numaq-16g-4quad');
    selection.select({ kind: 'node', node: 2 });
    expect(nodes.canRemove).toBe(true);
    expect(await nodes.remove()).toBe(true);
    expect(machine.profile?.machine.nodes.map(({ id }) => id)).toEqual([0, 1, 3]);
    expect(selection.current).toEqual({ kind: 'machine' });
  });

  it('never removes the last node', async () => {
    const { nodes, selection } = lab('pc-256m');
    selection.select({ kind: 'node', node: 0 });
    expect(nodes.canRemove).toBe(false);
    expect(await nodes.remove()).toBe(false);
  });

  it('makes a machine without an interconnect one with two nodes that can reach each other', async () => {
    const { machine, nodes } = lab('smp-8way');
    await nodes.add();
    expect(machine.profile?.machine.interconnect.kind).not.toBe('none');
    expect(machine.layout?.nodes).toHaveLength(2);
  });

  it('keeps a latency matrix square', () => {
    const profile = profileOf('x86-64-2s');
    const more = withNode(profile, { id: 0, cpus: 1, memoryMiB: 1024, holes: [], io: [] });
    const less = withoutNode(more, 0);
    for (const { machine } of [more, less]) {
      if (machine.interconnect.kind !== 'matrix') throw new Error('no longer a matrix');
      expect(machine.interconnect.latencyNs.map((row) => row.length)).toEqual(
        machine.nodes.map(() => machine.nodes.length),
      );
    }
  });

  it('moves the sources of later nodes up, and drops links, marks and bindings of the one removed', () => {
    const base = profileOf('numaq-16g-4quad');
    const profile: MachineProfile = {
      ...base,
      kernel: { ...base.kernel, placement: { policy: 'bind', nodes: [1, 2] } },
      zones: { ...base.zones, watermarks: [{ node: 1, zone: 'HighMem', min: 1, low: 2, high: 3 }] },
      sources: {
        'machine.nodes[0]': 'a',
        'machine.nodes[1]': 'b',
        'machine.nodes[2].memoryMiB': 'c',
        'machine.nodes[10]': 'd',
      },
    };
    const left = withoutNode(profile, 1);
    expect(left.sources).toEqual({
      'machine.nodes[0]': 'a',
      'machine.nodes[1].memoryMiB': 'c',
      'machine.nodes[9]': 'd',
    });
    expect(left.kernel.placement).toEqual({ policy: 'bind', nodes: [2] });
    expect(left.zones.watermarks).toEqual([]);
  });
});
