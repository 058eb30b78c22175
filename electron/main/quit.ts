/**
 * The end: a window with unsaved changes asks first, and the lab stops its runs and removes its temporary files before
 * the app is gone. The page holds the window by `beforeunload`; it is then sent `file.close`, asks, and closes itself.
 */
import type { App, BrowserWindow } from 'electron';
import type { Lab } from '../../src/lab/door.ts';
import type { PageEvents } from './events.ts';

/** Wires closing of `window` and quitting of `app`. */
export function setupQuit(app: App, window: BrowserWindow, lab: Lab, events: PageEvents): void {
  window.webContents.on('will-prevent-unload', () => events.send('command', { id: 'file.close' }));
  app.on('window-all-closed', () => app.quit());

  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    const done = (): void => {
      closed = true;
      app.quit();
    };
    lab.close().then(done, done);
  });
}
