/**
 * The machines opened or saved last, kept as JSON in the lab's data folder. A list that is broken, or cannot be
 * written, never breaks an open or a save: what can be read of it counts, and the rest is forgotten.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { InputError, makeIssue } from '../sim/index.ts';
import { saveAtomically } from './atomic-file.ts';
import type { RecentMachine } from './contract.ts';
import { readShape } from './machine-shape.ts';

const MOST = 12;

const entrySchema = z.object({
  path: z.string().min(1),
  title: z.string(),
  when: z.iso.datetime(),
  // Whatever stands there, the entry holds: only its picture is lost.
  shape: z.unknown().transform(readShape).optional(),
});
type Entry = z.output<typeof entrySchema>;

/** The handle of a file: names it to the window without telling its path, and is the same tomorrow. */
const handleOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 32);

export class RecentMachines {
  readonly #folder: string;
  readonly #file: string;
  /** Of files that were opened or saved but fell off the list, or were forgotten, while their window is open. */
  readonly #paths = new Map<string, string>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(dataDir: string) {
    this.#folder = dataDir;
    this.#file = join(dataDir, 'recent.json');
  }

  /** The list, newest first. */
  async list(): Promise<readonly RecentMachine[]> {
    await this.#queue;
    return (await this.#read()).map(({ path, title, when, shape }) => ({
      handle: handleOf(path),
      name: basename(path),
      title,
      when,
      ...(shape === undefined ? {} : { shape }),
    }));
  }

  /** Handles of every file that `pathOf` knows. */
  async handles(): Promise<ReadonlySet<string>> {
    return new Set([...this.#paths.keys(), ...(await this.list()).map(({ handle }) => handle)]);
  }

  /** Puts the file at `path` (absolute) on top; returns its handle. */
  async add(
    path: string,
    { title, shape }: Pick<RecentMachine, 'title' | 'shape'>,
    when: string = new Date().toISOString(),
  ): Promise<string> {
    this.#paths.set(handleOf(path), path);
    await this.#change((entries) => [{ path, title, when, shape }, ...entries.filter((entry) => entry.path !== path)]);
    return handleOf(path);
  }

  /** Takes a file off the list; the file itself stays. */
  async forget(handle: string): Promise<void> {
    await this.#change((entries) => entries.filter((entry) => handleOf(entry.path) !== handle));
  }

  /** The path behind a handle. Throws an InputError where the list does not know it. */
  async pathOf(handle: string): Promise<string> {
    await this.#queue;
    const path = this.#paths.get(handle) ?? (await this.#read()).find((entry) => handleOf(entry.path) === handle)?.path;
    if (path !== undefined) return path;
    throw new InputError('', [makeIssue('unknown-handle', '', 'a machine of the list of recent ones', 'another')]);
  }

  #change(change: (entries: readonly Entry[]) => readonly Entry[]): Promise<void> {
    const done = this.#queue.then(async () => this.#write(change(await this.#read()).slice(0, MOST)));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #read(): Promise<readonly Entry[]> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      if (!Array.isArray(value)) return [];
      return value.flatMap((entry) => {
        const parsed = entrySchema.safeParse(entry);
        return parsed.success ? [parsed.data] : [];
      });
    } catch {
      return [];
    }
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      await saveAtomically(this.#file, `${JSON.stringify(entries, null, 2)}\n`);
    } catch {
      // A full or read-only disk: the machine itself was opened or saved, which is what was asked for.
    }
  }
}
