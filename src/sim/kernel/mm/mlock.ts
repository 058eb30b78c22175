/**
 * mlock and munlock: VM_LOCKED, which keeps page replacement off a vma, and make_pages_present(); mm/mlock.c of 2.6.0.
 * RLIMIT_MEMLOCK is not checked.
 */
import { PTE_PRESENT, PTE_RW } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Faults } from './faults.ts';
import type { Mappings } from './mappings.ts';
import type { Mm } from './mm.ts';
import { mmapSem } from './vma-list.ts';
import { VM_HUGETLB, VM_LOCKED, type Vma } from './vma.ts';

/** make_pages_present(): faults in every page of [from, to) of a vma, for writing where it may be written. */
export function populate(on: KernelCpu, parts: KernelParts, faults: Faults, vma: Vma, from: number, to: number): void {
  if ((vma.flags & VM_HUGETLB) !== 0) return;
  const { table } = vma.mm;
  const { ptePages } = parts;
  const wanted = PTE_PRESENT | (vma.writable ? PTE_RW : 0);
  for (let vpn = from; vpn < to; vpn++) {
    const pte = table.hasUpperPage(vpn) ? table.pteOf(vpn) : -1;
    if (pte >= 0) {
      on.read(ptePages.addressOf(pte));
      if ((ptePages.get(pte) & wanted) === wanted) continue;
    }
    faults.handleMm(on, vma, vpn, vma.writable);
  }
}

export class Mlock {
  constructor(
    private readonly parts: KernelParts,
    private readonly mappings: Mappings,
    private readonly faults: Faults,
  ) {}

  /** Throws InputError where part of the range is not mapped. */
  lock(on: KernelCpu, mm: Mm, vpn: number, pages: number): void {
    this.change(on, mm, vpn, pages, VM_LOCKED);
  }

  unlock(on: KernelCpu, mm: Mm, vpn: number, pages: number): void {
    this.change(on, mm, vpn, pages, 0);
  }

  private change(on: KernelCpu, mm: Mm, vpn: number, pages: number, locked: number): void {
    const outer = on.enter(FN.sys_mlock);
    on.lock('mmap_sem', mmapSem(mm));
    for (const vma of this.mappings.covering(on, mm, vpn, pages, locked === 0 ? 'munlock' : 'mlock')) {
      if ((vma.flags & VM_LOCKED) === locked) continue;
      this.mappings.vmas.setFlags(on, vma, (vma.flags & ~VM_LOCKED) | locked);
      if (locked !== 0) populate(on, this.parts, this.faults, vma, vma.start, vma.end);
    }
    this.mappings.mergeAround(on, mm, vpn, pages);
    on.unlock('mmap_sem', mmapSem(mm));
    on.leave(outer);
  }
}
