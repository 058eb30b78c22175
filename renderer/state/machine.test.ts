import { describe, expect, it } from 'vitest';
import { checkMachine, openBuiltIn } from '../../src/lab/machines.ts';
import type { Checked } from '../../src/lab/contract.ts';
import { MachineState, withValue } from './machine.svelte.ts';

/** A lab that answers when it is told to, so that a test can edit while a check is under way. */
class HeldLab {
  asked: unknown[] = [];
  #answers: (() => void)[] = [];
  held = false;

  readonly check = (profile: unknown): Promise<Checked> => {
    this.asked.push(profile);
    const answer = checkMachine(profile);
    if (!this.held) return Promise.resolve(answer);
    return new Promise((resolve) => this.#answers.push(() => resolve(answer)));
  };

  async release(): Promise<void> {
    for (const answer of this.#answers.splice(0)) answer();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function opened(id = 'numaq-64g-8quad'): { readonly lab: HeldLab; readonly machine: MachineState } {
  const lab = new HeldLab();
  const machine = new MachineState(lab);
  expect(machine.open(openBuiltIn(id))).toBe(true);
  return { lab, machine };
}

describe('a machine on the table', () => {
  it('boots anew at each edit', async () => {
    const { machine } = opened();
    expect(machine.layout?.lowmemMiB).toBe(268);
    expect(await machine.edit('kernel.pageMmuShift', 3)).toBe(true);
    expect(machine.layout?.lowmemMiB).toBeGreaterThan(700);
    expect(machine.dirty).toBe(true);
  });

  it('knows which runs are of it: an edit ages them, undo brings them back, another machine has none of them', async () => {
    const { machine } = opened();
    const other = opened('pc-256m').machine;
    const started = machine.profile;
    if (started === null) throw new Error('no machine');
    await machine.edit('kernel.pageMmuShift', 3);
    const edited = machine.profile;
    if (edited === null) throw new Error('no machine');
    expect(machine.staleText(started)).toBe('of the machine before the edit');
    expect(machine.staleText(edited)).toBe('');
    expect(other.staleText(started)).toBe('of another machine');
    machine.undo();
    expect(machine.staleText(started)).toBe('');
    // No redo leads to it any more, and still it was this machine.
    await machine.edit('kernel.pageMmuShift', 2);
    expect(machine.staleText(edited)).toBe('of the machine before the edit');
    expect(machine.staleText(structuredClone(started))).toBe('of another machine');
    expect([machine.owns(edited), machine.owns(structuredClone(started)), other.owns(started)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('keeps the last valid layout and shows the issue at the field when a value is refused', async () => {
    const { machine } = opened();
    const before = machine.layout;
    expect(await machine.edit('kernel.pageMmuShift', 9)).toBe(false);
    expect(machine.layout).toBe(before);
    expect(machine.profile?.kernel.pageMmuShift).toBe(0);
    expect(machine.valueAt('kernel.pageMmuShift')).toBe(9);
    expect(machine.issuesAt('kernel.pageMmuShift')).not.toHaveLength(0);
    expect(machine.dirty).toBe(false);
  });

  it('takes another edit while a refused value stands in its field', async () => {
    const { machine } = opened();
    await machine.edit('kernel.pageMmuShift', 9);
    expect(await machine.edit('machine.cpu.clockMHz', 900)).toBe(true);
    expect(machine.profile?.machine.cpu.clockMHz).toBe(900);
    expect(machine.refused.map(({ path }) => path)).toEqual(['kernel.pageMmuShift']);
  });

  it('forgets a refused value when it is mended or left', async () => {
    const { machine } = opened();
    await machine.edit('kernel.pageMmuShift', 9);
    machine.restore('kernel.pageMmuShift');
    expect(machine.issues).toHaveLength(0);
    expect(machine.valueAt('kernel.pageMmuShift')).toBe(0);
    await machine.edit('kernel.pageMmuShift', 9);
    await machine.edit('kernel.pageMmuShift', 2);
    expect(machine.issues).toHaveLength(0);
  });

  it('refuses what only the boot can see, such as more than 64 GB', async () => {
    const { machine } = opened();
    expect(await machine.edit('machine.nodes[3].memoryMiB', 9728)).toBe(false);
    expect(machine.layout?.boots).toBe(true);
    expect(machine.issues).not.toHaveLength(0);
  });

  it('shows a machine that is valid and does not boot', async () => {
    const { machine } = opened();
    expect(await machine.edit('kernel.structPageBytes', 80)).toBe(true);
    expect(machine.layout?.boots).toBe(false);
    expect(machine.layout?.failure?.item).toBeTruthy();
  });

  it('sends one check for all edits made while another is under way, and the last value wins', async () => {
    const { lab, machine } = opened();
    lab.held = true;
    const edits = [700, 800, 900, 1000].map((clock) => machine.edit('machine.cpu.clockMHz', clock));
    expect(lab.asked).toHaveLength(1);
    await lab.release();
    expect(lab.asked).toHaveLength(2);
    await lab.release();
    expect(await Promise.all(edits)).toEqual([true, false, false, true]);
    expect(machine.profile?.machine.cpu.clockMHz).toBe(1000);
  });

  it('keeps the good edits of a batch that holds a bad one', async () => {
    const { lab, machine } = opened();
    lab.held = true;
    void machine.edit('machine.cpu.clockMHz', 800);
    const bad = machine.edit('kernel.pageMmuShift', 9);
    const good = machine.edit('machine.localNs', 300);
    for (let round = 0; round < 4; round += 1) await lab.release();
    expect(await bad).toBe(false);
    expect(await good).toBe(true);
    expect(machine.profile?.machine.localNs).toBe(300);
  });

  it('drops the answer to an edit of a machine that is no longer on the table', async () => {
    const { lab, machine } = opened();
    lab.held = true;
    const late = machine.edit('machine.cpu.clockMHz', 1);
    machine.open(openBuiltIn('pc-256m'));
    await lab.release();
    expect(await late).toBe(false);
    expect(machine.profile?.machine.nodes).toHaveLength(1);
    expect(machine.profile?.machine.cpu.clockMHz).not.toBe(1);
  });

  it('says so when the lab does not answer, and loses nothing', async () => {
    const failing = new MachineState({ check: () => Promise.reject(new Error('gone')) });
    failing.open(openBuiltIn('pc-256m'));
    expect(await failing.edit('machine.localNs', 1)).toBe(false);
    expect(failing.failure?.message).toBe('gone');
    expect(failing.profile?.machine.nodes).toHaveLength(1);
  });

  it('does not open a machine that is not valid', () => {
    const { machine } = opened();
    const { profile } = machine;
    const issue = { code: 'x', path: 'machine', expected: 'nodes', found: 'none', message: 'no nodes' };
    expect(machine.open({ handle: 'h', name: 'broken', checked: { issues: [issue], assumed: [] } })).toBe(false);
    expect(machine.profile).toBe(profile);
    expect(machine.handle).toBeNull();
  });
});

describe('undo', () => {
  it('goes back and forth over accepted edits, and is clean again at the saved one', async () => {
    const { machine } = opened();
    await machine.edit('machine.localNs', 300);
    await machine.edit('machine.localNs', 400);
    machine.undo();
    expect(machine.profile?.machine.localNs).toBe(300);
    machine.undo();
    expect(machine.profile?.machine.localNs).toBe(225);
    expect(machine.dirty).toBe(false);
    expect(machine.canUndo).toBe(false);
    machine.redo();
    machine.redo();
    expect(machine.profile?.machine.localNs).toBe(400);
    expect(machine.canRedo).toBe(false);
  });

  it('takes a gesture as one step', async () => {
    const { machine } = opened();
    for (const memory of [8000, 7900, 7800]) await machine.edit('machine.nodes[3].memoryMiB', memory, 'drag 1');
    machine.undo();
    expect(machine.profile?.machine.nodes[3].memoryMiB).toBe(8192);
    expect(machine.canUndo).toBe(false);
  });

  it('has no step for a gesture that ends where it began, with its numbers from where they were', async () => {
    const { machine } = opened();
    const { profile, layout } = machine;
    const drag = (ns: number): Promise<boolean> => machine.edit('machine.localNs', ns, 'drag 1');
    await drag(300);
    expect(machine.dirty).toBe(true);
    await drag(225);
    expect(machine.profile).toBe(profile);
    expect(machine.layout).toBe(layout);
    expect([machine.dirty, machine.canUndo, machine.canRedo]).toEqual([false, false, false]);
    await drag(310);
    await drag(320);
    expect(machine.history.entries).toHaveLength(2);
    machine.undo();
    expect(machine.profile).toBe(profile);
  });

  it('goes no further back than to the edit before the gesture', async () => {
    const { machine } = opened();
    await machine.edit('machine.localNs', 300);
    const before = machine.profile;
    for (const ns of [310, 225, 300]) await machine.edit('machine.localNs', ns, 'drag 1');
    expect(machine.profile).toBe(before);
    expect(machine.history.entries).toHaveLength(2);
    for (const ns of [310, 225]) await machine.edit('machine.localNs', ns, 'drag 2');
    expect(machine.history.entries).toHaveLength(3);
    expect(machine.dirty).toBe(true);
  });

  it('brings the layout back with the profile', async () => {
    const { machine } = opened();
    await machine.edit('kernel.pageMmuShift', 3);
    machine.undo();
    expect(machine.layout?.lowmemMiB).toBe(268);
  });

  it('forgets what was undone when something else is edited', async () => {
    const { machine } = opened();
    await machine.edit('machine.localNs', 300);
    machine.undo();
    await machine.edit('machine.transferNs', 150);
    expect(machine.canRedo).toBe(false);
  });

  it('keeps an edit unsaved that was made while the file was written', async () => {
    const { machine } = opened();
    await machine.edit('machine.localNs', 300);
    const written = machine.profile;
    await machine.edit('machine.localNs', 400);
    if (written !== null) machine.markSaved('h', 'box.numaq.json', written);
    expect(machine.dirty).toBe(true);
    machine.undo();
    expect(machine.dirty).toBe(false);
  });
});

describe('withValue', () => {
  it('marks a number set by hand as assumed, and takes the mark away with the number', () => {
    const { profile } = openBuiltIn('numaq-64g-8quad').checked;
    if (profile === undefined) throw new Error('the built-in machine is not valid');
    const set = withValue(profile, 'kernel.structPageBytes', 40);
    expect(set.sources['kernel.structPageBytes']).toBe('assumed: set by hand');
    const reset = withValue(set, 'kernel.structPageBytes', undefined);
    expect('structPageBytes' in reset.kernel).toBe(false);
    expect(reset.sources['kernel.structPageBytes']).toBeUndefined();
  });

  it('does not touch the profile it is given', () => {
    const { profile } = openBuiltIn('numaq-64g-8quad').checked;
    if (profile === undefined) throw new Error('the built-in machine is not valid');
    const before = JSON.stringify(profile);
    withValue(profile, 'machine.nodes[2].memoryMiB', 1);
    expect(JSON.stringify(profile)).toBe(before);
  });
});
