/** The one window: sandboxed, on the face only, with the bounds it had the last time. */
import type { BrowserWindow, Screen, Shell } from 'electron';
import { readWindowState, rememberWindowState } from './window-state.ts';
import { PAGE_URL } from './page.ts';

interface WindowParts {
  readonly BrowserWindow: typeof BrowserWindow;
  readonly screen: Screen;
  readonly shell: Shell;
  readonly preload: string;
  readonly icon: string;
  /** Shown until the page is drawn. */
  readonly background: string;
  /** Where bounds are kept. */
  readonly stateFile: string;
}

/** Opens the window and loads the face; it shows itself when there is something to see. */
export function createWindow(parts: WindowParts): BrowserWindow {
  const { bounds, maximized } = readWindowState(parts.stateFile, parts.screen);
  const window = new parts.BrowserWindow({
    ...bounds,
    minWidth: 900,
    minHeight: 600,
    show: false,
    backgroundColor: parts.background,
    title: 'NUMA-Q Lab',
    icon: parts.icon,
    webPreferences: {
      preload: parts.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberWindowState(window, parts.stateFile);
  keepOnPage(window, parts.shell);
  void window.loadURL(PAGE_URL);
  return window;
}

/** No navigation, no popups; a link of a machine's notes opens in the person's own browser. */
function keepOnPage({ webContents }: BrowserWindow, shell: Shell): void {
  webContents.on('will-navigate', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
}
