/** The library's workloads on a booted kernel, far below their full size: they end, and give back what they took. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ScriptRun } from '../../../src/sim/engine/script-run.ts';
import type { KernelCpu } from '../../../src/sim/kernel/cpu.ts';
import { FN } from '../../../src/sim/kernel/functions.ts';
import type { Kernel } from '../../../src/sim/kernel/kernel.ts';
import { OWNER, type PageOwner } from '../../../src/sim/kernel/page-flags.ts';
import { factsOf } from '../../../src/sim/workloads/library/library-workload.ts';
import { findLibraryWorkload, library, makeScript } from '../../../src/sim/workloads/library/library.ts';
import * as C from '../../../src/sim/base/counters.ts';
import { bootKernel, type KernelOrder } from '../../support/kernel.ts';
import { SimpleTasks } from './simple-tasks.ts';

interface Ran {
  readonly kernel: Kernel;
  readonly run: ScriptRun;
  readonly cpus: readonly KernelCpu[];
  /** Pages by owner before the first task and after the last one. */
  readonly before: Readonly<Record<PageOwner, number>>;
  readonly after: Readonly<Record<PageOwner, number>>;
}

const TURN_NS = 50_000;

function owners(kernel: Kernel): Readonly<Record<PageOwner, number>> {
  const sums = Object.entries(OWNER).map(([name, owner]) => {
    return [name, kernel.allZones.reduce((sum, zone) => sum + zone.owned[owner], 0)] as const;
  });
  return Object.fromEntries(sums) as Record<PageOwner, number>;
}

function runLibrary(
  id: string,
  scale: number,
  given: Record<string, number | string>,
  order: KernelOrder = {},
  count = 1,
): Ran {
  const { kernel, profile, on } = bootKernel(order);
  const cpus = Array.from({ length: count }, (_, cpu) => on(cpu));
  const workload = findLibraryWorkload(id);
  if (workload === undefined) throw new Error(`no workload ${id}`);
  const script = makeScript(workload, given, scale, factsOf(profile, count));
  const tasks = new SimpleTasks(cpus);
  const { instructionNs } = profile.machine.cpu;
  const scripted = { script, cpus: cpus.map(({ cpu }) => cpu), startNs: 0, seed: 3 };
  const run = new ScriptRun(scripted, { syscalls: kernel.syscalls, instructionNs, tasks });
  const before = owners(kernel);
  run.start();
  const load = (here: KernelCpu): void => {
    const mm = here.task?.mm;
    if (mm === undefined) return;
    kernel.tlb.loaded(here, mm);
    here.core.switchTo(mm.table);
    here.enter(FN.user);
  };
  const work = (): void => {
    for (const thread of kernel.threads) {
      const here = kernel.cpu(thread.cpus[0]);
      while (thread.ready(here.core.clock)) thread.step(here);
    }
  };
  tasks.finish(TURN_NS, load, work);
  return { kernel, run, cpus, before, after: owners(kernel) };
}

const counted = ({ cpus }: Ran, counter: number): number =>
  cpus.reduce((sum, { core }) => sum + core.counters[counter], 0);

/** Small figures of each workload: a test's, not those of its full size. */
const small: Readonly<Record<string, readonly [scale: number, given: Record<string, number | string>]>> = {
  compile: [0.003, { jobs: 2, headers: 20, megaInstructions: 2, heapKiB: 512 }],
  'shell-script': [0.001, {}],
  database: [0.002, { servers: 3 }],
  aim7: [0.001, {}],
  dbench: [0.002, { clients: 3, kept: 4 }],
  'rmap-test': [0.001, { pages: 20 }],
  'memory-hog': [0.005, { processes: 2 }],
  'streaming-reader': [0.005, {}],
  'fork-children': [0.003, { ptePages: 4 }],
  syscalls: [0.005, { tasks: 2, files: 3 }],
  login: [0.2, { seconds: 10 }],
};

describe.each(library.map(({ id }) => id))('%s on a small machine', (id) => {
  let ran: Ran;
  beforeAll(() => {
    const [scale, given] = small[id];
    ran = runLibrary(id, scale, given);
  });

  it('runs to its end, and every task with it', () => {
    expect(ran.run.stuck).toEqual([]);
    expect(ran.run.living).toBe(0);
    expect([...ran.kernel.tasks.values()].filter(({ state }) => state !== 'dead')).toEqual([]);
  });

  it('gives back all memory of its processes', () => {
    for (const owner of ['anonymous', 'page tables', 'kernel stacks', 'hugetlb'] as const) {
      expect([owner, ran.after[owner]]).toEqual([owner, ran.before[owner]]);
    }
    expect(ran.kernel.mms.size).toBe(0);
  });

  it('counts the transactions that it timed', () => {
    const timed = ran.run.latencies.summary();
    expect(timed.length).toBeGreaterThan(0);
    expect(timed.reduce((sum, { count }) => sum + count, 0)).toBe(counted(ran, C.TRANSACTIONS));
    for (const { meanNs, p50Ns, p95Ns, p99Ns, maxNs } of timed) {
      expect(meanNs).toBeGreaterThan(0);
      expect([p50Ns, p95Ns, p99Ns, maxNs]).toEqual([p50Ns, p95Ns, p99Ns, maxNs].sort((a, b) => a - b));
    }
  });
});

describe('what the kernel is asked for', () => {
  it('by a compile: three forks and execs an object, a fourth where a shell starts it, one for the link, and the exec of make', () => {
    const small = { jobs: 2, headers: 1, megaInstructions: 1, heapKiB: 64 };
    // Three objects: driver, cc1 and as are forked and exec'd.
    for (const [commands, programs] of [
      ['direct', 3],
      ['shell', 4],
    ] as const) {
      const ran = runLibrary('compile', 0.003, { ...small, commands });
      expect([counted(ran, C.FORKS), counted(ran, C.EXECS)]).toEqual([3 * programs + 1, 3 * programs + 2]);
      expect(counted(ran, C.EXITS)).toBe(3 * programs + 2);
    }
  });

  it('by rmap-test: each page of each mapping is mapped by every process', () => {
    const ran = runLibrary('rmap-test', 1, { processes: 3, mappings: 4, pages: 5, iterations: 2 });
    // The parent faults all in; children find the entries that fork copied, or fault them in anew.
    expect(counted(ran, C.FORKS)).toBe(3);
    expect(ran.run.latencies.summary()).toMatchObject([{ name: 'iteration', count: 6 }]);
    expect(counted(ran, C.FAULTS)).toBeGreaterThanOrEqual(4 * 5);
  });

  it('comes out the same in two runs, on several CPUs and nodes', () => {
    const once = (): unknown => {
      const ran = runLibrary('aim7', 0.0005, {}, { builtIn: 'numaq-16g-4quad' }, 4);
      expect(ran.run.living).toBe(0);
      return [ran.cpus.map(({ core }) => [core.clock, [...core.counters]]), ran.run.latencies.summary()];
    };
    expect(once()).toEqual(once());
  });

  it('by a database whose cache is seen through windows', () => {
    for (const windows of ['remap', 'mmap']) {
      const ran = runLibrary('database', 0.002, { servers: 2, windows, windowsMiB: 1 });
      expect(ran.run.living).toBe(0);
      expect(ran.after.anonymous).toBe(ran.before.anonymous);
    }
  });

  it('by children of vfork and clone, too', () => {
    for (const start of ['vfork', 'clone']) {
      const ran = runLibrary('fork-children', 0.003, { ptePages: 3, start });
      expect(ran.run.living).toBe(0);
      expect(ran.after['page tables']).toBe(ran.before['page tables']);
      expect(ran.after.anonymous).toBe(ran.before.anonymous);
    }
  });

  it('is the same with page clusters: programs see no difference', () => {
    const at = (pageMmuShift: number): number => {
      const ran = runLibrary('shell-script', 0.001, {}, { kernel: { pageMmuShift } });
      expect(ran.run.living).toBe(0);
      expect(ran.after.anonymous).toBe(ran.before.anonymous);
      return counted(ran, C.WRITES);
    };
    expect(at(3)).toBe(at(0));
  });
});
