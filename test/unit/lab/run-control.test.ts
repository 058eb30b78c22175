/** Runs in their workers, stepped, paced and sought, as a window does it. */
import { describe, expect, it } from 'vitest';
import type { LabEvents, RunRequest, RunState } from '../../../src/lab/contract.ts';
import type { Lab } from '../../../src/lab/door.ts';
import { formatRun } from '../../../src/lab/run-file.ts';
import { startSimulation } from '../../../src/lab/run-job.ts';
import { Cancelled } from '../../../src/sim/index.ts';
import { workloadSchema } from '../../../src/sim/workloads/workload.ts';
import { writes } from '../engine/watched-runs.ts';
import { labsOfThisFile } from './labs.ts';
import { smallMachine } from './reports.ts';

const { newLab } = labsOfThisFile();

/** A program that writes its memory, meets another, and goes on for `instructions`. */
function request(instructions: number): RunRequest {
  const meets = { op: 'barrier', name: 'ready', parties: 2 };
  const script = {
    format: 'numaq-lab/script',
    version: 1,
    title: 'Two that meet',
    programs: {
      first: [...writes(500), meets, { op: 'compute', instructions }],
      second: [...writes(2000), meets, ...writes(100)],
    },
    start: [{ program: 'first' }, { program: 'second' }],
  };
  const workload = workloadSchema.parse({ kind: 'script', script, cpus: [0, 5] });
  return { profile: smallMachine, workloads: [workload], seed: 3 };
}

type Progress = LabEvents['runProgress'];

/** What a window hears of its runs, and the next event for which something holds. */
class Ear {
  readonly heard: Progress[] = [];
  readonly #lab: Lab;

  constructor(lab: Lab) {
    this.#lab = lab;
    lab.on('runProgress', (progress) => this.heard.push(progress));
  }

  async next(state: RunState, holds: (progress: Progress) => boolean = () => true): Promise<Progress> {
    return new Promise((resolve, reject) => {
      const stop = this.#lab.on('runProgress', (progress) => {
        if (progress.failure !== undefined) reject(new Error(progress.failure.message));
        if (progress.state !== state || !holds(progress)) return;
        stop();
        resolve(progress);
      });
    });
  }
}

async function pausedRun(lab: Lab, ear: Ear, wanted: RunRequest): Promise<readonly [string, Progress]> {
  const runId = await lab.api.startRun(wanted);
  const paused = ear.next('paused');
  await lab.api.pauseRun(runId);
  return [runId, await paused];
}

/** A window that reads JSON, as the browser's does, sees the same. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const aloneText = ({ workloads, seed }: RunRequest): string => {
  const simulation = startSimulation({ profile: smallMachine, workloads, seed }, () => undefined);
  while (!simulation.run(2 ** 20));
  return formatRun(simulation.report());
};

describe('a run that is started for a step', () => {
  it('goes no further than that, from its very beginning', async () => {
    const lab = newLab();
    const ear = new Ear(lab);
    const paused = ear.next('paused');
    await lab.api.startRun(request(20_000_000), { by: 'tick' });
    // The first of 1,000 ticks a second in 2.6.0, or the first moment behind it.
    const { timeNs } = await paused;
    expect(timeNs).toBeGreaterThanOrEqual(1e6);
    expect(timeNs).toBeLessThan(2e6);
  });
});

describe('a paused run', () => {
  it('goes on for a time, a tick, and to an event, is paused again each time, and comes to the same bytes', async () => {
    const lab = newLab();
    const ear = new Ear(lab);
    const wanted = request(20_000_000);
    const [runId, first] = await pausedRun(lab, ear, wanted);

    let again = ear.next('paused');
    await lab.api.stepRun(runId, { by: 'time', ns: 50_000 });
    const second = await again;
    expect(second.timeNs).toBeGreaterThanOrEqual(first.timeNs + 50_000);
    expect(second.timeNs).toBeLessThan(first.timeNs + 60_000);
    expect(second.moments.at(-1)).toMatchObject({ timeNs: second.timeNs, between: true });

    again = ear.next('paused');
    await lab.api.stepRun(runId, { by: 'tick' });
    const third = await again;
    // HZ is 1,000 in 2.6.0.
    expect(Math.floor(third.timeNs / 1e6)).toBe(Math.floor(second.timeNs / 1e6) + 1);

    again = ear.next('paused');
    await lab.api.stepRun(runId, { by: 'event' });
    const fourth = await again;
    expect(fourth.timeNs).toBeGreaterThan(third.timeNs);

    const done = ear.next('done');
    await lab.api.resumeRun(runId);
    await done;
    const markers = ear.heard.flatMap((progress) => progress.markers);
    expect(markers.filter(({ kind }) => kind === 'phase').map(({ text }) => text)).toEqual(['barrier ready']);
    expect(await lab.api.formatRun(runId)).toBe(aloneText(wanted));
  });

  it('ends where no event comes any more', async () => {
    const lab = newLab();
    const ear = new Ear(lab);
    const [runId] = await pausedRun(lab, ear, request(1_000_000));
    const done = ear.next('done');
    await lab.api.stepRun(runId, { by: 'miss' });
    await done;
  });

  it('is paused by a step that it was given while it ran', async () => {
    const lab = newLab();
    const ear = new Ear(lab);
    const paused = ear.next('paused');
    const runId = await lab.api.startRun(request(400_000_000));
    await lab.api.stepRun(runId, { by: 'time', ns: 1e6 });
    expect((await paused).timeNs).toBeGreaterThanOrEqual(1e6);
    await lab.api.cancelRun(runId);
  });

  it('forgets its step when it goes on for good, and when it is paused', async () => {
    const lab = newLab();
    const ear = new Ear(lab);
    const wanted = request(200_000_000);
    const [runId, { timeNs }] = await pausedRun(lab, ear, wanted);
    const running = ear.next('running');
    await lab.api.stepRun(runId, { by: 'time', ns: 1e14 });
    await running;
    const paused = ear.next('paused');
    await lab.api.pauseRun(runId);
    expect((await paused).timeNs).toBeGreaterThan(timeNs);
    const done = ear.next('done');
    await lab.api.stepRun(runId, { by: 'time', ns: 1e7 });
    await lab.api.resumeRun(runId);
    await done;
    expect(await lab.api.formatRun(runId)).toBe(aloneText(wanted));
  });
});

describe('a run with a pace', () => {
  it('goes no further than it may, answers meanwhile, and comes to the same bytes without it', async () => {
    const lab = newLab();
    const ear = new Ear(lab);
    const wanted = request(20_000_000);
    const [runId, paused] = await pausedRun(lab, ear, wanted);
    // At a nanosecond a second the run makes the round that it may begin, and the next one is minutes away.
    await lab.api.paceRun(runId, 1);
    const running = ear.next('running');
    await lab.api.resumeRun(runId);
    const { timeNs } = await running;
    expect(timeNs).toBe(paused.timeNs);
    await lab.api.interimReport(runId);
    const first = await lab.api.interimReport(runId);
    const second = await lab.api.interimReport(runId);
    expect(second.result.elapsedNs).toBe(first.result.elapsedNs);
    const still = ear.next('paused');
    await lab.api.pauseRun(runId);
    expect((await still).timeNs).toBe(first.result.elapsedNs);
    const done = ear.next('done');
    await lab.api.paceRun(runId, null);
    await lab.api.resumeRun(runId);
    await done;
    expect(await lab.api.formatRun(runId)).toBe(aloneText(wanted));
  });
});

describe('a moment of a run', () => {
  it('is what the run showed when it was paused there, byte for byte, forward and back', async () => {
    const lab = newLab();
    const ear = new Ear(lab);
    const wanted = request(50_000_000);
    const [runId, early] = await pausedRun(lab, ear, wanted);
    const earlier = await lab.api.interimReport(runId);
    const again = ear.next('paused');
    await lab.api.stepRun(runId, { by: 'time', ns: 3e6 });
    const late = await again;
    const later = await lab.api.interimReport(runId);
    for (const [{ timeNs, moments }, report] of [
      [early, earlier],
      [late, later],
      [early, earlier],
    ] as const) {
      const seen = await lab.api.seek(wanted, { timeNs });
      expect(seen.moment).toEqual(moments.at(-1));
      expect(JSON.stringify(seen.report)).toBe(JSON.stringify(report));
      expect(plain(seen)).toEqual(seen);
    }
    await lab.api.cancelRun(runId);
  });

  it('beyond the end is the end', async () => {
    const wanted = request(1_000_000);
    const { report, moment } = await newLab().api.seek(wanted, { timeNs: 1e15 });
    expect(formatRun(report)).toBe(aloneText(wanted));
    expect(moment.timeNs).toBe(report.result.elapsedNs);
  });

  it('obeys the knobs that were turned', async () => {
    const turns = [{ timeNs: 1e5, name: 'min_free_kbytes' as const, value: 8192 }];
    const { api } = newLab();
    const [before, after, plainRun] = [
      await api.seek(request(1_000_000), { timeNs: 5e4, turns }),
      await api.seek(request(1_000_000), { timeNs: 1e6, turns }),
      await api.seek(request(1_000_000), { timeNs: 1e6 }),
    ].map(({ report }) => report.result.proc?.zones.map(({ min }) => min));
    expect(before).toEqual(plainRun);
    expect(after).not.toEqual(plainRun);
  });

  it('can be asked for pages, as the run could be there', async () => {
    const lab = newLab();
    const asked = { node: 1, mask: 'GFP_HIGHUSER', order: 0, memalloc: false } as const;
    await expect(lab.api.xraySeen(asked)).rejects.toThrow('a run at a moment');
    const ear = new Ear(lab);
    const wanted = request(50_000_000);
    const [runId] = await pausedRun(lab, ear, wanted);
    const again = ear.next('paused');
    await lab.api.stepRun(runId, { by: 'time', ns: 1e6 });
    const { timeNs } = await again;
    const there = await lab.api.xrayRun(runId, asked);
    expect(there.seen?.requests).toBeGreaterThan(0);
    await lab.api.seek(wanted, { timeNs });
    expect(await lab.api.xraySeen(asked)).toEqual(there);
    await expect(lab.api.xraySeen({ ...asked, node: 77 })).rejects.toThrow('node');
    await lab.api.stopSeeking();
    await expect(lab.api.xraySeen(asked)).rejects.toThrow('a run at a moment');
    await lab.api.cancelRun(runId);
  });

  it('is given up for another one, of the same run or of another', async () => {
    const { api } = newLab();
    const long = request(4_000_000_000);
    const first = api.seek(long, { timeNs: 1e12 });
    const second = api.seek(long, { timeNs: 1e5 });
    await expect(first).rejects.toBeInstanceOf(Cancelled);
    expect((await second).moment.timeNs).toBeGreaterThanOrEqual(1e5);
    const third = api.seek(long, { timeNs: 1e12 });
    const fourth = api.seek(request(1000), { timeNs: 1e5 });
    await expect(third).rejects.toBeInstanceOf(Cancelled);
    expect((await fourth).moment.timeNs).toBeGreaterThanOrEqual(1e5);
    const fifth = api.seek(long, { timeNs: 1e12 });
    const refused = expect(fifth).rejects.toBeInstanceOf(Cancelled);
    await api.stopSeeking();
    await refused;
  });

  it('is refused with what the run is refused with', async () => {
    const { api } = newLab();
    const wanted = request(1000);
    const [workload] = wanted.workloads;
    await expect(api.seek({ ...wanted, workloads: [{ ...workload, cpus: [99] }] }, { timeNs: 1 })).rejects.toThrow(
      'CPUs 0 to 7',
    );
    expect((await api.seek(wanted, { timeNs: 1 })).report.engine).not.toBe('');
  });
});

describe('what a window hears of a run', () => {
  it('has a moment for each sample row, and the one where it stands', async () => {
    const lab = newLab();
    const ear = new Ear(lab);
    const done = ear.next('done');
    const runId = await lab.api.startRun(request(80_000_000));
    await done;
    const { samples } = (await lab.api.runReport(runId)).result;
    const rows = ear.heard.flatMap(({ moments }) => moments.filter(({ between }) => between !== true));
    expect(rows.map(({ timeNs }) => timeNs)).toEqual(samples.rows.map(([timeNs]) => timeNs));
  });
});
