import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Seen } from '../../src/lab/contract.ts';
import type { Moment } from '../../src/sim/engine/moment.ts';
import type { RunReport } from '../../src/sim/engine/report.ts';
import { aRun } from '../panels/testing.ts';
import { PlayheadState } from './playhead.svelte.ts';
import type { Run } from './run.svelte.ts';

const moment = (timeNs: number): Moment => ({ timeNs, cpus: [], nodes: [], zones: [], links: [] });
const report = (elapsedNs: number): RunReport => ({ config: {}, result: { elapsedNs } }) as unknown as RunReport;

interface Asked {
  readonly timeNs: number;
  readonly answer: (seen: Seen) => void;
  readonly fail: (error: unknown) => void;
}

/** A run of 100 ns with a kept moment every 10, a playhead on it, and a lab that answers when it is told to. */
function standing(): { runs: { current: Run | null }; playhead: PlayheadState; asked: Asked[]; stops: number[] } {
  const run = aRun();
  run.timeNs = 100;
  run.state = 'done';
  run.report = report(100);
  run.moments = Array.from({ length: 11 }, (_, at) => moment(at * 10));
  const asked: Asked[] = [];
  const stops: number[] = [];
  const playhead = new PlayheadState(
    { current: run },
    {
      seek: (_, { timeNs }) =>
        new Promise((answer, fail) => {
          asked.push({ timeNs, answer, fail });
        }),
      stopSeeking: () => {
        stops.push(asked.length);
        return Promise.resolve(null);
      },
    },
  );
  return { runs: { current: run }, playhead, asked, stops };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the playhead', () => {
  it('is at the newest moment until it is moved, and shows the kept one before it while it moves', () => {
    const { playhead } = standing();
    expect([playhead.ns, playhead.moment?.timeNs]).toEqual([null, 100]);
    playhead.go(47);
    expect([playhead.ns, playhead.moment?.timeNs, playhead.exact]).toEqual([47, 40, false]);
    playhead.go(-5);
    expect([playhead.ns, playhead.moment?.timeNs]).toEqual([0, 0]);
  });

  it('is at now where the run has not been yet', () => {
    const { playhead } = standing();
    playhead.go(47);
    playhead.go(1e9);
    expect([playhead.ns, playhead.moment?.timeNs, playhead.exact]).toEqual([null, 100, true]);
  });

  it('asks for the exact moment once, where it has come to rest', () => {
    const { playhead, asked } = standing();
    for (const ns of [90, 70, 47]) {
      playhead.go(ns);
      vi.advanceTimersByTime(100);
    }
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(asked.map(({ timeNs }) => timeNs)).toEqual([47]);
  });

  it('shows the exact moment and its report, and those of now again when it goes there', async () => {
    const { runs, playhead, asked } = standing();
    if (runs.current === null) throw new Error('no run');
    playhead.go(47);
    vi.advanceTimersByTime(150);
    expect(playhead.seeking).toEqual({ ns: 47, slow: false });
    asked[0].answer({ moment: moment(48), report: report(48) });
    await vi.advanceTimersByTimeAsync(0);
    expect(playhead.moment?.timeNs).toBe(48);
    expect(playhead.reportShown(runs.current)).toEqual(report(48));
    expect([playhead.exact, playhead.seeking]).toEqual([true, null]);
    playhead.go(null);
    expect(playhead.moment?.timeNs).toBe(100);
    expect(playhead.reportShown(runs.current)).toEqual(report(100));
  });

  it('shows nothing of an answer that it has moved away from', async () => {
    const { playhead, asked, stops } = standing();
    playhead.go(47);
    vi.advanceTimersByTime(150);
    playhead.go(20);
    expect([stops.length, playhead.seeking]).toEqual([1, null]);
    asked[0].answer({ moment: moment(48), report: report(48) });
    await vi.advanceTimersByTimeAsync(0);
    expect([playhead.moment?.timeNs, playhead.seen]).toEqual([20, null]);
  });

  it('says after two seconds that it takes long, and gives up when it is told to', async () => {
    const { playhead, asked, stops } = standing();
    playhead.go(47);
    vi.advanceTimersByTime(150 + 1999);
    expect(playhead.seeking?.slow).toBe(false);
    vi.advanceTimersByTime(1);
    expect(playhead.seeking?.slow).toBe(true);
    playhead.cancel();
    asked[0].fail({ kind: 'cancelled', message: 'cancelled', source: '', issues: [] });
    await vi.advanceTimersByTimeAsync(0);
    expect([playhead.seeking, playhead.failure, stops.length, playhead.ns]).toEqual([null, null, 1, 47]);
    expect(playhead.moment?.timeNs).toBe(40);
  });

  it('says why the exact moment cannot be had, until it is moved again', async () => {
    const { playhead, asked } = standing();
    playhead.go(47);
    vi.advanceTimersByTime(150);
    asked[0].fail(new Error('the trace is gone'));
    await vi.advanceTimersByTimeAsync(0);
    expect([playhead.failure?.message, playhead.moment?.timeNs]).toEqual(['the trace is gone', 40]);
    playhead.go(60);
    expect(playhead.failure).toBeNull();
  });

  it('does the run again with the knobs that were turned in it', () => {
    const { runs, playhead } = standing();
    if (runs.current === null) throw new Error('no run');
    const turns = [{ timeNs: 5, name: 'swappiness' as const, value: 0 }];
    runs.current.report = { ...report(100), config: { turns } } as unknown as RunReport;
    const seek = vi.fn(() => new Promise<never>(() => undefined));
    const other = new PlayheadState(runs, { seek, stopSeeking: () => Promise.resolve(null) });
    other.go(47);
    vi.advanceTimersByTime(150);
    expect(seek).toHaveBeenCalledWith(expect.objectContaining({ seed: 0 }), { timeNs: 47, turns });
    expect(playhead.ns).toBeNull();
  });
});
