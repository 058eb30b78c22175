/** Where tasks begin: at fork, at exec, by their history, as they say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { type HistoryRow, ProgramHistory } from '../../../../src/sim/kernel/sched/history.ts';
import { TaskLives } from '../../../../src/sim/kernel/sched/lives.ts';
import { TaskPlacement } from '../../../../src/sim/kernel/sched/task-placement.ts';
import { Task } from '../../../../src/sim/kernel/task.ts';
import type { KernelTraits } from '../../../../src/sim/profiles/traits.ts';
import { bootKernel } from '../../../support/kernel.ts';
import { type TableLoads, tableLoads } from './loads.ts';

const { kernel, on } = bootKernel({ builtIn: 'numaq-16g-4quad' });
const all = Array.from({ length: 16 }, (_, cpu) => cpu);

interface Bench {
  readonly loads: TableLoads;
  readonly lives: TaskLives;
  /** CPU on which a task that runs `cat` on `cpu` execs `file`, or a child of it begins. */
  exec(cpu: number, file?: string, cpus?: readonly number[]): number;
  fork(cpu: number, cpus?: readonly number[]): number;
}

function bench(
  taskPlacement: KernelTraits['taskPlacement'],
  history: readonly HistoryRow[] = [],
  cpusOf = [4, 4, 4, 4],
  nodeBalance: KernelTraits['nodeBalance'] = '2.6.0',
): Bench {
  const loads = tableLoads(kernel.data, cpusOf);
  const lives = new TaskLives(new ProgramHistory(history), cpusOf.length, () => new Float64Array(cpusOf.length));
  const placement = new TaskPlacement({ taskPlacement, nodeBalance }, { loads }, lives);
  const taskOf = (cpus: readonly number[], parent?: Task): Task => {
    const task = new Task(1, 'cat', parent, cpus, 0);
    lives.begins(task, '/bin/cat', 'exec');
    return task;
  };
  return {
    loads,
    lives,
    exec: (cpu, file = '/bin/new', cpus = all) => placement.exec(on(cpu), taskOf(cpus), file),
    fork: (cpu, cpus = all) => {
      const parent = taskOf(cpus);
      return placement.fork(on(cpu), parent, taskOf(cpus, parent));
    },
  };
}

function fill(loads: TableLoads, running: Readonly<Record<number, number>>): void {
  for (const [cpu, count] of Object.entries(running)) loads.table[Number(cpu)] = count;
}

const row = (born: HistoryRow['born'], file: string, meanNs: number, execed = 0): HistoryRow => {
  return { file, born, runs: 5, meanNs, meanPages: 10, execed };
};

describe('at exec', () => {
  it('never moves a task from a runqueue with two or fewer, however idle others are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 0, max: 2 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 16, maxLength: 16 }),
        fc.constantFrom('exec', 'fork', 'predicted', 'told'),
        (cpu, local, others, kind) => {
          const { loads, exec } = bench(kind);
          for (const [other, running] of others.entries()) loads.table[other] = running;
          loads.table[cpu] = local;
          expect(exec(cpu)).toBe(cpu);
        },
      ),
    );
  });

  it('goes to the emptiest CPU of the node with the least load', () => {
    const { loads, exec } = bench('exec');
    // Nodes: 30/4 = 7, 30/4 = 7, 20/4 = 5, 30/4 = 7.
    fill(loads, { 0: 3, 4: 3, 8: 1, 9: 1, 12: 3 });
    expect(exec(0)).toBe(10);
  });

  it('takes the first of equal nodes and CPUs', () => {
    const { loads, exec } = bench('exec');
    fill(loads, { 0: 3 });
    expect(exec(0)).toBe(4);
    fill(loads, { 0: 0, 8: 3 });
    expect(exec(8)).toBe(0);
  });

  it('compares by CPUs in 2.6.0 and by tasks in 2.5.59', () => {
    const running = { 0: 3, 1: 1, 4: 3 };
    // Node 0: 4 tasks on 4 CPUs; node 1: 3 on one.
    const by = (kind: KernelTraits['nodeBalance']): number => {
      const { loads, exec } = bench('exec', [], [4, 1], kind);
      fill(loads, running);
      return exec(0);
    };
    expect(by('2.6.0')).toBe(2);
    expect(by('2.5.59')).toBe(4);
  });

  it('stays where the task may not run on the CPU that was chosen', () => {
    const { loads, exec } = bench('exec');
    fill(loads, { 0: 3 });
    expect(exec(0, '/bin/new', [0, 1, 2, 3])).toBe(0);
  });

  it('stays in a kernel that places nobody, and on a machine of one node', () => {
    const without = bench('none');
    fill(without.loads, { 0: 9 });
    expect(without.exec(0)).toBe(0);
    const single = bench('exec', [], [4]);
    fill(single.loads, { 0: 9 });
    expect(single.exec(0, '/bin/new', [0, 1, 2, 3])).toBe(0);
  });

  it('counts who was placed', () => {
    const { loads, exec, lives } = bench('exec');
    fill(loads, { 0: 3 });
    const before = on(0).core.counters[C.EXEC_PLACEMENTS];
    exec(0);
    expect(on(0).core.counters[C.EXEC_PLACEMENTS] - before).toBe(1);
    expect(lives.nodes.map(({ placed }) => placed.exec)).toEqual([0, 1, 0, 0]);
    expect(lives.programs.find(({ file }) => file === '/bin/new')?.placed.exec).toBe(1);
  });
});

describe('at fork', () => {
  it('leaves children on their parent’s CPU, as merged', () => {
    const { loads, fork } = bench('exec');
    fill(loads, { 5: 9 });
    expect(fork(5)).toBe(5);
  });

  it('always takes the least loaded CPU where fork balances, and the parent’s among equals', () => {
    const { loads, fork } = bench('fork');
    expect(fork(5)).toBe(5);
    fill(loads, { 5: 1 });
    expect(fork(5)).toBe(0);
    fill(loads, { 0: 1, 8: 1, 12: 1 });
    // All nodes alike: one's own, and there a CPU that is free.
    expect(fork(5)).toBe(4);
  });

  it('never takes a CPU that the child may not use', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 16 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 16, maxLength: 16 }),
        fc.nat(),
        (cpus, running, pick) => {
          const { loads, fork } = bench('fork');
          for (const [cpu, count] of running.entries()) loads.table[cpu] = count;
          expect(cpus).toContain(fork(cpus[pick % cpus.length], cpus));
        },
      ),
    );
  });
});

describe('by history', () => {
  it('places a child at fork whose parent’s children used to run long', () => {
    const { loads, fork } = bench('predicted', [row('fork', '/bin/cat', 2e9)]);
    fill(loads, { 5: 1 });
    expect(fork(5)).toBe(0);
  });

  it.each([
    { what: 'died soon', rows: [row('fork', '/bin/cat', 1e6)] },
    { what: 'exec’ed', rows: [row('fork', '/bin/cat', 2e9, 1)] },
    { what: 'are not known', rows: [] },
  ])('leaves a child where it is if those before it $what', ({ rows }) => {
    const { loads, fork } = bench('predicted', rows);
    fill(loads, { 5: 9 });
    expect(fork(5)).toBe(5);
  });

  it('leaves a program at exec that used to be short, and treats others as merged', () => {
    const { loads, exec } = bench('predicted', [row('exec', '/bin/short', 1e6), row('exec', '/bin/long', 2e9)]);
    fill(loads, { 0: 3 });
    expect(exec(0, '/bin/short')).toBe(0);
    expect(exec(0, '/bin/long')).toBe(4);
    expect(exec(0, '/bin/unknown')).toBe(4);
  });
});

describe('what runs came to', () => {
  const pages = new Float64Array([3, 40, 0, 0]);

  function ended(kind: 'long' | 'short', ran: number): TaskLives {
    const rows = [row('exec', 'p', kind === 'long' ? 2e9 : 1e6)];
    const lives = new TaskLives(new ProgramHistory(rows), 4, () => pages);
    const { process } = bootKernel({ builtIn: 'numaq-16g-4quad' });
    const task = process('p');
    lives.begins(task, 'p', 'exec');
    lives.predict(task);
    lives.runs(task, 0);
    task.userNs += ran / 4;
    lives.runs(task, 1);
    task.userNs += (3 * ran) / 4;
    lives.exits(task);
    return lives;
  }

  it.each([
    { kind: 'short', ran: 1e6, mispredicted: 0 },
    { kind: 'short', ran: 5e8, mispredicted: 1 },
    { kind: 'long', ran: 1e6, mispredicted: 1 },
    { kind: 'long', ran: 5e8, mispredicted: 0 },
  ] as const)(
    'says that a $kind run of $ran ns was foretold wrongly $mispredicted times',
    ({ kind, ran, mispredicted }) => {
      expect(ended(kind, ran).programs[0]).toMatchObject({ runs: 1, predicted: 1, mispredicted });
    },
  );

  it('counts pages on other nodes than the one that the run was on most', () => {
    expect(ended('long', 1e9).programs[0]).toMatchObject({ pages: 43, pagesElsewhere: 3 });
  });

  it('counts a move between nodes once on each side', () => {
    const { nodes } = ended('long', 1e9);
    expect(nodes.map(({ migrationsIn }) => migrationsIn)).toEqual([0, 1, 0, 0]);
    expect(nodes.map(({ migrationsOut }) => migrationsOut)).toEqual([1, 0, 0, 0]);
  });
});
