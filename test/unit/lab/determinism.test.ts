/** The same order gives the same bytes: again, in other steps, in a worker; and its run file verifies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatRun } from '../../../src/lab/run-file.ts';
import { type RunOrder, startSimulation } from '../../../src/lab/run-job.ts';
import { verifyRun } from '../../../src/lab/verify.ts';
import { builtInById } from '../../../src/sim/profiles/builtin/index.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { library } from '../../../src/sim/workloads/library/library.ts';
import { patterns } from '../../../src/sim/workloads/patterns.ts';
import { type WorkloadSpec, workloadSchema } from '../../../src/sim/workloads/workload.ts';
import { numaq } from '../cli/run-cli.ts';
import { emptyFolder } from './folders.ts';
import { labsOfThisFile } from './labs.ts';
import { smallMachine } from './reports.ts';

const { newLab } = labsOfThisFile();

function machine(id: string, kernel: Partial<MachineProfile['kernel']> = {}): MachineProfile {
  const profile = builtInById(id)?.profile();
  if (profile === undefined) throw new Error(`no built-in machine ${id}`);
  return { ...profile, kernel: { ...profile.kernel, ...kernel } };
}

/** Figures far below the full size, where the scale alone leaves too much. */
const small: Readonly<Record<string, readonly [scale: number, given: Record<string, number | string>]>> = {
  compile: [0.001, { jobs: 2, headers: 10, megaInstructions: 1, heapKiB: 128 }],
  aim7: [0.0005, {}],
  database: [0.002, { servers: 3 }],
  dbench: [0.002, { clients: 3, kept: 4 }],
  'rmap-test': [0.001, { pages: 20 }],
  'memory-hog': [0.002, { processes: 2 }],
  'streaming-reader': [0.002, {}],
  'fork-children': [0.003, { ptePages: 4 }],
};

function program(id: string, cpus: readonly number[]): WorkloadSpec {
  const [scale, parameters] = small[id] ?? [0.001, {}];
  return workloadSchema.parse({ kind: 'program', program: id, cpus, scale, parameters });
}

function runOf(order: RunOrder, step = 2 ** 20): string {
  const simulation = startSimulation(order, () => undefined);
  while (!simulation.run(step));
  return formatRun(simulation.report());
}

/** The run file of an order that the lab's worker did. */
async function inWorker(order: RunOrder): Promise<string> {
  const lab = newLab();
  const runId = await lab.api.startRun({ profile: order.profile, workloads: [...order.workloads], seed: order.seed });
  await new Promise<void>((resolve, reject) => {
    lab.on('runProgress', ({ state, failure }) => {
      if (failure !== undefined) reject(new Error(failure.message));
      if (state === 'done') resolve();
    });
  });
  return formatRun(await lab.api.runReport(runId));
}

const workloads: readonly (readonly [string, () => WorkloadSpec])[] = [
  ...library.map(({ id }) => [id, () => program(id, [0, 1, 4])] as const),
  ...patterns.map(({ id }) => {
    const spec = { kind: 'pattern', pattern: id, cpus: [0, 5], bytes: 2 ** 18, references: 3000 };
    return [id, () => workloadSchema.parse(spec)] as const;
  }),
];

describe.each(workloads)('%s gives the same bytes', (_, workload) => {
  const order = (seed: number): RunOrder => ({ profile: smallMachine, workloads: [workload()], seed });

  it('twice, in steps of any size, and in a worker; and its run file verifies', async () => {
    const text = runOf(order(5));
    expect(await inWorker(order(5))).toBe(text);
    const rerun = async (config: RunOrder): Promise<ReturnType<ReturnType<typeof startSimulation>['report']>> => {
      const simulation = startSimulation(config, () => undefined);
      while (!simulation.run(777));
      return simulation.report();
    };
    expect(await verifyRun(Buffer.from(text), 'a.run.json', rerun)).toEqual({ kind: 'identical' });
  });
});

describe('several workloads together give the same bytes', () => {
  it.each([
    ['with other switches', 'numaq-16g-4quad', { sharedPageTables: 'rule', pageMmuShift: 3, highpte: true } as const],
    ['with rmap15', 'pc-256m', { flavour: '2.4.21-rhel3' } as const],
    ['with 2.4.22', 'pc-256m', { flavour: '2.4.22' } as const],
    ['with anon_vma', 'pc-256m', { flavour: '2.6.7' } as const],
  ])('%s', async (_title, id, kernel) => {
    const together = [program('shell-script', [0]), { ...program('streaming-reader', [0]), startNs: 1_000_000 }];
    const order = { profile: machine(id, kernel), workloads: together, seed: 7 };
    const text = runOf(order);
    expect(runOf(order, 313)).toBe(text);
    expect(await inWorker(order)).toBe(text);
  });
});

describe('a seed', () => {
  it('is what makes runs differ that have chance in them', () => {
    const order = { profile: machine('pc-256m'), workloads: [program('database', [0])] };
    expect(runOf({ ...order, seed: 1 })).not.toBe(runOf({ ...order, seed: 2 }));
  });
});

describe('numaq verify', () => {
  it('finds run files of the library identical, and says where one was changed', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'a.run.json');
    const options = ['--workload', 'shell-script', '--scale', '0.001', '--cpus', '0', '--seed', '3', '--out', file];
    expect(await numaq('run', 'pc-256m', ...options)).toMatchObject({ code: 0 });
    expect(await numaq('verify', file)).toMatchObject({ code: 0, out: `${file}: identical\n` });
    const order: RunOrder = { profile: machine('pc-256m'), workloads: [program('shell-script', [0])], seed: 3 };
    writeFileSync(file, runOf(order).replace(/"seed": 3/, '"seed": 4'));
    const changed = await numaq('verify', file);
    expect(changed.code).toBe(1);
    expect(changed.out).toContain('config.seed: was changed after it was written');
  });
});
