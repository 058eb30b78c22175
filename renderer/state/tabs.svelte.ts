/**
 * The machines that are open in the window, in their order, and the one that is looked at. There is always a current
 * tab: where no machine is open it is a blank one, which the next machine fills.
 */
import type { OpenedMachine, RecoveredTabs } from '../../src/lab/contract.ts';
import { Tab, type TabParts } from './tab.svelte.ts';

export class TabsState {
  /** Tabs with a machine, in their order on the screen. */
  list = $state.raw<readonly Tab[]>([]);
  /** The one that is looked at. */
  current = $state.raw<Tab>() as Tab;
  /** Tabs with changes that no file has. */
  readonly dirty: readonly Tab[] = $derived(this.list.filter(({ machine }) => machine.dirty));

  /** Called after every change of what a tab has on the table, and after a save of it. */
  onmachine: (tab: Tab) => void = () => undefined;
  /** Called after tabs were opened, closed or moved, or another one is looked at. */
  onorder: () => void = () => undefined;
  /** Called after another tab has come to be looked at. */
  onshow: (tab: Tab) => void = () => undefined;
  /** Called after a tab was closed. */
  onclose: (tab: Tab) => void = () => undefined;

  readonly #parts: TabParts;

  constructor(parts: TabParts) {
    this.#parts = parts;
    this.current = this.#make();
  }

  /** Shows a machine in a tab of its own, behind the current one. False where it has no valid profile: then nothing changes. */
  open(opened: OpenedMachine): boolean {
    const tab = this.current.isBlank ? this.current : this.#make();
    if (!tab.machine.open(opened)) return false;
    const at = this.list.indexOf(this.current) + 1;
    this.list = [...this.list.slice(0, at), tab, ...this.list.slice(at)];
    this.current = tab;
    this.onorder();
    return true;
  }

  /** The machines of a window that ended without saving; false where none of them is valid any more. */
  recover(found: RecoveredTabs): boolean {
    const tabs = found.tabs.flatMap((one) => {
      const tab = this.#make(one.tab);
      return tab.recover(one) ? [tab] : [];
    });
    if (tabs.length === 0) return false;
    this.list = [...this.list, ...tabs];
    if (this.current.isBlank) this.current = tabs.find(({ id }) => id === found.current) ?? tabs[0];
    this.onorder();
    return true;
  }

  /** Closes a tab as it is: whoever calls it has asked about unsaved changes. The next one is looked at. */
  close(tab: Tab): void {
    const at = this.list.indexOf(tab);
    if (at < 0) return;
    this.list = this.list.filter((one) => one !== tab);
    const looked = tab === this.current;
    if (looked) this.current = this.list[at] ?? this.list[at - 1] ?? this.#make();
    this.onclose(tab);
    if (looked) this.onshow(this.current);
    this.onorder();
  }

  /** Looks at a tab. */
  show(tab: Tab): void {
    if (tab === this.current || !this.list.includes(tab)) return;
    this.current = tab;
    this.onshow(tab);
    this.onorder();
  }

  /** Looks at the tab so many places further on; from the last one on to the first. */
  step(by: number): void {
    const { length } = this.list;
    if (length > 0) this.show(this.list[(this.list.indexOf(this.current) + by + length) % length]);
  }

  /** Moves a tab so many places; never beyond the ends. */
  move(tab: Tab, by: number): void {
    const from = this.list.indexOf(tab);
    const to = Math.min(this.list.length - 1, Math.max(0, from + by));
    if (from < 0 || from === to) return;
    const others = this.list.filter((one) => one !== tab);
    this.list = [...others.slice(0, to), tab, ...others.slice(to)];
    this.onorder();
  }

  /** The tab whose machine came from that file. */
  ofFile(handle: string | null): Tab | undefined {
    return handle === null ? undefined : this.list.find(({ machine }) => machine.handle === handle);
  }

  /** Tells machines of one title apart: 1 for the first of several, 2 for the second; 0 where the title is its own. */
  numberOf(tab: Tab): number {
    const same = this.list.filter(({ title }) => title === tab.title);
    return same.length > 1 ? same.indexOf(tab) + 1 : 0;
  }

  /** What a tab is called among the others. */
  titleOf(tab: Tab): string {
    const number = this.numberOf(tab);
    return number < 2 ? tab.title : `${tab.title} (${number})`;
  }

  #make(id?: string): Tab {
    const tab = new Tab(this.#parts, id);
    tab.machine.onchange = () => this.onmachine(tab);
    return tab;
  }
}
