/**
 * release_pages(): what an unmap frees leaves the LRU lists 16 pages at a time where the kernel has pagevecs, and one by
 * one where it has none. 2.6.0 mm/swap.c.
 */
import { expect, it } from 'vitest';
import { LOCK } from '../../../../src/sim/kernel/locks.ts';
import { bootKernel } from '../../../support/kernel.ts';

const PAGES = 320;

/** Acquisitions of LRU locks while `PAGES` pages of anonymous memory, all on the lists, are unmapped. */
function acquisitions(pagevecs: boolean): number {
  const { kernel, on, process, touch } = bootKernel({ builtIn: 'smp-8way', kernel: { flavour: '2.6.0', pagevecs } });
  const task = process();
  // A further pagevec's worth, so that the last of the pages in question has left its own.
  const start = kernel.syscalls.mmap(on(), task, { pages: PAGES + 16, pgoff: 0, shared: false, writable: true });
  for (let page = 0; page < PAGES + 16; page++) touch(task, start + page, true);
  const before = kernel.locks.acquisitions[LOCK['zone.lru_lock']];
  kernel.syscalls.munmap(on(), task, start, PAGES);
  return kernel.locks.acquisitions[LOCK['zone.lru_lock']] - before;
}

it('takes the lock once for 16 pages with pagevecs, and once a page without', () => {
  expect(acquisitions(true)).toBe(PAGES / 16);
  expect(acquisitions(false)).toBe(PAGES);
});
