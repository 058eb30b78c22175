/** What must stay closed: the page's sandbox on the desktop, foreign Hosts and Origins in the browser. */
import { get, request } from 'node:http';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { methods } from '../../../src/lab/contract.ts';
import { door, type Driver, openDoor } from '../driver.ts';
import { startServer, stopServer } from '../browser.ts';

let driver: Driver;
beforeAll(async () => {
  driver = await openDoor();
});
afterAll(() => driver.close());

describe(`${door}: the page`, () => {
  it('runs no script that was written into it', async () => {
    const ran = await driver.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.written = true';
      document.body.append(script);
      return 'written' in globalThis;
    });
    expect(ran).toBe(false);
  });

  it('has no Node in reach', async () => {
    const found = await driver.page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
    );
    expect(found).toEqual([]);
  });
});

describe.skipIf(door !== 'browser')('browser: the server', () => {
  const status = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      get(driver.address, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on('error', reject);
    });

  it('refuses a foreign Host, so that no name can be bent to it', async () => {
    expect(await status({})).toBe(200);
    expect(await status({ host: 'lab.evil.example' })).toBe(403);
  });

  it('refuses a foreign Origin, even with the token of the page', async () => {
    const token = await driver.page.locator('meta[name="numaq-token"]').getAttribute('content');
    const answer = (origin: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { origin, 'content-type': 'application/json', 'x-numaq-token': token ?? '' };
        const sent = request(`${driver.address}api/catalogue`, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        sent.on('error', reject);
        sent.end('[]');
      });
    expect(await answer(new URL(driver.address).origin)).toBe(200);
    expect(await answer('http://evil.example')).toBe(403);
  });

  it('gives a page of another address nothing', async () => {
    const other = await driver.page.context().newPage();
    const { server, address } = await startServer(tmpdir());
    await other.goto(address);
    const outcome = await other.evaluate(
      (target) => fetch(`${target}api/catalogue`, { method: 'POST', body: '[]' }).then(String, (error) => error.name),
      driver.address,
    );
    expect(outcome).toBe('TypeError');
    await other.close();
    expect(await stopServer(server)).toBe(0);
  });
});

describe.skipIf(door === 'browser')(`${door}: the window`, () => {
  it('is sandboxed and isolated, without Node', async () => {
    const preferences = await driver.app?.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webviewTag } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webviewTag };
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
  });

  it('gets the methods of the contract, the events and the page’s size, and nothing else', async () => {
    const given = await driver.page.evaluate(() => Object.keys((globalThis as unknown as { numaq: object }).numaq));
    expect(given.sort()).toEqual([...Object.keys(methods), 'on', 'zoom'].sort());
  });

  it('answers a call that is not of the contract with what is wrong', async () => {
    const answer = await driver.page.evaluate(() =>
      (globalThis as unknown as { numaq: { openBuiltIn(id: unknown): Promise<unknown> } }).numaq.openBuiltIn(7),
    );
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'input' } });
  });

  it('opens no second window', async () => {
    await driver.page.evaluate(() => void window.open('app://lab/index.html'));
    expect(await driver.app?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  // Last: after a refused navigation Playwright waits for it.
  it('stays on its page', async () => {
    await driver.page.evaluate(() => void (location.href = 'https://evil.example/'));
    const url = await driver.app?.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getURL(),
    );
    expect(url).toBe('app://lab/index.html');
  });
});
