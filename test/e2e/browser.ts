/** The browser door for the specs: the built server as a program of its own, and a headless Chromium in front of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '../../build/browser.mjs';
import type { DoorOptions, Driver } from './driver.ts';
import { root } from './paths.ts';

/** Serves the lab and opens its page. */
export async function openBrowserDoor(options: DoorOptions): Promise<Driver> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'numaq-e2e-')));
  const { server, address } = await startServer(data);
  const browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
    colorScheme: 'dark',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  await page.goto(address);

  return {
    door: 'browser',
    page,
    address,
    app: undefined,
    answerOpen: async (file, act) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), act()]);
      await chooser.setFiles(file);
    },
    answerSave: async (file, act) => {
      const [saved] = await Promise.all([page.waitForEvent('download'), act()]);
      await saved.saveAs(file);
    },
    menu: async (_id, title) => {
      await page.keyboard.press('Control+K');
      const palette = page.getByRole('dialog');
      await palette.getByRole('combobox').or(palette.getByRole('textbox')).first().fill(title);
      await palette.getByRole('option', { name: title }).first().click();
    },
    startAgain: () => Promise.reject(new Error('the browser door is not started twice')),
    kill: async () => {
      const ended = new Promise((resolve) => server.once('close', resolve));
      server.kill('SIGKILL');
      await ended;
      await browser.close();
    },
    close: async () => {
      await browser.close();
      await stopServer(server);
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}

/** Starts `dist/web/web.cjs` and waits for the address that it prints. */
export function startServer(data: string): Promise<{ server: ChildProcess; address: string }> {
  const server = spawn(process.execPath, [join(root, 'dist/web/web.cjs')], {
    env: { ...process.env, XDG_CONFIG_HOME: data, APPDATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
      if (address !== undefined) resolve({ server, address });
    });
    server.once('close', (code) => reject(new Error(`the server ended with code ${code} and said: ${said}`)));
  });
}

/** Asks a server to stop; resolves to its exit code. */
export async function stopServer(server: ChildProcess): Promise<number | null> {
  if (server.exitCode !== null || server.signalCode !== null) return server.exitCode;
  const ended = new Promise<number | null>((resolve) => server.once('close', resolve));
  server.kill('SIGTERM');
  return ended;
}
