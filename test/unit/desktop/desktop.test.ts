import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindow, IpcMainInvokeEvent } from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machineFiles } from '../../../electron/main/given-files.ts';
import { isOwnPage } from '../../../electron/main/ipc.ts';
import { readWindowState } from '../../../electron/main/window-state.ts';

describe('files given to the desktop app', () => {
  it('are the machine files among the arguments, as absolute paths', () => {
    const argv = ['/opt/electron', '--no-sandbox', '.', 'one.numaq.json', '/tmp/two.json', '--x=three.json', 'run.log'];
    expect(machineFiles(argv, '/home/a')).toEqual(['/home/a/one.numaq.json', '/tmp/two.json']);
  });
});

describe('a call over ipc', () => {
  const frame = { url: 'app://lab/index.html' };
  const contents = { mainFrame: frame };
  const window = { webContents: contents, isDestroyed: () => false } as unknown as BrowserWindow;
  const from = (sender: unknown, senderFrame: unknown): boolean =>
    isOwnPage({ sender, senderFrame } as IpcMainInvokeEvent, window);

  it('is taken from the top frame of the window while it shows the face', () => {
    expect(from(contents, frame)).toBe(true);
  });

  it('is refused from another window, another frame, a frame that is gone, and another page', () => {
    expect(from({ mainFrame: frame }, frame)).toBe(false);
    expect(from(contents, { url: 'app://lab/index.html' })).toBe(false);
    expect(from(contents, null)).toBe(false);
    const moved = { url: 'https://evil.example/app://lab/' };
    const elsewhere = { webContents: { mainFrame: moved }, isDestroyed: () => false } as unknown as BrowserWindow;
    const event = { sender: elsewhere.webContents, senderFrame: moved } as unknown as IpcMainInvokeEvent;
    expect(isOwnPage(event, elsewhere)).toBe(false);
  });
});

describe('the bounds of the window', () => {
  const screen = {
    getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }),
  } as unknown as Parameters<typeof readWindowState>[1];
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'numaq-window-'));
    file = join(folder, 'window.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are those of the last time', () => {
    const state = { bounds: { x: 100, y: 50, width: 1200, height: 800 }, maximized: true };
    writeFileSync(file, JSON.stringify(state));
    expect(readWindowState(file, screen)).toEqual(state);
  });

  it.each([
    ['no file', undefined],
    ['a broken file', '{"bounds":'],
    ['a file of something else', '{"bounds":{"x":"left"},"maximized":1}'],
    ['a window on a screen that is gone', '{"bounds":{"x":-3000,"y":0,"width":1200,"height":800},"maximized":false}'],
    ['a title bar above the screen', '{"bounds":{"x":0,"y":-500,"width":1200,"height":800},"maximized":false}'],
  ])('are the first ones with %s', (_, text) => {
    if (text !== undefined) writeFileSync(file, text);
    expect(readWindowState(file, screen).bounds).toEqual({ width: 1440, height: 900 });
  });
});
