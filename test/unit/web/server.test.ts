import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LabApi, LabEvents } from '../../../src/lab/contract.ts';
import type { Lab } from '../../../src/lab/door.ts';
import { serveLab, type WebServer } from '../../../src/web/server.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Called when the first bytes of the answer are here. */
  readonly onFirst?: () => void;
}

let server: WebServer;
let folder: string;
let token: string;
let emit: (payload: LabEvents['command']) => void;
let uploaded: { name: string | undefined; bytes: number } | undefined;

const lab: Lab = {
  api: {
    openBuiltIn: (id: string) => Promise.resolve({ handle: null, name: id, checked: { issues: [], assumed: [] } }),
  } as unknown as LabApi,
  on: (event, listener) => {
    if (event === 'command') emit = listener as typeof emit;
    return () => undefined;
  },
  openMachineFile: () => Promise.reject(new Error('no files here')),
  openTraceFile: async (path, name) => {
    const { readFile } = await import('node:fs/promises');
    uploaded = { name, bytes: (await readFile(path)).length };
    return { name: name ?? '', records: 0, kinds: [0, 0, 0, 0], regions: [], sha256: '' };
  },
  close: () => Promise.resolve(),
};

/** Asks by hand: fetch would not let a test set Host or Origin. */
function ask(path: string, { method = 'GET', headers = {}, body, onFirst }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, server.address), { method, headers, agent: false }, (response) => {
      let text = '';
      if (onFirst !== undefined) response.once('data', onFirst);
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (response.headers['content-type'] === 'text/event-stream' && text.includes('event:')) response.destroy();
      });
      response.on('close', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const call = (method: string, asking: Asking = {}): Promise<Answer> =>
  ask(`/api/${method}`, {
    method: 'POST',
    body: '["smp-8way"]',
    ...asking,
    headers: { 'content-type': 'application/json', 'x-numaq-token': token, ...asking.headers },
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'numaq-web-'));
  writeFileSync(join(folder, 'index.html'), '<meta name="numaq-token" content="" /><p>the face</p>');
  writeFileSync(join(folder, 'face.js'), 'export {};');
  server = await serveLab({ lab, pageDir: folder, port: 0 });
  token = /content="([^"]+)"/.exec((await ask('/')).body)?.[1] ?? '';
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('the browser door', () => {
  it('listens on loopback only and serves the face with a token of 32 characters', async () => {
    expect(new URL(server.address).hostname).toBe('127.0.0.1');
    const page = await ask('/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('the face');
    expect(token).toMatch(/^[\w-]{32}$/);
  });

  it('lets the page load scripts from its own address only', async () => {
    const { headers } = await ask('/');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('answers a call of its own page with a result', async () => {
    const answer = await call('openBuiltIn');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ ok: true, value: { name: 'smp-8way' } });
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1:1', '127.0.0.1', '[::1]:80'])(
    'refuses the Host %s on every address, with a sentence that says so',
    async (host) => {
      for (const path of ['/', '/face.js', '/events', '/api/catalogue']) {
        const answer = await ask(path, { headers: { host } });
        expect(answer.status).toBe(403);
        expect(answer.body).toContain('this lab answers only at 127.0.0.1:');
      }
    },
  );

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'refuses the Origin %s even with the token',
    async (origin) => {
      const answer = await call('openBuiltIn', { headers: { origin } });
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('may not use this lab');
    },
  );

  it('takes calls from its own Origin, by number or as localhost', async () => {
    const { port } = new URL(server.address);
    for (const name of ['127.0.0.1', 'localhost']) {
      const host = `${name}:${port}`;
      const answer = await call('openBuiltIn', { headers: { host, origin: `http://${host}` } });
      expect(answer.status).toBe(200);
    }
  });

  it('refuses what a browser marks as asked by another site', async () => {
    const answer = await call('openBuiltIn', { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(answer.status).toBe(403);
  });

  it.each(['', 'x', 'a'.repeat(32)])('refuses calls, events and uploads with the token "%s"', async (wrong) => {
    const headers = { 'x-numaq-token': wrong, 'content-type': 'application/json' };
    expect((await ask('/api/catalogue', { method: 'POST', headers, body: '[]' })).status).toBe(403);
    expect((await ask('/traces?name=x', { method: 'POST', headers, body: 'x' })).status).toBe(403);
    expect((await ask(`/events?token=${wrong}`)).status).toBe(403);
  });

  it('says what is wrong with a call that is no JSON, not for the contract, or asked by GET', async () => {
    const broken = await call('openBuiltIn', { body: '["smp' });
    expect(JSON.parse(broken.body)).toMatchObject({ ok: false, failure: { kind: 'input' } });
    const unknown = await call('__proto__');
    expect(JSON.parse(unknown.body)).toMatchObject({ ok: false, failure: { kind: 'input' } });
    const text = await call('openBuiltIn', { headers: { 'content-type': 'text/plain' } });
    expect(JSON.parse(text.body)).toMatchObject({ ok: false });
    expect((await ask('/api/catalogue')).status).toBe(405);
  });

  it('does not leave its folder for files', async () => {
    expect((await ask('/face.js')).status).toBe(200);
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/nothing.js']) {
      expect((await ask(path)).status).toBe(404);
    }
  });

  it("streams the lab's events to a page with the token", async () => {
    const onFirst = (): void => emit({ id: 'file.save' });
    const { headers, body } = await ask(`/events?token=${token}`, { onFirst });
    expect(headers['content-type']).toBe('text/event-stream');
    expect(body).toContain('event: command\ndata: {"id":"file.save"}\n\n');
  });

  it('hands an upload to the lab under its bare name and removes it afterwards', async () => {
    vi.stubEnv('TMPDIR', folder);
    const body = Buffer.alloc(3_000_000, 'x');
    const headers = { 'x-numaq-token': token, 'content-type': 'application/octet-stream' };
    const answer = await ask(`/traces?name=${encodeURIComponent('../../etc/sort.lackey')}`, {
      method: 'POST',
      headers,
      body,
    });
    expect(JSON.parse(answer.body)).toMatchObject({ ok: true, value: { name: 'sort.lackey' } });
    expect(uploaded).toEqual({ name: 'sort.lackey', bytes: 3_000_000 });
    expect(readdirSync(folder).sort()).toEqual(['face.js', 'index.html']);
    vi.unstubAllEnvs();
  });
});
