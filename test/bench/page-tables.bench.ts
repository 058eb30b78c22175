/**
 * What N processes that touch all of one 2 GiB segment hold in page tables, PAE: each its own pte pages, shared ones, and
 * huge pages. Measured at N = 2, 10 and 20; exact by arithmetic: N x 4 MiB, 4 MiB, nothing, and 16 KiB of upper levels each.
 */
import { bootKernel, type KernelOrder } from '../support/kernel.ts';

const PAGES = 2 ** 19;
const AT = 0x40000;
const MEASURED: readonly number[] = [2, 10, 20];
const PAGES_PER_HUGE = 512;

interface Row {
  readonly processes: number;
  readonly pteKb: number;
  readonly upperKb: number;
}

function measure(kernelSwitches: NonNullable<KernelOrder['kernel']>, huge: boolean): Row[] {
  const booted = bootKernel({ builtIn: 'numaq-64g-8quad', kernel: kernelSwitches });
  const { syscalls, tables } = booted.kernel;
  const on = booted.on();
  const segment = syscalls.segment(on, 'bench', PAGES * 4096, huge);
  const rows: Row[] = [];
  let upper = 0;
  for (let n = 1; n <= Math.max(...MEASURED); n++) {
    const task = booted.process(`p${n}`);
    const at = syscalls.mmap(on, task, { pages: PAGES, file: segment, pgoff: 0, shared: true, writable: true, at: AT });
    for (let i = 0; i < PAGES; i += huge ? PAGES_PER_HUGE : 1) booted.touch(task, at + i, false);
    if (task.mm !== undefined) upper += tables.upperBytes(task.mm.table);
    if (MEASURED.includes(n)) rows.push({ processes: n, pteKb: tables.pages.kilobytes, upperKb: upper / 1024 });
  }
  return rows;
}

const ways: readonly (readonly [string, NonNullable<KernelOrder['kernel']>, boolean, (n: number) => number])[] = [
  ['own pte pages', {}, false, (n) => n * 4096],
  ['shared page tables', { sharedPageTables: 'rule' }, false, () => 4096],
  ['huge pages', { hugePages: 1024 }, true, () => 0],
];
for (const [name, switches, huge, expected] of ways) {
  const start = performance.now();
  const rows = measure(switches, huge);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  for (const { processes, pteKb, upperKb } of rows) {
    const exact = pteKb === expected(processes) && upperKb === processes * 16;
    console.log(
      `${name}, ${processes} processes: ${pteKb} kB of pte pages, ${upperKb} kB of upper levels${exact ? '' : ` (expected ${expected(processes)} and ${processes * 16})`}`,
    );
    if (!exact) process.exitCode = 1;
  }
  console.log(`${name}: ${seconds} s of this machine`);
}
