import { beforeEach, describe, expect, it } from 'vitest';
import { idleClient, machineOn, aRun, catalogue } from '../testing.ts';
import { RunsState } from '../../state/runs.svelte.ts';
import { runCommands } from './commands.ts';
import { besideSpeed, speeds } from './speeds.ts';
import { SteppingState } from './stepping.svelte.ts';
import { timeLeft } from './time-left.ts';
import { WorkloadState } from './workload.svelte.ts';

beforeEach(() => localStorage.clear());

describe('steps', () => {
  it('by time are about a hundredth of the run, round, until a person says how long', () => {
    const run = aRun();
    const stepping = new SteppingState({ current: run });
    run.timeNs = 12.48e9;
    expect(stepping.intervalNs).toBe(100e6);
    run.timeNs = 65e6;
    expect(stepping.intervalNs).toBe(500e3);
    stepping.setInterval(3e6);
    expect(stepping.step('time')).toEqual({ by: 'time', ns: 3e6 });
    stepping.setInterval(null);
    expect(stepping.intervalNs).toBe(500e3);
  });

  it('are remembered in the next window', () => {
    const stepping = new SteppingState({ current: null });
    stepping.choose('tick');
    stepping.setInterval(2e6);
    const next = new SteppingState({ current: null });
    expect([next.kind, next.intervalNs, next.step()]).toEqual(['tick', 2e6, { by: 'tick' }]);
  });

  it('begin a run where there is none, and go on with the one under way', async () => {
    const told: string[] = [];
    const runs = new RunsState({
      ...idleClient,
      startRun: (_, step) => Promise.resolve(`r${told.push(`start, ${step?.by}`)}`),
      stepRun: (id, step) => {
        told.push(`${step.by} ${id}`);
        return Promise.resolve(null);
      },
    });
    const workload = new WorkloadState(catalogue.patterns);
    const commands = runCommands({
      machine: machineOn('pc-256m'),
      workload,
      runs,
      stepping: new SteppingState(runs),
    });
    await commands.find(({ id }) => id === 'run.step')?.run();
    await commands.find(({ id }) => id === 'run.stepTick')?.run();
    expect(told).toEqual(['start, event', 'tick r1']);
  });
});

describe('speeds', () => {
  it('go from as fast as it can down to a hundred-thousandth of real time, and stop at both ends', () => {
    expect(speeds[0]).toEqual({ pace: null, short: 'max', title: 'As fast as it can' });
    expect(speeds.map(({ short }) => short)).toContain('1/1,000');
    expect(speeds.find(({ short }) => short === '1/100')).toEqual({
      pace: 10e6,
      short: '1/100',
      title: '1/100: 10 ms a second',
    });
    expect(besideSpeed(null, -1).pace).toBeNull();
    expect(besideSpeed(null, 1).pace).toBe(1e9);
    expect(besideSpeed(10_000, 1).pace).toBe(10_000);
  });

  it('hold the run under way and those to come', async () => {
    const told: string[] = [];
    const runs = new RunsState({
      ...idleClient,
      startRun: () => Promise.resolve('r1'),
      paceRun: (id, pace) => {
        told.push(`${id} ${pace}`);
        return Promise.resolve(null);
      },
    });
    await runs.setPace(1e6);
    await runs.start(aRun().start);
    await runs.setPace(null);
    expect(told).toEqual(['r1 1000000', 'r1 null']);
  });
});

describe('the time left', () => {
  it('is told as finely as it matters', () => {
    expect([400, 12_400, 89_000, 200_000, 7_300_000].map(timeLeft)).toEqual([
      'nearly done',
      '12 s left',
      '89 s left',
      '3 min left',
      '2 h left',
    ]);
  });
});
