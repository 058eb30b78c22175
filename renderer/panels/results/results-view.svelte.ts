/** Which table of a run is shown: it stays when another run is chosen, and a command can bring one up. */
import { TableView } from '../parts/table/table-view.svelte.ts';
import type { ProcFile } from '../../../src/sim/interop/proc-text.ts';

export type BottomTab = 'charts' | 'results' | 'boot';

export class ResultsView {
  /** Of the Lab's bottom panel. */
  tab = $state.raw<BottomTab>('charts');
  /** `totals`, `proc`, `follow`, or the id of a sheet. */
  sheet = $state.raw('totals');
  /** The tab of the table that was brought up should take the keys; the tables take this back. */
  entering = $state.raw(false);
  /** What is asked of the table that is shown; its filter stays from run to run. */
  readonly table = new TableView();
  file = $state.raw<ProcFile>('meminfo');
}
