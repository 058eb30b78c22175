/** Every action of the window has a key of its own, a title of its own, and words in the palette. */
import { describe, expect, it } from 'vitest';
import { bindingsOf } from './shortcuts.ts';
import { Lab } from './lab.svelte.ts';
import type { Command } from './commands.ts';
import { aRun, catalogue, idleClient } from '../panels/testing.ts';

const client = { ...idleClient, door: 'browser' } as unknown as ConstructorParameters<typeof Lab>[0];
const lab = new Lab(client, catalogue);
const commands: readonly Command[] = lab.commands;
/** One key goes to the next warning, or in the X-ray to the next miss. */
const SHARED = ['N: playhead.nextWarning, xray.nextMiss', 'Shift+N: playhead.previousWarning, xray.previousMiss'];

describe('commands', () => {
  it('have each a key', () => {
    expect(commands.filter(({ keys }) => keys.length === 0).map(({ id }) => id)).toEqual([]);
  });

  it('have each an id and a title of its own', () => {
    for (const of of ['id', 'title'] as const) {
      const all = commands.map((command) => command[of]);
      expect(all.filter((one, index) => all.indexOf(one) !== index)).toEqual([]);
    }
  });

  it('have no keys that another one has, but for warnings and misses', () => {
    for (const mac of [false, true]) {
      const owners = new Map<string, string>();
      const doubled: string[] = [];
      for (const { id, keys } of commands) {
        for (const binding of new Set(keys.flatMap((one) => bindingsOf(one, mac)))) {
          const owner = owners.get(binding);
          if (owner !== undefined) doubled.push(`${binding}: ${owner}, ${id}`);
          owners.set(binding, id);
        }
      }
      expect(doubled).toEqual(SHARED);
    }
  });

  it('go to the next warning of a run, and leave the key to the next miss where requests are laid open', () => {
    const run = aRun();
    run.timeNs = 1000;
    run.markers = [{ timeNs: 500, kind: 'below low', text: 'DMA 0: 1', node: 0 }];
    lab.runs.current = run;
    lab.playhead.go(100);
    const warning = commands.find(({ id }) => id === 'playhead.nextWarning');
    expect(warning?.enabled()).toBe(true);
    lab.view.show('xray');
    expect(warning?.enabled()).toBe(false);
    lab.playhead.cancel();
  });
});
