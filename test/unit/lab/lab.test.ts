import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/sim/base/errors.ts';
import { formatProfile } from '../../../src/sim/profiles/format.ts';
import type { LabEvents, RunRequest, RunState } from '../../../src/lab/contract.ts';
import type { Lab } from '../../../src/lab/door.ts';
import { createLab } from '../../../src/lab/lab.ts';
import { formatRun } from '../../../src/lab/run-file.ts';
import { startSimulation } from '../../../src/lab/run-job.ts';
import { emptyFolder, names } from './folders.ts';
import { labsOfThisFile } from './labs.ts';
import { madeUpReport, smallMachine } from './reports.ts';

const labs = labsOfThisFile();
const { newLab } = labs;

const pattern = (references: number): RunRequest => ({
  profile: smallMachine,
  workloads: [{ kind: 'pattern', pattern: 'random', cpus: [0, 1, 4], startNs: 0, bytes: 2 ** 20, references }],
  seed: 42,
});

type Progress = LabEvents['runProgress'];

/** Everything heard of a run until it is in `state`. */
async function hear(lab: Lab, runId: string, state: RunState): Promise<readonly Progress[]> {
  const heard: Progress[] = [];
  return new Promise((resolve, reject) => {
    const stop = lab.on('runProgress', (progress) => {
      if (progress.runId !== runId) return;
      heard.push(progress);
      if (progress.state === 'failed') reject(new Error(progress.failure?.message));
      if (progress.state !== state) return;
      stop();
      resolve(heard);
    });
  });
}

async function refusal(call: Promise<unknown>): Promise<InputError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
}

describe('machines', () => {
  it('are listed with the registries, and every built-in one opens and boots', async () => {
    const { api } = newLab();
    const catalogue = await api.catalogue();
    expect(catalogue.machines.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['numaq-64g-8quad', 'smp-8way', 'altix-4700-4096n', 'caches-only']),
    );
    for (const { id } of catalogue.machines) {
      const { handle, checked } = await api.openBuiltIn(id);
      expect(handle).toBeNull();
      expect([id, checked.issues, checked.layout?.boots]).toEqual([id, [], true]);
    }
    const biggest = catalogue.machines.find(({ id }) => id === 'altix-4700-4096n');
    expect(biggest).toMatchObject({ nodes: 4096, cpus: 16384 });
  });

  it('that are not built in name the nearest one', async () => {
    const error = await refusal(newLab().api.openBuiltIn('smp-9way'));
    expect(error.message).toContain('did you mean smp-8way?');
  });

  it('are the same after save as and open, and recent tomorrow', async () => {
    const folder = emptyFolder();
    const dataDir = emptyFolder();
    const path = join(folder, 'mine.numaq.json');
    const suggestions: string[] = [];
    const saveMachine = async (suggested: string): Promise<string> => {
      suggestions.push(suggested);
      return path;
    };
    const { api } = newLab({ saveMachine, openMachine: async () => path }, dataDir);
    const saved = await api.saveMachineAs('a/b: mine', smallMachine);
    expect(suggestions).toEqual(['a-b- mine.numaq.json']);
    expect(saved?.name).toBe('mine.numaq.json');
    expect(readFileSync(path, 'utf8')).toBe(formatProfile(smallMachine));

    const opened = await api.openMachine();
    expect(opened?.checked.profile).toEqual(smallMachine);
    expect(opened?.handle).toBe(saved?.handle);

    const tomorrow = newLab({}, dataDir).api;
    const [recent] = await tomorrow.recentMachines();
    expect(recent).toMatchObject({ name: 'mine.numaq.json', title: smallMachine.title });
    expect(recent?.shape).toEqual({ interconnect: 'ring', nodes: 2, cpus: 8 });
    expect((await tomorrow.openRecent(recent!.handle)).checked.profile).toEqual(smallMachine);
    await tomorrow.saveMachine(recent!.handle, { ...smallMachine, title: 'Other' });
    expect(readFileSync(path, 'utf8')).toBe(formatProfile({ ...smallMachine, title: 'Other' }));
    const [first, second] = smallMachine.machine.nodes;
    const smaller = { ...smallMachine.machine, nodes: [first!, { ...second!, cpus: 1 }] };
    await tomorrow.saveMachine(recent!.handle, { ...smallMachine, machine: smaller });
    expect((await tomorrow.recentMachines())[0]?.shape).toEqual({ interconnect: 'ring', nodes: 2, cpus: 5 });
    expect(names(folder)).toEqual(['mine.numaq.json']);
    await tomorrow.forgetRecent(recent!.handle);
    expect(await tomorrow.recentMachines()).toEqual([]);
  });

  it('do not change a file when what should be saved is not valid', async () => {
    const path = join(emptyFolder(), 'mine.numaq.json');
    const { api } = newLab({ saveMachine: async () => path });
    const saved = await api.saveMachineAs('mine', smallMachine);
    await refusal(api.saveMachine(saved!.handle, { ...smallMachine, title: 7 }));
    await refusal(api.saveMachineAs('mine', { title: 'nothing' }));
    expect(readFileSync(path, 'utf8')).toBe(formatProfile(smallMachine));
  });

  it('open from a file with a byte order mark', async () => {
    const path = join(emptyFolder(), 'mine.numaq.json');
    writeFileSync(path, `\uFEFF${formatProfile(smallMachine)}`);
    expect((await newLab().openMachineFile(path)).checked.profile).toEqual(smallMachine);
  });

  it.each([
    ['broken', '{"format": "numaq-lab/machine",', 'line 1, column'],
    ['of a newer lab', '{"format": "numaq-lab/machine", "version": 99}', 'made by a newer NUMA-Q Lab'],
    ['binary', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'expected text in UTF-8'],
    ['gzip', Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0xff]), 'found a gzip file'],
    ['empty', '', 'mine.numaq.json: '],
  ])('open nothing from a file that is %s, and leave it as it is', async (_, content, message) => {
    const path = join(emptyFolder(), 'mine.numaq.json');
    writeFileSync(path, content);
    const lab = newLab({ openMachine: async () => path });
    const error = await refusal(lab.api.openMachine());
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(tmpdir());
    expect(await lab.api.recentMachines()).toEqual([]);
    expect(readFileSync(path)).toEqual(Buffer.from(content as string));
  });

  it('are checked on every edit without ever throwing', async () => {
    const { api } = newLab();
    expect((await api.check(smallMachine)).layout?.boots).toBe(true);
    const broken = await api.check({ ...smallMachine, kernel: { ...smallMachine.kernel, pageMmuShift: 9 } });
    expect(broken.layout).toBeUndefined();
    expect(broken.issues[0]).toMatchObject({ path: 'kernel.pageMmuShift', found: '9' });
    expect((await api.check(null)).issues).not.toEqual([]);
  });

  it('need no dialog where none is there', async () => {
    const lab = createLab({ dataDir: emptyFolder(), workerPath: labs.workerPath });
    expect((await refusal(lab.api.openMachine())).message).toContain('a door with dialogs');
    expect((await lab.api.parseMachine('a.json', formatProfile(smallMachine))).checked.profile).toEqual(smallMachine);
  });
});

describe('runs', () => {
  it('give the same bytes in the worker as without one, and as before', async () => {
    const lab = newLab();
    const [first, second] = [await lab.api.startRun(pattern(20_000)), await lab.api.startRun(pattern(20_000))];
    await Promise.all([hear(lab, first, 'done'), hear(lab, second, 'done')]);
    const { workloads, seed } = pattern(20_000);
    const simulation = startSimulation({ profile: smallMachine, workloads, seed }, () => undefined);
    while (!simulation.run(2 ** 20));
    const here = formatRun(simulation.report());
    expect(await lab.api.formatRun(first)).toBe(here);
    expect(await lab.api.formatRun(second)).toBe(here);
    expect(formatRun(await lab.api.runReport(first))).toBe(here);
  });

  it('begin with what earlier runs know of programs, and keep it', async () => {
    const lab = newLab();
    const history = [{ file: '/bin/job', born: 'exec' as const, runs: 2, meanNs: 1e9, meanPages: 30, execed: 0 }];
    const id = await lab.api.startRun({ ...pattern(1000), history });
    await hear(lab, id, 'done');
    expect((await lab.api.runReport(id)).config.history).toEqual(history);
  });

  it('tell of their progress, which only grows, and of every sample once', async () => {
    const lab = newLab();
    const runId = await lab.api.startRun(pattern(400_000));
    const started = performance.now();
    const heard = await hear(lab, runId, 'done');
    // 30 a second, and the first two and the last.
    expect(heard.length).toBeLessThanOrEqual(3 + (30 * (performance.now() - started)) / 1000);
    expect(heard[0]).toMatchObject({ state: 'preparing', progress: 0 });
    expect(heard.at(-1)).toMatchObject({ state: 'done', progress: 1, references: 1_200_000 });
    const progress = heard.map((each) => each.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    const times = heard.flatMap(({ frames }) => frames.map(({ row }) => row[0] as number));
    expect(times.length).toBeGreaterThan(10);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });

  it('pause, go on and are cancelled', async () => {
    const lab = newLab();
    const runId = await lab.api.startRun(pattern(50_000_000));
    await hear(lab, runId, 'running');
    const pausing = hear(lab, runId, 'paused');
    await lab.api.pauseRun(runId);
    const { references } = (await pausing).at(-1)!;
    const going = hear(lab, runId, 'running');
    await lab.api.resumeRun(runId);
    expect((await going).at(-1)!.references).toBe(references);
    await lab.api.pauseRun(runId);
    const cancelling = hear(lab, runId, 'cancelled');
    await lab.api.cancelRun(runId);
    const [last] = (await cancelling).slice(-1);
    expect(last).not.toHaveProperty('failure');
    expect((await refusal(lab.api.runReport(runId))).message).toContain('found one that is cancelled');
  });

  it('that cannot be done fail with what is wrong', async () => {
    const lab = newLab();
    const request = pattern(1000);
    const workloads = request.workloads.map((workload) => ({ ...workload, cpus: [0, 99] }));
    const runId = await lab.api.startRun({ ...request, workloads });
    await expect(hear(lab, runId, 'done')).rejects.toThrow('workloads[0].cpus: CPUs 0 to 7 are there, asked for 0,99');
    await refusal(lab.api.startRun({ ...request, profile: {} }));
    expect((await refusal(lab.api.runReport('run-99'))).message).toContain('expected a run of this lab');
  });

  it('replay a trace opened before, and refuse one that is not', async () => {
    const folder = emptyFolder();
    const path = join(folder, 'tiny.lackey');
    const lines = Array.from(
      { length: 5000 },
      (_, i) => `I  04001000,3\n L 1ffe${(i % 4096).toString(16).padStart(4, '0')},8\n`,
    );
    writeFileSync(path, `==1== Lackey\n${lines.join('')}`);
    const lab = newLab({ openTrace: async () => path });
    const told: number[] = [];
    lab.on('traceProgress', ({ progress }) => told.push(progress));
    const trace = (await lab.api.openTrace())!;
    expect(trace).toMatchObject({ name: 'tiny.lackey', records: 10_000, kinds: [5000, 0, 0, 5000] });
    expect(told.at(-1)).toBe(1);
    expect(await lab.api.traces()).toEqual([trace]);

    const replay = (sha256: string): RunRequest => ({
      profile: smallMachine,
      workloads: [{ kind: 'trace', trace: { name: trace.name, sha256 }, cpus: [0, 5], startNs: 0 }],
      seed: 0,
    });
    const runId = await lab.api.startRun(replay(trace.sha256));
    expect((await hear(lab, runId, 'done')).at(-1)).toMatchObject({ references: 20_000 });
    const error = await refusal(lab.api.startRun(replay('0'.repeat(64))));
    expect(error.message).toBe('workloads[0].trace: expected an opened trace, found tiny.lackey');
  });

  it('replay an uploaded packed trace after the upload was removed', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'a.din'), '0 1000\n1 2000\n2 3000\n'.repeat(100));
    const { packTrace } = await import('../../../src/lab/traces/open-trace.ts');
    await packTrace(join(folder, 'a.din'), join(folder, 'a.packed'));
    const lab = newLab();
    const trace = await lab.openTraceFile(join(folder, 'a.packed'), 'a.packed');
    rmSync(join(folder, 'a.packed'));
    const workload = { kind: 'trace' as const, trace: { name: 'a', sha256: trace.sha256 }, cpus: [0], startNs: 0 };
    const runId = await lab.api.startRun({ profile: smallMachine, workloads: [workload], seed: 0 });
    expect((await hear(lab, runId, 'done')).at(-1)).toMatchObject({ references: 300 });
  });

  it('saves what a window made to the byte, under a name without a folder', async () => {
    const path = join(emptyFolder(), 'chart.png');
    const asked: string[] = [];
    const saveFile = async (suggested: string): Promise<string> => {
      asked.push(suggested);
      return path;
    };
    const lab = newLab({ saveFile });
    // The first bytes of every PNG file.
    const content = { base64: 'iVBORw0KGgo=' };
    expect(await lab.api.saveFile({ name: 'Free: a/b.png', type: 'image/png', content })).toBe('chart.png');
    expect(asked).toEqual(['Free- a-b.png']);
    expect([...readFileSync(path)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    await lab.api.saveFile({ name: 'a.csv', type: 'text/csv', content: { text: 'Time, ns\r\n' } });
    expect(readFileSync(path, 'utf8')).toBe('Time, ns\r\n');
  });

  it('saves nothing where the dialog was dismissed', async () => {
    const content = { text: '' };
    expect(await newLab().api.saveFile({ name: 'a.csv', type: 'text/csv', content })).toBeNull();
  });

  it('are saved by a dialog, and verified to be what was done', async () => {
    const path = join(emptyFolder(), 'a.numaq-run.json');
    const lab = newLab({ saveRun: async () => path });
    const runId = await lab.api.startRun(pattern(1000));
    await hear(lab, runId, 'done');
    expect(await lab.api.saveRunAs(runId, 'a')).toEqual({ handle: runId, name: 'a.numaq-run.json' });
    expect(readFileSync(path, 'utf8')).toBe(await lab.api.formatRun(runId));
  });

  it('that were saved are opened again, and saved again as they were', async () => {
    const path = join(emptyFolder(), 'a.numaq-run.json');
    const lab = newLab({ saveRun: async () => path, openRun: async () => path });
    const runId = await lab.api.startRun(pattern(1000));
    await hear(lab, runId, 'done');
    await lab.api.saveRunAs(runId, 'a');
    const opened = await lab.api.openRun();
    expect(opened?.name).toBe('a.numaq-run.json');
    expect(opened?.report.result).toEqual((await lab.api.runReport(runId)).result);
    const text = readFileSync(path, 'utf8');
    expect(await lab.api.formatRun(String(opened?.runId))).toBe(text);
    // The browser sends the text instead.
    const sent = await lab.api.parseRun('b.json', text);
    expect(sent.runId).not.toBe(opened?.runId);
    expect(await lab.api.formatRun(sent.runId)).toBe(text);
  });

  it('that were changed in their files are refused, with the place', async () => {
    const { api } = newLab();
    const text = formatRun(madeUpReport);
    // One digit of the seed: line and column are counted by hand from the text.
    const at = text.indexOf('"seed": ') + '"seed": '.length;
    const place = `line ${text.slice(0, at).split('\n').length}, column ${at - text.lastIndexOf('\n', at)}`;
    const digit = text[at] === '1' ? '2' : '1';
    const changed = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
    const [issue] = (await refusal(api.parseRun('a.json', changed))).issues;
    expect(issue?.path).toBe(`${place}: config.seed`);
    expect(issue?.message).toContain('changed since it was written');
    // Two bytes, far apart: noticed, but not found.
    const twice = changed.replace('"engine": "', '"engine": "x');
    expect((await refusal(api.parseRun('a.json', twice))).message).toContain('several bytes');
    expect((await refusal(api.parseRun('a.json', '{"format": 1}'))).message).toContain('no run file');
    expect(await api.openRun()).toBeNull();
  });

  it('end with the lab, which leaves no temporary file', async () => {
    const lab = createLab({ dataDir: emptyFolder(), workerPath: labs.workerPath });
    const path = join(emptyFolder(), 'a.din');
    writeFileSync(path, '0 1000\n'.repeat(100));
    await lab.openTraceFile(path);
    await lab.api.startRun(pattern(50_000_000));
    await lab.close();
    expect(existsSync(path)).toBe(true);
  });
});
