import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMachine, openBuiltIn, openText } from '../../src/lab/machines.ts';
import { flavours, formatProfile, profileJsonSchema, type MachineProfile } from '../../src/sim/index.ts';
import { asSchema } from '../panels/inspector/schema.ts';
import { DialogsState } from './dialogs.svelte.ts';
import { editNames } from './edit-name.ts';
import { MachineState } from './machine.svelte.ts';
import { NodesState } from './nodes.svelte.ts';
import { NoticeState } from './notice.svelte.ts';
import { SelectionState } from './selection.svelte.ts';
import { shared } from './shared.ts';

interface Table {
  readonly machine: MachineState;
  readonly nodes: NodesState;
  /** The bytes of the file that was opened. */
  readonly file: string;
}

const lab = { check: (profile: unknown) => Promise.resolve(checkMachine(profile)) };
const names = editNames(asSchema(profileJsonSchema()), flavours);

function profileOf(machine: MachineState): MachineProfile {
  if (machine.profile === null) throw new Error('no machine is on the table');
  return machine.profile;
}

/** A machine opened from the text of its file. */
function table(id = 'numaq-16g-4quad'): Table {
  const { profile } = openBuiltIn(id).checked;
  if (profile === undefined) throw new Error('the built-in machine is not valid');
  const file = formatProfile(profile);
  const machine = new MachineState(lab, names);
  if (!machine.open(openText(file, 'mine.numaq.json'))) throw new Error('its own text is not valid');
  return { machine, nodes: new NodesState(machine, new SelectionState(), new DialogsState(), new NoticeState()), file };
}

/** One thing that a person does: edits (also refused ones and drags), nodes, undo, redo, jumps. */
type Deed = (at: Table) => Promise<unknown>;
const edit = (path: string, value: unknown, gesture?: string): Deed => {
  return ({ machine }) => machine.edit(path, value, gesture);
};
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.integer({ min: -1, max: 9 }).map((shift) => edit('kernel.pageMmuShift', shift)),
  fc
    .tuple(fc.nat(5), fc.integer({ min: 0, max: 5000 }))
    .map(([node, mib]) => edit(`machine.nodes[${node}].memoryMiB`, mib)),
  fc
    .tuple(fc.nat(2), fc.integer({ min: 1, max: 900 }))
    .map(([drag, ns]) => edit('machine.localNs', ns, `drag ${drag}`)),
  fc.option(fc.integer({ min: 20, max: 90 }), { nil: undefined }).map((bytes) => edit('kernel.structPageBytes', bytes)),
  fc.constantFrom(...flavours.map(({ id }) => id)).map((flavour) => edit('kernel.flavour', flavour)),
  fc.string({ maxLength: 8 }).map((title) => edit('title', title)),
  fc.constant<Deed>(({ nodes }) => nodes.add()),
  fc.nat(5).map(
    (id): Deed =>
      ({ nodes }) =>
        nodes.duplicate(id),
  ),
  fc.nat(5).map(
    (id): Deed =>
      ({ nodes }) =>
        nodes.remove(id),
  ),
  fc.constant<Deed>(async ({ machine }) => machine.undo()),
  fc.constant<Deed>(async ({ machine }) => machine.redo()),
  fc.nat(12).map(
    (index): Deed =>
      async ({ machine }) =>
        machine.jump(index),
  ),
);

describe('the history of a machine', () => {
  it('leads back to the opened file byte for byte, and forth to the end, after any sequence of edits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deeds, { maxLength: 12 }), async (sequence) => {
        const at = table();
        for (const deed of sequence) await deed(at);
        const { machine, file } = at;
        while (machine.canRedo) machine.redo();
        const end = formatProfile(profileOf(machine));
        const layout = JSON.stringify(machine.layout);
        while (machine.canUndo) machine.undo();
        expect(formatProfile(profileOf(machine))).toBe(file);
        expect(machine.dirty).toBe(false);
        while (machine.canRedo) machine.redo();
        expect(formatProfile(profileOf(machine))).toBe(end);
        expect(JSON.stringify(machine.layout)).toBe(layout);
      }),
      { numRuns: 200 },
    );
  });

  it('names each edit as its field is named, with value and unit', async () => {
    const { machine, nodes } = table();
    await machine.edit('machine.nodes[2].memoryMiB', 3072);
    await machine.edit('kernel.pageMmuShift', 2);
    await machine.edit('title', 'Mine');
    await machine.edit('kernel.structPageBytes', 40);
    await machine.edit('kernel.structPageBytes', undefined);
    await nodes.duplicate(1);
    await nodes.remove(4);
    expect(machine.history.entries.map(({ label }) => label)).toEqual([
      'Opened mine.numaq.json',
      'Node 2: memory 3 GiB',
      expect.stringMatching(/^Kernel: .* 2/),
      'Title: Mine',
      expect.stringMatching(/^Kernel: .* 40 B$/),
      expect.stringMatching(/^Kernel: .* back to its rule$/),
      'Node 1 duplicated as node 4',
      'Node 4 removed',
    ]);
  });

  it('jumps to any entry, and forgets those after it when something else is edited there', async () => {
    const { machine } = table();
    for (const ns of [300, 400, 500]) await machine.edit('machine.localNs', ns);
    machine.jump(1);
    expect(profileOf(machine).machine.localNs).toBe(300);
    expect(machine.canRedo).toBe(true);
    await machine.edit('machine.transferNs', 999);
    expect(machine.history.entries).toHaveLength(3);
    expect(machine.canRedo).toBe(false);
    machine.jump(7);
    expect(machine.history.position).toBe(2);
  });

  it('has one entry for a drag, named after its last value', async () => {
    const { machine } = table();
    for (const mib of [4000, 3900, 3800]) await machine.edit('machine.nodes[3].memoryMiB', mib, 'drag 1');
    expect(machine.history.entries.map(({ label }) => label).slice(1)).toEqual(['Node 3: memory 3,800 MiB']);
  });

  it('has none for an edit that changes nothing', async () => {
    const { machine } = table();
    await machine.edit('title', profileOf(machine).title);
    expect(machine.canUndo).toBe(false);
    expect(machine.dirty).toBe(false);
  });

  it('keeps the opened machine when it grows beyond what is kept', async () => {
    const { machine, file } = table('pc-256m');
    for (let title = 0; title < 520; title++) await machine.edit('title', `T${title}`);
    expect(machine.history.entries).toHaveLength(500);
    machine.jump(0);
    expect(formatProfile(profileOf(machine))).toBe(file);
    machine.redo();
    expect(profileOf(machine).title).toBe('T21');
  });
});

describe('shared', () => {
  it('says the same as what it is given, and keeps of the earlier one what equals it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const copy: unknown = structuredClone(after);
        expect(shared(before, after)).toEqual(copy);
        expect(after).toEqual(copy);
        expect(shared(before, structuredClone(before))).toBe(before);
      }),
    );
    const before = { a: [1, { b: 2 }], c: { d: 3 } };
    const after = shared(before, { a: [1, { b: 2 }], c: { d: 4 } });
    expect(after.a).toBe(before.a);
    expect(after.c).toEqual({ d: 4 });
  });
});
