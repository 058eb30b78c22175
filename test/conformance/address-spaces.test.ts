/**
 * Programs on the whole memory manager against maps of pages: random mmap, munmap, mprotect, mremap, remap_file_pages,
 * brk, mlock, fork, exit, reads and writes of several processes. Whatever the page cluster, the reverse map and the sharing
 * of page tables, each read gives what was stored last, as the 4 KiB ABI says; and the kernel's counts are what can be counted.
 */
import { describe, expect, it } from 'vitest';
import * as C from '../../src/sim/base/counters.ts';
import { InputError } from '../../src/sim/base/errors.ts';
import type { AddressSpace } from '../../src/sim/kernel/mm/address-space.ts';
import { VM_NONLINEAR } from '../../src/sim/kernel/mm/vma.ts';
import type { Task } from '../../src/sim/kernel/task.ts';
import type { MachineProfile } from '../../src/sim/profiles/schema.ts';
import { countErrors, pagesByOwner } from '../support/census.ts';
import { type BootedKernel, bootKernel } from '../support/kernel.ts';
import { Stored } from '../support/stored.ts';
import { type Cell, Program } from './naive/programs.ts';
import { Dice, seeds } from './naive/random.ts';

type Switches = Partial<MachineProfile['kernel']>;

const STEPS = 220;
const MOST_PROCESSES = 5;
/** Where mappings at addresses of the program's choice go: two pte pages' bounds lie in it. */
const WINDOW = 0x4fe00;
const WINDOW_PAGES = 1200;
const FILE_PAGES = 300;

interface Habits {
  /** Lengths of mappings. */
  readonly pages: readonly number[];
  /** Most touches in a row; 0: every page of a mapping. */
  readonly touches: number;
  /** Whether memory is locked. */
  readonly locks: boolean;
}

const MODEST: Habits = { pages: [1, 2, 3, 7, 8, 20, 64, 150, 600], touches: 24, locks: true };
const GREEDY: Habits = { pages: [3, 150, 600, 900], touches: 0, locks: false };

interface Process {
  readonly task: Task;
  readonly program: Program;
}

class Run {
  readonly processes: Process[] = [];
  private readonly stored: Stored;
  private readonly segment: AddressSpace;
  private readonly segmentCells: Cell[] = cells(FILE_PAGES * 4, () => 0);
  private readonly file: AddressSpace;
  private readonly fileCells: Cell[] = cells(FILE_PAGES * 4, (i) => 1_000_000 + i);
  private tag = 0;

  constructor(
    private readonly booted: BootedKernel,
    private readonly dice: Dice,
    private readonly habits = MODEST,
  ) {
    const { kernel } = booted;
    this.stored = new Stored(kernel);
    const bytes = FILE_PAGES * 4 * 4096;
    this.processes.push({ task: booted.process(), program: new Program() });
    this.segment = kernel.syscalls.segment(booted.on(), 'twin', bytes, false);
    this.file = kernel.syscalls.file('/twin', bytes);
    for (const [i, { value }] of this.fileCells.entries()) this.stored.onDisk(this.file.firstBlock + i, value);
  }

  step(): void {
    const { dice } = this;
    const process = dice.pick(this.processes);
    switch (dice.below(16)) {
      case 0:
      case 1:
        return this.mmap(process);
      case 2:
        return this.munmap(process);
      case 3:
        return this.mprotect(process);
      case 4:
        return this.mremap(process);
      case 5:
        return this.remapFilePages(process);
      case 6:
        return this.brk(process);
      case 7:
        return this.mlock(process);
      case 8:
        return this.processes.length < MOST_PROCESSES ? this.fork(process) : this.exit(process);
      case 9:
        return this.processes.length > 2 ? this.exit(process) : undefined;
      default:
        return this.touchSome(process);
    }
  }

  /** Every page of every process reads what it should. */
  readAll(): void {
    for (const process of this.processes) for (const vpn of process.program.pages.keys()) this.read(process, vpn);
  }

  /** Pages that are present are pages that are mapped. */
  residents(): void {
    for (const { task, program } of this.processes) {
      const { table } = task.mm as NonNullable<Task['mm']>;
      for (const vma of task.mm?.vmas ?? []) {
        for (let vpn = vma.start; vpn < vma.end; vpn++) {
          if (!program.pages.has(vpn)) throw new Error(`a vma maps page ${vpn}, the program does not`);
        }
      }
      const pages = task.mm?.vmas.reduce((sum, { start, end }) => sum + end - start, 0);
      expect(pages).toBe(program.pages.size);
      expect(table.owner).toBe(task.mm?.id);
    }
  }

  /** Touches that are the program's mistake are refused, and no others. */
  mistakes(): void {
    for (const process of this.processes.slice(0, 3)) {
      const vpn = WINDOW + this.dice.below(WINDOW_PAGES);
      const page = process.program.pages.get(vpn);
      const write = this.dice.chanceOf(1, 2);
      const may = page !== undefined && (page.writable || !write);
      const touch = (): void => this.touch(process, vpn, write);
      if (may) expect(touch).not.toThrow();
      else expect(touch).toThrow(InputError);
    }
  }

  exit(process: Process): void {
    this.switchTo(process);
    this.booted.kernel.syscalls.exit(this.booted.on(), process.task);
    this.processes.splice(this.processes.indexOf(process), 1);
  }

  /** The file and the segment go too. */
  end(): void {
    const { kernel, on } = this.booted;
    while (this.processes.length > 0) this.exit(this.processes[0]);
    kernel.syscalls.unlink(on(), this.file);
    kernel.syscalls.segments.remove(on(), this.segment);
  }

  private mmap(process: Process): void {
    const { dice } = this;
    const pages = dice.pick(this.habits.pages);
    const writable = dice.chanceOf(3, 4);
    const kind = dice.pick(['anonymous', 'anonymous', 'segment', 'file', 'zero']);
    const shared = kind === 'segment' || kind === 'zero';
    const pgoff = kind === 'segment' || kind === 'file' ? dice.below(FILE_PAGES) : 0;
    const at = dice.chanceOf(1, 2) ? { at: WINDOW + dice.below(WINDOW_PAGES - pages) } : {};
    const file = kind === 'segment' ? { file: this.segment } : kind === 'file' ? { file: this.file } : {};
    const locked = dice.chanceOf(1, 10) && this.habits.locks;
    const request = { pages, pgoff, shared, writable, locked, ...at, ...file };
    this.switchTo(process);
    const start = this.booted.kernel.syscalls.mmap(this.booted.on(), process.task, request);
    if (at.at === undefined) expect(process.program.isFree(start, pages)).toBe(true);
    else expect(start).toBe(at.at);
    process.program.unmap(start, pages);
    const zero = kind === 'zero' ? cells(pages + 4 * FILE_PAGES, () => 0) : undefined;
    const of = kind === 'segment' ? this.segmentCells : kind === 'file' ? this.fileCells : zero;
    process.program.map(start, pages, writable, shared, of && { cells: of, pgoff });
  }

  private munmap(process: Process): void {
    const { vpn, pages } = this.range(process);
    this.switchTo(process);
    this.booted.kernel.syscalls.munmap(this.booted.on(), process.task, vpn, pages);
    process.program.unmap(vpn, pages);
  }

  private mprotect(process: Process): void {
    const { vpn, pages } = this.range(process);
    if (!process.program.isMapped(vpn, pages)) return;
    const writable = this.dice.chanceOf(2, 3);
    this.switchTo(process);
    this.booted.kernel.syscalls.mprotect(this.booted.on(), process.task, vpn, pages, writable);
    process.program.protect(vpn, pages, writable);
  }

  private mremap(process: Process): void {
    const vma = this.vma(process);
    if (vma === undefined || (vma.flags & VM_NONLINEAR) !== 0 || vma.file?.name.startsWith('/dev/zero') === true)
      return;
    const { dice } = this;
    const vpn = vma.start + dice.below(vma.end - vma.start);
    const pages = 1 + dice.below(vma.end - vpn);
    const newPages = dice.pick([pages, 1 + dice.below(pages), pages + dice.below(40)]);
    // Beyond the end of the file there is nothing to be read.
    if (vma.file !== undefined && vma.pgoffOf(vpn) + newPages > FILE_PAGES * 4) return;
    this.switchTo(process);
    const start = this.booted.kernel.syscalls.mremap(this.booted.on(), process.task, vpn, pages, newPages);
    process.program.unmap(vpn + newPages, Math.max(0, pages - newPages));
    const kept = Math.min(pages, newPages);
    if (newPages > pages) {
      expect(
        process.program.isFree(start === vpn ? vpn + pages : start, start === vpn ? newPages - pages : newPages),
      ).toBe(true);
    }
    process.program.move(vpn, kept, start, newPages);
  }

  private remapFilePages(process: Process): void {
    const { dice } = this;
    const vma = this.vma(process);
    if (vma?.file !== this.segment) return;
    const vpn = vma.start + dice.below(vma.end - vma.start);
    const pages = 1 + dice.below(Math.min(30, vma.end - vpn));
    const pgoff = dice.below(FILE_PAGES);
    this.switchTo(process);
    this.booted.kernel.syscalls.remapFilePages(this.booted.on(), process.task, vpn, pages, pgoff);
    process.program.remapPages(vpn, pages, this.segmentCells, pgoff);
  }

  private brk(process: Process): void {
    const pages = this.dice.between(-20, 40);
    this.switchTo(process);
    const mm = process.task.mm as NonNullable<Task['mm']>;
    const { startBrk } = mm;
    // A mapping that grew beyond the heap's end is in the way.
    if (pages > 0 && !process.program.isFree(mm.brk, pages)) return;
    const old = this.booted.kernel.syscalls.brk(this.booted.on(), process.task, pages);
    if (pages > 0) process.program.map(old, pages, true, false);
    else process.program.unmap(Math.max(startBrk, old + pages), Math.min(old - startBrk, -pages));
  }

  private mlock(process: Process): void {
    const { vpn, pages } = this.range(process);
    if (!process.program.isMapped(vpn, pages)) return;
    const { syscalls } = this.booted.kernel;
    this.switchTo(process);
    if (this.dice.chanceOf(1, 2) && this.habits.locks) {
      syscalls.mlock(this.booted.on(), process.task, vpn, pages);
      const { table } = process.task.mm as NonNullable<Task['mm']>;
      for (let i = 0; i < pages; i++) expect(this.booted.kernel.ptePages.get(table.pteOf(vpn + i)) & 1).toBe(1);
    } else syscalls.munlock(this.booted.on(), process.task, vpn, pages);
  }

  private fork(process: Process): void {
    this.switchTo(process);
    const task = this.booted.kernel.syscalls.fork(this.booted.on(), process.task);
    this.processes.push({ task, program: process.program.fork() });
  }

  private touchSome(process: Process): void {
    const { dice } = this;
    const vma = this.vma(process);
    if (vma === undefined) return;
    const length = vma.end - vma.start;
    const all = this.habits.touches === 0;
    for (let i = all ? length - 1 : dice.below(this.habits.touches); i >= 0; i--) {
      const vpn = vma.start + (all ? i : dice.below(length));
      if (vma.writable && dice.chanceOf(1, 2)) this.write(process, vpn);
      else this.read(process, vpn);
    }
  }

  private read(process: Process, vpn: number): void {
    this.touch(process, vpn, false);
    const found = this.stored.read(process.task.mm as NonNullable<Task['mm']>, vpn);
    const expected = process.program.pages.get(vpn)?.cell.value;
    if (found !== expected) throw new Error(`pid ${process.task.pid} reads ${found} at ${vpn}, expected ${expected}`);
  }

  private write(process: Process, vpn: number): void {
    this.touch(process, vpn, true);
    this.stored.write(process.task.mm as NonNullable<Task['mm']>, vpn, ++this.tag);
    const page = process.program.pages.get(vpn);
    if (page === undefined) throw new Error(`page ${vpn} was written and is not mapped`);
    page.cell.value = this.tag;
  }

  private touch(process: Process, vpn: number, write: boolean): void {
    this.switchTo(process);
    this.booted.touch(process.task, vpn, write);
  }

  private switchTo({ task }: Process): void {
    const here = this.booted.on();
    // Whoever ran before has slept as long as the disk took: time does not go back.
    here.spend(here.task?.waitNs ?? 0);
    if (here.task !== undefined) here.task.waitNs = 0;
    here.task = task;
    task.waitNs = 0;
    const mm = task.mm as NonNullable<Task['mm']>;
    this.booted.kernel.tlb.loaded(here, mm);
    here.core.switchTo(mm.table);
  }

  /** A range of the window or of a mapping, whichever bounds it cuts. */
  private range(process: Process): { vpn: number; pages: number } {
    const { dice } = this;
    const vma = this.vma(process);
    if (vma === undefined || dice.chanceOf(1, 4)) {
      return { vpn: WINDOW + dice.below(WINDOW_PAGES), pages: 1 + dice.below(80) };
    }
    const vpn = vma.start + dice.below(vma.end - vma.start);
    return { vpn, pages: 1 + dice.below(Math.min(100, vma.end - vpn + 10)) };
  }

  private vma(process: Process): NonNullable<Task['mm']>['vmas'][number] | undefined {
    const vmas = process.task.mm?.vmas ?? [];
    return vmas.length === 0 ? undefined : this.dice.pick(vmas);
  }
}

function cells(count: number, value: (index: number) => number): Cell[] {
  return Array.from({ length: count }, (_, i) => ({ value: value(i) }));
}

const kernels: readonly (readonly [name: string, switches: Switches])[] = [
  ['2.6.0 with pages of 4 KiB', {}],
  ['clusters of 32 KiB', { pageMmuShift: 3 }],
  ['clusters of 8 KiB and sub-allocated pte pages', { pageMmuShift: 1, packPtePages: true }],
  ['shared page tables', { sharedPageTables: 'always' }],
  ['shared page tables and clusters of 32 KiB', { sharedPageTables: 'always', pageMmuShift: 3 }],
  ['no reverse map', { flavour: '2.4.22' }],
  ['no reverse map and clusters of 16 KiB', { flavour: '2.4.22', pageMmuShift: 2 }],
  ['rmap15', { flavour: '2.4.21-rhel3' }],
  ['partial objrmap and clusters of 16 KiB', { rmap: 'objrmap', pageMmuShift: 2 }],
  ['prio_tree and anon_vma', { flavour: '2.6.7' }],
  ['prio_tree and anonmm', { flavour: '2.6.7', anonRmap: 'anonmm' }],
];

/** Runs `steps` random steps, counting now and then, and reads everything at the end. */
function execute(run: Run, kernel: BootedKernel['kernel'], seed: number, steps: number): void {
  for (let step = 0; step < steps; step++) {
    try {
      run.step();
      if (step % 73 === 72) {
        expect(countErrors(kernel).slice(0, 5)).toEqual([]);
        run.residents();
      }
    } catch (error) {
      throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message}`, { cause: error });
    }
  }
  run.readAll();
  expect(countErrors(kernel).slice(0, 5)).toEqual([]);
  run.end();
}

describe.each(kernels)('programs on %s', (_, switches) => {
  it.each(seeds(2))('read what was stored last, and leave nothing behind (seed %i)', (seed) => {
    const { kernel, ...booted } = bootKernel({ kernel: switches });
    const before = pagesByOwner(kernel);
    execute(new Run({ kernel, ...booted }, new Dice(seed)), kernel, seed, STEPS);
    const { slab: slabBefore, free: freeBefore, ...others } = before;
    const { slab, free, ...left } = pagesByOwner(kernel);
    expect(left).toEqual(others);
    expect((slab ?? 0) + free).toBe((slabBefore ?? 0) + freeBefore);
    for (const name of ['vm_area_struct', 'mm_struct', 'task_struct', 'pgd', 'radix_tree_node', 'dentry_cache']) {
      const active = kernel.slabs.caches.find((cache) => cache.name === name)?.active ?? 0;
      expect([name, active]).toEqual([name, 0]);
    }
  });

  it('read what was stored last with less memory than they want, and swap', () => {
    const booted = bootKernel({ kernel: { ...switches, cmdline: 'mem=16M', swapMiB: 256 } });
    const { kernel } = booted;
    execute(new Run(booted, new Dice(4), GREEDY), kernel, 4, 120);
    expect(booted.on().core.counters[C.PSWPOUT]).toBeGreaterThan(0);
    // Pages that were being written when their owner went stay in the swap cache until page replacement meets them.
    const left = pagesByOwner(kernel);
    expect((left.anonymous ?? 0) + (left['shared memory'] ?? 0)).toBe(kernel.swap.cached);
    expect(kernel.swap.total - kernel.swap.free).toBe(kernel.swap.cached);
    expect(left['page tables'] ?? 0).toBe(0);
    expect(left['page cache'] ?? 0).toBe(0);
  });

  it('are stopped where they touch what they may not', () => {
    const booted = bootKernel({ kernel: switches });
    const run = new Run(booted, new Dice(77));
    for (let step = 0; step < 60; step++) run.step();
    run.mistakes();
  });
});
