/**
 * What Undo and Redo act on: the segment's design on its own screen, the workload where its editor has the focus, and
 * everywhere else the machine of the current tab. Workload and design belong to no machine: they run on each of them.
 */
import type { MachineState } from './machine.svelte.ts';
import type { ViewState } from './view.svelte.ts';

/** What can be undone. */
export interface Undoable {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  undo(): void;
  redo(): void;
}

interface UndoParts {
  readonly machine: MachineState;
  readonly workload: Undoable;
  readonly segment: Undoable;
  readonly view: Pick<ViewState, 'screen'>;
}

/** The mark of an element whose keys undo the workload. */
export const WORKLOAD_PLACE = 'workload';

export function undoPlace({ machine, workload, segment, view }: UndoParts): Undoable {
  const place = document.activeElement?.closest<HTMLElement>('[data-undo]')?.dataset['undo'];
  if (place === WORKLOAD_PLACE) return workload;
  return view.screen === 'segment' ? segment : machine;
}
