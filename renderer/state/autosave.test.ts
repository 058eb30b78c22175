import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeptTabs, Looked, RecoveredMachine, RecoveredTabs, UnsavedMachine } from '../../src/lab/contract.ts';
import { checkMachine, openBuiltIn } from '../../src/lab/machines.ts';
import { AutosaveState } from './autosave.ts';
import { DialogsState } from './dialogs.svelte.ts';
import type { MachineState } from './machine.svelte.ts';
import { NoticeState } from './notice.svelte.ts';
import { TabsState } from './tabs.svelte.ts';

const WINDOW = '00000000-0000-0000-0000-000000000001';

class FakeLab {
  readonly kept: UnsavedMachine[] = [];
  readonly said: string[] = [];
  readonly order: KeptTabs[] = [];
  /** Tabs whose side files were taken away; null: all. */
  readonly dropped: (string | null)[] = [];
  left: RecoveredTabs | null = null;
  /** How long a write takes, ms. */
  writeMs = 0;
  full = false;
  looked: Looked | null = null;
  readonly tabs = new TabsState({
    client: {
      check: (profile) => Promise.resolve(checkMachine(profile)),
      lowMemory: () => Promise.reject(new Error('not in this test')),
      xray: () => Promise.reject(new Error('not in this test')),
      xrayRun: () => Promise.reject(new Error('not in this test')),
      xraySeen: () => Promise.reject(new Error('not in this test')),
    },
    dialogs: new DialogsState(),
    notice: new NoticeState(),
  });
  readonly autosave = new AutosaveState({
    client: {
      keepUnsaved: async (machine) => {
        if (this.writeMs > 0) await new Promise((resolve) => setTimeout(resolve, this.writeMs));
        if (this.full) throw new Error('no space left');
        this.kept.push(machine);
        return null;
      },
      keepTabs: (tabs) => {
        this.order.push(tabs);
        return Promise.resolve(null);
      },
      dropUnsaved: (_, tab) => {
        this.dropped.push(tab);
        return Promise.resolve(null);
      },
      recoverUnsaved: () => Promise.resolve(this.left),
    },
    tabs: this.tabs,
    say: (text) => this.said.push(text),
    windowId: () => Promise.resolve(WINDOW),
    lookAgain: (looked) => (this.looked = looked),
  });

  get machine(): MachineState {
    return this.tabs.current.machine;
  }

  open(): this {
    this.tabs.open(openBuiltIn('pc-256m'));
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

  it('keeps what is looked at while there is a machine, also where nothing of it changes', async () => {
    const at = (screen: string): Looked => ({ screen, selected: {} });
    const lab = new FakeLab();
    lab.autosave.looksAt(at('start'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(lab.order).toEqual([]);
    lab.open().autosave.looksAt(at('node 3'));
    await vi.advanceTimersByTimeAsync(1000);
    lab.autosave.looksAt(at('node 3'));
    lab.autosave.looksAt(at('node 4'));
    await vi.advanceTimersByTimeAsync(1000);
    lab.autosave.looksAt(at('node 4'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(lab.order.map(({ looked }) => looked?.screen)).toEqual(['node 3', 'node 4']);
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
    expect([lab.kept.length, lab.dropped]).toEqual([1, [null]]);
    await lab.machine.edit('machine.localNs', 300);
    await vi.advanceTimersByTimeAsync(5000);
    expect(lab.kept).toHaveLength(1);
  });
});

describe('what was left by a lab that was killed', () => {
  function half(): RecoveredMachine {
    const opened = openBuiltIn('pc-256m');
    const changed = checkMachine({ ...opened.checked.profile, title: 'Mine' });
    const when = '2026-01-02T03:04:05.000Z';
    return { tab: 'a', opened: { ...opened, handle: 'h1', name: 'mine.numaq.json' }, changed, when };
  }
  const left = (...tabs: RecoveredMachine[]): RecoveredTabs => ({
    tabs,
    current: tabs.at(-1)?.tab ?? '',
    looked: { screen: 'xray', selected: {} },
    unread: ['w.b.json'],
  });

  it('stands on the table with its changes unsaved, and undo leads to the file as it was', async () => {
    const lab = new FakeLab();
    lab.left = left(half());
    expect(await lab.autosave.recover()).toBe(true);
    const { machine } = lab;
    expect([machine.profile?.title, machine.dirty, machine.handle, machine.name]).toEqual([
      'Mine',
      true,
      'h1',
      'mine.numaq.json',
    ]);
    expect(lab.tabs.current.recovered).not.toBeNull();
    expect([lab.looked?.screen, lab.autosave.unread]).toEqual(['xray', ['w.b.json']]);
    machine.undo();
    expect(machine.dirty).toBe(false);
    expect(lab.tabs.current.recovered).toBeNull();
  });

  it('can be discarded, and got back by redo', async () => {
    const lab = new FakeLab();
    lab.left = left(half());
    await lab.autosave.recover();
    lab.tabs.current.discardRecovered();
    expect(lab.machine.dirty).toBe(false);
    lab.machine.redo();
    expect(lab.machine.profile?.title).toBe('Mine');
  });

  it('opens without a question where there were no changes', async () => {
    const lab = new FakeLab();
    lab.left = left({ ...half(), changed: null });
    expect(await lab.autosave.recover()).toBe(true);
    expect([lab.machine.dirty, lab.tabs.current.recovered]).toEqual([false, null]);
  });

  it('does not take the place of a machine that was opened meanwhile', async () => {
    const lab = new FakeLab();
    lab.left = left(half());
    const recovering = lab.autosave.recover();
    lab.open();
    expect(await recovering).toBe(false);
    expect(lab.machine.dirty).toBe(false);
  });

  it('opens in as many tabs as there were, in their order, with the same one in front', async () => {
    const lab = new FakeLab();
    const other: RecoveredMachine = { ...half(), tab: 'b', opened: openBuiltIn('smp-8way'), changed: null };
    lab.left = { tabs: [half(), other, { ...half(), tab: 'c' }], current: 'b', looked: null, unread: [] };
    await lab.autosave.recover();
    expect(lab.tabs.list.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(lab.tabs.current.id).toBe('b');
    expect(lab.tabs.list.map(({ recovered }) => recovered !== null)).toEqual([true, false, true]);
    expect(lab.tabs.dirty).toHaveLength(2);
  });
});

describe('several machines', () => {
  it('are kept each in a file of its own, and their order with the one in front', async () => {
    const lab = new FakeLab().open();
    lab.tabs.open(openBuiltIn('smp-8way'));
    const [first, second] = lab.tabs.list;
    await vi.advanceTimersByTimeAsync(1000);
    expect(new Set(lab.kept.map(({ tab }) => tab))).toEqual(new Set([first.id, second.id]));
    expect(lab.order.at(-1)).toMatchObject({ window: WINDOW, tabs: [first.id, second.id], current: second.id });
    const before = lab.kept.length;
    await first.machine.edit('machine.localNs', 300);
    await vi.advanceTimersByTimeAsync(1000);
    expect(lab.kept.slice(before).map(({ tab }) => tab)).toEqual([first.id]);
    lab.tabs.move(second, -1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(lab.order.at(-1)?.tabs).toEqual([second.id, first.id]);
    lab.tabs.close(first);
    await vi.advanceTimersByTimeAsync(1000);
    expect(lab.dropped).toEqual([first.id]);
    expect(lab.order.at(-1)).toMatchObject({ tabs: [second.id], current: second.id });
  });
});
