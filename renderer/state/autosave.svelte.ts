/**
 * Keeps what is on the table in a side file of the lab, soon after each change, and puts it there again when the lab
 * ended without saving. Changes that come while a write is under way go together into the next one.
 */
import type { RecoveredMachine, UnsavedMachine } from '../../src/lab/contract.ts';
import type { Client } from '../client/client.ts';
import { failureOf } from './failure.ts';
import type { MachineState } from './machine.svelte.ts';

/** From the first change that is not kept to its write: with the write itself well under a second. */
const DELAY_MS = 300;
/** After a write that failed: the disk may have room again, the lab may answer again. */
const AGAIN_MS = 2000;

interface AutosaveParts {
  readonly client: Pick<Client, 'keepUnsaved' | 'dropUnsaved' | 'recoverUnsaved'>;
  readonly machine: MachineState;
  /** Says a sentence in the status bar. */
  readonly say: (text: string) => void;
  /** This window's name for the lab (client/window-id.ts). */
  readonly windowId: () => Promise<string>;
}

export class AutosaveState {
  /** Unsaved changes that were put on the table again, until the person kept or discarded them. */
  recovered = $state.raw<RecoveredMachine | null>(null);

  readonly #parts: AutosaveParts;
  #window: Promise<string> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  #failed = false;
  #ended = false;

  constructor(parts: AutosaveParts) {
    this.#parts = parts;
    parts.machine.onchange = () => this.#changed();
  }

  /**
   * Puts the machine on the table that was there when the lab ended without saving or this page was loaded again. True
   * where there was one; false where there was none or something is on the table already.
   */
  async recover(): Promise<boolean> {
    const { client, machine } = this.#parts;
    const found = await this.#id()
      .then((window) => client.recoverUnsaved(window))
      .catch(() => null);
    if (found === null || machine.profile !== null || !machine.recover(found)) return false;
    this.recovered = found.changed === null ? null : found;
    return true;
  }

  /** Leaves the recovered changes on the table. */
  keepRecovered(): void {
    this.recovered = null;
  }

  /** Goes back to the machine as it was opened or saved; redo still leads to the recovered changes. */
  discardRecovered(): void {
    if (this.recovered === null) return;
    this.recovered = null;
    this.#parts.machine.jump(0);
  }

  /** Writes at once what is not kept yet; resolves when it is written or has failed. */
  async flush(): Promise<void> {
    while (this.#timer !== undefined || this.#writing !== undefined) {
      if (this.#writing === undefined) this.#write();
      await this.#writing;
      if (this.#failed) return;
    }
  }

  /** The window goes, and its changes were saved or given up: takes the side file away. */
  async end(): Promise<void> {
    this.stop();
    await this.#writing;
    await this.#id()
      .then((window) => this.#parts.client.dropUnsaved(window))
      .catch(() => undefined);
  }

  /** Writes nothing more. */
  stop(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #id(): Promise<string> {
    this.#window ??= this.#parts.windowId();
    return this.#window;
  }

  #changed(): void {
    if (this.recovered !== null && !this.#parts.machine.dirty) this.recovered = null;
    if (this.#writing === undefined) this.#soon(DELAY_MS);
    else this.#again = true;
  }

  /** Something changed while a write was under way. */
  #again = false;

  #soon(ms: number): void {
    if (this.#ended) return;
    this.#timer ??= setTimeout(() => this.#write(), ms);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    this.#writing = this.#keep().then((kept) => {
      this.#writing = undefined;
      this.#failed = !kept;
      if (!kept) this.#soon(AGAIN_MS);
      else if (this.#again) this.#soon(DELAY_MS);
    });
  }

  /** True when what is on the table now has been kept. A failure is said once, until a write succeeds. */
  async #keep(): Promise<boolean> {
    const { client, say } = this.#parts;
    const kept = this.#onTable(await this.#id());
    if (kept === undefined) return true;
    try {
      await client.keepUnsaved(kept);
      return true;
    } catch (error) {
      if (!this.#failed) say(`Unsaved changes are not kept for a crash: ${failureOf(error).message}`);
      return false;
    }
  }

  #onTable(window: string): UnsavedMachine | undefined {
    const { profile, saved, handle, name, dirty } = this.#parts.machine;
    if (profile === null || saved === null) return undefined;
    return { window, name, handle, saved, ...(dirty ? { profile } : {}) };
  }
}
