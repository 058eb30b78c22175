/**
 * Keeps what every tab has on its table in side files of the lab, soon after each change, and puts it there again when
 * the lab ended without saving.
 */
import type { Looked, UnsavedMachine } from '../../src/lab/contract.ts';
import type { Client } from '../client/client.ts';
import { failureOf } from './failure.ts';
import type { Tab } from './tab.svelte.ts';
import type { TabsState } from './tabs.svelte.ts';
import { Writer } from './writer.ts';

interface AutosaveParts {
  readonly client: Pick<Client, 'keepUnsaved' | 'keepTabs' | 'dropUnsaved' | 'recoverUnsaved'>;
  readonly tabs: TabsState;
  /** Looks at what looksAt() was told when the tabs were there before. */
  readonly lookAgain: (looked: Looked) => void;
  /** Says a sentence in the status bar. */
  readonly say: (text: string) => void;
  /** This window's name for the lab (client/window-id.ts). */
  readonly windowId: () => Promise<string>;
}

export class AutosaveState {
  /** Names of the side files that recover() could not read. */
  unread: readonly string[] = [];
  readonly #parts: AutosaveParts;
  readonly #writers = new Map<Tab, Writer>();
  readonly #order = new Writer(() => this.#keepOrder());
  #window: Promise<string> | undefined;
  /** What the lab did not take: ids of tabs, and '' for their order. */
  readonly #failing = new Set<string>();
  #looked: Looked | undefined;
  #ended = false;

  constructor(parts: AutosaveParts) {
    this.#parts = parts;
    const { tabs } = parts;
    tabs.onmachine = (tab) => this.#changed(tab);
    tabs.onorder = () => this.#ended || this.#order.changed();
    tabs.onclose = (tab) => void this.#drop(tab);
  }

  /**
   * Puts the machines on the table that were there when the lab ended without saving or this page was loaded again.
   * False where there were none, or something was opened meanwhile: then they stay for the next start.
   */
  async recover(): Promise<boolean> {
    const { client, tabs } = this.#parts;
    const found = await this.#id()
      .then((window) => client.recoverUnsaved(window))
      .catch(() => null);
    this.unread = found?.unread ?? [];
    if (found === null || tabs.list.length > 0 || !tabs.recover(found)) return false;
    if (found.looked !== null) this.#parts.lookAgain(found.looked);
    return true;
  }

  /** What the window looks at, in its own words: kept with the order of its tabs. */
  looksAt(looked: Looked): void {
    if (JSON.stringify(looked) === JSON.stringify(this.#looked)) return;
    this.#looked = looked;
    if (!this.#ended && this.#parts.tabs.list.length > 0) this.#order.changed();
  }

  /** Writes at once what is not kept yet; resolves when it is written or has failed. */
  async flush(): Promise<void> {
    await Promise.all([this.#order, ...this.#writers.values()].map((writer) => writer.flush()));
  }

  /** The window goes, and its changes were saved or given up: takes the side files away. */
  async end(): Promise<void> {
    await this.stop();
    await this.#id()
      .then((window) => this.#parts.client.dropUnsaved(window, null))
      .catch(() => undefined);
  }

  /** Writes nothing more; resolves when writes that are under way have ended. */
  async stop(): Promise<void> {
    this.#ended = true;
    await Promise.all([this.#order, ...this.#writers.values()].map((writer) => writer.stop()));
  }

  #id(): Promise<string> {
    this.#window ??= this.#parts.windowId();
    return this.#window;
  }

  #changed(tab: Tab): void {
    if (tab.recovered !== null && !tab.machine.dirty) tab.recovered = null;
    if (this.#ended) return;
    const writer = this.#writers.get(tab) ?? new Writer(() => this.#keep(tab));
    this.#writers.set(tab, writer);
    writer.changed();
  }

  /** A tab was closed: its side file goes, after a write that is under way. */
  async #drop(tab: Tab): Promise<void> {
    await this.#writers.get(tab)?.stop();
    this.#writers.delete(tab);
    this.#failing.delete(tab.id);
    await this.#id()
      .then((window) => this.#parts.client.dropUnsaved(window, tab.id))
      .catch(() => undefined);
  }

  /** True when what is on the table now has been kept. */
  async #keep(tab: Tab): Promise<boolean> {
    const kept = unsaved(tab, await this.#id());
    return kept === undefined || this.#tell(tab.id, () => this.#parts.client.keepUnsaved(kept));
  }

  async #keepOrder(): Promise<boolean> {
    const { client, tabs } = this.#parts;
    const window = await this.#id();
    const looked = this.#looked === undefined ? {} : { looked: this.#looked };
    const order = { window, tabs: tabs.list.map(({ id }) => id), current: tabs.current.id, ...looked };
    return this.#tell('', () => client.keepTabs(order));
  }

  /** False where the lab did not take it. That is said once, until all is taken again. */
  async #tell(what: string, write: () => Promise<unknown>): Promise<boolean> {
    try {
      await write();
      this.#failing.delete(what);
      return true;
    } catch (error) {
      if (this.#failing.size === 0)
        this.#parts.say(`Unsaved changes are not kept for a crash: ${failureOf(error).message}`);
      this.#failing.add(what);
      return false;
    }
  }
}

function unsaved(tab: Tab, window: string): UnsavedMachine | undefined {
  const { profile, saved, handle, name, dirty } = tab.machine;
  if (profile === null || saved === null) return undefined;
  return { window, tab: tab.id, name, handle, saved, ...(dirty ? { profile } : {}) };
}
