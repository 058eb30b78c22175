import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openBuiltIn } from '../../src/lab/machines.ts';
import type { EventName, LabEvents } from '../../src/lab/contract.ts';
import type { Followed } from '../../src/sim/engine/follow.ts';
import type { RunReport } from '../../src/sim/engine/report.ts';
import { RunsState, type RunStart } from './runs.svelte.ts';

type Progress = LabEvents['runProgress'];
type Client = ConstructorParameters<typeof RunsState>[0];

function fakeLab(over: Partial<Client> = {}): {
  client: Client;
  told: string[];
  progress: (event: Partial<Progress>) => void;
} {
  const listeners: ((event: Progress) => void)[] = [];
  const told: string[] = [];
  const tell = (what: string) => (id: string) => {
    told.push(`${what} ${id}`);
    return Promise.resolve(null);
  };
  const client: Client = {
    startRun: () => Promise.resolve('r1'),
    pauseRun: tell('pause'),
    resumeRun: tell('resume'),
    cancelRun: tell('cancel'),
    stepRun: (id, step) => tell(`step by ${step.by}`)(id),
    paceRun: (id, pace) => tell(`pace ${pace}`)(id),
    runReport: () => Promise.resolve({ engine: 'test' } as RunReport),
    interimReport: () => Promise.resolve({ engine: 'interim', config: {} } as RunReport),
    turnKnob: (id, name, value) => {
      told.push(`${name}=${value} ${id}`);
      return Promise.resolve(null);
    },
    follow: () => Promise.resolve({ found: true, startNs: 5, steps: [], dropped: 0, lists: [] }),
    stopFollowing: () => Promise.resolve(null),
    openScript: () => Promise.resolve(null),
    openRun: () => Promise.resolve(null),
    saveRunAs: () => Promise.resolve(null),
    openTrace: () => Promise.resolve(null),
    traces: () => Promise.resolve([]),
    predictSegment: () => Promise.resolve({ numactl: [], issues: [] }),
    on: <E extends EventName>(event: E, listener: (payload: LabEvents[E]) => void) => {
      if (event === 'runProgress') listeners.push(listener as (event: Progress) => void);
      return () => undefined;
    },
    ...over,
  };
  const blank: Progress = {
    runId: 'r1',
    state: 'running',
    progress: 0,
    timeNs: 0,
    references: 0,
    frames: [],
    moments: [],
    markers: [],
  };
  return { client, told, progress: (event) => listeners.forEach((listener) => listener({ ...blank, ...event })) };
}

function start(): RunStart {
  const { profile } = openBuiltIn('pc-256m').checked;
  if (profile === undefined) throw new Error('the built-in machine is not valid');
  return { profile, layout: null, workloads: [], seed: 1, title: 'test' };
}

const columns = ['timeNs', 'references'];

describe('runs', () => {
  it('keeps samples by column, in the order in which they came, and shows them now and then', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { client, progress } = fakeLab();
    const runs = new RunsState(client);
    const run = await runs.start(start());
    progress({ progress: 0.5, frames: [{ columns, row: [10, 100] }] });
    expect(run?.column('timeNs')).toEqual([10]);
    progress({ progress: 0.6, frames: [{ columns, row: [20, 150] }] });
    vi.advanceTimersByTime(40);
    progress({ progress: 0.7, frames: [{ columns, row: [30, 90] }] });
    expect(run?.frameCount).toBe(1);
    vi.advanceTimersByTime(30);
    expect(run?.column('timeNs')).toEqual([10, 20, 30]);
    expect(run?.column('references')).toEqual([100, 150, 90]);
    expect(run?.column('nothing')).toEqual([]);
    expect(run?.frameCount).toBe(3);
    expect(runs.active).toBe(run);
  });

  it('says where a run stands still, whatever screen is open', async () => {
    const { client, progress } = fakeLab();
    const runs = new RunsState(client);
    const stood: number[] = [];
    runs.onpaused = (run) => stood.push(run.timeNs);
    await runs.start(start());
    progress({ timeNs: 10 });
    progress({ state: 'paused', timeNs: 25 });
    // A step that is over before the next event.
    progress({ state: 'paused', timeNs: 40 });
    progress({ state: 'done', timeNs: 90 });
    expect(stood).toEqual([25, 40]);
  });

  it('lets what a run brings wait until an input is answered, but not that it stands still or goes on', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { client, progress } = fakeLab();
    const runs = new RunsState(client);
    const run = await runs.start(start());
    const press = (): boolean => {
      const event = new Event('keydown');
      Object.defineProperty(event, 'timeStamp', { value: performance.now() });
      return window.dispatchEvent(event);
    };
    press();
    progress({ timeNs: 10 });
    expect([run?.state, run?.timeNs]).toEqual(['running', 10]);
    progress({ timeNs: 20, frames: [{ columns, row: [20, 1] }] });
    expect(run?.timeNs).toBe(10);
    vi.advanceTimersByTime(60);
    // It would be shown in 6 ms: a key comes first.
    press();
    vi.advanceTimersByTime(7);
    expect(run?.timeNs).toBe(10);
    vi.advanceTimersByTime(43);
    expect(run?.timeNs).toBe(20);
    vi.advanceTimersByTime(66);
    press();
    progress({ timeNs: 30, frames: [{ columns, row: [30, 2] }] });
    progress({ timeNs: 40, state: 'paused', frames: [{ columns, row: [40, 3] }] });
    expect([run?.state, run?.timeNs]).toEqual(['paused', 40]);
    expect(run?.column('timeNs')).toEqual([20, 30, 40]);
  });

  it('takes progress that comes before the answer that names the run', async () => {
    let answer: (id: string) => void = () => undefined;
    const { client, progress } = fakeLab({ startRun: () => new Promise((resolve) => (answer = resolve)) });
    const runs = new RunsState(client);
    const started = runs.start(start());
    progress({ progress: 0.2, frames: [{ columns, row: [1, 2] }] });
    progress({ runId: 'another', progress: 0.9 });
    answer('r1');
    const run = await started;
    expect(run?.progress).toBe(0.2);
    expect(run?.frameCount).toBe(1);
  });

  it('fetches the report when the run is done, and is then no longer active', async () => {
    const { client, progress } = fakeLab();
    const runs = new RunsState(client);
    const run = await runs.start(start());
    progress({ state: 'done', progress: 1 });
    await vi.waitFor(() => expect(run?.report?.engine).toBe('test'));
    expect(runs.active).toBeNull();
    expect(runs.current).toBe(run);
  });

  it('turns a knob of a run under way, and looks what came of it', async () => {
    const { client, told } = fakeLab();
    const runs = new RunsState(client);
    const run = await runs.start(start());
    if (run === null) throw new Error('not started');
    await runs.turnKnob(run, 'swappiness', 0);
    expect(told).toEqual(['swappiness=0 r1']);
    expect(run.interim?.engine).toBe('interim');
  });

  it('looks at a run under way, and no more when it is over', async () => {
    let looked = 0;
    const { client, progress } = fakeLab({
      interimReport: () => Promise.resolve({ engine: `look ${++looked}`, config: {} } as RunReport),
    });
    const runs = new RunsState(client);
    const run = await runs.start(start());
    if (run === null) throw new Error('not started');
    await runs.look(run);
    expect(run.interim?.engine).toBe('look 1');
    progress({ state: 'done', progress: 1 });
    await runs.look(run);
    expect(looked).toBe(1);
  });

  it('follows a reference of a run as it was started, and forgets an answer to an earlier question', async () => {
    const answers: ((result: Followed) => void)[] = [];
    const asked: unknown[] = [];
    const { client } = fakeLab({
      follow: (request, wanted) => {
        asked.push([request.seed, wanted.cpu]);
        return new Promise((resolve) => answers.push(resolve));
      },
    });
    const runs = new RunsState(client);
    const run = await runs.start(start());
    if (run === null) throw new Error('not started');
    const found = (startNs: number): Followed => ({ found: true, startNs, steps: [], dropped: 0, lists: [] });
    const first = runs.follow(run, { cpu: 0, what: { record: 3 } });
    const second = runs.follow(run, { cpu: 2, what: { event: 'fault' } });
    answers[0](found(1));
    await first;
    expect(run.following?.result).toBeNull();
    answers[1](found(2));
    await second;
    expect(run.following).toEqual({ wanted: { cpu: 2, what: { event: 'fault' } }, result: found(2), failure: null });
    expect(asked).toEqual([
      [1, 0],
      [1, 2],
    ]);
  });

  it('follows with the knobs that were turned meanwhile', async () => {
    const turns = [{ timeNs: 5, name: 'swappiness', value: 0 }];
    const asked: unknown[] = [];
    const { client } = fakeLab({
      interimReport: () => Promise.resolve({ engine: 'test', config: { turns } } as unknown as RunReport),
      follow: (_, wanted) => {
        asked.push(wanted);
        return Promise.resolve({ found: false, startNs: 0, steps: [], dropped: 0, lists: [] });
      },
    });
    const runs = new RunsState(client);
    const run = await runs.start(start());
    if (run === null) throw new Error('not started');
    await runs.look(run);
    await runs.follow(run, { cpu: 0, what: { event: 'fault' } });
    expect(asked).toEqual([{ cpu: 0, what: { event: 'fault' }, turns }]);
  });

  it('keeps a run that the lab refused, with the reason', async () => {
    const { client } = fakeLab({ startRun: () => Promise.reject(new Error('more than 3 GB')) });
    const runs = new RunsState(client);
    expect(await runs.start(start())).toBeNull();
    expect(runs.failure?.message).toBe('more than 3 GB');
    expect(runs.list[0]?.state).toBe('failed');
    expect(runs.active).toBeNull();
  });

  it('takes a run that is over off the list, shows its neighbour, and puts it back where it stood', async () => {
    let id = 0;
    const { client, progress } = fakeLab({ startRun: () => Promise.resolve(`r${++id}`) });
    const runs = new RunsState(client);
    for (const runId of ['r1', 'r2', 'r3']) {
      await runs.start(start());
      if (runId !== 'r3') progress({ runId, state: 'cancelled' });
    }
    const numbers = (): number[] => runs.list.map(({ number }) => number);
    const [third, second, first] = runs.list;
    runs.remove(third);
    expect(numbers(), 'one under way stays').toEqual([3, 2, 1]);
    progress({ runId: 'r3', state: 'cancelled' });
    runs.select(second);
    runs.remove(second);
    expect(numbers()).toEqual([3, 1]);
    expect(runs.current).toBe(first);
    runs.putBack();
    expect(numbers()).toEqual([3, 2, 1]);
    expect(runs.current).toBe(second);
    runs.remove(third);
    expect((await runs.start(start()))?.number, 'a number is not given twice').toBe(4);
    runs.putBack();
    expect(numbers()).toEqual([4, 3, 2, 1]);
    expect(runs.removed).toBeNull();
  });

  it('pauses, resumes and cancels the run under way, and only that', async () => {
    const { client, told, progress } = fakeLab();
    const runs = new RunsState(client);
    await runs.pause();
    await runs.start(start());
    await runs.pause();
    await runs.resume();
    await runs.cancel();
    progress({ state: 'cancelled' });
    await runs.cancel();
    expect(told).toEqual(['pause r1', 'resume r1', 'cancel r1']);
  });
});
