import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunStep } from '../../../src/lab/contract.ts';
import type { Xray, XrayTest } from '../../../src/sim/kernel/alloc/xray.ts';
import { PlayheadState } from '../../state/playhead.svelte.ts';
import type { Run } from '../../state/run.svelte.ts';
import { aRun } from '../testing.ts';
import { MissesState } from './misses.svelte.ts';
import { shortagesOf } from './rows.ts';
import { policyText, requestOf, takenText, zoneText } from './seen-text.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A run under way, and a playhead in it whose moments nobody answers. */
function underWay(): {
  run: Run;
  steps: RunStep[];
  playhead: PlayheadState;
  misses: MissesState;
  stopAt(ns: number): void;
} {
  const run = aRun();
  run.id = 'run-1';
  run.state = 'running';
  const steps: RunStep[] = [];
  const playhead = new PlayheadState(
    { current: run },
    { seek: () => new Promise(() => undefined), stopSeeking: () => Promise.resolve(null) },
  );
  const misses = new MissesState(
    {
      get active() {
        return run.active ? run : null;
      },
      current: run,
      step: (step) => Promise.resolve(void steps.push(step)),
    },
    playhead,
  );
  const stopAt = (ns: number): void => {
    run.timeNs = ns;
    run.state = 'paused';
    misses.arrived(run);
  };
  return { run, steps, playhead, misses, stopAt };
}

describe('the way over the misses of a run', () => {
  it('lets the run go on to the next one, and lays its request open where it stops', () => {
    const { steps, misses, stopAt } = underWay();
    expect([misses.canGoOn, misses.before]).toEqual([true, null]);
    misses.next();
    expect(steps).toEqual([{ by: 'miss' }]);
    expect([misses.onTheWay, misses.canGoOn, misses.opening]).toEqual([true, false, false]);
    stopAt(100);
    expect([misses.onTheWay, misses.opening, misses.stops]).toEqual([false, true, [100]]);
  });

  it('lays nothing open where the screen has left the miss meanwhile', () => {
    const { run, playhead, misses, stopAt } = underWay();
    misses.next();
    stopAt(100);
    playhead.go(40);
    expect(misses.opening).toBe(false);
    playhead.go(null);
    expect(misses.opening).toBe(true);
    run.timeNs = 130;
    expect(misses.opening).toBe(false);
  });

  it('goes back over the stops by the playhead and forth again, and then on with the run', () => {
    const { steps, playhead, misses, stopAt } = underWay();
    for (const ns of [100, 250, 400]) {
      misses.next();
      stopAt(ns);
    }
    misses.previous();
    expect(playhead.ns).toBe(250);
    misses.previous();
    expect([playhead.ns, misses.before]).toEqual([100, null]);
    misses.next();
    expect(playhead.ns).toBe(250);
    misses.next();
    // The newest stop is where the run stands: now.
    expect(playhead.ns).toBeNull();
    expect(steps).toHaveLength(3);
    misses.next();
    expect(steps).toHaveLength(4);
  });

  it('sees a step that is over before anybody has seen the run go on', () => {
    const { run, misses, stopAt } = underWay();
    stopAt(70);
    misses.next();
    misses.arrived(run);
    expect([misses.onTheWay, misses.stops]).toEqual([true, []]);
    stopAt(71);
    expect([misses.onTheWay, misses.stops]).toEqual([false, [71]]);
  });

  it('takes no other pause for a miss, and says when the run has ended without another', () => {
    const { run, misses, stopAt } = underWay();
    stopAt(70);
    expect(misses.stops).toEqual([]);
    misses.next();
    run.state = 'done';
    expect([misses.onTheWay, misses.ended, misses.canGoOn]).toEqual([false, true, false]);
    // One that was cancelled might have had more.
    run.state = 'cancelled';
    expect(misses.ended).toBe(false);
  });
});

describe('what would let a zone serve that sent a request on', () => {
  const zones = [3, 4, 5].map((node) => ({ node, name: 'HighMem', index: 0 })) as unknown as Xray['zones'];
  const test = (at: number, free: number, bar: number | null, change: Partial<XrayTest> = {}): XrayTest => ({
    ...{ at, free, before: 1, mark: 256, reserve: 0, bar, byHigh: false, failedOrder: 0, outcome: 'refused' as const },
    ...change,
  });
  const walk = (tests: readonly XrayTest[]) => [{ walk: 'low', words: '', woken: 0, fallback: false, tests }] as const;

  it('is what it lacks of its bar, one page more where the bar itself is not enough', () => {
    const walks = walk([test(0, 251, 257), test(1, 512, 513), test(2, 2000, 769, { outcome: 'taken' })]);
    const pages = (sign: Xray['sign']): number[] => shortagesOf({ walks, zones, sign }).map((each) => each.pages);
    expect(pages('≥')).toEqual([1, 6]);
    expect(pages('>')).toEqual([2, 7]);
    expect(shortagesOf({ walks, zones, sign: '≥' })[0].zone.node).toBe(4);
  });

  it('is nothing where no bar or the size of blocks refused it', () => {
    const walks = walk([test(0, 0, null), test(1, 5000, 300, { failedOrder: 2 })]);
    expect(shortagesOf({ walks, zones, sign: '≥' })).toEqual([]);
  });
});

describe('a request that was met, in words', () => {
  it('names zones, lists and policies as the field does', () => {
    expect(zoneText({ name: 'HighMem', node: 6, index: 0 })).toBe('HighMem 6');
    expect(zoneText({ name: 'Normal', node: 0, index: 2 })).toBe('Normal 0 #2');
    expect(policyText({ policy: false, node: 3 })).toBe('default: node 3 first');
    expect(takenText({ from: 'hot list', cpu: 13 })).toBe('hot list of CPU 13');
  });

  it('is laid open with its node, mask and order, unless nobody could have chosen that mask', () => {
    expect(requestOf({ node: 3, mask: 'GFP_KERNEL', order: 1 })).toEqual({
      node: 3,
      mask: 'GFP_KERNEL',
      order: 1,
      memalloc: false,
    });
    expect(requestOf({ node: 3, mask: 'GFP_NOIO', order: 0 })).toBeNull();
  });
});
