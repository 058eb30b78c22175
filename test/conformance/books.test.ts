/**
 * Whole kernels at work, stopped between two operations and counted from outside: every zone, list, swap entry, kmap, counter
 * and reverse map must add up, whatever kernel, whatever it runs; no lock is left held, or taken twice, and nobody asks for memory
 * that may have to be waited for with a spinlock held.
 */
import { describe, expect, it } from 'vitest';
import { ScriptRun } from '../../src/sim/engine/script-run.ts';
import * as C from '../../src/sim/base/counters.ts';
import type { KernelCpu } from '../../src/sim/kernel/cpu.ts';
import type { Kernel } from '../../src/sim/kernel/kernel.ts';
import { FN } from '../../src/sim/kernel/functions.ts';
import { factsOf } from '../../src/sim/workloads/library/library-workload.ts';
import { findLibraryWorkload, makeScript } from '../../src/sim/workloads/library/library.ts';
import { SimpleTasks } from '../unit/engine/simple-tasks.ts';
import { bookErrors, buddyErrors } from '../support/books.ts';
import { bootKernel, type KernelOrder } from '../support/kernel.ts';

interface Load {
  readonly id: string;
  readonly scale: number;
  readonly given?: Record<string, number | string>;
}

const SEMAPHORES = ['mmap_sem', 'i_shared_sem'];

const TURN_NS = 50_000;
/** Times that the books are looked at in a run. */
const LOOKS = 4;

const hog: Load = { id: 'memory-hog', scale: 1, given: { processes: 2, percent: 110, rounds: 1, order: 'random' } };
const mix: Load = { id: 'aim7', scale: 0.001 };
const files: Load = { id: 'dbench', scale: 0.002, given: { clients: 3, kept: 4 } };
const shell: Load = { id: 'shell-script', scale: 0.001 };
const servers: Load = { id: 'database', scale: 0.004, given: { servers: 3, all: 'yes' } };
const forks: Load = { id: 'fork-children', scale: 0.003, given: { ptePages: 5 } };

const small = { cmdline: 'mem=20M', swapMiB: 64 };
const runs: readonly (readonly [title: string, order: KernelOrder, cpus: number, loads: readonly Load[]])[] = [
  ['2.5.66-mm with swap', { kernel: small }, 1, [hog, files]],
  ['2.5.66-mm with shared page tables', { kernel: { ...small, sharedPageTables: 'always' } }, 1, [hog, forks]],
  ['2.5.66-mm with clusters of 16 KiB', { kernel: { ...small, pageMmuShift: 2 } }, 1, [hog, files]],
  ['partial objrmap', { kernel: { ...small, rmap: 'objrmap' } }, 1, [hog, servers]],
  ['2.4.22 with swap', { kernel: { ...small, flavour: '2.4.22' } }, 1, [hog, files]],
  ['rmap15 with swap', { kernel: { ...small, flavour: '2.4.21-rhel3' } }, 1, [hog, files]],
  ['2.6.7 with swap', { kernel: { ...small, flavour: '2.6.7' } }, 1, [hog, servers]],
  ['2.6.7 with anonmm', { kernel: { ...small, flavour: '2.6.7', anonRmap: 'anonmm' } }, 1, [hog, mix]],
  ['a NUMA-Q of four quads', { builtIn: 'numaq-16g-4quad' }, 4, [mix, files, shell]],
  ['a NUMA-Q with highpte', { builtIn: 'numaq-16g-4quad', kernel: { highpte: true } }, 4, [mix, servers]],
  ['a NUMA-Q with clusters', { builtIn: 'numaq-16g-4quad', kernel: { pageMmuShift: 3, packPtePages: true } }, 4, [mix]],
  ['a NUMA-Q of 2.6.11', { builtIn: 'numaq-16g-4quad', kernel: { flavour: '2.6.11' } }, 4, [files, servers]],
  [
    'a NUMA-Q with a pool of 2.4.19-aa',
    { builtIn: 'numaq-16g-4quad', kernel: { flavour: '2.4.19-pre1-aa1' } },
    4,
    [mix],
  ],
];

/** Locks that a CPU holds, with what is wrong about how it takes them. */
class LockWatch {
  readonly held: string[] = [];
  readonly errors: string[] = [];

  constructor(on: KernelCpu) {
    const { lock, unlock } = on;
    on.lock = (name, at) => {
      const key = `${name} at ${at}`;
      if (this.held.includes(key)) this.errors.push(`CPU ${on.cpu} takes ${key} twice`);
      this.held.push(key);
      lock.call(on, name, at);
    };
    on.unlock = (name, at) => {
      const key = `${name} at ${at}`;
      const place = this.held.lastIndexOf(key);
      if (place < 0) this.errors.push(`CPU ${on.cpu} lets go of ${key}, which it does not hold`);
      else this.held.splice(place, 1);
      unlock.call(on, name, at);
    };
  }

  /** might_sleep(): what the CPU holds and may not sleep with. */
  get spinlocks(): readonly string[] {
    return this.held.filter((key) => !SEMAPHORES.some((name) => key.startsWith(name)));
  }
}

/** Requests for memory that may wait, made with a spinlock held: by the locks. */
function watchRequests({ pages }: Kernel, watches: ReadonlyMap<number, LockWatch>): Map<string, number> {
  const found = new Map<string, number>();
  const { alloc } = pages;
  pages.alloc = (on, gfp, order, owner, list) => {
    const locks = watches.get(on.cpu)?.spinlocks ?? [];
    if (gfp.wait && locks.length > 0) {
      const names = locks.map((key) => key.split(' ')[0]).join(', ');
      found.set(names, (found.get(names) ?? 0) + 1);
    }
    return alloc.call(pages, on, gfp, order, owner, list);
  };
  return found;
}

describe.each(runs)('%s', (_, order, count, loads) => {
  it('keeps its books between any two operations, and none of its locks', () => {
    const { kernel, profile, on } = bootKernel(order);
    const cpus = Array.from({ length: count }, (_each, cpu) => on(cpu));
    const watches = cpus.map((cpu) => new LockWatch(cpu));
    const watched = new Map(cpus.map(({ cpu }, i) => [cpu, watches[i]]));
    const waiting = watchRequests(kernel, watched);
    const tasks = new SimpleTasks(cpus);
    const { instructionNs } = profile.machine.cpu;
    for (const [seed, { id, scale, given = {} }] of loads.entries()) {
      const workload = findLibraryWorkload(id);
      if (workload === undefined) throw new Error(`no workload ${id}`);
      const facts = { ...factsOf(profile, count), memoryBytes: Math.min(factsOf(profile, count).memoryBytes, 2 ** 24) };
      const script = makeScript(workload, given, scale, facts);
      const scripted = { script, cpus: cpus.map(({ cpu }) => cpu), startNs: 0, seed };
      new ScriptRun(scripted, { syscalls: kernel.syscalls, instructionNs, tasks }).start();
    }
    const enter = (here: KernelCpu): void => {
      const mm = here.task?.mm;
      if (mm === undefined) return;
      kernel.tlb.loaded(here, mm);
      here.core.switchTo(mm.table);
      here.enter(FN.user);
    };
    let turns = 0;
    let next = 8;
    let looks = 0;
    const look = (): void => {
      expect(bookErrors(kernel, cpus).slice(0, 5), `turn ${turns}`).toEqual([]);
      looks++;
    };
    const leave = (): void => {
      for (const { held, errors } of watches) expect([held, errors.slice(0, 3)], `turn ${turns}`).toEqual([[], []]);
      for (const thread of kernel.threads) {
        const here = kernel.cpu(thread.cpus[0]);
        while (thread.ready(here.core.clock)) thread.step(here);
      }
      if (++turns < next || looks === LOOKS) return;
      next *= 3;
      look();
    };
    tasks.finish(TURN_NS, enter, leave);
    look();
    expect(kernel.allZones.flatMap((zone) => buddyErrors(zone))).toEqual([]);
    expect(looks).toBeGreaterThan(2);
    expect(kernel.mms.size).toBe(0);
    expect([...waiting]).toEqual([]);
    if (order.kernel?.swapMiB !== undefined) expect(cpus[0].core.counters[C.PSWPOUT]).toBeGreaterThan(0);
  });
});
