/**
 * The kernel-compile ladder on the 4 GB box, beside what was measured: 47 s with 2.4.18, 30 with the O(1) scheduler alone, 27 with local
 * allocation alone, 25 with both, 24 with the NUMA scheduler (M. J. Bligh, 8 March 2002). The step of local allocation is what
 * the compile's misses per instruction are set by (workloads/library/kernel-compile.ts); everything else is validation.
 * `node dist/bench/figures-ladder.bench.mjs 0.064 16` runs 64 objects with -j16.
 */
import { printTable } from '../support/figures.ts';
import { climb, RUNGS } from '../support/ladder-figures.ts';

const scale = Number(process.argv[2] ?? 0.064);
const jobs = Number(process.argv[3] ?? 32);
const ms = (ns: number): string => (ns / 1e6).toFixed(0);

const figures = RUNGS.map((rung) => ({ rung, ...climb(rung, { jobs, scale }) }));
const [first] = figures;
printTable(
  `make -j${jobs} on numaq-4g-4quad, scale ${scale}`,
  [
    '',
    'elapsed, ms',
    'ratio',
    'published',
    'CPU time',
    'user, ms',
    'system, ms',
    'idle, ms',
    'remote, %',
    'a miss, ns',
  ],
  figures.map(({ rung, elapsedNs, userNs, systemNs, idleNs, remoteShare, meanMissNs }) => [
    rung.name,
    ms(elapsedNs),
    (elapsedNs / first.elapsedNs).toFixed(3),
    `${(rung.seconds / RUNGS[0].seconds).toFixed(2)} (${rung.seconds} s)`,
    ((userNs + systemNs) / (first.userNs + first.systemNs)).toFixed(3),
    ms(userNs),
    ms(systemNs),
    ms(idleNs),
    remoteShare.toFixed(1),
    meanMissNs.toFixed(0),
  ]),
);
