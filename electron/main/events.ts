/**
 * The lab's events, and the desktop's own (menu commands, files from outside), to the page. What is sent before the
 * page listens is kept for it: a file given on the command line arrives before the face is drawn.
 */
import type { BrowserWindow, IpcMain } from 'electron';
import { type EventName, eventNames, type LabEvents } from '../../src/lab/contract.ts';
import type { Lab } from '../../src/lab/door.ts';
import { isOwnPage } from './ipc.ts';

export interface PageEvents {
  send<E extends EventName>(event: E, payload: LabEvents[E]): void;
}

/** Forwards `lab`'s events to `window` and returns the way for the desktop's own. */
export function setupEvents(ipcMain: IpcMain, window: BrowserWindow, lab: Lab): PageEvents {
  const listening = new Set<EventName>();
  let waiting: (() => void)[] = [];

  const deliver = (event: EventName, payload: unknown): void => {
    if (!window.isDestroyed()) window.webContents.send(`lab:${event}`, payload);
  };
  const send: PageEvents['send'] = (event, payload) => {
    if (listening.has(event)) deliver(event, payload);
    else waiting.push(() => send(event, payload));
  };

  ipcMain.on('lab:listening', (message, name: unknown) => {
    const event = eventNames.find((candidate) => candidate === name);
    if (event === undefined || !isOwnPage(message, window)) return;
    listening.add(event);
    const late = waiting;
    waiting = [];
    late.forEach((again) => again());
  });
  window.webContents.on('did-start-loading', () => listening.clear());
  // Progress that nobody listens to is not kept: the next one says more.
  for (const event of eventNames) lab.on(event, (payload) => deliver(event, payload));
  return { send };
}
