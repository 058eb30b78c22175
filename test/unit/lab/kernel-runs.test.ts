import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import type { RunRequest } from '../../../src/lab/contract.ts';
import type { Lab } from '../../../src/lab/door.ts';
import { startSimulation } from '../../../src/lab/run-job.ts';
import { openBuiltIn } from '../../../src/lab/machines.ts';
import { emptyFolder } from './folders.ts';
import { labsOfThisFile } from './labs.ts';

const { newLab } = labsOfThisFile();

const script = (programs: unknown): unknown => ({
  format: 'numaq-lab/script',
  version: 1,
  title: 'a writer',
  programs,
  start: [{ program: 'writer' }],
});
/** Maps 64 pages, writes them, and computes for so long. */
const writer = (instructions: number): unknown =>
  script({
    writer: [
      { op: 'mmap', as: 'heap', bytes: 64 * 4096, anonymous: true },
      { op: 'touch', region: 'heap', write: true },
      { op: 'compute', instructions },
    ],
  });

async function request(lab: Lab, instructions: number): Promise<RunRequest> {
  const { profile } = openBuiltIn('pc-256m').checked;
  const opened = await lab.api.parseScript('writer.json', JSON.stringify(writer(instructions)));
  return { profile, workloads: [{ kind: 'script', script: opened.script, cpus: [0], startNs: 0 }], seed: 0 };
}

/** The run once it is in `state`. */
function reach(lab: Lab, runId: string, state: string): Promise<void> {
  return new Promise((resolve, reject) => {
    lab.on('runProgress', (progress) => {
      if (progress.runId !== runId) return;
      if (progress.failure !== undefined) reject(new Error(progress.failure.message));
      if (progress.state === state) resolve();
    });
  });
}

async function refusal(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => new Error('not refused'),
    (error: Error) => error,
  );
}

describe('scripts', () => {
  it('open by the dialog, with their name', async () => {
    const path = join(emptyFolder(), 'mine.json');
    writeFileSync(path, JSON.stringify(writer(10)));
    const opened = await newLab({ openScript: async () => path }).api.openScript();
    expect(opened).toMatchObject({ name: 'mine.json', script: { title: 'a writer' } });
    expect(await newLab().api.openScript()).toBeNull();
  });

  it('are refused with the place of every mistake', async () => {
    const { api } = newLab();
    const error = await refusal(
      api.parseScript('bad.json', JSON.stringify(script({ writer: [{ op: 'touch', region: 'nowhere' }] }))),
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).issues.map(({ path }) => path)).toEqual(['programs.writer[0].region']);
    expect((await refusal(api.parseScript('cut.json', '{ "format":'))).message).toContain('line 1');
  });
});

describe('a run of a script', () => {
  it('can be looked at while it is paused, and comes to the same as one that nobody looked at', async () => {
    const lab = newLab();
    const wanted = await request(lab, 40_000_000);
    const runId = await lab.api.startRun(wanted);
    await lab.api.pauseRun(runId);
    await reach(lab, runId, 'paused');
    const interim = await lab.api.interimReport(runId);
    const asked = { node: 0, mask: 'GFP_HIGHUSER', order: 0, memalloc: false } as const;
    const xray = await lab.api.xrayRun(runId, asked);
    expect(xray.outcome.kind).toBe('taken');
    // The program has written memory since boot.
    const booted = await lab.api.xray(wanted.profile, asked);
    expect(xray.zones[0].free).toBeLessThan(booted.zones[0].free);
    await expect(lab.api.xrayRun(runId, { ...asked, node: 77 })).rejects.toThrow('node');
    const [task] = interim.result.proc?.tasks ?? [];
    expect(task.state).not.toBe('dead');
    await lab.api.resumeRun(runId);
    await reach(lab, runId, 'done');
    const looked = await lab.api.runReport(runId);
    expect(await lab.api.interimReport(runId)).toEqual(looked);
    await expect(lab.api.xrayRun(runId, asked)).rejects.toThrow('a run that is under way');

    const other = await lab.api.startRun(wanted);
    await reach(lab, other, 'done');
    const alone: RunReport = await lab.api.runReport(other);
    expect(alone.result).toEqual(looked.result);
  });

  it('has the knobs that a person turned meanwhile, and comes out the same with them', async () => {
    const lab = newLab();
    const wanted = await request(lab, 40_000_000);
    const runId = await lab.api.startRun(wanted);
    await lab.api.pauseRun(runId);
    await reach(lab, runId, 'paused');
    await lab.api.turnKnob(runId, 'min_free_kbytes', 4096);
    await lab.api.resumeRun(runId);
    await reach(lab, runId, 'done');
    const report = await lab.api.runReport(runId);
    expect(report.config.turns).toMatchObject([{ name: 'min_free_kbytes', value: 4096 }]);
    const simulation = startSimulation({ ...report.config }, () => undefined);
    while (!simulation.run(1_000_000));
    expect(simulation.report()).toEqual(report);
  });

  it('has no report once it was cancelled', async () => {
    const lab = newLab();
    const runId = await lab.api.startRun(await request(lab, 400_000_000));
    const cancelled = reach(lab, runId, 'cancelled');
    await lab.api.cancelRun(runId);
    await cancelled;
    expect((await refusal(lab.api.interimReport(runId))).message).toContain('one that is cancelled');
  });
});

describe('following a reference', () => {
  it('says of the first fault that takes a fresh page what was done for it', async () => {
    const lab = newLab();
    const followed = await lab.api.follow(await request(lab, 10), { cpu: 0, what: { event: 'anonymous' } });
    expect(followed.found).toBe(true);
    const [first, ...parts] = followed.steps;
    expect(first.depth).toBe(0);
    expect(parts.length).toBeGreaterThan(5);
    // What is done within a step ends within it.
    expect(Math.max(...followed.steps.map(({ atNs, ns }) => atNs + ns))).toBeLessThanOrEqual(first.ns + 1e-6);
  });

  it('says that an event never came', async () => {
    const lab = newLab();
    const followed = await lab.api.follow(await request(lab, 10), { cpu: 0, what: { event: 'swap-in' } });
    expect(followed).toMatchObject({ found: false, steps: [] });
  });

  it('ends when another one is asked for, or when it is stopped', async () => {
    const lab = newLab();
    const long = await request(lab, 4e9);
    const first = refusal(lab.api.follow(long, { cpu: 0, what: { event: 'swap-in' } }));
    const second = refusal(lab.api.follow(long, { cpu: 0, what: { event: 'swap-in' } }));
    expect((await first).message).toMatch(/cancel/i);
    await lab.api.stopFollowing();
    expect((await second).message).toMatch(/cancel/i);
  });
});
