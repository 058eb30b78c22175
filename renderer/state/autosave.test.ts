import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecoveredMachine, UnsavedMachine } from '../../src/lab/contract.ts';
import { checkMachine, openBuiltIn } from '../../src/lab/machines.ts';
import { AutosaveState } from './autosave.svelte.ts';
import { MachineState } from './machine.svelte.ts';

const WINDOW = '00000000-0000-0000-0000-000000000001';

class FakeLab {
  readonly kept: UnsavedMachine[] = [];
  readonly said: string[] = [];
  dropped = 0;
  left: RecoveredMachine | null = null;
  /** How long a write takes, ms. */
  writeMs = 0;
  full = false;
  readonly machine = new MachineState({ check: (profile) => Promise.resolve(checkMachine(profile)) });
  readonly autosave = new AutosaveState({
    client: {
      keepUnsaved: async (machine) => {
        if (this.writeMs > 0) await new Promise((resolve) => setTimeout(resolve, this.writeMs));
        if (this.full) throw new Error('no space left');
        this.kept.push(machine);
        return null;
      },
      dropUnsaved: () => {
        this.dropped += 1;
        return Promise.resolve(null);
      },
      recoverUnsaved: () => Promise.resolve(this.left),
    },
    machine: this.machine,
    say: (text) => this.said.push(text),
    windowId: () => Promise.resolve(WINDOW),
  });

  open(): this {
    this.machine.open(openBuiltIn('pc-256m'));
    return this;
  }
}

const localNs = (kept: UnsavedMachine | undefined): number | undefined =>
  (kept?.profile as RecoveredMachine['opened']['checked']['profile'])?.machine.localNs;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('autosave', () => {
  it('keeps the machine that was opened, and within a second every change of it', async () => {
    const lab = new FakeLab().open();
    await vi.advanceTimersByTimeAsync(1000);
    expect(lab.kept).toHaveLength(1);
    expect(lab.kept[0]).toMatchObject({ window: WINDOW, name: 'pc-256m' });
    expect(lab.kept[0]).not.toHaveProperty('profile');
    await lab.machine.edit('machine.localNs', 300);
    await vi.advanceTimersByTimeAsync(1000);
    expect(localNs(lab.kept.at(-1))).toBe(300);
    lab.machine.undo();
    await vi.advanceTimersByTimeAsync(1000);
    expect(lab.kept.at(-1)).not.toHaveProperty('profile');
  });

  it('is never more than a second behind while somebody goes on editing, also of a slow disk', async () => {
    const lab = new FakeLab().open();
    lab.writeMs = 400;
    for (let step = 1; step <= 60; step++) {
      await lab.machine.edit('machine.localNs', 100 + step);
      await vi.advanceTimersByTimeAsync(50);
      // 20 edits are made in a second; 300 ms of waiting and 400 ms of two writes fit into 1.1 s.
      if (step > 25) expect(localNs(lab.kept.at(-1))).toBeGreaterThanOrEqual(100 + step - 23);
    }
    const flushed = lab.autosave.flush();
    await vi.advanceTimersByTimeAsync(1000);
    await flushed;
    expect(localNs(lab.kept.at(-1))).toBe(160);
  });

  it('writes nothing while nothing changes', async () => {
    const lab = new FakeLab().open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lab.kept).toHaveLength(1);
  });

  it('says once that nothing is kept, and goes on trying', async () => {
    const lab = new FakeLab().open();
    lab.full = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lab.said).toEqual(['Unsaved changes are not kept for a crash: no space left']);
    lab.full = false;
    await vi.advanceTimersByTimeAsync(3000);
    expect(lab.kept).toHaveLength(1);
  });

  it('takes the side file away when the window goes, after a write that is under way', async () => {
    const lab = new FakeLab().open();
    lab.writeMs = 500;
    await vi.advanceTimersByTimeAsync(400);
    const ended = lab.autosave.end();
    await vi.advanceTimersByTimeAsync(500);
    await ended;
    expect([lab.kept.length, lab.dropped]).toEqual([1, 1]);
    await lab.machine.edit('machine.localNs', 300);
    await vi.advanceTimersByTimeAsync(5000);
    expect(lab.kept).toHaveLength(1);
  });
});

describe('what was left by a lab that was killed', () => {
  function left(): RecoveredMachine {
    const opened = openBuiltIn('pc-256m');
    const changed = checkMachine({ ...opened.checked.profile, title: 'Mine' });
    return { opened: { ...opened, handle: 'h1', name: 'mine.numaq.json' }, changed, when: '2026-01-02T03:04:05.000Z' };
  }

  it('stands on the table with its changes unsaved, and undo leads to the file as it was', async () => {
    const lab = new FakeLab();
    lab.left = left();
    expect(await lab.autosave.recover()).toBe(true);
    const { machine } = lab;
    expect([machine.profile?.title, machine.dirty, machine.handle, machine.name]).toEqual([
      'Mine',
      true,
      'h1',
      'mine.numaq.json',
    ]);
    expect(lab.autosave.recovered).not.toBeNull();
    machine.undo();
    expect(machine.dirty).toBe(false);
    expect(lab.autosave.recovered).toBeNull();
  });

  it('can be discarded, and got back by redo', async () => {
    const lab = new FakeLab();
    lab.left = left();
    await lab.autosave.recover();
    lab.autosave.discardRecovered();
    expect(lab.machine.dirty).toBe(false);
    lab.machine.redo();
    expect(lab.machine.profile?.title).toBe('Mine');
  });

  it('opens without a question where there were no changes', async () => {
    const lab = new FakeLab();
    lab.left = { ...left(), changed: null };
    expect(await lab.autosave.recover()).toBe(true);
    expect([lab.machine.dirty, lab.autosave.recovered]).toEqual([false, null]);
  });

  it('does not take the place of a machine that was opened meanwhile', async () => {
    const lab = new FakeLab();
    lab.left = left();
    const recovering = lab.autosave.recover();
    lab.open();
    expect(await recovering).toBe(false);
    expect(lab.machine.dirty).toBe(false);
  });
});
