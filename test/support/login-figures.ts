/** The login state and what clusters make of it: measured once for the bench and its tests. */
import { builtInById } from '../../src/sim/profiles/builtin/index.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import type { RunReport } from '../../src/sim/engine/report.ts';
import { bootKernel } from './kernel.ts';
import { reportAt } from './figures.ts';

export const BOX_64 = 'numaq-64g-8quad';
export const BOX_PGCL = 'numaq-64g-8quad-pgcl32k';
export const BOX_16 = 'numaq-16g-4quad';

/** Everybody has started by now, and sleeps. */
const AWAKE_NS = 20e9;

/** A machine after login: the workload has started everybody, nobody has ended. */
export function afterLogin(builtIn: string, kernel: Partial<MachineProfile['kernel']> = {}, cpus = 16): RunReport {
  return reportAt({ builtIn, kernel, program: 'login', cpus }, AWAKE_NS);
}

/**
 * A box without what its profile says was taken up to the login prompt, except for what the boot log names and no task
 * makes: hash tables and the bounce pool. What is left is the model's to predict.
 */
export function itemisedOnly(builtIn: string): Partial<MachineProfile['kernel']> {
  const { bootItems } = builtInById(builtIn)?.profile().kernel ?? { bootItems: [] };
  return { bootItems: bootItems.filter(({ item }) => item !== 'slab' && item !== 'not itemised') };
}

/** Bytes of page cache that `files` files of `bytes` take when each has been read to its end. */
export function cacheOfSmallFiles(pageMmuShift: number, files: number, bytes: number): number {
  const booted = bootKernel({ builtIn: BOX_16, kernel: { flavour: '2.5.66-pgcl', pageMmuShift } });
  const { syscalls, pageCache, layout } = booted.kernel;
  const task = booted.process('reader');
  const on = booted.on();
  const before = pageCache.cachedPages;
  for (let number = 0; number < files; number++) {
    syscalls.read(on, task, syscalls.file(`small/${number}`, bytes), 0, bytes);
  }
  return (pageCache.cachedPages - before) * layout.clusterFrames * 4096;
}
