/**
 * Reverse maps against a scan of all page tables, on random programs of several processes: whatever was mapped, forked,
 * moved, unmapped or taken away, a page's ptes are those that the scan finds, and try_to_unmap() leaves none.
 */
import { describe, expect, it } from 'vitest';
import { COUNTERS, RMAP_ADDS, RMAP_REMOVES } from '../../src/sim/base/counters.ts';
import type { AddressSpace } from '../../src/sim/kernel/mm/address-space.ts';
import type { Mm } from '../../src/sim/kernel/mm/mm.ts';
import { VM_NONLINEAR } from '../../src/sim/kernel/mm/vma.ts';
import { PG_ANON, PG_DIRECT, PG_SWAPCACHE } from '../../src/sim/kernel/page-flags.ts';
import type { Task } from '../../src/sim/kernel/task.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { type BootedKernel, bootKernel } from '../support/kernel.ts';
import { Dice, seeds } from './naive/random.ts';
import { scanPtes } from './naive/reverse-map.ts';

type Switches = Partial<MachineProfile['kernel']>;

const STEPS = 150;
const MOST_PROCESSES = 5;
const SIZES = [1, 2, 5, 8, 30];
const FILE_PAGES = 80;

class Run {
  readonly tasks: Task[] = [];
  private readonly file: AddressSpace;
  private readonly segment: AddressSpace;
  /** Pages that try_to_unmap() emptied. */
  emptied = 0;

  constructor(
    readonly booted: BootedKernel,
    private readonly dice: Dice,
  ) {
    const { syscalls } = booted.kernel;
    this.tasks.push(booted.process());
    this.file = syscalls.file('/twin', FILE_PAGES * 4096);
    this.segment = syscalls.segment(booted.on(), 'twin', FILE_PAGES * 4096, false);
  }

  step(): void {
    const { dice, booted } = this;
    const task = this.tasks[dice.below(this.tasks.length)];
    const { syscalls } = booted.kernel;
    const on = this.on(task);
    const vma = dice.pick(mmOf(task).vmas);
    const kind = vma === undefined ? 0 : dice.below(14);
    const vpn = vma === undefined ? 0 : dice.between(vma.start, vma.end - 1);
    const most = vma === undefined ? 0 : vma.end - vpn;
    if (kind <= 1) {
      const file = dice.pick([undefined, this.file, this.file, this.segment]);
      const shared = file === this.segment || (file !== undefined && dice.chanceOf(1, 2));
      const pgoff = file === undefined ? 0 : dice.below(FILE_PAGES / 2);
      syscalls.mmap(on, task, { pages: dice.pick(SIZES), pgoff, shared, writable: true, ...(file && { file }) });
    } else if (kind === 2) syscalls.munmap(on, task, vpn, dice.between(1, most));
    else if (kind === 3) syscalls.mprotect(on, task, vpn, dice.between(1, most), dice.chanceOf(1, 2));
    else if (kind === 4 && (vma.flags & VM_NONLINEAR) === 0) {
      syscalls.mremap(on, task, vpn, most, most + dice.below(20));
    } else if (kind === 5 && vma.shared) {
      syscalls.remapFilePages(on, task, vpn, dice.between(1, most), dice.below(FILE_PAGES));
    } else if (kind === 6 && this.tasks.length < MOST_PROCESSES) this.tasks.push(syscalls.fork(on, task));
    else if (kind === 7 && this.tasks.length > 1) {
      syscalls.exit(on, task);
      this.tasks.splice(this.tasks.indexOf(task), 1);
    } else if (kind === 8 || kind === 9) this.reclaimOne();
    else this.touchSome(task);
  }

  private touchSome(task: Task): void {
    const { dice } = this;
    const vma = dice.pick(mmOf(task).vmas);
    for (let i = dice.below(12); i >= 0; i--) {
      const vpn = dice.between(vma.start, vma.end - 1);
      if (vma.file !== undefined && vma.pgoffOf(vpn) >= FILE_PAGES) continue;
      this.on(task);
      this.booted.touch(task, vpn, vma.writable && dice.chanceOf(1, 2));
    }
  }

  /** page_referenced() and try_to_unmap() of any mapped page, as page replacement calls them. */
  private reclaimOne(): void {
    const { kernel, on: cpu } = this.booted;
    const { memMap, rmap, pages, swap } = kernel;
    const on = cpu();
    if (!rmap.finds) return;
    const page = this.dice.pick([...scanPtes(kernel).keys()]);
    if (page === undefined) return;
    if (this.dice.chanceOf(3, 4)) rmap.referenced(on, page);
    pages.get(on, page);
    const anonymous = (memMap.flags[page] & (PG_ANON | PG_SWAPCACHE)) === PG_ANON;
    if (anonymous && !swap.add(on, page)) throw new Error('swap is full');
    const ptes = rmap.ptesOf(page).length;
    const { [page]: references } = memMap.count;
    const result = rmap.tryToUnmap(on, page);
    if (result === 'success') {
      expect(rmap.ptesOf(page)).toEqual([]);
      expect(memMap.mapcount[page]).toBe(0);
      expect(memMap.count[page]).toBe(references - ptes);
      this.emptied++;
    }
    pages.put(on, page);
  }

  private on(task: Task): ReturnType<BootedKernel['on']> {
    const here = this.booted.on();
    here.task = task;
    task.waitNs = 0;
    this.booted.kernel.tlb.loaded(here, mmOf(task));
    here.core.switchTo(mmOf(task).table);
    return here;
  }

  end(): void {
    for (const task of this.tasks.splice(0)) this.booted.kernel.syscalls.exit(this.on(task), task);
  }
}

function mmOf(task: Task): Mm {
  if (task.mm === undefined) throw new Error(`task ${task.pid} has no address space`);
  return task.mm;
}

/** What the map says of a page that differs from the scan. */
function differences({ kernel }: BootedKernel): readonly string[] {
  const { memMap, rmap } = kernel;
  const scan = scanPtes(kernel);
  const errors: string[] = [];
  for (let page = 0; page < memMap.count.length; page++) {
    const expected = scan.get(page) ?? [];
    const found = [...rmap.ptesOf(page)].sort((a, b) => a - b);
    if (found.join() !== expected.join()) errors.push(`page ${page}: ptes ${found.join()}, scan ${expected.join()}`);
    const direct = (memMap.flags[page] & PG_DIRECT) !== 0;
    if (direct && expected.join() !== String(memMap.word[page]))
      errors.push(`page ${page}: PG_direct, and its word is no pte`);
    if (expected.length === 0 && (direct || memMap.word[page] !== 0)) errors.push(`page ${page}: a word without a pte`);
  }
  return errors;
}

const kernels: readonly (readonly [name: string, switches: Switches])[] = [
  ['pte_chain', { rmap: 'pte_chain', anonRmap: 'pte_chain' }],
  ['pte_chain with highpte', { rmap: 'pte_chain', anonRmap: 'pte_chain', highpte: true }],
  ['pte_chain, clusters of 16 KiB', { rmap: 'pte_chain', anonRmap: 'pte_chain', pageMmuShift: 2 }],
  ['pte_chain, shared page tables', { rmap: 'pte_chain', anonRmap: 'pte_chain', sharedPageTables: 'always' }],
  ['partial objrmap', { rmap: 'objrmap', anonRmap: 'pte_chain' }],
  ['partial objrmap, clusters of 32 KiB', { rmap: 'objrmap', anonRmap: 'pte_chain', pageMmuShift: 3 }],
  ['partial objrmap, shared page tables', { rmap: 'objrmap', anonRmap: 'pte_chain', sharedPageTables: 'always' }],
  ['prio_tree and anon_vma', { rmap: 'prio_tree', anonRmap: 'anon_vma' }],
  ['prio_tree and anon_vma, clusters of 16 KiB', { rmap: 'prio_tree', anonRmap: 'anon_vma', pageMmuShift: 2 }],
  [
    'prio_tree and anon_vma, shared page tables',
    { rmap: 'prio_tree', anonRmap: 'anon_vma', sharedPageTables: 'always' },
  ],
  ['prio_tree and anonmm', { rmap: 'prio_tree', anonRmap: 'anonmm' }],
  ['objrmap and anonmm', { rmap: 'objrmap', anonRmap: 'anonmm' }],
];

describe.each(kernels)('the reverse map %s', (_, switches) => {
  it.each(seeds(3))('knows every pte of every page, and no other (seed %i)', (seed) => {
    const booted = bootKernel({ kernel: switches });
    const run = new Run(booted, new Dice(seed));
    for (let step = 0; step < STEPS; step++) {
      try {
        run.step();
        expect(differences(booted).slice(0, 3)).toEqual([]);
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message}`, { cause: error });
      }
    }
    const { counters } = booted.on().core;
    const entries = [...scanPtes(booted.kernel).values()].reduce((sum, ptes) => sum + ptes.length, 0);
    expect(counters).toHaveLength(COUNTERS);
    expect(counters[RMAP_ADDS] - counters[RMAP_REMOVES]).toBe(entries);
    expect(run.emptied).toBeGreaterThan(0);
    run.end();
    expect(differences(booted)).toEqual([]);
    expect(counters[RMAP_ADDS]).toBe(counters[RMAP_REMOVES]);
    for (const name of ['anon_vma', 'anonmm']) {
      const cache = booted.kernel.slabs.caches.find((each) => each.name === name);
      // Pages of a killed process may be in the swap cache still, unmapped: they name nothing.
      expect([name, cache?.active ?? 0]).toEqual([name, 0]);
    }
    const chains = booted.kernel.slabs.caches.find((each) => each.name === 'pte_chain');
    // One element stays ready on the CPU.
    expect(chains?.active ?? 0).toBeLessThanOrEqual(1);
  });
});
