import { beforeAll, describe, expect, it } from 'vitest';
import * as C from '../../../src/sim/base/counters.ts';
import { type CompileFigures, compileFigures, SMALL } from '../../support/compile-figures.ts';
import { bootKernel } from '../../support/kernel.ts';

const LONG_MS = 300_000;

/**
 * Time in faults of a process on a CPU of the last quad that writes to 2,000 fresh pages, ns. A whole compile is no test of
 * this: its system time differs by 2 % from seed to seed, as much as the place of mem_map moves it (docs/memory-manager.md).
 */
function faultsOnLastQuad(kvaRemap: boolean): number {
  const booted = bootKernel({ builtIn: 'numaq-16g-4quad', kernel: { kvaRemap } });
  const task = booted.process('writer', 12);
  const on = booted.on(12);
  const at = booted.kernel.syscalls.mmap(on, task, { pages: 2000, pgoff: 0, shared: false, writable: true });
  const before = on.core.counters[C.FAULT_NS];
  for (let page = 0; page < 2000; page++) booted.touch(task, at + page, true, 12);
  return on.core.counters[C.FAULT_NS] - before;
}

describe('fresh pages on a quad other than the first', () => {
  it('cost less where their struct pages lie on their own node', () => {
    expect(faultsOnLastQuad(true)).toBeLessThan(0.98 * faultsOnLastQuad(false));
  });
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
