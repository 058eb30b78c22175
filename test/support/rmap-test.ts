/**
 * rmap-test (A. Morton, 5 Apr 2003) on pc-256m with two reverse maps, and what becomes of system time. Memory is cut
 * (mem=) so that it is as short as it was on the 256 MB once all children are there: what their page tables, stacks and
 * structs leave of the 63,715 free frames was 95.5 % of the file's 60,000 pages (one task with 70,000: 91 %). The zones' marks
 * go down in proportion (min_free_kbytes), which a kernel does not do by itself: 1,024 kB of a small machine would be most of it.
 *
 * System time comes twice: of the machine, and of the test's tasks alone. time(1), which the published figures were taken
 * with, printed the latter: what kswapd does is nobody's.
 */
import * as C from '../../src/sim/base/counters.ts';
import { Lanes } from '../../src/sim/engine/lanes.ts';
import { ScriptRun } from '../../src/sim/engine/script-run.ts';
import { Turns } from '../../src/sim/engine/turns.ts';
import { FN } from '../../src/sim/kernel/functions.ts';
import type { KernelTraits } from '../../src/sim/profiles/traits.ts';
import { factsOf } from '../../src/sim/workloads/library/library-workload.ts';
import { findLibraryWorkload, makeScript } from '../../src/sim/workloads/library/library.ts';
import { bootKernel, type KernelOrder } from './kernel.ts';

/** Frames free after boot on 256 MB, and their min_free_kbytes. */
const FREE_FRAMES = 63_715;
const MIN_FREE_KBYTES = 1024;
/** The zones' low marks together: twice that. */
const LOW_MARKS = 512;
/** Of a child beside its pte pages: stack, page directory, and what slabs and the user's stack take. */
const CHILD_FRAMES = 5;
const PTES_PER_PAGE = 1024;

export interface RmapTest {
  readonly processes: number;
  readonly mappings: number;
  readonly pages: number;
  readonly iterations: number;
  readonly order?: 'linear' | 'random';
  /** -V: mappings' worth of random pages; all when it is not given. */
  readonly processed?: number;
}

/** The three that were published. */
const many: RmapTest = { processes: 100, mappings: 100, pages: 600, iterations: 10 };
export const PUBLISHED = {
  linear: many,
  random: { ...many, iterations: 1, order: 'random', processed: 2 },
  one: { processes: 1, mappings: 10_000, pages: 7, iterations: 10 },
} as const satisfies Record<string, RmapTest>;

export interface RmapTime {
  /** System time of the machine, and of the tasks, ns. */
  readonly machineNs: number;
  readonly tasksNs: number;
  readonly majorFaults: number;
  readonly freed: number;
  /** Pages that page replacement looked at on inactive lists. */
  readonly scanned: number;
  /** What page_referenced() took for each page that was looked at, on either list, ns. */
  readonly walkNs: number;
}

/** Frames that the processes take beside the file's pages. */
function ownFrames({ processes, mappings, pages }: RmapTest): number {
  return processes * (Math.ceil((mappings * pages) / PTES_PER_PAGE) + CHILD_FRAMES);
}

/** The part of a profile that makes memory as short for a test as 256 MB are for the published one. */
export interface Shortness {
  readonly memKib: number;
  readonly minFreeKbytes: number;
}

/**
 * `times`: gives so many times the memory that is short. `room`: the marks stay as large as on 256 MB, so that kswapd has its
 * 256 pages between the low and the min marks, and memory is as much larger.
 */
export function shortness(test: RmapTest, published: RmapTest, times = 1, room = false): Shortness {
  const pages = test.mappings * test.pages;
  const publishedPages = published.mappings * published.pages;
  const share = (FREE_FRAMES - (room ? LOW_MARKS : 0) - ownFrames(published)) / publishedPages;
  const frames = Math.round((room ? LOW_MARKS : 0) + times * (share * pages + ownFrames(test)));
  const minFreeKbytes = room ? MIN_FREE_KBYTES : Math.round((MIN_FREE_KBYTES * pages) / publishedPages);
  let memKib = 4 * frames + 4096;
  for (let round = 0; round < 6; round++) {
    const { kernel } = bootKernel(order({ memKib, minFreeKbytes }, {}));
    const free = kernel.allZones.reduce((sum, zone) => sum + zone.freeFrames, 0);
    memKib += 4 * (frames - free);
  }
  return { memKib, minFreeKbytes };
}

function order({ memKib, minFreeKbytes }: Shortness, switches: NonNullable<KernelOrder['kernel']>): KernelOrder {
  return { kernel: { ...switches, cmdline: `mem=${memKib}k` }, zones: { minFreeKbytes } };
}

/** The whole test; `soFar`, where it is given, hears after every turn what system time the tasks have taken, ns: a least time of a run that takes hours. */
export function runRmapTest(
  rmap: KernelTraits['rmap'],
  test: RmapTest,
  memory: Shortness,
  soFar?: (tasksNs: number) => void,
): RmapTime {
  const booted = bootKernel(order(memory, { rmap, anonRmap: 'pte_chain' }));
  const { kernel, profile } = booted;
  const workload = findLibraryWorkload('rmap-test');
  if (workload === undefined) throw new Error('no workload rmap-test');
  const script = makeScript(workload, { ...test }, 1, factsOf(profile, 1));
  const tasks = new Lanes(kernel, new Set([0]));
  const host = { syscalls: kernel.syscalls, instructionNs: profile.machine.cpu.instructionNs, tasks };
  new ScriptRun({ script, cpus: [0], startNs: 0, seed: 3 }, host).start();
  const turns = new Turns();
  const tasksNs = (): number => [...kernel.tasks.values()].reduce((sum, task) => sum + task.systemNs, 0);
  let now = 0;
  for (let from = tasks.nextTime(now); from !== Infinity; from = tasks.nextTime(now)) {
    now = from;
    tasks.round(from, turns.endOfRound(from, tasks.alone));
    soFar?.(tasksNs());
  }
  const on = booted.on();
  on.charge();
  const { counters } = on.core;
  return {
    machineNs: counters[C.SYSTEM_NS],
    tasksNs: tasksNs(),
    majorFaults: counters[C.PGMAJFAULT],
    freed: counters[C.PGSTEAL],
    scanned: counters[C.PGSCAN],
    walkNs: on.profile[FN.page_referenced] / (counters[C.PGSCAN] + counters[C.PGREFILL]),
  };
}

/** objrmap's system time in pte_chain's, of the machine and of the tasks; pages that both freed, and that either looked at. */
export function compare(
  test: RmapTest,
  memory: Shortness,
): { machine: number; tasks: number; freed: number; scanned: number } {
  const chains = runRmapTest('pte_chain', test, memory);
  const objects = runRmapTest('objrmap', test, memory);
  return {
    machine: objects.machineNs / chains.machineNs,
    tasks: objects.tasksNs / chains.tasksNs,
    freed: Math.min(chains.freed, objects.freed),
    scanned: Math.max(chains.scanned, objects.scanned),
  };
}
