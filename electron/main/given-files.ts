/**
 * Machines that come from outside the window: `*.numaq.json` on the command line, a double click on a file (macOS:
 * `open-file`), or a second start of the app, which hands its file to the first.
 */
import { basename, resolve } from 'node:path';
import type { App, BrowserWindow } from 'electron';
import type { Lab } from '../../src/lab/door.ts';
import { toFailure } from '../../src/lab/failure.ts';
import { makeIssue } from '../../src/sim/index.ts';
import type { PageEvents } from './events.ts';

interface GivenFiles {
  /** From now on files are opened; those that came before are opened first. */
  deliver(lab: Lab, window: BrowserWindow, events: PageEvents): void;
}

/** Listens for files at once: macOS sends them before the app is ready. */
export function setupGivenFiles(app: App): GivenFiles {
  const early = machineFiles(process.argv, process.cwd());
  let open = (path: string): void => void early.push(path);
  let show = (): void => undefined;

  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
  app.on('second-instance', (_event, argv, folder) => {
    show();
    machineFiles(argv, folder).forEach((path) => open(path));
  });

  return {
    deliver: (lab, window, events) => {
      show = () => {
        if (window.isDestroyed()) return;
        if (window.isMinimized()) window.restore();
        window.focus();
      };
      open = (path) => void openFile(path, lab, events);
      early.forEach((path) => open(path));
    },
  };
}

/** The machine files among a program's arguments, as absolute paths. */
export function machineFiles(argv: readonly string[], folder: string): string[] {
  return argv
    .slice(1)
    .filter((argument) => !argument.startsWith('-') && argument.endsWith('.json'))
    .map((argument) => resolve(folder, argument));
}

/** Opens a file and tells the page; a file that is none tells it what is wrong with it. */
async function openFile(path: string, lab: Lab, events: PageEvents): Promise<void> {
  try {
    events.send('machineOpened', await lab.openMachineFile(path));
  } catch (error) {
    const { issues, message } = toFailure(error);
    const shown = issues.length > 0 ? issues : [{ ...makeIssue('failed', '', '', ''), message }];
    events.send('machineOpened', { handle: null, name: basename(path), checked: { issues: shown, assumed: [] } });
  }
}
