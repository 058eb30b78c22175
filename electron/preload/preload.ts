/**
 * The desktop's preload: puts the contract's methods and events on the window as `numaq`, and nothing else. It runs
 * sandboxed; names come from the contract, and main checks every call again.
 */
import { contextBridge, ipcRenderer } from 'electron';
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

contextBridge.exposeInMainWorld('numaq', { ...calls, on });
