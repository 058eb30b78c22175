import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { checkMachine } from '../../../src/lab/machines.ts';
import type { Checked } from '../../../src/lab/contract.ts';
import { aRun } from '../testing.ts';
import { LayoutsState } from './layouts.svelte.ts';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) {
    await Promise.resolve();
    flushSync();
  }
};

describe('the layouts of compared machines', () => {
  it('are asked for once, and again only by who asks again where the lab could not say', async () => {
    const run = aRun();
    let asked = 0;
    let answers = false;
    const check = (profile: unknown): Promise<Checked> => {
      asked += 1;
      return answers ? Promise.resolve(checkMachine(profile)) : Promise.reject(new Error('not now'));
    };
    const layouts = new LayoutsState({ check });
    const seen: boolean[] = [];
    const stop = $effect.root(() => {
      $effect(() => layouts.ask([run]));
      $effect(() => void seen.push(layouts.of(run) !== null));
    });
    flushSync();
    await settled();
    expect(asked).toBe(1);
    answers = true;
    layouts.ask([run]);
    layouts.ask([run]);
    await settled();
    expect([asked, seen.at(-1)]).toEqual([2, true]);
    stop();
  });
});
