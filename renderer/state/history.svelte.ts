/**
 * The states that a machine was in since it was opened, as one list with a place in it: undo, redo and a jump to any
 * entry move the place. The first entry, the machine as it was opened, always stays; of a very long list the entries
 * after it go first.
 */
import type { Checked } from '../../src/lab/contract.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { shared } from './shared.ts';

/** A state, and the edit that led to it. */
export interface HistoryEntry {
  /** Names it as long as the list is there. */
  readonly id: number;
  /** `Node 2: memory 4 GiB`. */
  readonly label: string;
  readonly profile: MachineProfile;
  readonly checked: Checked;
}

const MOST = 500;

export class HistoryState {
  entries = $state.raw<readonly HistoryEntry[]>([]);
  /** Index of the state on the table; -1 where there is none. */
  position = $state.raw(-1);
  readonly canUndo: boolean = $derived(this.position > 0);
  readonly canRedo: boolean = $derived(this.position < this.entries.length - 1);
  #nextId = 0;

  /** The state on the table. */
  get current(): HistoryEntry | undefined {
    return this.entries[this.position];
  }

  /** The one before it. */
  get before(): HistoryEntry | undefined {
    return this.entries[this.position - 1];
  }

  /** Begins anew with an opened machine. */
  start(label: string, profile: MachineProfile, checked: Checked): void {
    this.entries = [{ id: this.#nextId++, label, profile, checked }];
    this.position = 0;
  }

  /**
   * Puts a state after the current one, in the place of all that were undone; returns it as it is kept. With `replace`
   * it takes the current one's place (an edit that goes on). What is the same as before is shared with it.
   */
  push(label: string, profile: MachineProfile, checked: Checked, replace = false): HistoryEntry {
    const before = this.current;
    const entry: HistoryEntry = {
      id: this.#nextId++,
      label,
      profile: shared(before?.profile, profile),
      checked: shared(before?.checked, checked),
    };
    const kept = [...this.entries.slice(0, replace ? this.position : this.position + 1), entry];
    if (kept.length > MOST) kept.splice(1, kept.length - MOST);
    this.entries = kept;
    this.position = kept.length - 1;
    return entry;
  }

  /** Takes the current state out, with all that were undone, and returns the one before it; undefined at the first. */
  takeBack(): HistoryEntry | undefined {
    const { before } = this;
    if (before === undefined) return undefined;
    this.entries = this.entries.slice(0, this.position);
    this.position -= 1;
    return before;
  }

  /** Moves to an entry by its index and returns it; undefined where there is none or it is the current one. */
  go(index: number): HistoryEntry | undefined {
    const entry = this.entries[index];
    if (entry === undefined || index === this.position) return undefined;
    this.position = index;
    return entry;
  }
}
