/**
 * The desktop's preload: puts the contract's methods and events and the page's size on the window as `numaq`, and nothing else. It runs
 * sandboxed; names come from the contract, and main checks every call again.
 */
import { contextBridge, ipcRenderer, webFrame } from 'electron';
import type { IpcRendererEvent } from 'electron';
import { eventNames, methods } from '../../src/lab/contract.ts';

const calls = Object.fromEntries(
  Object.keys(methods).map((name) => [
    name,
    (...params: readonly unknown[]): Promise<unknown> => ipcRenderer.invoke('lab:call', name, params),
  ]),
);

function on(event: string, listener: (payload: unknown) => void): () => void {
  if (!(eventNames as readonly string[]).includes(event)) throw new TypeError(`there is no event "${event}"`);
  const forward = (_: IpcRendererEvent, payload: unknown): void => listener(payload);
  ipcRenderer.on(`lab:${event}`, forward);
  ipcRenderer.send('lab:listening', event);
  return () => {
    ipcRenderer.off(`lab:${event}`, forward);
  };
}

/** Within the bounds of the settings, whatever the page asks for. */
function zoom(factor: number): void {
  if (Number.isFinite(factor)) webFrame.setZoomFactor(Math.min(2, Math.max(0.8, factor)));
}

contextBridge.exposeInMainWorld('numaq', { ...calls, on, zoom });
