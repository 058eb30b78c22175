/** What the pools of kmaps have come to, as a run's snapshot keeps it and as it is printed. */
import { describe, expect, it } from 'vitest';
import { COUNTERS } from '../../../../src/sim/base/counters.ts';
import { procText } from '../../../../src/sim/interop/proc-text.ts';
import { GFP_HIGHUSER } from '../../../../src/sim/kernel/alloc/gfp.ts';
import { OWNER } from '../../../../src/sim/kernel/page-flags.ts';
import { takeSnapshot } from '../../../../src/sim/kernel/proc/take-snapshot.ts';
import type { ProcSnapshot } from '../../../../src/sim/kernel/proc/snapshot.ts';
import { type BootedKernel, bootKernel } from '../../../support/kernel.ts';

const snapshot = ({ kernel }: BootedKernel): ProcSnapshot => takeSnapshot(kernel, new Float64Array(COUNTERS), 0);

/** Value of a line of the report. */
function line(proc: ProcSnapshot, name: string): string | undefined {
  const found = procText('kmaps', proc)
    .split('\n')
    .find((each) => each.startsWith(name));
  return found?.slice(name.length).trim();
}

describe('the report of kmaps', () => {
  it('says so where no page of highmem was mapped', () => {
    const proc = snapshot(bootKernel({ builtIn: 'pc-256m' }));
    expect(proc.kmaps).toBeUndefined();
    expect(procText('kmaps', proc)).toBe('No page of highmem was mapped through a pool.\n');
  });

  it('has what the pool of 1024 slots (without PAE) came to when 1100 pages were mapped, one after the other', () => {
    const booted = bootKernel({ builtIn: 'laptop-1g' });
    const { pages, highmem } = booted.kernel;
    const on = booted.on();
    for (let i = 0; i < 1100; i++) {
      const page = pages.alloc(on, GFP_HIGHUSER, 0, OWNER['page cache']);
      highmem.kmap(on, page);
      highmem.kunmap(on, page);
    }
    const proc = snapshot(booted);
    expect([line(proc, 'slots'), line(proc, 'slots taken')]).toEqual(['1024', '1100']);
    // The cursor begins at 0 and looks at 1 first: the 1024th page finds it at 0, and flushes what the 1023 before left.
    expect([line(proc, 'global flushes'), line(proc, 'cleared by a flush')]).toEqual(['1', '1023']);
    expect(line(proc, 'invlpg is cheaper below')).toBeDefined();
  });

  it('has how deep the pinned slots of a CPU were used instead', () => {
    const booted = bootKernel({ builtIn: 'laptop-1g', kernel: { kmap: 'per-cpu' } });
    const { pages, highmem } = booted.kernel;
    const on = booted.on();
    booted.process();
    const [first, second] = [0, 1].map(() => pages.alloc(on, GFP_HIGHUSER, 0, OWNER['page cache']));
    highmem.kmap(on, first);
    highmem.kmap(on, second);
    highmem.kunmap(on, second);
    highmem.kunmap(on, first);
    const proc = snapshot(booted);
    expect([line(proc, 'pinned, depth 1'), line(proc, 'pinned, depth 2')]).toEqual(['1', '1']);
    expect(line(proc, 'pinned, depth 3')).toBeUndefined();
  });
});
