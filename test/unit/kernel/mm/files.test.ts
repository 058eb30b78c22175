/** The page cache: what files take up, what reads and writes cost the disk, what truncate and prune give back. */
import { describe, expect, it } from 'vitest';
import * as C from '../../../../src/sim/base/counters.ts';
import { FN, pathLengths } from '../../../../src/sim/kernel/functions.ts';
import { countErrors, pagesByOwner } from '../../../support/census.ts';
import { bootKernel } from '../../../support/kernel.ts';

const KIB = 1024;

describe('the page cache', () => {
  it.each([
    [0, 40_960_000],
    [3, 327_680_000],
  ])('takes a cluster of 4 KiB << %i for each of 10,000 files of 1 KiB: %i bytes', (pageMmuShift, bytes) => {
    const { kernel, on, process } = bootKernel({ builtIn: 'numaq-16g-4quad', kernel: { pageMmuShift } });
    const task = process();
    for (let i = 0; i < 10_000; i++) kernel.syscalls.read(on(), task, kernel.syscalls.file(`/small/${i}`, KIB), 0, KIB);
    expect(kernel.pageCache.cachedPages * (4096 << pageMmuShift)).toBe(bytes);
    expect(kernel.pageCache.unusedFiles).toBe(10_000);
  });

  it('reads a file from the disk once, and waits for it', () => {
    const { kernel, on, process } = bootKernel();
    const task = process();
    const file = kernel.syscalls.file('/etc/passwd', 3000);
    kernel.syscalls.read(on(), task, file, 0, 3000);
    const waited = task.waitNs;
    expect(waited).toBeGreaterThan(0);
    expect(on().core.counters[C.PGPGIN]).toBe(1);
    kernel.syscalls.read(on(), task, file, 0, 3000);
    expect(on().core.counters[C.PGPGIN]).toBe(1);
    expect(task.waitNs).toBe(waited);
  });

  it('walks to the user page of each 4 KiB that is copied, where kernel and user have page tables of their own', () => {
    const walks = [false, true].map((split4g) => {
      const { kernel, on, process } = bootKernel({ kernel: { split4g } });
      const task = process();
      const file = kernel.syscalls.create(on(), '/f');
      kernel.syscalls.write(on(), task, file, 0, 8192);
      kernel.syscalls.read(on(), task, file, 0, 5000);
      return (
        on().profile[FN.user_page_walk] / (pathLengths[FN.user_page_walk] * kernel.profile.machine.cpu.instructionNs)
      );
    });
    // Two pages written; one read whole and part of another. No pte page for the stack yet, so no more than the upper entry.
    expect(walks[0]).toBe(0);
    expect(walks[1]).toBeGreaterThanOrEqual(4);
  });

  it('takes pages that the disk fills from the cold list, and those that are written from the hot one', () => {
    const { kernel, on, process } = bootKernel();
    const task = process();
    kernel.syscalls.read(on(), task, kernel.syscalls.file('/read', 3000), 0, 3000);
    const sets = kernel.allZones.map((zone) => zone.sets[0]).find((each) => each !== undefined && each.cold.count > 0);
    // A batch came, 60 / 4 pages of a zone of 240 MiB, and one of them went.
    expect(sets?.cold.count).toBe(14);
    const hot = sets?.hot.count ?? 0;
    kernel.syscalls.write(on(), task, kernel.syscalls.create(on(), '/written'), 0, 4096);
    expect(sets?.cold.count).toBe(14);
    expect(sets?.hot.count).not.toBe(hot);
  });

  it('reads around a page that a mapping misses, until misses are a hundred ahead of hits', () => {
    const { kernel, on, process } = bootKernel();
    const task = process();
    const file = kernel.syscalls.file('/mapped', 16 * 4096 * 200);
    const fault = (page: number): void => {
      kernel.pageCache.obtain(on(), file, page);
      task.waitNs = 0;
    };
    for (let i = 0; i < 100; i++) fault(16 * i);
    expect(on().core.counters[C.PGPGIN]).toBe(1600);
    for (let i = 100; i < 150; i++) fault(16 * i);
    expect(on().core.counters[C.PGPGIN]).toBe(1650);
    // Three faults find what was read around the first page: three more misses are read around.
    for (let i = 1; i < 4; i++) fault(i);
    for (let i = 150; i < 155; i++) fault(16 * i);
    expect(on().core.counters[C.PGPGIN]).toBe(1650 + 3 * 16 + 2);
  });

  it('reads each page of a large file once, whatever the read-ahead', () => {
    const { kernel, on, process } = bootKernel();
    const task = process();
    const file = kernel.syscalls.file('/large', 1000 * 4096);
    for (let at = 0; at < 1000 * 4096; at += 8192) kernel.syscalls.read(on(), task, file, at, 8192);
    expect(on().core.counters[C.PGPGIN]).toBe(1000);
    expect(file.pages.size).toBe(1000);
  });

  it('reads nothing to overwrite whole pages, and a page that is written in part', () => {
    const { kernel, on, process } = bootKernel();
    const task = process();
    const file = kernel.syscalls.file('/data', 40_960);
    kernel.syscalls.write(on(), task, file, 0, 8192);
    expect(on().core.counters[C.PGPGIN]).toBe(0);
    kernel.syscalls.write(on(), task, file, 9000, 10);
    expect(on().core.counters[C.PGPGIN]).toBe(1);
    expect(kernel.pageCache.dirtyPages).toBe(3);
  });

  it('writes dirty pages once with fsync, and waits for the disk', () => {
    const { kernel, on, process } = bootKernel();
    const task = process();
    const file = kernel.syscalls.create(on(), '/new');
    kernel.syscalls.write(on(), task, file, 0, 10 * 4096);
    kernel.syscalls.fsync(on(), file);
    expect(kernel.pageCache.dirtyPages).toBe(0);
    expect(on().core.counters[C.PGPGOUT]).toBe(10);
    expect(task.waitNs).toBeGreaterThan(0);
    kernel.syscalls.fsync(on(), file);
    expect(on().core.counters[C.PGPGOUT]).toBe(10);
  });

  it('makes holes without the disk, and reads back from it what was written there', () => {
    const { kernel, on, process } = bootKernel();
    const task = process();
    const file = kernel.syscalls.create(on(), '/holes');
    kernel.syscalls.write(on(), task, file, 100 * 4096, 4096);
    kernel.syscalls.read(on(), task, file, 0, 4096);
    expect(on().core.counters[C.PGPGIN]).toBe(0);
    kernel.syscalls.fsync(on(), file);
    expect(kernel.pageCache.prune(on(), 1)).toBe(1);
    expect(kernel.pageCache.cachedPages).toBe(0);
    kernel.syscalls.read(on(), task, file, 0, 4096);
    kernel.syscalls.read(on(), task, file, 100 * 4096, 4096);
    expect(on().core.counters[C.PGPGIN]).toBe(1);
  });

  it.each([0, 3])('truncates ptes by 4 KiB and pages by clusters of 4 KiB << %i', (pageMmuShift) => {
    const { kernel, on, process, touch } = bootKernel({ kernel: { pageMmuShift } });
    const task = process();
    const file = kernel.syscalls.file('/mapped', 64 * 4096);
    const at = kernel.syscalls.mmap(on(), task, { pages: 64, file, pgoff: 0, shared: true, writable: true });
    if (task.mm !== undefined) kernel.tlb.loaded(on(), task.mm);
    for (let i = 0; i < 64; i++) touch(task, at + i, true);
    kernel.syscalls.truncate(on(), file, 12 * 4096 + 100);
    // 13 pages of 4 KiB hold the rest: 13 clusters of one, or two of eight.
    expect(task.mm?.rss).toBe(13);
    expect(kernel.pageCache.cachedPages).toBe(pageMmuShift === 0 ? 13 : 2);
    expect(() => touch(task, at + 12, false)).not.toThrow();
    expect(() => touch(task, at + 13, false)).toThrow(/a page of \/mapped, which has 13/);
  });

  it('prunes files that nobody uses, the least recently used first, and none that are dirty or mapped', () => {
    const { kernel, on, process } = bootKernel();
    const task = process();
    const { syscalls, pageCache, spaces } = kernel;
    const files = ['a', 'b', 'c', 'd'].map((name) => syscalls.file(name, 4096));
    for (const file of files) syscalls.read(on(), task, file, 0, 4096);
    syscalls.write(on(), task, files[0], 0, 4096);
    syscalls.mmap(on(), task, { pages: 1, file: files[1], pgoff: 0, shared: false, writable: false });
    syscalls.read(on(), task, files[2], 0, 100);
    expect(pageCache.unusedFiles).toBe(3);
    // The dirty one was used before the last read of c, so d is the oldest that can go.
    expect(pageCache.prune(on(), 1)).toBe(1);
    expect(files.map(({ pages }) => pages.size)).toEqual([1, 1, 1, 0]);
    expect(pageCache.prune(on(), 10)).toBe(1);
    expect(files.map(({ pages }) => pages.size)).toEqual([1, 1, 0, 0]);
    expect(spaces.size).toBe(4);
    expect(countErrors(kernel)).toEqual([]);
  });

  it('keeps an unlinked file for those who map it, and forgets it with the last', () => {
    const { kernel, on, process, touch } = bootKernel();
    const task = process();
    const file = kernel.syscalls.file('/tmp/x', 8 * 4096);
    const at = kernel.syscalls.mmap(on(), task, { pages: 8, file, pgoff: 0, shared: true, writable: true });
    touch(task, at, true);
    kernel.syscalls.unlink(on(), file);
    touch(task, at + 1, true);
    expect(kernel.spaces.has(file.id)).toBe(true);
    expect(kernel.syscalls.file('/tmp/x', 4096)).not.toBe(file);
    kernel.syscalls.munmap(on(), task, at, 8);
    expect(kernel.spaces.has(file.id)).toBe(false);
    expect(pagesByOwner(kernel)['page cache'] ?? 0).toBe(0);
  });

  it('finds pages in 2.4 through a hash chain of struct pages, in 2.6 through a tree', () => {
    const cost = (flavour: string): boolean => {
      const { kernel, on, process } = bootKernel({ kernel: { flavour } });
      const task = process();
      kernel.syscalls.read(on(), task, kernel.syscalls.file('f', 4096), 0, 4096);
      return kernel.slabs.caches.some(({ name, active }) => name === 'radix_tree_node' && active > 0);
    };
    expect([cost('2.4.22'), cost('2.6.0')]).toEqual([false, true]);
  });
});
