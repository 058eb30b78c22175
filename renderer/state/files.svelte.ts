/**
 * Opening, saving and closing of machines: what the keys, menus, start page and a dropped file come to. Each machine
 * opens in a tab of its own; unsaved changes are asked about before a tab or the window is closed. What goes wrong is
 * said in a dialog and leaves the machines on the table as they were.
 */
import type { LabFailure, OpenedMachine, SavedFile } from '../../src/lab/contract.ts';
import type { Client } from '../client/client.ts';
import type { AutosaveState } from './autosave.ts';
import type { DialogsState } from './dialogs.svelte.ts';
import { failureOf } from './failure.ts';
import type { NoticeState } from './notice.svelte.ts';
import type { RecentState } from './recent.svelte.ts';
import type { Tab } from './tab.svelte.ts';
import type { TabsState } from './tabs.svelte.ts';
import type { ViewState } from './view.svelte.ts';

type FilesClient = Pick<
  Client,
  'openBuiltIn' | 'openMachine' | 'openRecent' | 'parseMachine' | 'saveMachine' | 'saveMachineAs'
>;

/** What FilesState works on. */
interface FilesParts {
  readonly client: FilesClient;
  readonly tabs: TabsState;
  readonly recent: RecentState;
  readonly dialogs: DialogsState;
  readonly view: ViewState;
  readonly notice: NoticeState;
  readonly autosave: Pick<AutosaveState, 'recover' | 'end' | 'unread'>;
  /** A path of a tab's machine as a person knows it. */
  readonly fieldName: (path: string, tab: Tab) => string;
}

/** New machines start from the smallest built-in that has every part: two nodes fewer and it is somebody's own. */
const TEMPLATE = 'numaq-4g-4quad';
const EXTENSION = '.numaq.json';

export class FilesState {
  /** A file is being opened or saved. */
  busy = $state.raw(false);
  readonly #parts: FilesParts;

  constructor(parts: FilesParts) {
    this.#parts = parts;
  }

  openBuiltIn(id: string): Promise<boolean> {
    return this.#open(() => this.#parts.client.openBuiltIn(id));
  }

  /** Where its file is open already, its tab is shown as it is. */
  async openRecent(handle: string): Promise<boolean> {
    return this.#showOpen(handle) || this.#open(() => this.#parts.client.openRecent(handle));
  }

  /** By dialog (desktop) or upload (browser). */
  openFile(): Promise<boolean> {
    return this.#open(() => this.#parts.client.openMachine());
  }

  /** A file dropped on the window. */
  openDropped(file: File): Promise<boolean> {
    return this.#open(async () => this.#parts.client.parseMachine(file.name, await file.text()));
  }

  /** A machine that the desktop opened from outside (a double click on its file). */
  openGiven(opened: OpenedMachine): Promise<boolean> {
    return this.#open(() => Promise.resolve(opened));
  }

  newMachine(): Promise<boolean> {
    return this.#open(async () => {
      const opened = await this.#parts.client.openBuiltIn(TEMPLATE);
      const { profile } = opened.checked;
      if (profile === undefined) return opened;
      const checked = { ...opened.checked, profile: { ...profile, title: 'New machine', notes: '' } };
      return { handle: null, name: 'New machine', checked };
    });
  }

  /** Saves to the file that the machine came from, or asks for one. False when it was dismissed or failed. */
  async save(tab: Tab = this.#parts.tabs.current): Promise<boolean> {
    const { handle, profile } = tab.machine;
    if (profile === null) return false;
    if (handle === null) return this.saveAs(tab);
    return this.#write(tab, () => this.#parts.client.saveMachine(handle, profile));
  }

  async saveAs(tab: Tab = this.#parts.tabs.current): Promise<boolean> {
    const { profile } = tab.machine;
    if (profile === null) return false;
    return this.#write(tab, () => this.#parts.client.saveMachineAs(fileName(profile.title), profile));
  }

  /** Saves every tab with unsaved changes, from the first to the last, until one is dismissed or fails. */
  async saveAll(): Promise<boolean> {
    for (const tab of this.#parts.tabs.dirty) if (!(await this.save(tab))) return false;
    return true;
  }

  /** What was on the table when the lab ended without saving, or this page was loaded again. */
  async recover(): Promise<void> {
    const { autosave, tabs, view, notice } = this.#parts;
    const recovered = await autosave.recover();
    const { unread } = autosave;
    const said: string[] = [];
    if (recovered) {
      if (view.screen === 'start') view.show('lab');
      if (tabs.list.length > 1)
        said.push(`${tabs.list.length} machines are open again, as they were when the lab ended`);
      else if (tabs.dirty.length === 0) said.push(`${tabs.current.title} is open again, as it was when the lab ended`);
    }
    if (unread.length > 0)
      said.push(`unsaved changes in ${unread.join(', ')} cannot be read; the file stays in the lab’s data`);
    if (said.length > 0) notice.say(said.join('; '));
  }

  /** Closes a tab, after asking about its unsaved changes. False when it stays. */
  async closeTab(tab: Tab = this.#parts.tabs.current): Promise<boolean> {
    const { tabs, view } = this.#parts;
    if (tab.isBlank || !(await this.#mayLose(tab))) return false;
    tabs.close(tab);
    if (tabs.current.isBlank) view.show('start');
    return true;
  }

  /** Closes every tab but one. False when one of them stays. */
  async closeOthers(tab: Tab = this.#parts.tabs.current): Promise<boolean> {
    for (const other of this.#parts.tabs.list) if (other !== tab && !(await this.closeTab(other))) return false;
    return true;
  }

  /** True when nothing would be lost: saved, or the person chose to save or to discard, of every tab. */
  async mayLeave(): Promise<boolean> {
    for (const tab of this.#parts.tabs.dirty) if (!(await this.#mayLose(tab))) return false;
    return true;
  }

  /** True once nothing holds the window any more. */
  leaving = false;

  /** Closes the window, after asking about unsaved changes. */
  async close(): Promise<void> {
    if (!(await this.mayLeave())) return;
    this.leaving = true;
    await this.#parts.autosave.end();
    window.close();
  }

  /** Asks about a tab's unsaved changes, with the tab in sight. */
  async #mayLose(tab: Tab): Promise<boolean> {
    if (!tab.machine.dirty) return true;
    const { tabs, dialogs, view } = this.#parts;
    tabs.show(tab);
    if (view.screen === 'start') view.show('lab');
    const answer = await dialogs.askUnsaved(tabs.titleOf(tab));
    if (answer === 'save') return this.save(tab);
    return answer === 'discard';
  }

  /** Shows the tab that has this file open; false where none has. */
  #showOpen(handle: string | null): boolean {
    const { tabs, view, notice } = this.#parts;
    const tab = tabs.ofFile(handle);
    if (tab === undefined) return false;
    tabs.show(tab);
    view.show('lab');
    notice.say(`${tab.machine.name} is open already`);
    return true;
  }

  async #open(read: () => Promise<OpenedMachine | null>): Promise<boolean> {
    if (this.busy) return false;
    const { tabs, recent, dialogs, view } = this.#parts;
    this.busy = true;
    try {
      const opened = await read();
      if (opened === null) return false;
      // A second copy of one file would be saved over the first.
      if (this.#showOpen(opened.handle)) return true;
      if (!tabs.open(opened)) {
        const { issues } = opened.checked;
        const message = issues.map((issue) => issue.message).join('\n');
        await dialogs.showFailure('The machine was not opened', {
          kind: 'input',
          source: opened.name,
          message,
          issues,
        });
        return false;
      }
      view.show('lab');
      if (view.notesOnOpen && opened.checked.profile?.notes.trim() !== '') void dialogs.showNotes();
      await recent.refresh();
      return true;
    } catch (error) {
      this.busy = false;
      await dialogs.showFailure('The machine was not opened', asRunFile(failureOf(error)));
      await recent.refresh();
      return false;
    } finally {
      this.busy = false;
    }
  }

  async #write(tab: Tab, write: () => Promise<SavedFile | null>): Promise<boolean> {
    const { recent, dialogs, notice, fieldName } = this.#parts;
    const { machine } = tab;
    const { profile } = machine;
    if (this.busy || profile === null) return false;
    this.busy = true;
    try {
      const saved = await write();
      if (saved === null) return false;
      machine.markSaved(saved.handle, saved.name, profile);
      const left = machine.refused.map(({ path }) => fieldName(path, tab)).join('; ');
      notice.say(
        left === '' ? `Saved as ${saved.name}` : `Saved as ${saved.name}, without the refused value of ${left}`,
      );
      await recent.refresh();
      return true;
    } catch (error) {
      this.busy = false;
      await dialogs.showFailure('The machine was not saved', failureOf(error));
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** The failure said in other words where what was opened is a run file. */
function asRunFile(failure: LabFailure): LabFailure {
  const isRun = failure.issues.some(({ path, found }) => path === 'format' && found.includes('numaq-lab/run'));
  if (!isRun) return failure;
  return { ...failure, issues: [], message: 'This is a run file (numaq verify reads it), not a machine.' };
}

/** A file name made of a machine's title: `NUMA-Q 64 GB, 8 quads` becomes `numa-q-64-gb-8-quads.numaq.json`. */
export function fileName(title: string): string {
  const stem = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return `${stem === '' ? 'machine' : stem}${EXTENSION}`;
}
