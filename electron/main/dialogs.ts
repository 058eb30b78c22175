/** The lab's questions for a file, as native dialogs of the window. */
import { join } from 'node:path';
import type { BrowserWindow, Dialog, FileFilter } from 'electron';
import type { MadeFile } from '../../src/lab/contract.ts';
import type { Dialogs } from '../../src/lab/door.ts';

const MACHINES: FileFilter[] = [
  { name: 'Machines', extensions: ['numaq.json', 'json'] },
  { name: 'All files', extensions: ['*'] },
];
const RUNS: FileFilter[] = [{ name: 'Runs', extensions: ['json'] }];
const SCRIPTS: FileFilter[] = [
  { name: 'Scripts', extensions: ['json'] },
  { name: 'All files', extensions: ['*'] },
];
const TRACES: FileFilter[] = [
  { name: 'All files', extensions: ['*'] },
  { name: 'Traces', extensions: ['lackey', 'din', 'xdin', 'numaqtrc', 'gz', 'txt'] },
];

const MADE: Readonly<Record<MadeFile['type'], FileFilter>> = {
  'image/png': { name: 'Pictures', extensions: ['png'] },
  'image/svg+xml': { name: 'Drawings', extensions: ['svg'] },
  'text/csv': { name: 'Tables', extensions: ['csv'] },
};

/** Dialogs that belong to `window`; saving suggests `folder`. */
export function createDialogs(dialog: Dialog, window: BrowserWindow, folder: string): Dialogs {
  const open = async (title: string, filters: FileFilter[]): Promise<string | null> => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window, { title, filters, properties: ['openFile'] });
    return canceled ? null : (filePaths[0] ?? null);
  };
  const save = async (title: string, filters: FileFilter[], suggested: string): Promise<string | null> => {
    const defaultPath = join(folder, suggested);
    const { canceled, filePath } = await dialog.showSaveDialog(window, { title, filters, defaultPath });
    return canceled || filePath === '' ? null : filePath;
  };
  return {
    openMachine: () => open('Open a machine', MACHINES),
    saveMachine: (suggested) => save('Save the machine', MACHINES, suggested),
    openTrace: () => open('Open a memory trace', TRACES),
    openScript: () => open('Open a script', SCRIPTS),
    openRun: () => open('Open a run', RUNS),
    saveRun: (suggested) => save('Save the run', RUNS, suggested),
    saveFile: (suggested, type) => save('Save', [MADE[type]], suggested),
  };
}
