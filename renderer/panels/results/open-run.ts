/** Run files: opening one as a run of this window, and saving one. What went wrong is said in a dialog. */
import type { Catalogue } from '../../../src/lab/contract.ts';
import type { DialogsState } from '../../state/dialogs.svelte.ts';
import type { NoticeState } from '../../state/notice.svelte.ts';
import type { Run, RunsState } from '../../state/runs.svelte.ts';
import { workloadsTitle } from '../runbar/workload-title.ts';
import { runFileName } from './run-file-name.ts';

export interface RunFiles {
  readonly runs: RunsState;
  readonly catalogue: Catalogue;
  readonly dialogs: DialogsState;
  readonly notice: NoticeState;
}

/** Lets a person choose a run file; the run in it is then the current one. Null where none was opened. */
export async function openRun({ runs, catalogue, dialogs, notice }: RunFiles): Promise<Run | null> {
  const run = await runs.openRun((workloads) => workloadsTitle(workloads, catalogue));
  if (run !== null) notice.say(`Opened ${run.start.file} as run ${run.number}: it is what was written.`);
  else if (runs.failure !== null) await dialogs.showFailure('The run cannot be opened', runs.failure);
  return run;
}

/** Saves the file of a run that is done, under a name that a person chooses. */
export async function saveRun({ runs, dialogs, notice }: RunFiles, run: Run): Promise<void> {
  const saved = await runs.save(run, runFileName(run));
  if (saved !== null) notice.say(`Saved ${saved.name}.`);
  else if (runs.failure !== null) await dialogs.showFailure('The run cannot be saved', runs.failure);
}
