/** The page's calls: from our window's own page only, by name and schema of the contract (the lab's dispatcher). */
import type { BrowserWindow, IpcMain, IpcMainInvokeEvent } from 'electron';
import type { Lab } from '../../src/lab/door.ts';
import { toFailure } from '../../src/lab/failure.ts';
import { dispatcher } from '../../src/lab/serve.ts';
import { PAGE_ORIGIN } from './page.ts';

/** Answers `lab:call` with results; nothing is thrown across. */
export function setupIpc(ipcMain: IpcMain, window: BrowserWindow, lab: Lab): void {
  const dispatch = dispatcher(lab.api);
  ipcMain.handle('lab:call', (event, method: unknown, params: unknown) => {
    if (isOwnPage(event, window)) return dispatch(method, params);
    return { ok: false, failure: toFailure(new Error('Refused: only the window of the lab may call it.')) };
  });
}

/** True where the message came from the top frame of our window, and that frame still shows the face. */
export function isOwnPage(event: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>, window: BrowserWindow): boolean {
  const { sender, senderFrame } = event;
  if (window.isDestroyed() || sender !== window.webContents || senderFrame === null) return false;
  return senderFrame === sender.mainFrame && senderFrame.url.startsWith(`${PAGE_ORIGIN}/`);
}
