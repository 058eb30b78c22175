/**
 * What a window has on its table, kept beside the machine's file so that a crash or a kill loses nothing: one side file
 * a window in the lab's data folder, written whole or not at all. A lab that ends by itself takes away the files of
 * windows without unsaved changes; what it leaves, and whatever is there after a kill, opens with the next window.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { saveAtomically } from './atomic-file.ts';
import { type RecoveredMachine, type UnsavedMachine, windowIdSchema } from './contract.ts';
import { checkMachine } from './machines.ts';

const FORMAT = 'numaq-lab/unsaved';
const SUFFIX = '.json';

const fileSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** Start of the lab that wrote it: a window of a later start may take the file, one of the same start may not. */
  start: z.string(),
  when: z.iso.datetime(),
  name: z.string(),
  handle: z.string().nullable(),
  saved: z.unknown(),
  /** Missing where nothing is unsaved: then `saved` is on the table. */
  profile: z.unknown().optional(),
});
type Kept = z.output<typeof fileSchema>;

export class UnsavedMachines {
  readonly #folder: string;
  readonly #start = randomUUID();
  /** Windows of this start, and whether they have unsaved changes. */
  readonly #windows = new Map<string, boolean>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'unsaved');
  }

  /** Writes a window's side file. Rejects with an InputError where the disk does not take it; the one before stays. */
  keep({ window, ...machine }: UnsavedMachine, when: string = new Date().toISOString()): Promise<void> {
    return this.#inTurn(async () => {
      this.#windows.set(window, machine.profile !== undefined);
      const text = JSON.stringify({ format: FORMAT, version: 1, start: this.#start, when, ...machine });
      // A folder that cannot be made is said by the save.
      await mkdir(this.#folder, { recursive: true }).catch(() => undefined);
      await saveAtomically(this.#path(window), text, 'the side file for unsaved changes');
    });
  }

  /** Takes a window's side file away: its changes were saved or given up. */
  drop(window: string): Promise<void> {
    return this.#inTurn(() => this.#remove(window));
  }

  /**
   * What the window left (it was loaded again), else the newest that an earlier start of the lab left, which becomes
   * this window's. Null where there is none. What cannot be read or is no machine here is passed over and stays.
   */
  take(window: string): Promise<RecoveredMachine | null> {
    return this.#inTurn(async () => {
      const own = recovered(await this.#read(window));
      if (own !== null) return own;
      const left: { readonly id: string; readonly kept: Kept }[] = [];
      for (const id of await this.#ids()) {
        const kept = await this.#read(id);
        if (kept !== undefined && kept.start !== this.#start && !this.#windows.has(id)) left.push({ id, kept });
      }
      left.sort((a, b) => (a.kept.when < b.kept.when ? 1 : -1));
      for (const { id, kept } of left) {
        const found = recovered(kept);
        if (found === null) continue;
        await rename(this.#path(id), this.#path(window));
        this.#windows.set(window, found.changed !== null);
        // Machines without changes that other windows of that start showed: nothing is lost with them.
        for (const other of left) if (other.id === id || other.kept.profile === undefined) await this.#remove(other.id);
        return found;
      }
      return null;
    });
  }

  /** The lab ends by itself: what has no unsaved changes is taken away. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      for (const [window, changed] of this.#windows) if (!changed) await this.#remove(window);
    });
  }

  #path(window: string): string {
    return join(this.#folder, window + SUFFIX);
  }

  /** Ids of every window with a side file. */
  async #ids(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length))
      .filter((id) => windowIdSchema.safeParse(id).success);
  }

  async #read(window: string): Promise<Kept | undefined> {
    try {
      const parsed = fileSchema.safeParse(JSON.parse(await readFile(this.#path(window), 'utf8')));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** Removes the file, and what a kill in the middle of a write left of it beside it. */
  async #remove(window: string): Promise<void> {
    this.#windows.delete(window);
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(`${window}${SUFFIX}`) && !name.startsWith(`.${window}${SUFFIX}`)) continue;
      await unlink(join(this.#folder, name)).catch(() => undefined);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

/** A side file's content checked and booted; null where there is none, or this lab refuses one of its machines. */
function recovered(kept: Kept | undefined): RecoveredMachine | null {
  if (kept === undefined) return null;
  const { when, name, handle, saved, profile } = kept;
  const opened = { handle, name, checked: checkMachine(saved) };
  const changed = profile === undefined ? null : checkMachine(profile);
  const whole = opened.checked.issues.length === 0 && (changed === null || changed.issues.length === 0);
  return whole ? { opened, changed, when } : null;
}
