/**
 * A segment that one process on node 0 initialises and 16 processes use, four a node, on the 16 GB box: remote shares, mean
 * misses and times by how it is bound, with queueing off; then, with queueing, what is busiest, and from which bandwidth of
 * the links downwards that is a link. NUMAQ_LOCALITY_MIB: size of the segment, default 2,048 (minutes a run), in which most of
 * what is measured are faults. NUMAQ_LOCALITY_WARM_MIB, default 256: size of the one whose pages everybody has touched before it is
 * measured. The sweep is of 32 MiB, and caches that hold next to nothing of it.
 */
import type { RunReport } from '../../src/sim/engine/report.ts';
import { grouped, percent, printTable } from '../support/figures.ts';
import { type Binding, localityOf, localityRun, timesOf, usersOf } from '../support/locality-figures.ts';

const MIB = 2 ** 20;
const SIZE_MIB = Number(process.env['NUMAQ_LOCALITY_MIB'] ?? 2048);
const WARM_MIB = Number(process.env['NUMAQ_LOCALITY_WARM_MIB'] ?? 256);
const REFERENCES = 30_000;
const BANDWIDTHS = [1000, 800, 600, 500, 450, 400, 350, 300, 200, 100];

const ns = (value: number): string => `${grouped(value)} ns`;
const share = (value: number): string => `${value.toFixed(2)} %`;

function fullSize(binding: Binding, own: boolean, queued: boolean): RunReport {
  return localityRun({ bytes: SIZE_MIB * MIB, references: REFERENCES, binding, own, queued, warm: false });
}

function warmed(binding: Binding, queued: boolean): RunReport {
  return localityRun({ bytes: WARM_MIB * MIB, references: REFERENCES, binding, own: false, queued });
}

/** Time of all misses of users in the segment, ns: faults apart. */
function missNsOf(report: RunReport): number {
  return localityOf(report).segments.reduce((sum, { misses, meanNs }) => sum + misses * meanNs, 0);
}

/** Misses of users: mean of the slowest, and of all. */
function row(name: string, report: RunReport, firstNs: number): (string | number)[] {
  const means = usersOf(report).map(({ meanNs }) => meanNs);
  const { allNs, byNode } = timesOf(report);
  return [
    name,
    share(localityOf(report).segments[0].remoteShare),
    ns(Math.max(...means)),
    ns(Math.min(...means)),
    ns(localityOf(report).segments[0].meanNs),
    `${(allNs / 1e6).toFixed(1)} ms`,
    `${(missNsOf(report) / 1e6).toFixed(1)} ms`,
    percent(missNsOf(report) / firstNs - 1),
    byNode.map((each) => (each / 1e6).toFixed(1)).join(' '),
  ];
}

const HEAD = ['', 'remote', 'slowest', 'quickest', 'all', 'time of all', 'of it misses', 'against first', 'ms by node'];

for (const own of [false, true]) {
  const bindings: readonly Binding[] = own
    ? ['first touch', 'interleave', 'quarters']
    : ['first touch', 'interleave', 'node 2', 'quarters'];
  const rows: (string | number)[][] = [];
  let firstNs = 0;
  for (const binding of bindings) {
    const report = fullSize(binding, own, false);
    firstNs ||= missNsOf(report);
    rows.push(row(binding, report, firstNs));
    console.log(
      `${binding}: ${localityOf(report)
        .advice.map(({ text }) => text)
        .join(' ')}`,
    );
  }
  const use = own ? '98 % of references to the own quarter' : 'uniform use';
  printTable(`${SIZE_MIB} MiB, ${use}, nothing queues; faults included`, HEAD, rows);
}

const warmRuns = (['first touch', 'interleave'] as const).map((binding) => ({
  binding,
  report: warmed(binding, false),
}));
const warmFirstNs = missNsOf(warmRuns[0].report);
printTable(
  `${WARM_MIB} MiB, touched before, uniform use, nothing queues`,
  HEAD,
  warmRuns.map(({ binding, report }) => row(binding, report, warmFirstNs)),
);

const hugeRuns = (['first touch', 'interleave'] as const).map((binding) => ({
  binding,
  report: localityRun({
    bytes: SIZE_MIB * MIB,
    references: REFERENCES,
    binding,
    own: false,
    queued: false,
    huge: true,
  }),
}));
const hugeFirstNs = missNsOf(hugeRuns[0].report);
printTable(
  `${SIZE_MIB} MiB in huge pages, uniform use, nothing queues`,
  HEAD,
  hugeRuns.map(({ binding, report }) => row(binding, report, hugeFirstNs)),
);

for (const [what, report] of [
  [`${SIZE_MIB} MiB, faults included`, fullSize('first touch', false, true)],
  [`${WARM_MIB} MiB, touched before`, warmed('first touch', true)],
] as const) {
  const { busiest, busiestLink } = localityOf(report);
  console.log(
    `\nwith queueing, first touch, uniform use, ${what}: busiest ${busiest?.name} (${share(busiest?.utilisation ?? 0)})`,
  );
  console.log(`busiest link: ${busiestLink?.name} (${share(busiestLink?.utilisation ?? 0)})`);
}

const sweep = BANDWIDTHS.map((linkMBps) => {
  const order = { bytes: 32 * MIB, references: 15_000, binding: 'first touch', own: false, queued: true } as const;
  const report = localityRun({ ...order, linkMBps, smallCaches: true, remoteCacheMiB: 1 });
  const { busiest, busiestLink } = localityOf(report);
  return { linkMBps, busiest, busiestLink, allNs: timesOf(report).allNs };
});
printTable(
  'links from 1 GB/s down: 32 MiB, first touch, uniform use',
  ['MB/s', 'busiest', 'taken', 'busiest link', 'taken', 'time of all'],
  sweep.map(({ linkMBps, busiest, busiestLink, allNs }) => [
    String(linkMBps),
    busiest?.name ?? '-',
    share(busiest?.utilisation ?? 0),
    busiestLink?.name ?? '-',
    share(busiestLink?.utilisation ?? 0),
    `${(allNs / 1e6).toFixed(1)} ms`,
  ]),
);
const takesOver = sweep.find(({ busiest }) => busiest?.kind === 'link');
console.log(
  takesOver === undefined
    ? '\nthe link never takes over'
    : `\nthe link is busiest from ${takesOver.linkMBps} MB/s downwards`,
);
