// @vitest-environment node
/**
 * The browser's server as a process of its own, killed (SIGKILL) at random moments while somebody edits over its http
 * door, and started again on the same data. NUMAQ_KILLS=100 kills it more often.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../src/lab/contract.ts';
import { bundle } from '../../test/unit/bundle.ts';
import type { Client } from '../client/client.ts';
import { AutosaveState } from './autosave.ts';
import { DialogsState } from './dialogs.svelte.ts';
import { NoticeState } from './notice.svelte.ts';
import type { Tab } from './tab.svelte.ts';
import { TabsState } from './tabs.svelte.ts';

const KILLS = Number(process.env['NUMAQ_KILLS'] ?? 3);
/** Nothing older than this may be lost. */
const LOST_MS = 2000;

const METHODS = [
  'check',
  'lowMemory',
  'xray',
  'xrayRun',
  'xraySeen',
  'openBuiltIn',
  'keepUnsaved',
  'keepTabs',
  'dropUnsaved',
  'recoverUnsaved',
] as const;
type EditClient = Pick<Client, (typeof METHODS)[number]>;
/** Machines that are edited in turn, each in a tab. */
const MACHINES = ['numaq-4g-4quad', 'smp-8way', 'pc-256m'];

let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'numaq-kill-'));
  // Laid out as dist/: the program looks for the face beside its own folder.
  program = await bundle('src/web/web.ts', join(folder, 'dist/web'));
  mkdirSync(join(folder, 'dist/renderer'));
  writeFileSync(join(folder, 'dist/renderer/index.html'), '<meta name="numaq-token" content="" />');
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function post(address: string, path: string, token: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-numaq-token': token };
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(new URL(path, address), { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', reject);
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

interface Running {
  readonly server: ChildProcess;
  readonly client: EditClient;
}

async function start(data: string): Promise<Running> {
  const server = spawn(process.execPath, [program], {
    env: { ...process.env, XDG_CONFIG_HOME: data, APPDATA: data, HOME: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said);
      if (found !== null) resolve(found[0]);
    });
    server.once('close', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
  const token = /content="([^"]+)"/.exec(await post(address, '/', ''))?.[1] ?? '';
  const call = (method: string) => {
    return async (...params: readonly unknown[]): Promise<unknown> => {
      const result = JSON.parse(
        await post(address, `/api/${method}`, token, JSON.stringify(params)),
      ) as Result<unknown>;
      if (!result.ok) throw new Error(result.failure.message);
      return result.value;
    };
  };
  return { server, client: Object.fromEntries(METHODS.map((name) => [name, call(name)])) as unknown as EditClient };
}

function kill(server: ChildProcess): Promise<unknown> {
  const ended = new Promise((resolve) => server.once('close', resolve));
  server.kill('SIGKILL');
  return ended;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Edits are numbered: the last one that a tab has; 0 before the first. */
const numberOf = ({ machine }: Tab): number => Number(/^E(\d+)$/.exec(machine.profile?.title ?? '')?.[1] ?? 0);

describe('a server that is killed while somebody edits', () => {
  it(
    `loses nothing in any tab that was in force for ${LOST_MS / 1000} s, at ${KILLS} random moments`,
    async () => {
      const seed = Number(process.env['NUMAQ_SEED'] ?? 20011);
      let state = seed;
      const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const data = join(folder, 'data');
      /** Of each tab by its id, the number that has to be there again at least. */
      let last: ReadonlyMap<string, number> | undefined;
      let next = 1;

      for (let round = 0; round <= KILLS; round++) {
        const at = `seed ${seed}, round ${round}`;
        const { server, client } = await start(data);
        const tabs = new TabsState({ client, dialogs: new DialogsState(), notice: new NoticeState() });
        const windowId = (): Promise<string> => Promise.resolve(crypto.randomUUID());
        const autosave = new AutosaveState({
          client,
          tabs,
          windowId,
          say: () => undefined,
          lookAgain: () => undefined,
        });
        const found = await autosave.recover();
        if (last === undefined) {
          expect(found).toBe(false);
          for (const id of MACHINES) tabs.open(await client.openBuiltIn(id));
          // Which tabs there are is known after the first second; what each has is what the kills are about.
          await autosave.flush();
        } else {
          expect(found, at).toBe(true);
          expect(
            tabs.list.map(({ id }) => id),
            at,
          ).toEqual([...last.keys()]);
          for (const tab of tabs.list) {
            expect(numberOf(tab), at).toBeGreaterThanOrEqual(last.get(tab.id) ?? 0);
            expect(tab.machine.history.entries[0]?.profile.title, at).not.toMatch(/^E/);
          }
        }
        if (round === KILLS) {
          await autosave.stop();
          await kill(server);
          break;
        }
        const made: { readonly tab: Tab; readonly number: number; readonly at: number }[] = [];
        const began = new Map(tabs.list.map((tab) => [tab.id, numberOf(tab)]));
        const until = performance.now() + 600 + random() * 2600;
        while (performance.now() < until) {
          const tab = tabs.list[Math.floor(random() * tabs.list.length)];
          const number = next++;
          await tab.machine.edit('title', `E${number}`);
          made.push({ tab, number, at: performance.now() });
          await sleep(random() * 120);
        }
        await kill(server);
        const dead = performance.now();
        await autosave.stop();
        const old = made.filter((edit) => dead - edit.at >= LOST_MS);
        last = new Map(
          [...began].map(([id, number]) => [id, old.findLast(({ tab }) => tab.id === id)?.number ?? number]),
        );
      }
    },
    60_000 + KILLS * 8000,
  );
});
