import { describe, expect, it } from 'vitest';
import { checkMachine, openBuiltIn } from '../../src/lab/machines.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { machineOn } from '../panels/testing.ts';
import { addLink, changeCpus, freeLinks, moveCpu, moveMemory, removeLink, shareOf, type Planned } from './edits.ts';
import { TopologyEdits } from './edits.svelte.ts';

function profileOf(id: string): MachineProfile {
  const { profile } = openBuiltIn(id).checked;
  if (profile === undefined) throw new Error(`${id} is not valid`);
  return profile;
}

function done(planned: Planned): { readonly profile: MachineProfile; readonly label: string } {
  if ('no' in planned) throw new Error(planned.no);
  return planned;
}

const numaq = profileOf('numaq-64g-8quad');
const sum = (profile: MachineProfile, what: 'cpus' | 'memoryMiB'): number =>
  profile.machine.nodes.reduce((total, node) => total + node[what], 0);

describe('edits of the machine in its drawing', () => {
  it('move a CPU: one more there, one less here, and what was set by hand says so', () => {
    const { profile, label } = done(moveCpu(numaq, 3, 4));
    expect(profile.machine.nodes.map(({ cpus }) => cpus)).toEqual([4, 4, 4, 3, 5, 4, 4, 4]);
    expect(label).toBe('CPU moved from node 3 to node 4');
    expect(profile.sources['machine.nodes[4].cpus']).toMatch(/^assumed/);
    expect(checkMachine(profile).issues).toEqual([]);
  });

  it('move memory in steps of the node’s size, and never more than there is', () => {
    // A thirty-second of 8 GiB.
    expect(shareOf(numaq, 3)).toBe(256);
    const { profile, label } = done(moveMemory(numaq, 3, 7, 256));
    expect([profile.machine.nodes[3].memoryMiB, profile.machine.nodes[7].memoryMiB]).toEqual([7936, 8440]);
    expect(label).toBe('256 MiB moved from node 3 to node 7');
    const all = done(moveMemory(numaq, 3, 7, 1e6)).profile;
    expect(all.machine.nodes[3].memoryMiB).toBe(0);
    expect(sum(all, 'memoryMiB')).toBe(sum(numaq, 'memoryMiB'));
  });

  it('say why not: no CPU to give, no more than 64, no link on a ring', () => {
    const none = done(moveMemory(numaq, 3, 4, 1e6)).profile;
    expect(moveMemory(none, 3, 4, 1)).toEqual({ no: 'Node 3 has no memory to give.' });
    const alone = {
      ...numaq,
      machine: { ...numaq.machine, nodes: numaq.machine.nodes.map((n) => ({ ...n, cpus: 0 })) },
    };
    expect(moveCpu(alone, 0, 1)).toEqual({ no: 'Node 0 has no CPU to move.' });
    const full = {
      ...numaq,
      machine: { ...numaq.machine, nodes: numaq.machine.nodes.map((n) => ({ ...n, cpus: 64 })) },
    };
    expect(changeCpus(full, 0, 1)).toEqual({ no: 'A node has at most 64 CPUs.' });
    expect(addLink(numaq, 0, 4)).toMatchObject({ no: expect.stringContaining('A ring') as string });
  });

  it('turn a ring into its eight links, a mesh into its neighbours', () => {
    const ring = done(freeLinks(numaq)).profile;
    expect(
      ring.machine.interconnect.kind === 'links' && ring.machine.interconnect.links.map(({ from, to }) => [from, to]),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((from) => [from, (from + 1) % 8]));
    expect(checkMachine(ring).issues).toEqual([]);
    const mesh = done(freeLinks(profileOf('altix-64n'))).profile;
    // 8 rows of 7 and 7 rows of 8.
    expect(mesh.machine.interconnect.kind === 'links' && mesh.machine.interconnect.links).toHaveLength(112);
    expect(checkMachine(mesh).issues).toEqual([]);
  });

  it('draw and remove a link, either way round, with its source', () => {
    const free = done(freeLinks(numaq)).profile;
    const drawn = done(addLink(free, 0, 4)).profile;
    expect(drawn.sources['machine.interconnect.links[8]']).toMatch(/^assumed/);
    expect(addLink(drawn, 4, 0)).toEqual({ no: 'Nodes 4 and 0 have a link already.' });
    const removed = done(removeLink(drawn, 4, 0)).profile;
    expect(removed.machine.interconnect).toEqual(free.machine.interconnect);
    expect(removed.sources['machine.interconnect.links[8]']).toBeUndefined();
  });
});

describe('edits in force', () => {
  it('are one step of the history each, named, and undone as one', async () => {
    const machine = machineOn('numaq-64g-8quad');
    const edits = new TopologyEdits({ machine });
    expect(await edits.moveCpu(3, 4)).toBe(true);
    expect(machine.history.entries.at(-1)?.label).toBe('CPU moved from node 3 to node 4');
    expect(await edits.moveMemory(1, 2)).toBe(true);
    machine.undo();
    expect(machine.profile?.machine.nodes[1].memoryMiB).toBe(8192);
    expect(machine.profile?.machine.nodes[4].cpus).toBe(5);
    machine.undo();
    expect(machine.profile?.machine.nodes[4].cpus).toBe(4);
  });

  it('that the lab refuses change nothing, and say at the card why', async () => {
    const machine = machineOn('numaq-64g-8quad');
    const edits = new TopologyEdits({ machine });
    const before = machine.profile;
    // The node without memory cannot be the one with the kernel in it.
    expect(await edits.moveMemory(0, 3, 8192)).toBe(false);
    expect(machine.profile).toBe(before);
    expect(edits.refusal?.node).toBe(3);
    expect(edits.refusal?.message).not.toBe('');
    expect(machine.refused).toEqual([]);
    expect(await edits.moveCpu(3, 4)).toBe(true);
    expect(edits.refusal).toBeNull();
  });

  it('offer links of their own where the kind of the interconnect refused one', async () => {
    const machine = machineOn('numaq-64g-8quad');
    const edits = new TopologyEdits({ machine });
    expect(await edits.addLink(0, 4)).toBe(false);
    expect(edits.refusal?.offersLinks).toBe(true);
    expect(await edits.freeLinks()).toBe(true);
    expect(await edits.addLink(0, 4)).toBe(true);
    expect(machine.profile?.machine.interconnect).toMatchObject({ kind: 'links', links: { length: 9 } });
  });

  it('drop what was carried on the node below it, and nothing beside one', async () => {
    const machine = machineOn('numaq-64g-8quad');
    const edits = new TopologyEdits({ machine });
    const carried = { kind: 'cpu', from: 0, text: '', mib: 0, x: 0, y: 0 } as const;
    edits.carried = { ...carried, over: -1 };
    edits.drop();
    expect([edits.carried, machine.dirty]).toEqual([null, false]);
    edits.carried = { ...carried, over: 5 };
    edits.drop();
    await expect.poll(() => machine.profile?.machine.nodes[5].cpus).toBe(5);
  });
});
