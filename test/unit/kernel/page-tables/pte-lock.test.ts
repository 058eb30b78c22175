/**
 * Which lock a fault takes, and how often, by mm/memory.c of 2.6.0 and of shpte-2.5.43-mm2-4: page_table_lock twice where a
 * page is allocated in between; with shared page tables page_table_lock once, to walk down, and pte_page_lock in its place.
 */
import { describe, expect, it } from 'vitest';
import { LOCK, type LockName } from '../../../../src/sim/kernel/locks.ts';
import { bootKernel, type BootedKernel } from '../../../support/kernel.ts';

const AT = 0x50000;

function boot(sharedPageTables: 'off' | 'rule' | 'always'): BootedKernel {
  return bootKernel({ builtIn: 'pc-256m', machine: { pae: true }, kernel: { sharedPageTables } });
}

/** How often something takes each of the two locks. */
function taken(booted: BootedKernel, action: () => void): { readonly mm: number; readonly ptes: number } {
  const { acquisitions } = booted.kernel.locks;
  const of = (name: LockName): number => acquisitions[LOCK[name]];
  const before = { mm: of('page_table_lock'), ptes: of('pte_page_lock') };
  action();
  return { mm: of('page_table_lock') - before.mm, ptes: of('pte_page_lock') - before.ptes };
}

describe('a fault', () => {
  it('takes page_table_lock alone where page tables are not shared', () => {
    const booted = boot('off');
    const task = booted.process();
    booted.kernel.syscalls.mmap(booted.on(), task, { pages: 8, pgoff: 0, shared: false, writable: true, at: AT });
    booted.touch(task, AT, true);
    expect(taken(booted, () => booted.touch(task, AT + 1, true))).toEqual({ mm: 2, ptes: 0 });
  });

  it.each(['rule', 'always'] as const)('of anonymous memory takes pte_page_lock twice with sharing %s', (sharing) => {
    const booted = boot(sharing);
    const task = booted.process();
    booted.kernel.syscalls.mmap(booted.on(), task, { pages: 8, pgoff: 0, shared: false, writable: true, at: AT });
    booted.touch(task, AT, true);
    expect(taken(booted, () => booted.touch(task, AT + 1, true))).toEqual({ mm: 1, ptes: 2 });
  });

  it('that copies a page takes them as often, and one that goes on in its own page takes each once', () => {
    const booted = boot('rule');
    const { syscalls } = booted.kernel;
    const task = booted.process();
    syscalls.mmap(booted.on(), task, { pages: 8, pgoff: 0, shared: false, writable: true, at: AT });
    booted.touch(task, AT, true);
    const child = syscalls.fork(booted.on(), task);
    expect(taken(booted, () => booted.touch(child, AT, true))).toEqual({ mm: 1, ptes: 2 });
    expect(taken(booted, () => booted.touch(task, AT, true))).toEqual({ mm: 1, ptes: 1 });
  });

  it('that unshares locks the old pte page, lets go of both locks for the new one, and locks both', () => {
    const booted = boot('always');
    const { syscalls } = booted.kernel;
    const task = booted.process();
    syscalls.mmap(booted.on(), task, { pages: 8, pgoff: 0, shared: false, writable: true, at: AT });
    booted.touch(task, AT, true);
    const child = syscalls.fork(booted.on(), task);
    // Walk: mm 1, old 1. pte_alloc_one(): mm 1, old 1, new 1. Then do_wp_page() copies: new 1.
    expect(taken(booted, () => booted.touch(child, AT, true))).toEqual({ mm: 2, ptes: 4 });
  });
});
