/** Where tasks run: balancing between nodes, placing at fork, at exec and as told, and what it leaves on other nodes. */
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import type { SchedulingReport } from '../../../src/sim/engine/scheduling-report.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import type { HistoryRow } from '../../../src/sim/kernel/sched/history.ts';
import type { MachineProfile } from '../../../src/sim/profiles/schema.ts';
import { buildProgram } from '../../../src/sim/workloads/registry.ts';
import { parseScript } from '../../../src/sim/workloads/script.ts';
import { workloadSchema } from '../../../src/sim/workloads/workload.ts';
import { builtIn, column, sum } from './runs.ts';

const all = Array.from({ length: 16 }, (_, cpu) => cpu);
const MS = 1e6;

interface Order {
  readonly programs: Record<string, readonly unknown[]>;
  readonly start?: readonly unknown[];
  readonly images?: Record<string, unknown>;
  readonly kernel?: Partial<MachineProfile['kernel']>;
  readonly history?: readonly HistoryRow[];
  readonly cpus?: readonly number[];
}

/** A run on four quads with 2.6.0. */
function run({
  programs,
  start = [{ program: 'main' }],
  images = {},
  kernel = {},
  history,
  cpus = all,
}: Order): RunReport {
  const plain = builtIn('numaq-16g-4quad');
  const profile = { ...plain, kernel: { ...plain.kernel, flavour: '2.6.0', ...kernel } };
  const script = parseScript({ format: 'numaq-lab/script', version: 1, title: 'by hand', programs, start, images });
  const spec = workloadSchema.parse({ kind: 'script', script, cpus });
  const program = buildProgram(spec, profile, () => undefined, 0, 1);
  const config = { profile, workloads: [spec], seed: 1, sampleNs: 10 * MS };
  const simulation = new Simulation(history === undefined ? config : { ...config, history }, [program]);
  while (!simulation.run(2 ** 20));
  return simulation.report();
}

function schedulingOf({ result }: RunReport): SchedulingReport {
  if (result.scheduling === null) throw new Error('a run of tasks without scheduling');
  return result.scheduling;
}

/** The row of the children that `main` forked. */
function childrenOf(report: RunReport): SchedulingReport['programs'][number] {
  const found = schedulingOf(report).programs.find(({ file, born }) => file === 'main' && born === 'fork');
  if (found === undefined) throw new Error('no children');
  return found;
}

const computes = (ms: number): unknown => ({ op: 'compute', instructions: ms * 1e6 });
const memory = [
  { op: 'mmap', as: 'memory', bytes: 65536, anonymous: true },
  { op: 'touch', region: 'memory', write: true },
];
const forks = (program: string, times: number): readonly unknown[] => [
  { op: 'repeat', times, body: [{ op: 'fork', program }] },
  { op: 'wait', running: 0 },
];

/** 16 children, each with 16 pages and a lot to do. */
function hogs(ms: number, kernel: Order['kernel'] = {}, history?: readonly HistoryRow[]): RunReport {
  const programs = { main: forks('hog', 16), hog: [...memory, computes(ms)] };
  return run({ programs, kernel, ...(history === undefined ? {} : { history }) });
}

/** The same, and they are ready all at once, on CPU 0. */
function hogsOnOneCpu(ms: number, kernel: Order['kernel'] = {}): RunReport {
  const go = { op: 'barrier', name: 'go', parties: 17 };
  const [repeat, wait] = forks('hog', 16);
  const programs = {
    main: [repeat, go, wait],
    hog: [{ op: 'setAffinity', cpus: all }, ...memory, go, computes(ms)],
  };
  return run({ programs, kernel, start: [{ program: 'main', cpus: [0] }] });
}

const PAGES = 16 * 16;

describe('16 hogs on one CPU of 16', () => {
  const balanced = hogsOnOneCpu(60);

  it('spread over all nodes within milliseconds in 2.6.0, since idle CPUs look across nodes every 5 ms', () => {
    const { nodes } = schedulingOf(balanced);
    expect(nodes.map(({ migrationsIn }) => migrationsIn)).toEqual([0, 4, 4, 4]);
    expect(nodes.map(({ migrationsOut }) => migrationsOut)).toEqual([12, 0, 0, 0]);
    // 60 million instructions take 59.4 ms.
    expect(balanced.result.elapsedNs).toBeLessThan(75 * MS);
  });

  it('wait for 100 balances of an idle CPU in 2.5.59, a tenth of a second', () => {
    const { result } = hogsOnOneCpu(120, { nodeBalance: '2.5.59' });
    // Rows of 10 ms each: three idle CPUs of the same node take tasks at once.
    const moves = column(result.samples, 'nodeMigrations');
    expect(sum(moves.slice(0, 9))).toBe(0);
    expect(sum(moves.slice(9, 12))).toBeGreaterThan(0);
    expect(sum(column(result.samples, 'migrations').slice(0, 9))).toBeGreaterThanOrEqual(3);
  });

  it('leave the pages behind that they touched before they were moved', () => {
    // 12 of 16 go to other nodes, with 16 pages each on the first.
    expect(childrenOf(balanced)).toMatchObject({ runs: 16, placedAtFork: 0, pages: PAGES, pagesElsewhere: 12 * 16 });
  });

  it('say how many were runnable on each node: by the hogs’ time there', () => {
    const { nodes } = schedulingOf(balanced);
    const total = sum(nodes.map(({ meanRunning }) => meanRunning));
    expect(total * balanced.result.elapsedNs).toBeGreaterThan(0.95 * 16 * 59.4 * MS);
    expect(total).toBeLessThan(17);
  });
});

describe('16 hogs of one parent', () => {
  it('keep all pages at hand where fork places them, and nobody need be moved', () => {
    const balanced = hogs(60);
    expect(childrenOf(balanced).pagesElsewhere).toBeGreaterThan(0);
    const placed = hogs(60, { taskPlacement: 'fork' });
    expect(childrenOf(placed)).toMatchObject({ runs: 16, placedAtFork: 15, pages: PAGES, pagesElsewhere: 0 });
    const { nodes } = schedulingOf(placed);
    expect(sum(nodes.map(({ migrationsIn }) => migrationsIn))).toBe(0);
    expect(placed.result.totals['forkPlacements']).toBe(15);
    expect(placed.result.elapsedNs).toBeLessThan(balanced.result.elapsedNs);
  });
});

describe('prediction', () => {
  it('learns in one run what the next one places by', () => {
    const first = hogs(450, { taskPlacement: 'predicted' });
    expect(childrenOf(first)).toMatchObject({ predicted: 0, placedAtFork: 0 });
    const { history } = schedulingOf(first);
    expect(history).toContainEqual(expect.objectContaining({ file: 'main', born: 'fork', runs: 16, execed: 0 }));
    const second = hogs(450, { taskPlacement: 'predicted' }, history);
    expect(childrenOf(second)).toMatchObject({ predicted: 16, mispredicted: 0, placedAtFork: 15, pagesElsewhere: 0 });
    expect(second.result.elapsedNs).toBeLessThan(first.result.elapsedNs);
  });

  it('says how often it was wrong', () => {
    const long = [{ file: 'main', born: 'fork' as const, runs: 1e4, meanNs: 1e9, meanPages: 20, execed: 0 }];
    expect(childrenOf(hogs(1, { taskPlacement: 'predicted' }, long))).toMatchObject({
      predicted: 16,
      mispredicted: 16,
    });
  });

  it('keeps what it was given, and adds to it', () => {
    const known = [{ file: 'main', born: 'fork' as const, runs: 16, meanNs: 0, meanPages: 0, execed: 1 }];
    const { history } = schedulingOf(hogs(1, { taskPlacement: 'predicted' }, known));
    expect(history.find(({ born }) => born === 'fork')).toMatchObject({ runs: 32, meanPages: 8, execed: 0.5 });
  });
});

describe('exec', () => {
  const images = { job: { file: '/bin/job', textBytes: 8192, dataBytes: 4096, bssBytes: 0 } };
  const go = { op: 'barrier', name: 'go', parties: 5 };
  const [repeat, wait] = forks('child', 4);
  const programs = {
    main: [repeat, go, wait],
    child: [{ op: 'setAffinity', cpus: all }, go, { op: 'exec', image: 'job' }, ...memory, computes(20)],
  };
  const start = [{ program: 'main', cpus: [0] }];

  it('moves tasks from a crowded runqueue to other nodes, and all of the program’s memory is there', () => {
    const report = run({ programs, images, start });
    const { programs: rows, nodes } = schedulingOf(report);
    const job = rows.find(({ file }) => file === '/bin/job');
    // Four are ready on CPU 0 at once, and go in turn while more than two are left.
    expect(job).toMatchObject({ born: 'exec', runs: 4, pagesElsewhere: 0 });
    expect([2, 3]).toContain(job?.placedAtExec);
    expect(nodes.map(({ placedAtExec }) => placedAtExec).slice(0, 3)).toEqual([0, 1, 1]);
    expect(report.result.totals['execPlacements']).toBe(job?.placedAtExec);
  });

  it('moves nobody where a kernel places nobody', () => {
    const { result } = run({ programs, images, start, kernel: { taskPlacement: 'none' } });
    expect(result.totals['execPlacements']).toBe(0);
  });

  it('notes that the children of a program exec', () => {
    const { history } = schedulingOf(run({ programs, images, start }));
    expect(history.find(({ file, born }) => file === 'main' && born === 'fork')).toMatchObject({ runs: 4, execed: 1 });
    expect(history.find(({ file }) => file === '/bin/job')).toMatchObject({ born: 'exec', execed: 0 });
  });
});

describe('a program that says where it wants to be', () => {
  const main = [{ op: 'place', node: 2 }, ...memory, computes(5)];

  it('goes on on that node and has its memory there', () => {
    const report = run({ programs: { main }, kernel: { taskPlacement: 'told' } });
    const { nodes, programs } = schedulingOf(report);
    expect(nodes.map(({ placedTold }) => placedTold)).toEqual([0, 0, 1, 0]);
    expect(nodes.map(({ migrationsIn }) => migrationsIn)).toEqual([0, 0, 1, 0]);
    expect(programs).toEqual([expect.objectContaining({ file: 'main', placedTold: 1, pages: 16, pagesElsewhere: 0 })]);
    expect(report.result.calls).toEqual([]);
  });

  it.each([
    { node: 9, taskPlacement: 'told', errno: 'EINVAL' },
    { node: 2, taskPlacement: 'exec', errno: 'ENOSYS' },
  ] as const)(
    'is refused with $errno for node $node where placing is $taskPlacement',
    ({ node, taskPlacement, errno }) => {
      const { result } = run({ programs: { main: [{ op: 'place', node }] }, kernel: { taskPlacement } });
      expect(result.calls).toEqual([expect.objectContaining({ call: 'place', result: errno, count: 1 })]);
    },
  );
});

describe('sched_setaffinity()', () => {
  const affinity = (cpus: readonly number[]): readonly unknown[] => [
    computes(1),
    { op: 'setAffinity', cpus },
    ...memory,
    computes(5),
  ];

  it('moves the task to the first CPU of the mask, where its memory then is', () => {
    const report = run({ programs: { main: affinity([13, 9]) } });
    const { nodes, programs } = schedulingOf(report);
    expect(nodes.map(({ migrationsIn }) => migrationsIn)).toEqual([0, 0, 1, 0]);
    expect(programs[0]).toMatchObject({ pages: 16, pagesElsewhere: 0 });
    const cpus = column(report.result.cpus, 'cpu');
    const instructions = column(report.result.cpus, 'instructions');
    expect(instructions[cpus.indexOf(9)]).toBeGreaterThan(4.9e6);
  });

  it('leaves it where it may stay', () => {
    const { nodes } = schedulingOf(run({ programs: { main: affinity([0, 9]) } }));
    expect(sum(nodes.map(({ migrationsIn }) => migrationsIn))).toBe(0);
  });

  it.each([
    { what: 'an empty mask', cpus: [] },
    { what: 'CPUs that the machine does not have', cpus: [16, 99] },
  ])('is refused with EINVAL for $what', ({ cpus }) => {
    const { result } = run({ programs: { main: affinity(cpus) } });
    expect(result.calls).toEqual([
      expect.objectContaining({ call: 'sched_setaffinity', result: 'EINVAL', place: 'programs.main[1]' }),
    ]);
  });

  it('is refused with EINVAL for CPUs that the workload has not, and with ENOSYS by 2.4', () => {
    const offline = run({ programs: { main: affinity([9]) }, cpus: [0, 1, 2, 3] });
    expect(offline.result.calls).toMatchObject([{ result: 'EINVAL' }]);
    const old = run({ programs: { main: affinity([9]) }, kernel: { flavour: '2.4.18' } });
    expect(old.result.calls).toMatchObject([{ result: 'ENOSYS' }]);
  });
});

describe('a program started on nodes', () => {
  const programs = { main: [...memory, computes(2)] };

  it('has only CPUs of those nodes, and its memory there', () => {
    const report = run({ programs, start: [{ program: 'main', copies: 8, nodes: [1, 3] }] });
    expect(schedulingOf(report).nodes.map(({ meanRunning }) => meanRunning > 0.1)).toEqual([false, true, false, true]);
    expect(report.result.totals['userNs']).toBeGreaterThan(8 * 1.9 * MS);
  });

  it('is refused where none of the workload’s CPUs lies there', () => {
    expect(() => run({ programs, start: [{ program: 'main', nodes: [2] }], cpus: [0, 1] })).toThrow('start[0].nodes');
    expect(() => run({ programs, start: [{ program: 'main', nodes: [2], cpus: [0] }] })).toThrow('start[0].nodes');
  });
});
