/**
 * Shared page tables under a shell script of small commands and under a kernel compile: `rule` and `always` beside `off`.
 * Published: +3.2 % elapsed, +1.1 % of user and system together, +1.5 and +2.8 % system, without the rule (A. Morton,
 * 20 Dec 2002: patch scripts, one CPU, PAE, a uniprocessor kernel); a compile "showed no change" (OLS 2003).
 * `node dist/bench/figures-shared-tables.bench.mjs 0.02` runs one scale of the shell load and no compile, `... compile` the compile alone.
 */
import { change, type FigureRun, printTable, reportOf } from '../support/figures.ts';

const [wanted] = process.argv.slice(2);
const COMPILE = wanted === undefined || wanted === 'compile';
const SCALES = wanted === undefined ? [0.02, 0.04] : COMPILE ? [] : [Number(wanted)];
const SEEDS = [1, 2, 3];
const BOXES: readonly Pick<FigureRun, 'builtIn' | 'machine' | 'cpus'>[] = [
  { builtIn: 'pc-256m', machine: { pae: true } },
  { builtIn: 'numaq-16g-4quad', cpus: 1 },
];
type Sharing = 'off' | 'rule' | 'always';

interface Times {
  readonly elapsedNs: number;
  readonly systemNs: number;
  readonly cpuNs: number;
  readonly pteLocks: number;
}

function timesOf(order: FigureRun, sharedPageTables: Sharing): Times {
  const { result } = reportOf({ ...order, kernel: { ...order.kernel, sharedPageTables } });
  const { systemNs, userNs } = result.totals;
  const lock = result.proc?.locks.find(({ name }) => name === 'pte_page_lock');
  return { elapsedNs: result.elapsedNs, systemNs, cpuNs: systemNs + userNs, pteLocks: lock?.acquisitions ?? 0 };
}

const HEAD = ['', 'system', 'user and system', 'elapsed', 'pte_page_lock taken'];

function row(name: string, before: Times, after: Times): (string | number)[] {
  return [
    name,
    change(before.systemNs, after.systemNs),
    change(before.cpuNs, after.cpuNs),
    change(before.elapsedNs, after.elapsedNs),
    after.pteLocks,
  ];
}

for (const scale of SCALES) {
  const rows = BOXES.flatMap((box) =>
    SEEDS.flatMap((seed) => {
      const order: FigureRun = { ...box, program: 'shell-script', scale, seed };
      const off = timesOf(order, 'off');
      return (['rule', 'always'] as const).map((sharing) =>
        row(`${box.builtIn}, seed ${seed}, ${sharing}`, off, timesOf(order, sharing)),
      );
    }),
  );
  printTable(`shell script of small commands, scale ${scale}, beside shared page tables off`, HEAD, rows);
}

if (COMPILE) {
  const rows = SEEDS.flatMap((seed) => {
    const order: FigureRun = {
      builtIn: 'numaq-16g-4quad',
      program: 'compile',
      parameters: { jobs: 16 },
      scale: 0.016,
      seed,
    };
    const off = timesOf(order, 'off');
    return (['rule', 'always'] as const).map((sharing) =>
      row(`seed ${seed}, ${sharing}`, off, timesOf(order, sharing)),
    );
  });
  printTable('make -j16 on the 16 GB box, scale 0.016, beside shared page tables off', HEAD, rows);
}
