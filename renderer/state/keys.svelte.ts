/** Which keys each command has: its own, or those that a person gave it in the settings, which outlive the window. */
import type { Command } from './commands.ts';
import { isMac } from '../shell/platform.ts';
import { bindingsOf, keysText } from './shortcuts.ts';
import { readStored, writeStored } from './stored.ts';

export class KeysState {
  /** By id of the command. */
  #changed = $state.raw<Readonly<Record<string, readonly string[]>>>({});
  readonly #commands: () => readonly Command[];
  readonly #inBrowser: boolean;

  constructor(commands: () => readonly Command[], inBrowser = false) {
    this.#commands = commands;
    this.#inBrowser = inBrowser;
    const stored = readStored('keys');
    if (stored === null || typeof stored !== 'object') return;
    this.#changed = Object.fromEntries(
      Object.entries(stored).filter(
        (entry): entry is [string, string[]] =>
          Array.isArray(entry[1]) && entry[1].every((keys) => typeof keys === 'string' && keys !== ''),
      ),
    );
  }

  /** Keys of a command; the first is the one that is shown. */
  of(command: Command): readonly string[] {
    return this.#changed[command.id] ?? command.keys;
  }

  /** The first keys of the command of that id as a person reads them; empty where it has none. */
  text(id: string): string {
    return this.#textAt(id, 0);
  }

  /** Those keys that surely arrive: a browser keeps some of the first for itself, and their twins with Alt are shown there. */
  heardText(id: string): string {
    const hasTwin = this.#inBrowser && this.#keysAt(id, 1)?.startsWith('Alt+') === true;
    return this.#textAt(id, hasTwin ? 1 : 0);
  }

  #textAt(id: string, at: number): string {
    const keys = this.#keysAt(id, at);
    return keys === undefined ? '' : keysText(keys, isMac);
  }

  #keysAt(id: string, at: number): string | undefined {
    const command = this.#commands().find((candidate) => candidate.id === id);
    return command === undefined ? undefined : this.of(command)[at];
  }

  isChanged(command: Command): boolean {
    return this.#changed[command.id] !== undefined;
  }

  /** True where one press is both. */
  same(a: string, b: string): boolean {
    const wanted = bindingsOf(a, isMac);
    return bindingsOf(b, isMac).some((one) => wanted.includes(one));
  }

  /** Other commands that the same keys would run. */
  rivals(command: Command, keys: string): readonly Command[] {
    return this.#commands().filter(
      (other) => other.id !== command.id && this.of(other).some((theirs) => this.same(theirs, keys)),
    );
  }

  change(command: Command, keys: readonly string[]): void {
    this.#store({ ...this.#changed, [command.id]: keys });
  }

  /** Gives the command its own keys back; without one, all commands theirs. */
  reset(command?: Command): void {
    this.#store(
      Object.fromEntries(
        command === undefined ? [] : Object.entries(this.#changed).filter(([id]) => id !== command.id),
      ),
    );
  }

  #store(changed: Readonly<Record<string, readonly string[]>>): void {
    this.#changed = changed;
    writeStored('keys', changed);
  }
}
