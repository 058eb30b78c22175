/** The desktop door: what it is set up of, in order. Each part gets what it needs of Electron handed in. */
import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, screen, session, shell } from 'electron';
import { createLab } from '../../src/lab/lab.ts';
import { createDialogs } from './dialogs.ts';
import { setupEvents } from './events.ts';
import { setupGivenFiles } from './given-files.ts';
import { setupIpc } from './ipc.ts';
import { setupMenu } from './menu.ts';
import { setupPermissions } from './permissions.ts';
import { registerPageScheme, setupPage } from './page.ts';
import { setupQuit } from './quit.ts';
import { createWindow } from './window.ts';

const dist = join(__dirname, '..');

registerPageScheme(protocol);

if (app.requestSingleInstanceLock()) {
  const givenFiles = setupGivenFiles(app);
  void app.whenReady().then(async () => {
    setupPage(protocol, join(dist, 'renderer'));
    setupPermissions(session.defaultSession);

    const window = createWindow({
      BrowserWindow,
      screen,
      shell,
      preload: join(dist, 'preload/preload.cjs'),
      icon: join(dist, 'renderer/icon.png'),
      background: nativeTheme.shouldUseDarkColors ? '#0D1015' : '#ECEFF2',
      stateFile: join(app.getPath('userData'), 'window.json'),
    });
    const lab = createLab({
      dataDir: app.getPath('userData'),
      workerPath: join(dist, 'main/run.worker.cjs'),
      dialogs: createDialogs(dialog, window, app.getPath('documents')),
    });
    const events = setupEvents(ipcMain, window, lab);
    setupIpc(ipcMain, window, lab);
    setupMenu(Menu, app.name, events);
    setupQuit(app, window, lab, events);
    givenFiles.deliver(lab, window, events);
  });
} else {
  app.quit();
}
