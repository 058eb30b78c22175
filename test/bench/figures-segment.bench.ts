/**
 * One 2 GiB segment that every process touches all of, on the 64 GB box: at which process low memory ends, by what maps it.
 * Ends: a request of the kernel for low memory fails after reclaim (its own out-of-memory). Where that lies beyond MOST
 * processes it is extrapolated from what a process takes. Published: M. J. Bligh, 27 Dec 2002: page tables of "over 10Gb",
 * reverse maps "another 5Gb or so".
 */
import { InputError } from '../../src/sim/base/errors.ts';
import { FN } from '../../src/sim/kernel/functions.ts';
import { Records } from '../conformance/naive/records.ts';
import { printTable } from '../support/figures.ts';
import { type BootedKernel, bootKernel, type KernelOrder } from '../support/kernel.ts';

const PAGES = 2 ** 19;
const AT = 0x40000;
/** Touches handed to the CPU at a time. */
const BURST = 8192;
/** Processes that are simulated where the end is far. */
const FEW = 10;
const MOST = 100;

interface Way {
  readonly name: string;
  readonly kernel: NonNullable<KernelOrder['kernel']>;
  /** False: far beyond MOST processes. */
  readonly ends: boolean;
}

const ways: readonly Way[] = [
  {
    name: 'low pte pages, no reverse maps',
    kernel: { highpte: false, rmap: 'none', anonRmap: 'none', reclaim: '2.4.22' },
    ends: true,
  },
  { name: 'low pte pages, pte_chain', kernel: { highpte: false }, ends: true },
  { name: 'highpte, pte_chain', kernel: { highpte: true }, ends: true },
  { name: 'highpte, objrmap', kernel: { highpte: true, rmap: 'objrmap' }, ends: false },
  { name: 'shared page tables, highpte, pte_chain', kernel: { highpte: true, sharedPageTables: 'rule' }, ends: false },
];

const isLow = (name: string): boolean => name !== 'HighMem';

/** Free low memory, kB, pages on the CPUs' lists included. */
function lowFree({ kernel }: BootedKernel): number {
  const low = kernel.allZones.filter(({ layout }) => isLow(layout.name));
  return low.reduce((sum, zone) => sum + zone.free + zone.onCpuLists, 0) * 4;
}

function minMarks({ kernel }: BootedKernel): number {
  const low = kernel.allZones.filter(({ layout }) => isLow(layout.name));
  return low.reduce((sum, zone) => sum + zone.marks.min, 0) * 4;
}

const records = new Records(BURST);
const bursts = Array.from({ length: PAGES / BURST }, (_, burst) =>
  Array.from({ length: BURST }, (_, i) => ({
    kind: 'read' as const,
    address: (AT + burst * BURST + i) * 4096,
    size: 1,
  })),
);

/** One process more: it attaches the segment and reads a byte of each page. */
function attach(booted: BootedKernel, number: number): void {
  const { syscalls } = booted.kernel;
  const on = booted.on();
  const segment = syscalls.segment(on, 'shared', PAGES * 4096, false);
  const task = booted.process(`p${number}`);
  syscalls.mmap(on, task, { pages: PAGES, file: segment, pgoff: 0, shared: true, writable: true, at: AT });
  if (task.mm === undefined) throw new Error('a process without an address space');
  on.core.switchTo(task.mm.table);
  for (const burst of bursts) {
    const end = records.load(burst);
    on.enter(FN.user);
    on.core.run(records.first, end, Infinity, false);
    on.charge();
  }
}

interface Row {
  readonly way: Way;
  readonly slots: number;
  readonly structPage: number;
  readonly start: number;
  /** Low memory of one process more, kB. */
  readonly each: number;
  readonly atMin: number | undefined;
  readonly ended: number | undefined;
  readonly chainsKb: number;
  readonly tablesKb: number;
  readonly seconds: number;
}

function measure(way: Way): Row {
  const began = performance.now();
  const booted = bootKernel({ builtIn: 'numaq-64g-8quad', kernel: way.kernel });
  const { traits } = booted.kernel;
  const start = lowFree(booted);
  const free = [start];
  let ended: number | undefined;
  let chainsKb = 0;
  let tablesKb = 0;
  for (let number = 1; number <= (way.ends ? MOST : FEW) && ended === undefined; number++) {
    try {
      attach(booted, number);
      free.push(lowFree(booted));
      chainsKb = (booted.kernel.slabs.caches.find(({ name }) => name === 'pte_chain')?.pages ?? 0) * 4;
      tablesKb = booted.kernel.tables.pages.kilobytes;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      console.log(`\n${way.name}: process ${number}: ${error.issues[0]?.message.split('\n')[0] ?? ''}`);
      ended = number;
    }
  }
  const last = free.length - 1;
  // The first process also makes the segment: later ones say what one more takes.
  const each = (free[1] - free[last]) / (last - 1);
  const min = minMarks(booted);
  const below = free.findIndex((kb) => kb <= min);
  const { chainSlots: slots, structPage } = traits;
  const atMin = below >= 0 ? below : ended;
  const seconds = (performance.now() - began) / 1000;
  return { way, slots, structPage: structPage.bytes, start, each, atMin, ended, chainsKb, tablesKb, seconds };
}

const wanted = process.argv[2];
const rows = ways.filter(({ name }) => wanted === undefined || name.includes(wanted)).map((way) => measure(way));
const process_ = (row: Row, measured: number | undefined): string => {
  if (measured !== undefined) return `${measured}`;
  return `${Math.floor(row.start / row.each) + 1} extrapolated`;
};
printTable(
  '2 GiB segment on numaq-64g-8quad: the process at which low memory ends',
  [
    '',
    'struct page',
    'slots',
    'LowFree, kB',
    'kB a process',
    'below min',
    'out of memory',
    'chains, kB',
    'PageTables, kB',
    'host s',
  ],
  rows.map((row) => [
    row.way.name,
    `${row.structPage} B`,
    row.way.kernel.rmap === 'none' ? '-' : `${row.slots}`,
    row.start,
    row.each,
    process_(row, row.atMin),
    process_(row, row.ended),
    row.chainsKb,
    row.tablesKb,
    row.seconds,
  ]),
);
console.log(`
By hand: a process has 524,288 ptes in 1,024 pte pages (4 MiB). With 7 slots an element of 32 bytes holds 7 of them: 2.29 MiB
of chains for one process more, 6.3 MiB with its pte pages in low memory. highpte takes the pte pages away, but a pte in highmem
needs 8 bytes to be named: 3 slots an element, 5.33 MiB of chains a process, and struct page grows from 40 to 44 bytes, which
takes 56 MiB of low memory for the windows. So it ends earlier although it takes less a process.
Published (M. J. Bligh, 27 Dec 2002): Oracle Apps with a 2 GB segment, over 10 GB of ptes, reverse maps another 5 GB or so:
chains to ptes 0.5; here 2.29 / 4 = 0.57 with 7 slots, 5.33 / 4 = 1.33 with 3.`);
