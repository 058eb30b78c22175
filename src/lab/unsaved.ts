/**
 * What windows have on their tables, kept beside the machines' files so that a crash or a kill loses nothing: one side
 * file a tab in the lab's data folder, and one a window that says the order of its tabs, each written whole or not at
 * all. A lab that ends by itself takes away the files of windows without unsaved changes; what it leaves, and whatever
 * is there after a kill, opens with the next window. Files of labs that had one machine a window are read too.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { saveAtomically } from './atomic-file.ts';
import { checkMachine } from './machines.ts';
import { Turns } from './turns.ts';
import {
  type KeptTabs,
  lookedSchema,
  type RecoveredMachine,
  type RecoveredTabs,
  tabIdSchema,
  type UnsavedMachine,
  windowIdSchema,
} from './unsaved-schema.ts';

const FORMAT = 'numaq-lab/unsaved';
const TABS_FORMAT = 'numaq-lab/unsaved-tabs';
const SUFFIX = '.json';
/** Where a tab's id would stand: no id is spelt like it. */
const TABS = 'tabs';
/** The tab of a side file that was written when a window had one machine and its file was named after the window alone. */
const ONLY_TAB = '0';

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

const tabsSchema = z.object({
  format: z.literal(TABS_FORMAT),
  version: z.literal(1),
  tabs: z.array(z.string()),
  current: z.string(),
  // A broken one does not take the order with it.
  looked: lookedSchema.optional().catch(undefined),
});

interface KeptTab {
  readonly tab: string;
  /** Its file, without the folder. */
  readonly file: string;
  readonly kept: Kept;
}

export class UnsavedMachines {
  readonly #folder: string;
  readonly #start = randomUUID();
  /** Windows of this start: their tabs, and whether each has unsaved changes. */
  readonly #windows = new Map<string, Map<string, boolean>>();
  readonly #turns = new Turns();

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'unsaved');
  }

  /** Writes a tab's side file. Rejects with an InputError where the disk does not take it; the one before stays. */
  keep({ window, tab, ...machine }: UnsavedMachine, when: string = new Date().toISOString()): Promise<void> {
    return this.#turns.of(fileOf(window, tab), async () => {
      this.#tabsOf(window).set(tab, machine.profile !== undefined);
      await this.#write(fileOf(window, tab), { format: FORMAT, version: 1, start: this.#start, when, ...machine });
    });
  }

  /** Writes which tabs a window has, in their order, and what is looked at. Rejects as `keep`. */
  keepTabs({ window, ...kept }: KeptTabs): Promise<void> {
    return this.#turns.alone(() => this.#write(fileOf(window, TABS), { format: TABS_FORMAT, version: 1, ...kept }));
  }

  /** Takes a tab's side file away, or with null all of the window: its changes were saved or given up. */
  drop(window: string, tab: string | null = null): Promise<void> {
    return this.#turns.alone(() => (tab === null ? this.#removeWindow(window) : this.#removeTab(window, tab)));
  }

  /**
   * What the window left (it was loaded again), else what the newest window of an earlier start of the lab left, which
   * becomes this window's. Null where there is none. What cannot be read or is no machine here is named and stays.
   */
  take(window: string): Promise<RecoveredTabs | null> {
    return this.#turns.alone(async () => {
      const { groups, unread } = await this.#groups();
      const unreadOf = (id: string): readonly string[] => unread.filter((file) => file.startsWith(`${id}.`));
      const own = await this.#recovered(window, groups.get(window) ?? [], unreadOf(window));
      if (own !== null) return own;
      const left = [...groups].filter(
        ([id, tabs]) => !this.#windows.has(id) && tabs.every(({ kept }) => kept.start !== this.#start),
      );
      left.sort(([, a], [, b]) => (newest(a) < newest(b) ? 1 : -1));
      for (const [id, tabs] of left) {
        const found = await this.#recovered(id, tabs, unreadOf(id));
        if (found === null) continue;
        await this.#adopt(id, window, tabs, found);
        // Machines without changes that other windows of that start showed: nothing is lost with them.
        for (const [other, its] of left) {
          if (other !== id && its.every(({ kept }) => kept.profile === undefined)) await this.#removeWindow(other);
        }
        return found;
      }
      const lost = unread.filter((file) => !this.#windows.has(file.slice(0, file.indexOf('.'))));
      return lost.length === 0 ? null : { tabs: [], current: '', looked: null, unread: lost };
    });
  }

  /** The lab ends by itself: what windows without unsaved changes showed is taken away. */
  close(): Promise<void> {
    return this.#turns.alone(async () => {
      for (const [window, tabs] of [...this.#windows]) {
        if (![...tabs.values()].includes(true)) await this.#removeWindow(window);
      }
    });
  }

  /** Gives what a window of an earlier start left to this one. */
  async #adopt(from: string, window: string, tabs: readonly KeptTab[], found: RecoveredTabs): Promise<void> {
    for (const { tab, changed } of found.tabs) {
      const file = tabs.find((one) => one.tab === tab)?.file ?? fileOf(from, tab);
      await rename(join(this.#folder, file), join(this.#folder, fileOf(window, tab)));
      await this.#removeFiles(file);
      this.#tabsOf(window).set(tab, changed !== null);
    }
    await this.#removeFiles(fileOf(from, TABS));
    const { current, looked } = found;
    const order = { tabs: found.tabs.map(({ tab }) => tab), current, ...(looked === null ? {} : { looked }) };
    await this.#write(fileOf(window, TABS), { format: TABS_FORMAT, version: 1, ...order }).catch(() => undefined);
  }

  /** The tabs of a window checked and booted, in their order; null where none of them is a machine here. */
  async #recovered(window: string, kept: readonly KeptTab[], unread: readonly string[]): Promise<RecoveredTabs | null> {
    const found = kept.flatMap((one) => recovered(one) ?? []);
    const refused = kept.filter(({ tab }) => found.every((one) => one.tab !== tab)).map(({ file }) => file);
    const order = await this.#order(window);
    const place = (tab: string): number => (order.tabs.includes(tab) ? order.tabs.indexOf(tab) : order.tabs.length);
    const tabs = found.sort((a, b) => place(a.tab) - place(b.tab));
    const current = (tabs.find(({ tab }) => tab === order.current) ?? tabs[0])?.tab;
    return current === undefined
      ? null
      : { tabs, current, looked: order.looked ?? null, unread: [...unread, ...refused] };
  }

  async #order(window: string): Promise<Pick<z.output<typeof tabsSchema>, 'tabs' | 'current' | 'looked'>> {
    const parsed = tabsSchema.safeParse(await this.#read(fileOf(window, TABS)));
    return parsed.success ? parsed.data : { tabs: [], current: '' };
  }

  /** Every side file that can be read, by window, and the names of those that cannot. */
  async #groups(): Promise<{
    readonly groups: ReadonlyMap<string, readonly KeptTab[]>;
    readonly unread: readonly string[];
  }> {
    const groups = new Map<string, KeptTab[]>();
    const unread: string[] = [];
    for (const file of await readdir(this.#folder).catch(() => [])) {
      if (!file.endsWith(SUFFIX)) continue;
      const [window = '', tab = ONLY_TAB, ...rest] = file.slice(0, -SUFFIX.length).split('.');
      const named = windowIdSchema.safeParse(window).success && tabIdSchema.safeParse(tab).success;
      if (!named || rest.length > 0) continue;
      const parsed = fileSchema.safeParse(await this.#read(file));
      if (!parsed.success) {
        unread.push(file);
        continue;
      }
      groups.set(window, [...(groups.get(window) ?? []), { tab, file, kept: parsed.data }]);
    }
    return { groups, unread };
  }

  #tabsOf(window: string): Map<string, boolean> {
    const tabs = this.#windows.get(window) ?? new Map<string, boolean>();
    this.#windows.set(window, tabs);
    return tabs;
  }

  async #read(file: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.#folder, file), 'utf8'));
    } catch {
      return undefined;
    }
  }

  async #write(file: string, content: unknown): Promise<void> {
    // A folder that cannot be made is said by the save.
    await mkdir(this.#folder, { recursive: true }).catch(() => undefined);
    await saveAtomically(join(this.#folder, file), JSON.stringify(content), 'the side file for unsaved changes');
  }

  async #removeTab(window: string, tab: string): Promise<void> {
    this.#windows.get(window)?.delete(tab);
    await this.#removeFiles(fileOf(window, tab));
    if (tab === ONLY_TAB) await this.#removeFiles(window + SUFFIX);
  }

  async #removeWindow(window: string): Promise<void> {
    this.#windows.delete(window);
    await this.#removeFiles(`${window}.`);
  }

  /** Removes every file whose name begins so, and what a kill in the middle of a write left beside it. */
  async #removeFiles(start: string): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(start) && !name.startsWith(`.${start}`)) continue;
      await unlink(join(this.#folder, name)).catch(() => undefined);
    }
  }
}

const fileOf = (window: string, tab: string): string => `${window}.${tab}${SUFFIX}`;

function newest(tabs: readonly KeptTab[]): string {
  return tabs.reduce((latest, { kept }) => (kept.when > latest ? kept.when : latest), '');
}

/** A side file's content checked and booted; null where this lab refuses one of its machines. */
function recovered({ tab, kept }: KeptTab): RecoveredMachine | null {
  const { when, name, handle, saved, profile } = kept;
  const opened = { handle, name, checked: checkMachine(saved) };
  const changed = profile === undefined ? null : checkMachine(profile);
  const whole = opened.checked.issues.length === 0 && (changed === null || changed.issues.length === 0);
  return whole ? { tab, opened, changed, when } : null;
}

/** With only those handles whose file is known still: a save of the others asks for a name. */
export function withKnownHandles(found: RecoveredTabs, isKnown: (handle: string) => boolean): RecoveredTabs {
  const tabs = found.tabs.map((tab) => {
    const { handle } = tab.opened;
    return handle === null || isKnown(handle) ? tab : { ...tab, opened: { ...tab.opened, handle: null } };
  });
  return { ...found, tabs };
}
