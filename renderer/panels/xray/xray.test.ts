import { describe, expect, it } from 'vitest';
import { xrayMachine } from '../../../src/sim/engine/boot-kernel.ts';
import type { Xray, XrayRequest, XrayTest } from '../../../src/sim/kernel/alloc/xray.ts';
import { machineOn } from '../testing.ts';
import { barText, scaleOf, shownOf, testText } from './rows.ts';
import { stationsOf } from './stations.ts';
import { XrayState } from './xray.svelte.ts';

const { profile } = machineOn('numaq-64g-8quad');
if (profile === null) throw new Error('no profile');
const machine = profile;
const request: XrayRequest = { node: 3, mask: 'GFP_HIGHUSER', order: 0, memalloc: false };
const test = (change: Partial<XrayTest> = {}): XrayTest => {
  const plain = { at: 0, free: 251, before: 1, mark: 256, reserve: 0, bar: 257, byHigh: false, failedOrder: 0 };
  return { ...plain, outcome: 'refused', ...change };
};

describe('a test in words', () => {
  it('compares what was free with the bar as the kernel does', () => {
    expect(testText(test(), '≥')).toBe('251 < 257');
    expect(testText(test({ free: 257, outcome: 'taken' }), '≥')).toBe('257 ≥ 257');
    expect(testText(test({ free: 257 }), '>')).toBe('257 ≤ 257');
    expect(testText(test({ byHigh: true, outcome: 'taken' }), '≥')).toBe('has its high mark');
    expect(testText(test({ outcome: 'not reached' }), '≥')).toBe('–');
    expect(testText(test({ bar: null, outcome: 'taken' }), '>')).toBe('no test');
  });

  it('shows the sum that the bar is', () => {
    expect(barText(test({ before: 2017, mark: 30 }))).toBe('2,017 + 30 =');
    expect(barText(test({ reserve: 420 }))).toBe('1 + 256 + 420 =');
  });
});

describe('of a walk through thousands of zones', () => {
  it('the first, the one that gives and some behind it are shown, and the others counted', () => {
    const tests = Array.from({ length: 1000 }, (_, at) =>
      test({ at, outcome: at < 600 ? 'refused' : at === 600 ? 'taken' : 'not reached' }),
    );
    const shown = shownOf({ tests });
    expect(shown.tests.find(({ outcome }) => outcome === 'taken')?.at).toBe(600);
    expect(shown.tests.length + shown.skipped + shown.behind).toBe(1000);
    expect(new Set(shown.tests.map(({ at }) => at)).size).toBe(shown.tests.length);
  });
});

describe('figures on the scale', () => {
  it('stand in their order, and what is beyond it is cut off', () => {
    const xray = xrayMachine(machine, request);
    const scale = scaleOf(xray, xray.walks[0]);
    const places = [128, 256, 257, 384, 513, 2559].map(scale);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(places[5]).toBeLessThan(1);
    expect(scale(2_074_112)).toBe(1);
    expect(scale(0)).toBe(0);
  });
});

describe('the nodes that a request was carried to', () => {
  it('are each named once, and the one that gives last', () => {
    const zones = [3, 4, 4, 5].map((node) => ({ node })) as unknown as Xray['zones'];
    const walk = { walk: 'low', words: '', woken: 0, fallback: false } as const;
    const low = [0, 1, 2, 3].map((at) => test({ at }));
    const min = [test({ at: 0 }), test({ at: 1, outcome: 'taken' }), test({ at: 2, outcome: 'not reached' })];
    expect(
      stationsOf({
        zones,
        walks: [
          { ...walk, tests: low },
          { ...walk, tests: min },
        ],
      }),
    ).toEqual([3, 5, 4]);
  });
});

describe('the request on the table', () => {
  const answer = (of: XrayRequest): Xray => ({ ...xrayMachine(machine, request), request: of });

  it('is asked once it stands still: of several changes the last one is answered', async () => {
    const asked: number[] = [];
    const xray = new XrayState({
      xray: async (_profile, of) => {
        asked.push(of.node);
        await Promise.resolve();
        return answer(of);
      },
      xrayRun: () => Promise.reject(new Error('no run')),
      xraySeen: () => Promise.reject(new Error('no moment')),
    });
    for (const node of [1, 2, 3, 4]) {
      xray.change({ node });
      void xray.ask(machine, 'boot');
    }
    await xray.ask(machine, 'boot');
    expect(asked).toEqual([1, 4]);
    expect(xray.result?.request.node).toBe(4);
  });

  it('is of the zones that somebody wanted, while they are there', () => {
    const none = (): Promise<never> => Promise.reject(new Error('nobody asks'));
    const xray = new XrayState({ xray: none, xrayRun: none, xraySeen: none });
    const sources = (): string[] =>
      [
        { isActive: true, isBack: true },
        { isActive: true, isBack: false },
        { isActive: false, isBack: true },
        { isActive: false, isBack: false },
      ].map((where) => xray.sourceOf(where));
    expect(sources(), 'those of the playhead, until somebody wants others').toEqual(['seen', 'run', 'seen', 'boot']);
    xray.wanted = 'run';
    expect(sources()).toEqual(['run', 'run', 'boot', 'boot']);
    xray.wanted = 'boot';
    expect(sources()).toEqual(['boot', 'boot', 'boot', 'boot']);
  });

  it('keeps the last answer beside what was wrong', async () => {
    const xray = new XrayState({
      xray: (_profile, of) => Promise.resolve(answer(of)),
      xrayRun: () => Promise.reject(new Error('the run is over')),
      xraySeen: (of) => Promise.resolve({ ...answer(of), title: 'at the playhead' }),
    });
    await xray.ask(machine, 'boot');
    await xray.ask(machine, { runId: 'run-1' });
    expect(xray.wrong).toEqual(['the run is over']);
    expect(xray.result?.request.node).toBe(0);
    await xray.ask(machine, 'seen');
    expect([xray.wrong, xray.result?.title]).toEqual([[], 'at the playhead']);
  });
});
