import { fireEvent, render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { scriptSchema } from '../../../src/sim/workloads/script.ts';
import { workloadSchema } from '../../../src/sim/workloads/workload.ts';
import { PlayheadState } from '../../state/playhead.svelte.ts';
import type { RunsState } from '../../state/runs.svelte.ts';
import { catalogue, idleRuns, machineOn } from '../testing.ts';
import { cpuCountOf, whyNotRun } from './run-request.ts';
import LibraryFields from './LibraryFields.svelte';
import RunBar from './RunBar.svelte';
import { rangeText, readRange } from './shared.ts';
import { SteppingState } from './stepping.svelte.ts';
import { WorkloadState } from './workload.svelte.ts';

const trace = {
  name: 'sort.lackey.gz',
  sha256: 'ab'.repeat(32),
  records: 100,
  kinds: [50, 20, 10, 20] as const,
  regions: [{ base: 4, touchedStart: 100, touchedEnd: 5000 }],
};

describe('a workload', () => {
  it('begins as a pattern on the first sixteen CPUs, whatever the machine has', () => {
    const workload = new WorkloadState(catalogue.patterns);
    expect(workload.problem(32)).toBeNull();
    expect(workload.specs(32)[0].cpus).toEqual(Array.from({ length: 16 }, (_, cpu) => cpu));
    expect(workload.specs(2)[0].cpus).toEqual([0, 1]);
  });

  it('has the seed of the command line, so that the same run is the same in every door', () => {
    expect(new WorkloadState(catalogue.patterns).seed).toBe(0);
  });

  it('puts another program on free CPUs, and says what happens where programs share some', () => {
    const workload = new WorkloadState(catalogue.patterns);
    workload.addBeside(32);
    expect(workload.specs(32)[1].cpus).toEqual(Array.from({ length: 16 }, (_, at) => 16 + at));
    expect(workload.programs.map((program) => workload.overlapOf(program, 32))).toEqual([null, null]);
    workload.addBeside(32);
    expect(workload.specs(32)[2].cpus).toEqual(workload.specs(32)[0].cpus);
    workload.change(workload.programs[2].key, { cpus: [3, 40] });
    expect(workload.overlapOf(workload.programs[2], 64)).toContain('CPU 3 has several programs');
    expect(workload.overlapOf(workload.programs[1], 64)).toBeNull();
  });

  it('is what the lab takes, also with several programs', () => {
    const workload = new WorkloadState(catalogue.patterns);
    workload.addPattern();
    const { key } = workload.programs[1];
    workload.become(key, { trace });
    workload.change(key, { cpus: [3, 5], startNs: 100 });
    workload.changeTrace(key, { shared: { start: 0x4000000, end: 0x4001000 }, limit: 10 });
    const specs = workload.specs(8);
    expect(specs.map((spec) => workloadSchema.parse(spec))).toEqual(specs);
    expect(specs[1]).toMatchObject({ cpus: [3, 5], startNs: 100, limit: 10, trace: { name: 'sort.lackey.gz' } });
    workload.changeTrace(key, { shared: undefined, limit: undefined });
    expect(Object.keys(workload.specs(8)[1])).toEqual(['kind', 'trace', 'cpus', 'startNs']);
  });

  it('says what it lacks', () => {
    const workload = new WorkloadState(catalogue.patterns);
    const { key } = workload.programs[0];
    workload.change(key, { cpus: [0, 40] });
    expect(workload.problem(32)).toBe('CPU 40 is not there: the machine has CPUs 0-31.');
    workload.become(key, { trace: null });
    expect(workload.problem(64)).toBe('Open a trace file to replay.');
    workload.remove(key);
    expect(workload.problem(64)).toBe('Add a program to run.');
    expect(workload.problem(0)).toBe('Add a program to run.');
  });

  it('names what runs in a line', () => {
    const workload = new WorkloadState(catalogue.patterns);
    workload.become(workload.programs[0].key, { trace });
    expect(workload.title(32)).toBe('sort.lackey.gz on CPUs 0-15');
    expect(workload.title(1)).toBe('sort.lackey.gz on CPU 0');
  });

  it('can be a program of the library, with the figures that differ from its own', () => {
    const workload = new WorkloadState(catalogue.patterns, catalogue.library);
    const { key } = workload.programs[0];
    workload.become(key, { program: 'shell-script' });
    expect(workload.title(2)).toBe('Shell script on CPUs 0-1');
    workload.changeScale(key, 0.05);
    workload.changeParameter(key, 'shells', 3);
    workload.changeParameter(key, 'start', 'vfork');
    workload.changeParameter(key, 'shells', 1);
    const [spec] = workload.specs(2);
    expect(spec).toEqual({
      kind: 'program',
      program: 'shell-script',
      cpus: [0, 1],
      startNs: 0,
      scale: 0.05,
      parameters: { start: 'vfork' },
    });
    expect(workloadSchema.parse(spec)).toEqual(spec);
    workload.become(key, { program: 'dbench' });
    expect(workload.specs(2)[0]).toMatchObject({ scale: 0.05, parameters: {} });
  });

  it('can be a script, once one is opened', () => {
    const workload = new WorkloadState(catalogue.patterns, catalogue.library);
    const { key } = workload.programs[0];
    workload.become(key, { script: null });
    expect(workload.problem(2)).toBe('Open a script file to run.');
    const script = scriptSchema.parse({
      format: 'numaq-lab/script',
      version: 1,
      title: 'mine',
      programs: { main: [{ op: 'compute', instructions: 5 }] },
      start: [{ program: 'main' }],
    });
    workload.become(key, { script: { name: 'mine.json', script } });
    expect(workload.problem(2)).toBeNull();
    expect(workload.specs(1)).toEqual([{ kind: 'script', script, cpus: [0], startNs: 0 }]);
    expect(workload.title(1)).toBe('mine on CPU 0');
  });

  it('reads a shared segment as two addresses', () => {
    expect(readRange('0x4000000-4200000')).toEqual({ ok: true, value: { start: 0x4000000, end: 0x4200000 } });
    expect(readRange('')).toEqual({ ok: true, value: undefined });
    expect(readRange('0x10-0x10').ok).toBe(false);
    expect(readRange('here').ok).toBe(false);
    expect(rangeText({ start: 0x4000000, end: 0x4200000 })).toBe('0x4000000-0x4200000');
  });
});

describe('the fields of a library program', () => {
  it('show every figure with its range and source, and keep to the range', async () => {
    const entry = catalogue.library.find(({ id }) => id === 'shell-script');
    if (entry === undefined) throw new Error('no such program');
    const changed: unknown[] = [];
    render(LibraryFields, {
      entry,
      scale: 0.01,
      parameters: { commands: 7 },
      refusal: () => null,
      onscale: (scale) => changed.push(scale),
      onparameter: (...change) => changed.push(change),
    });
    const commands = screen.getByLabelText<HTMLInputElement>('Commands of each script *');
    expect(commands.value).toBe('7');
    await fireEvent.input(commands, { target: { value: '0' } });
    expect(screen.getByRole('alert').textContent).toContain('from 1 to 10,000,000');
    await fireEvent.input(commands, { target: { value: '250' } });
    await fireEvent.keyDown(commands, { key: 'Enter' });
    await fireEvent.change(screen.getByLabelText('How the shell starts a command'), { target: { value: 'vfork' } });
    expect(changed).toEqual([
      ['commands', 250],
      ['start', 'vfork'],
    ]);
    expect(screen.getAllByRole('textbox')).toHaveLength(1 + entry.parameters.length - 1);
  });
});

/** What the bar shows beside the runs: nobody looks back, and nobody has chosen a step. */
function around(runs: RunsState): { playhead: PlayheadState; stepping: SteppingState; keyText: () => string } {
  const seek = (): Promise<never> => Promise.reject(new Error('not in this test'));
  const playhead = new PlayheadState(runs, { seek, stopSeeking: () => Promise.resolve(null) });
  return { playhead, stepping: new SteppingState(runs), keyText: () => '' };
}

describe('the run bar', () => {
  it('does not run a machine that does not boot, and says so', async () => {
    const machine = machineOn('numaq-64g-8quad');
    const workload = new WorkloadState(catalogue.patterns);
    const runs = idleRuns();
    render(RunBar, { machine, runs, workload, ...around(runs) });
    expect(screen.getByRole('button', { name: 'Run' }).getAttribute('aria-disabled')).toBe('false');
    await machine.edit('kernel.structPageBytes', 60);
    flushSync();
    expect(whyNotRun(machine, workload)).toBe('The machine does not boot.');
    expect(screen.getByRole('button', { name: 'Run' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('keeps what went wrong at the start of a run in sight', async () => {
    const machine = machineOn('pc-256m');
    if (machine.profile === null) throw new Error('no machine');
    expect(cpuCountOf(machine.profile)).toBe(1);
    const runs = idleRuns();
    render(RunBar, { machine, runs, workload: new WorkloadState(catalogue.patterns), ...around(runs) });
    await fireEvent.click(screen.getByRole('button', { name: 'Run' }));
    expect(await screen.findByText('failed')).toBeTruthy();
    expect(runs.failure?.message).toBe('not in this test');
  });
});

describe('undo of the workload', () => {
  it('leads back through every change to the workload that the window began with, and forth again', () => {
    const workload = new WorkloadState(catalogue.patterns, catalogue.library);
    const first = workload.specs(8);
    expect(workload.canUndo).toBe(false);
    workload.addPattern('chase', [3]);
    workload.seed = 7;
    workload.keepHistory = true;
    workload.remove(workload.programs[0].key);
    const last = workload.specs(8);
    for (let step = 0; step < 4; step++) workload.undo();
    expect([workload.specs(8), workload.seed, workload.keepHistory]).toEqual([first, 0, false]);
    expect(workload.canUndo).toBe(false);
    while (workload.canRedo) workload.redo();
    expect([workload.specs(8), workload.seed, workload.keepHistory]).toEqual([last, 7, true]);
  });
});
