/**
 * What the window looks at (its screen, and what is selected in each tab) as text for its side file, and back. What does
 * not fit any more is passed over: the rest is as it was.
 */
import { selectionKey, selectionOf } from './selection.svelte.ts';
import type { TabsState } from './tabs.svelte.ts';
import { SCREENS, type ViewState } from './view.svelte.ts';

interface Looking {
  readonly view: Pick<ViewState, 'screen' | 'show'>;
  readonly tabs: Pick<TabsState, 'list'>;
}

/** JSON of the screen's name and of the selections' keys by tab. */
export function lookedText({ view, tabs }: Looking): string {
  const selected = tabs.list.map(({ id, selection }) => [id, selectionKey(selection.current)]);
  return JSON.stringify({ screen: view.screen, selected: Object.fromEntries(selected) as unknown });
}

/** Looks at what `text` says. */
export function lookAgain(text: string, { view, tabs }: Looking): void {
  const { screen, selected } = parsed(text);
  const known = SCREENS.find((one) => one === screen);
  if (known !== undefined) view.show(known);
  for (const { id, machine, selection } of tabs.list) {
    const key = (selected as Readonly<Record<string, unknown>> | null | undefined)?.[id];
    const found = typeof key === 'string' && machine.layout !== null ? selectionOf(key, machine.layout) : null;
    if (found !== null) selection.select(found);
  }
}

function parsed(text: string): { readonly screen?: unknown; readonly selected?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}
