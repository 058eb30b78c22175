/**
 * What the window looks at (its screen, and what is selected in each tab) for its side file, and back. What does not fit
 * any more is passed over: the rest is as it was.
 */
import type { Looked } from '../../src/lab/contract.ts';
import { selectionKey, selectionOf } from './selection.svelte.ts';
import type { TabsState } from './tabs.svelte.ts';
import { SCREENS, type Screen, type ViewState } from './view.svelte.ts';

interface Looking {
  readonly view: Pick<ViewState, 'screen' | 'show'>;
  readonly tabs: Pick<TabsState, 'list'>;
}

/** Of runs, which do not come back. */
const EMPTY: readonly Screen[] = ['runs', 'compare'];

/** Where the window is. */
export function lookedAt({ view, tabs }: Looking): Looked {
  const selected = tabs.list.map(({ id, selection }) => [id, selectionKey(selection.current)] as const);
  return { screen: view.screen, selected: Object.fromEntries(selected) };
}

/** Goes there again. */
export function lookAgain({ screen, selected }: Looked, { view, tabs }: Looking): void {
  const known = SCREENS.find((one) => one === screen);
  if (known !== undefined && !EMPTY.includes(known)) view.show(known);
  for (const { id, machine, selection } of tabs.list) {
    const found = machine.layout === null ? null : selectionOf(selected[id] ?? '', machine.layout);
    if (found !== null) selection.select(found);
  }
}
