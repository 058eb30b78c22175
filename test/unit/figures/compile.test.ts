import { beforeAll, describe, expect, it } from 'vitest';
import { type CompileFigures, compileFigures, SMALL, systemTimeOf } from '../../support/compile-figures.ts';

const SEEDS = [1, 2, 3, 4, 5];
const LONG_MS = 300_000;

describe('a 16-way compile', () => {
  it(
    'has less system time with mem_maps on their nodes than with all of them on node 0, whatever the seed',
    () => {
      const changes = SEEDS.map((seed) => {
        const [local, flat] = [true, false].map((kvaRemap) =>
          systemTimeOf({ kernel: { kvaRemap }, jobs: 16, scale: 0.016, seed, parameters: SMALL }),
        );
        return { seed, less: local.systemNs < flat.systemNs };
      });
      expect(changes).toEqual(SEEDS.map((seed) => ({ seed, less: true })));
    },
    LONG_MS,
  );
});

describe('partial objrmap in a compile', () => {
  let chained: CompileFigures;
  let mapped: CompileFigures;
  beforeAll(() => {
    const order = { jobs: 32, scale: 0.032, parameters: { ...SMALL, heapKiB: 512 } };
    chained = compileFigures({ ...order, kernel: { flavour: '2.5.62-mjb' } });
    mapped = compileFigures({ ...order, kernel: { flavour: '2.5.62-mjb', rmap: 'objrmap' } });
  }, LONG_MS);

  it('takes away more than 95 % of the pte_chains', () => {
    expect(chained.chains).toBeGreaterThan(500);
    expect(mapped.chains).toBeLessThan(0.05 * chained.chains);
  });

  it('makes page_remove_rmap() and the whole system time cheaper', () => {
    expect(mapped.removeRmapNs).toBeLessThan(chained.removeRmapNs);
    expect(mapped.systemNs).toBeLessThan(chained.systemNs);
  });
});
