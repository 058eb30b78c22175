/**
 * The browser door's client: calls over http, events as server-sent events. What is a dialog on the desktop is an
 * upload or a download here, and recent machines are kept in this browser (recent-store.ts).
 */
import type { LabApi, OpenedMachine, Result, SavedFile } from '../../src/lab/contract.ts';
import { shapeOf } from '../../src/lab/machine-shape.ts';
import type { Client } from './client.ts';
import { EventHub } from './events.ts';
import { failed, LabError, NO_ANSWER, plain, unwrap } from './failure.ts';
import { chooseFile, download, fromBase64 } from './files.ts';
import * as recent from './recent-store.ts';

const JSON_FILES = '.json,application/json';
const TEXT_LIMIT = 64 * 1024 * 1024;

/** What the browser door answers itself, since a page cannot name a file of the disk. */
type Local = Pick<
  LabApi,
  | 'openMachine'
  | 'openRecent'
  | 'recentMachines'
  | 'forgetRecent'
  | 'saveMachine'
  | 'saveMachineAs'
  | 'openTrace'
  | 'openScript'
  | 'openRun'
  | 'saveRunAs'
  | 'saveFile'
  | 'recoverUnsaved'
>;

function token(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="numaq-token"]')?.content ?? '';
}

async function post(method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(`/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-numaq-token': token() },
    body: JSON.stringify(params),
  }).catch(() => {
    throw failed(NO_ANSWER);
  });
  return unwrap(await resultOf(response));
}

async function resultOf(response: Response): Promise<Result<unknown>> {
  const body = await response.text();
  try {
    return JSON.parse(body) as Result<unknown>;
  } catch {
    throw failed(body === '' ? `The lab answered with status ${response.status}.` : body);
  }
}

/** Sends a file in one stream; XMLHttpRequest, since fetch does not report what has been sent. */
function upload(file: File, onProgress: (progress: number) => void): Promise<Result<unknown>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/traces?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-numaq-token', token());
    request.upload.onprogress = (event): void => onProgress(event.total === 0 ? 0 : event.loaded / event.total);
    request.onerror = (): void => reject(failed(NO_ANSWER));
    request.onload = (): void => {
      resultOf(new Response(request.responseText, { status: request.status })).then(resolve, reject);
    };
    request.send(file);
  });
}

async function remember(opened: OpenedMachine, handle: string | null, text: string): Promise<OpenedMachine> {
  const { name, checked } = opened;
  if (checked.profile === undefined) return opened;
  const { profile } = checked;
  const kept = recent.keep({ handle, name, title: profile.title, text, shape: shapeOf(profile) });
  return { ...opened, handle: kept };
}

/** A name that the save of this machine should have: what it was opened under, whatever the browser made of its path. */
function fileName(name: string, suffix: string): string {
  const base = name.replace(/[\\/:*?"<>|]+/g, '-').trim();
  return base.endsWith('.json') ? base : `${base === '' ? 'machine' : base}${suffix}`;
}

/** A client over http. Rejects with a LabError where the server does not answer or refuses this page. */
export async function connectBrowser(): Promise<Client> {
  const events = await EventHub.open(`/events?token=${encodeURIComponent(token())}`);
  const call = (method: string): ((...params: readonly unknown[]) => Promise<unknown>) => {
    return (...params) => post(method, plain(params));
  };
  const api = new Proxy({} as LabApi, {
    // `then` is asked for by `await`: a client is no promise.
    get: (_, name) => (typeof name === 'string' && name !== 'then' ? call(name) : undefined),
  });

  const save = async (handle: string | null, name: string, profile: unknown): Promise<SavedFile> => {
    const text = await api.formatMachine(profile);
    const { checked } = await api.parseMachine(name, text);
    download(name, text, 'application/json');
    const { profile: saved } = checked;
    const known = saved === undefined ? { title: name } : { title: saved.title, shape: shapeOf(saved) };
    return { handle: recent.keep({ handle, name, text, ...known }), name };
  };

  const local: Local = {
    openMachine: async () => {
      const file = await chooseFile(JSON_FILES);
      if (file === null) return null;
      if (file.size > TEXT_LIMIT) throw tooLarge(file, 'machine');
      const text = await file.text();
      return remember(await api.parseMachine(file.name, text), null, text);
    },
    openRecent: async (handle) => {
      const entry = recent.find(handle);
      return remember(await api.parseMachine(entry.name, entry.text), handle, entry.text);
    },
    recentMachines: async () => recent.list(),
    forgetRecent: async (handle) => {
      recent.forget(handle);
      return null;
    },
    saveMachine: async (handle, profile) => save(handle, recent.find(handle).name, profile),
    saveMachineAs: async (name, profile) => save(null, fileName(name, '.numaq.json'), profile),
    recoverUnsaved: async (window) => {
      const found = await api.recoverUnsaved(window);
      // Another browser, or another address of the server, has other recent machines: then the save asks for a name.
      const known = new Set<string | null>(recent.list().map(({ handle }) => handle));
      const tabs = found?.tabs.map((tab) =>
        known.has(tab.opened.handle) ? tab : { ...tab, opened: { ...tab.opened, handle: null } },
      );
      return found === null || tabs === undefined ? null : { ...found, tabs };
    },
    openTrace: async () => {
      const file = await chooseFile('');
      if (file === null) return null;
      const progress = (value: number): void => events.emit('traceProgress', { name: file.name, progress: value / 2 });
      return unwrap(await upload(file, progress)) as Awaited<ReturnType<LabApi['openTrace']>>;
    },
    openScript: async () => {
      const file = await chooseFile(JSON_FILES);
      if (file === null) return null;
      if (file.size > TEXT_LIMIT) throw tooLarge(file, 'script');
      return api.parseScript(file.name, await file.text());
    },
    openRun: async () => {
      const file = await chooseFile(JSON_FILES);
      if (file === null) return null;
      if (file.size > TEXT_LIMIT) throw tooLarge(file, 'run');
      return api.parseRun(file.name, await file.text());
    },
    saveRunAs: async (runId, name) => {
      const saved = fileName(name, '.numaq-run.json');
      download(saved, await api.formatRun(runId), 'application/json');
      return { handle: runId, name: saved };
    },
    saveFile: async ({ name, type, content }) => {
      const saved = fileName(name, '');
      download(saved, 'text' in content ? content.text : fromBase64(content.base64), type);
      return saved;
    },
  };
  const own: Partial<Client> = { ...local, door: 'browser', on: (event, listener) => events.on(event, listener) };
  return new Proxy(api as Client, {
    get: (target, name, receiver) =>
      Object.hasOwn(own, name) ? own[name as keyof Client] : Reflect.get(target, name, receiver),
  });
}

function tooLarge(file: File, what: string): LabError {
  const expected = `a ${what} file of at most 64 MiB`;
  const found = `${Math.ceil(file.size / 2 ** 20)} MiB`;
  const issue = { code: 'too-large', path: '', expected, found, message: `expected ${expected}, found ${found}` };
  return new LabError({
    kind: 'input',
    message: `${file.name}: ${issue.message}`,
    source: file.name,
    issues: [issue],
  });
}
