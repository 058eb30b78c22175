/** The desktop door for the specs: a real Electron, from source or from the packaged archive, on a screen of its own where there is none. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { installedElectron } from '../../build/electron.mjs';
import { startScreen } from '../../build/screen.mjs';
import type { Door, DoorOptions, Driver } from './driver.ts';
import { packagedArchive, root } from './paths.ts';

/** Starts the app with a fresh folder for its data. Rejects where there is no Electron or no screen. */
export async function openElectronDoor(door: Exclude<Door, 'browser'>, options: DoorOptions): Promise<Driver> {
  const executablePath = installedElectron();
  if (executablePath === undefined) throw new Error('There is no Electron here.');
  const screen = await startScreen();
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'numaq-e2e-')));
  const args = [`--user-data-dir=${data}`, door === 'packaged' ? packagedArchive() : root];
  const env = { ...plainEnv(), DISPLAY: screen.display, XDG_CONFIG_HOME: data };
  const app = await _electron.launch({
    executablePath,
    args: [...args, ...(options.files ?? [])],
    env,
    // Playwright's own default is "light", which hides what the system says.
    colorScheme: null,
  });
  let closed = false;
  app.once('close', () => (closed = true));
  const page = await app.firstWindow();

  return {
    door,
    page,
    address: '',
    app,
    answerOpen: async (file, act) => {
      await app.evaluate(({ dialog }, path) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
      }, file);
      await act();
    },
    answerSave: async (file, act) => {
      await app.evaluate(({ dialog }, path) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
      }, file);
      const before = await versionOf(file);
      await act();
      const until = Date.now() + 15_000;
      while ((await versionOf(file)) === before) {
        if (Date.now() > until) throw new Error(`nothing was saved to ${file}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    menu: async (id) => {
      await app.evaluate(({ Menu }, item) => {
        const found = Menu.getApplicationMenu()?.getMenuItemById(item);
        if (found === undefined || found === null) throw new Error(`the menu has no ${item}`);
        found.click();
      }, id);
    },
    startAgain: async (file) => {
      const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      const second = spawn(executablePath, [...flags, ...args, file], { env, stdio: 'ignore' });
      await new Promise((resolve) => second.once('close', resolve));
    },
    kill: async () => {
      const ended = app.waitForEvent('close');
      app.process().kill('SIGKILL');
      await ended;
    },
    close: async () => {
      if (!closed) {
        // Unsaved changes are the specs' own: without this the window would ask.
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((window) => window.destroy()));
        await app.close();
      }
      screen.stop();
      if (options.data === undefined) await rm(data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A saved file is a new file: the lab writes beside it and renames. */
async function versionOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? 'none' : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

function plainEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
