/**
 * Opening and saving of machines: what the keys, menus, start page and a dropped file come to. Unsaved changes are asked
 * about first; what goes wrong is said in a dialog and leaves the machine on the table as it was.
 */
import type { LabFailure, OpenedMachine } from '../../src/lab/contract.ts';
import type { Client } from '../client/client.ts';
import type { AutosaveState } from './autosave.svelte.ts';
import type { DialogsState } from './dialogs.svelte.ts';
import { failureOf } from './failure.ts';
import type { MachineState } from './machine.svelte.ts';
import type { NoticeState } from './notice.svelte.ts';
import type { RecentState } from './recent.svelte.ts';
import type { SelectionState } from './selection.svelte.ts';
import type { ViewState } from './view.svelte.ts';

type FilesClient = Pick<
  Client,
  'openBuiltIn' | 'openMachine' | 'openRecent' | 'parseMachine' | 'saveMachine' | 'saveMachineAs'
>;

/** What FilesState works on. */
interface FilesParts {
  readonly client: FilesClient;
  readonly machine: MachineState;
  readonly recent: RecentState;
  readonly dialogs: DialogsState;
  readonly selection: SelectionState;
  readonly view: ViewState;
  readonly notice: NoticeState;
  readonly autosave: Pick<AutosaveState, 'recover' | 'end'>;
  /** A path as a person knows it. */
  readonly fieldName: (path: string) => string;
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

  openRecent(handle: string): Promise<boolean> {
    return this.#open(() => this.#parts.client.openRecent(handle));
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
  async save(): Promise<boolean> {
    const { machine, client } = this.#parts;
    const { handle, profile } = machine;
    if (profile === null) return false;
    if (handle === null) return this.saveAs();
    return this.#write(() => client.saveMachine(handle, profile));
  }

  async saveAs(): Promise<boolean> {
    const { machine, client } = this.#parts;
    const { profile } = machine;
    if (profile === null) return false;
    return this.#write(() => client.saveMachineAs(fileName(profile.title), profile));
  }

  /** What was on the table when the lab ended without saving, or this page was loaded again. */
  async recover(): Promise<void> {
    const { autosave, machine, selection, view, notice } = this.#parts;
    if (!(await autosave.recover())) return;
    selection.select({ kind: 'machine' });
    view.show('lab');
    if (!machine.dirty)
      notice.say(`${machine.profile?.title ?? machine.name} is open again, as it was when the lab ended`);
  }

  /** True when nothing would be lost: saved, or the person chose to save or to discard. */
  async mayLeave(): Promise<boolean> {
    const { machine, dialogs } = this.#parts;
    if (!machine.dirty) return true;
    const answer = await dialogs.askUnsaved(machine.profile?.title ?? machine.name);
    if (answer === 'save') return this.save();
    return answer === 'discard';
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

  async #open(read: () => Promise<OpenedMachine | null>): Promise<boolean> {
    if (this.busy || !(await this.mayLeave())) return false;
    const { machine, recent, dialogs, selection, view } = this.#parts;
    this.busy = true;
    try {
      const opened = await read();
      if (opened === null) return false;
      if (!machine.open(opened)) {
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
      selection.select({ kind: 'machine' });
      view.show('lab');
      if (view.notesOnOpen && machine.profile?.notes.trim() !== '') void dialogs.showNotes();
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

  async #write(write: () => Promise<{ readonly handle: string; readonly name: string } | null>): Promise<boolean> {
    const { machine, recent, dialogs, notice, fieldName } = this.#parts;
    const { profile } = machine;
    if (this.busy || profile === null) return false;
    this.busy = true;
    try {
      const saved = await write();
      if (saved === null) return false;
      machine.markSaved(saved.handle, saved.name, profile);
      const left = machine.refused.map(({ path }) => fieldName(path)).join('; ');
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
