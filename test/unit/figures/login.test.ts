import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/sim/engine/report.ts';
import { meminfoOf } from '../../support/figures.ts';
import { afterLogin, BOX_16, BOX_64, BOX_PGCL, cacheOfSmallFiles } from '../../support/login-figures.ts';

describe('after login, meminfo says', () => {
  it('HighTotal and LowTotal of the 64 GB box to the kilobyte', () => {
    const report = afterLogin(BOX_64);
    expect(meminfoOf(report, 'HighTotal')).toBe(65_134_592);
    expect(meminfoOf(report, 'LowTotal')).toBe(176_076);
  });

  it('HighTotal of the 16 GB box to the kilobyte', () => {
    expect(meminfoOf(afterLogin(BOX_16), 'HighTotal')).toBe(15_728_640);
  });
});

describe('page tables after login', () => {
  let small: RunReport;
  let large: RunReport;
  beforeAll(() => {
    small = afterLogin(BOX_64);
    large = afterLogin(BOX_PGCL);
  });

  it('are three pte pages a process: program, libraries, stack', () => {
    const living = small.result.proc?.tasks.filter(({ state }) => state !== 'dead') ?? [];
    expect(living).toHaveLength(15);
    expect(meminfoOf(small, 'PageTables')).toBe(living.length * 3 * 4);
  });

  it('take exactly 8 times the memory with clusters of 32 KB', () => {
    expect(meminfoOf(large, 'PageTables')).toBe(8 * meminfoOf(small, 'PageTables'));
  });

  it('take less than a quarter of that where pte pages share clusters, and never less than with 4 KB', () => {
    const packed = meminfoOf(afterLogin(BOX_PGCL, { packPtePages: true }), 'PageTables');
    expect(packed).toBeGreaterThanOrEqual(meminfoOf(small, 'PageTables'));
    expect(packed).toBeLessThan(meminfoOf(large, 'PageTables') / 4);
  });

  it('lose seven eighths of their clusters to fragmentation, and anonymous memory and files lose more, too', () => {
    const [before, after] = [small, large].map(({ result }) => result.proc?.unused);
    expect(before).toMatchObject({ anonymous: 0, pageTables: 0 });
    expect(after?.pageTables).toBe(meminfoOf(small, 'PageTables') * 7 * 1024);
    expect(after?.anonymous).toBeGreaterThan(0);
    expect(after?.pageCache).toBeGreaterThan(before?.pageCache ?? Infinity);
  });
});

describe('ten thousand files of 1 KB', () => {
  it.each([
    [0, 40_960_000],
    [3, 327_680_000],
  ])('take a cluster each of the page cache: PAGE_MMUSHIFT %i', (shift, bytes) => {
    expect(cacheOfSmallFiles(shift, 10_000, 1024)).toBe(bytes);
  });
});
