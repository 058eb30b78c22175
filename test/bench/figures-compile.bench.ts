/**
 * Kernel compiles on the 16 GB box, one thing changed: node-local mem_map (5 seeds), partial objrmap, highpte, 4G/4G,
 * pagevecs. A scale of 0.016 is 16 objects, one a CPU. Published: changelog of Oct 2002 (mem_map); M. J. Bligh, 19 Feb 2003 (objrmap, 2.5.62), Jul 2003 (4G/4G) and on
 * highpte (2.5.59-mjb5, Jul 2003); A. Morton, 11 Aug 2002 (pagevecs).
 * `node dist/bench/figures-compile.bench.mjs 0.02` runs one scale, `... 0.064 mem_map 3` only the mem_map with one seed, `... 0.064 switches`
 * the rest.
 */
import { type CompileFigures, compileFigures, type CompileOrder, systemTimeOf } from '../support/compile-figures.ts';
import { change, percent, printTable } from '../support/figures.ts';

const [scaleWanted, part = 'all', seedWanted] = process.argv.slice(2);
const SCALES = scaleWanted === undefined ? [0.016, 0.032] : [Number(scaleWanted)];
const SEEDS = seedWanted === undefined ? [1, 2, 3, 4, 5] : [Number(seedWanted)];
const ms = (ns: number): string => (ns / 1e6).toFixed(1);

for (const scale of part === 'switches' ? [] : SCALES) {
  const rows = SEEDS.map((seed) => {
    const [local, flat] = [true, false].map((kvaRemap) =>
      systemTimeOf({ kernel: { kvaRemap }, jobs: 16, scale, seed }),
    );
    return { seed, local, flat, share: local.systemNs / flat.systemNs - 1 };
  });
  printTable(
    `system time of make -j16, 2.5.59, scale ${scale}: mem_map on node 0, and each on its node`,
    ['seed', 'node 0, ms', 'local, ms', 'change', 'of it in faults'],
    rows.map(({ seed, local, flat, share }) => [
      `${seed}`,
      ms(flat.systemNs),
      ms(local.systemNs),
      percent(share),
      change(flat.faultNs, local.faultNs),
    ]),
  );
  const shares = rows.map(({ share }) => share);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  console.log(
    `mean ${percent(mean)}, ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))}; published -20 %`,
  );
}

interface Variant {
  readonly name: string;
  readonly kernel: CompileOrder['kernel'];
  readonly published: string;
  readonly order?: Partial<CompileOrder>;
}

const base: CompileOrder['kernel'] = { flavour: '2.5.62-mjb' };
const variants: readonly Variant[] = [
  { name: 'partial objrmap', kernel: { ...base, rmap: 'objrmap' }, published: '-12.8 % (112.76 -> 98.29 s)' },
  { name: 'highpte', kernel: { ...base, highpte: true }, published: '+6.9 %; +13.5 %' },
  { name: '4G/4G', kernel: { ...base, split4g: true }, published: '+16.0 % (115.9 -> 134.5 s)' },
  { name: 'without pagevecs', kernel: { ...base, pagevecs: false }, published: '-' },
];

function compare(scale: number): void {
  const order: CompileOrder = { kernel: base, jobs: 32, scale };
  const before = compileFigures(order);
  const after = variants.map((variant) => ({ variant, figures: compileFigures({ ...order, kernel: variant.kernel }) }));
  const row = (name: string, figures: CompileFigures, published: string): string[] => [
    name,
    ms(figures.systemNs),
    figures === before ? '' : change(before.systemNs, figures.systemNs),
    published,
    figures === before ? '' : change(before.elapsedNs, figures.elapsedNs),
    ms(figures.removeRmapNs),
    figures.chains.toString(),
    figures.lruAcquisitions.toString(),
  ];
  printTable(
    `make -j32, 2.5.62-mjb with pte_chain, scale ${scale}, and one thing changed`,
    ['', 'system, ms', 'change', 'published', 'elapsed', 'page_remove_rmap, ms', 'pte_chains, peak', 'lru_lock'],
    [
      row('pte_chain', before, ''),
      ...after.map(({ variant, figures }) => row(variant.name, figures, variant.published)),
    ],
  );
  const [objrmap, , , without] = after.map(({ figures }) => figures);
  console.log(
    `page_remove_rmap ${change(before.removeRmapNs, objrmap.removeRmapNs)}; published -87.2 % (15,525 -> 1,983 ticks)`,
  );
  console.log(`pte_chain objects ${change(before.chains, objrmap.chains)}; published -97.0 % (-j256: 24,116 -> 716)`);
  console.log(
    `lru_lock acquisitions with pagevecs ${change(without.lruAcquisitions, before.lruAcquisitions)}; published -90 %`,
  );
  const shells = { ...order, parameters: { commands: 'shell' } };
  const [chained, mapped] = (['pte_chain', 'objrmap'] as const).map((rmap) =>
    compileFigures({ ...shells, kernel: { ...base, rmap } }),
  );
  console.log(
    `where a shell forks each compiler (commands=shell): pte_chain objects ${chained.chains} -> ${mapped.chains}, ${change(chained.chains, mapped.chains)}; system time ${change(chained.systemNs, mapped.systemNs)}`,
  );
}

for (const scale of part === 'mem_map' ? [] : SCALES) compare(scale);
