import { describe, expect, it } from 'vitest';
import { checkMachine } from '../../../src/lab/machines.ts';
import type { RunRequest } from '../../../src/lab/contract.ts';
import { NoticeState } from '../../state/notice.svelte.ts';
import { Run, RunsState } from '../../state/runs.svelte.ts';
import { CompareState } from '../compare/compare.svelte.ts';
import { asSchema } from '../inspector/schema.ts';
import { aRun, catalogue, idleClient, machineOn } from '../testing.ts';
import { findFields, profileFields } from './parameters.ts';
import { RunWithState } from './run-with.svelte.ts';

const schema = asSchema(catalogue.profileSchema);
const { profile } = machineOn('numaq-16g-4quad');
if (profile === null) throw new Error('no machine');

/** A window with one run that is done, and what the lab was asked to run. */
function aWindow(): { state: RunWithState; runs: RunsState; compare: CompareState; base: Run; asked: RunRequest[] } {
  const asked: RunRequest[] = [];
  const startRun = (request: RunRequest): Promise<string> => {
    asked.push(request);
    return Promise.resolve(`run-${asked.length}`);
  };
  const runs = new RunsState({ ...idleClient, startRun });
  const base = new Run({ ...aRun().start, seed: 3 }, 1);
  base.state = 'done';
  base.report = { result: {} } as unknown as NonNullable<Run['report']>;
  runs.list = [base];
  const compare = new CompareState(runs);
  const client = { check: (value: unknown) => Promise.resolve(checkMachine(value)) };
  const state = new RunWithState({ client, catalogue, runs, compare, notice: new NoticeState() });
  return { state, runs, compare, base, asked };
}

describe('values of a machine', () => {
  const fields = profileFields(profile, schema);

  it('are found by words of their name, those that begin with the first word before the others', () => {
    const names = findFields(fields, 'memory').map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['Node 0, Memory', 'Node 1, Memory', 'Node 2, Memory', 'Node 3, Memory']);
    expect(findFields(fields, 'node 2 mem').map(({ path }) => path)).toEqual(['machine.nodes[2].memoryMiB']);
    expect(findFields(fields, 'swappiness')[0]?.path).toBe('kernel.sysctl.swappiness');
    expect(findFields(fields, 'page_mmushift')[0]?.path).toBe('kernel.pageMmuShift');
    expect(findFields(fields, 'nothing of that kind')).toEqual([]);
    expect(findFields(fields, '  ')).toEqual([]);
  });

  it('leave out what changes nothing of a run', () => {
    expect(fields.filter(({ path }) => /^(title|notes|sources)/.test(path))).toEqual([]);
  });
});

describe('the same run with another value', () => {
  it('is not started before something is changed', async () => {
    const { state, base, asked } = aWindow();
    await state.open(base);
    expect(state.base).toBe(base);
    expect(state.problem).toBe('Change a value, the seed or the workload.');
    await state.start();
    expect(asked).toEqual([]);
  });

  it('has the workload and the seed of the run, and joins it in the comparison when it is done', async () => {
    const { state, runs, compare, base, asked } = aWindow();
    await state.open(base);
    await state.machine.edit('kernel.pageMmuShift', 2);
    expect(state.changes.map(({ label, texts }) => [label, ...texts])).toEqual([['Page cluster', '4 KiB', '16 KiB']]);
    await state.start();
    expect(state.base).toBeNull();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ seed: 3, workloads: base.start.workloads });
    expect(asked[0]?.profile).toMatchObject({ kernel: { pageMmuShift: 2 } });
    const run = runs.list[0];
    expect(run.start.variant).toBe('run 1 with Page cluster 16 KiB');
    expect(compare.awaited).toEqual([run]);
    run.state = 'done';
    run.report = base.report;
    expect(compare.runs).toEqual([base, run]);
    expect(compare.awaited).toEqual([]);
  });

  it('is not started with a value that the lab refuses, nor while another run is under way', async () => {
    const { state, runs, base, asked } = aWindow();
    await state.open(base);
    await state.machine.edit('kernel.pageMmuShift', 99);
    expect(state.problem).toMatch(/refused/);
    state.machine.restore();
    state.seed = 4;
    expect(state.problem).toBeNull();
    const other = new Run(aRun().start, 2);
    runs.list = [other, base];
    expect(state.problem).toMatch(/under way/);
    await state.start();
    expect(asked).toEqual([]);
  });

  it('leaves the run that it came from as it was', async () => {
    const { state, base } = aWindow();
    const before = JSON.stringify(base.start);
    await state.open(base);
    await state.machine.edit('machine.nodes[0].memoryMiB', 128);
    state.seed = 9;
    expect(JSON.stringify(base.start)).toBe(before);
  });
});
