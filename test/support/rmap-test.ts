/**
 * rmap-test (A. Morton, 5 Apr 2003) on pc-256m with two reverse maps, and what becomes of system time. Memory is cut
 * (mem=) so that what boot leaves free is to the pages that are written as it was on the 256 MB: 63,715 frames to 60,000
 * pages (linear and random), to 70,000 (one task).
 *
 * System time comes twice: of the machine, and of the test's tasks alone. time(1), which the published figures were taken
 * with, printed the latter: what kswapd does is nobody's.
 */
import * as C from '../../src/sim/base/counters.ts';
import { Lanes } from '../../src/sim/engine/lanes.ts';
import { ScriptRun } from '../../src/sim/engine/script-run.ts';
import { Turns } from '../../src/sim/engine/turns.ts';
import type { KernelTraits } from '../../src/sim/profiles/traits.ts';
import { factsOf } from '../../src/sim/workloads/library/library-workload.ts';
import { findLibraryWorkload, makeScript } from '../../src/sim/workloads/library/library.ts';
import { bootKernel } from './kernel.ts';

/** Frames free after boot on 256 MB, by pages of the first and second, and of the third measured run. */
export const MANY_TASKS = 63_715 / 60_000;
export const ONE_TASK = 63_715 / 70_000;

export interface RmapTest {
  readonly processes: number;
  readonly mappings: number;
  readonly pages: number;
  readonly iterations: number;
  readonly order?: 'linear' | 'random';
  /** -V: mappings' worth of random pages; all when it is not given. */
  readonly processed?: number;
}

export interface RmapTime {
  /** System time of the machine, and of the tasks, ns. */
  readonly machineNs: number;
  readonly tasksNs: number;
  readonly majorFaults: number;
  readonly freed: number;
}

/** mem= in KiB that leaves about `frames` free after boot. */
export function memoryFor(frames: number): number {
  let kib = 4 * frames + 4096;
  for (let round = 0; round < 6; round++) {
    const { kernel } = bootKernel({ kernel: { cmdline: `mem=${kib}k` } });
    const free = kernel.allZones.reduce((sum, zone) => sum + zone.freeFrames, 0);
    kib += 4 * (frames - free);
  }
  return kib;
}

export function runRmapTest(rmap: KernelTraits['rmap'], test: RmapTest, memKib: number): RmapTime {
  const booted = bootKernel({ kernel: { rmap, anonRmap: 'pte_chain', cmdline: `mem=${memKib}k` } });
  const { kernel, profile } = booted;
  const workload = findLibraryWorkload('rmap-test');
  if (workload === undefined) throw new Error('no workload rmap-test');
  const script = makeScript(workload, { ...test }, 1, factsOf(profile, 1));
  const tasks = new Lanes(kernel, new Set([0]));
  const host = { syscalls: kernel.syscalls, instructionNs: profile.machine.cpu.instructionNs, tasks };
  new ScriptRun({ script, cpus: [0], startNs: 0, seed: 3 }, host).start();
  const turns = new Turns();
  let now = 0;
  for (let from = tasks.nextTime(now); from !== Infinity; from = tasks.nextTime(now)) {
    now = from;
    tasks.round(from, turns.endOfRound(from, tasks.alone));
  }
  const on = booted.on();
  on.charge();
  const { counters } = on.core;
  return {
    machineNs: counters[C.SYSTEM_NS],
    tasksNs: [...kernel.tasks.values()].reduce((sum, task) => sum + task.systemNs, 0),
    majorFaults: counters[C.PGMAJFAULT],
    freed: counters[C.PGSTEAL],
  };
}

/** objrmap's system time in pte_chain's, of the machine and of the tasks. */
export function compare(test: RmapTest, memKib: number): { machine: number; tasks: number; freed: number } {
  const chains = runRmapTest('pte_chain', test, memKib);
  const objects = runRmapTest('objrmap', test, memKib);
  return {
    machine: objects.machineNs / chains.machineNs,
    tasks: objects.tasksNs / chains.tasksNs,
    freed: Math.min(chains.freed, objects.freed),
  };
}
