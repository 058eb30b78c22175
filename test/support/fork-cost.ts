/**
 * What a fork costs of a task with some equally filled pte pages (PAE), whose child writes to three of them and exits.
 * Virtual time, once caches and per-CPU lists are warm.
 */
import { bootKernel } from './kernel.ts';

export type Sharing = 'off' | 'rule' | 'always';

export interface ForkOrder {
  readonly builtIn: string;
  readonly sharedPageTables: Sharing;
  /** Pte pages of the parent. */
  readonly tables: number;
  /** Present entries of each, from its first, of 512. */
  readonly filled: number;
}

export const PTE_ENTRIES = 512;
const AT = 0x50000;
const ROUNDS = 8;
/** Pte pages that the child writes to. */
const WRITTEN = 3;

/** Virtual time of fork, the child's three writes and its exit, ns. */
export function forkCost({ builtIn, sharedPageTables, tables, filled }: ForkOrder): number {
  const booted = bootKernel({ builtIn, machine: { pae: true }, kernel: { sharedPageTables } });
  const { syscalls } = booted.kernel;
  const on = booted.on();
  const task = booted.process();
  const pages = tables * PTE_ENTRIES;
  syscalls.mmap(on, task, { pages, pgoff: 0, shared: false, writable: true, at: AT });
  for (let i = 0; i < pages; i++) if (i % PTE_ENTRIES < filled) booted.touch(task, AT + i, true);
  let cost = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < WRITTEN; i++) booted.touch(task, AT + i * PTE_ENTRIES, true);
    const start = on.core.clock;
    const child = syscalls.fork(on, task);
    for (let i = 0; i < WRITTEN; i++) booted.touch(child, AT + i * PTE_ENTRIES, true);
    syscalls.exit(on, child);
    on.task = task;
    cost = on.core.clock - start;
  }
  return cost;
}
