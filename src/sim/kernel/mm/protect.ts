/**
 * change_protection() of 2.6.0 mm/mprotect.c: every present pte of the range gets the vma's new rights, and the TLBs are
 * flushed once. A private page never gets the right to write here: its first write faults, and copies or takes it. With
 * shared page tables a full range of a shared mapping only flips the right of the upper entry; part of one unshares.
 */
import { PTE_PRESENT, PTE_RW } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import { ptesPerGranule } from './copy-range.ts';
import type { PteLock } from './pte-lock.ts';
import type { SharedPageTables } from './shared-page-tables.ts';
import type { Vma } from './vma.ts';

export class ProtectRange {
  private readonly entries: number;

  constructor(
    private readonly parts: KernelParts,
    private readonly shared: SharedPageTables,
    private readonly locks: PteLock,
  ) {
    this.entries = parts.ptePages.entries;
  }

  protect(on: KernelCpu, vma: Vma, from: number, to: number, writable: boolean): void {
    const outer = on.enter(FN.change_protection);
    const { mm } = vma;
    const { table } = mm;
    on.lock('page_table_lock', mm.at);
    for (let vpn = from; vpn < to;) {
      const base = vpn - (vpn % this.entries);
      const next = Math.min(to, base + this.entries);
      if (table.hasUpperPage(vpn)) {
        on.read(table.upperEntryAddress(vpn));
        on.work(STEP.pmd);
        if (table.ptePageOf(vpn) >= 0) {
          this.locks.lockPage(on, table.ptePageOf(vpn));
          const whole = vpn === base && next === base + this.entries;
          if (whole && vma.shared && this.shared.isShared(mm, vpn)) {
            table.setWritable(vpn, writable);
            on.write(table.upperEntryAddress(vpn));
          } else {
            if (this.shared.isShared(mm, vpn)) this.shared.own(on, mm, vpn);
            this.protectPtes(on, vma, vpn, next, writable && vma.shared);
          }
          this.locks.unlockPage(on, table.ptePageOf(vpn));
        }
      }
      vpn = next;
    }
    this.parts.tlb.mm(on, mm);
    on.unlock('page_table_lock', mm.at);
    on.leave(outer);
  }

  private protectPtes(on: KernelCpu, vma: Vma, from: number, to: number, writable: boolean): void {
    const { ptePages, highmem } = this.parts;
    const granule = ptesPerGranule(ptePages);
    const first = vma.mm.table.pteOf(from);
    const slot = ptePages.slots[first >> ptePages.entriesShift];
    highmem.mapPtes(on, slot, vma.mm, 'KM_PTE0');
    for (let i = 0; i < to - from; i++) {
      const pte = first + i;
      if (i === 0 || pte % granule === 0) on.read(ptePages.addressOf(pte));
      const value = ptePages.get(pte);
      if ((value & PTE_PRESENT) === 0) {
        on.work(STEP.skip);
        continue;
      }
      on.work(STEP.protect);
      on.atomic(ptePages.addressOf(pte));
      ptePages.set(pte, writable ? value | PTE_RW : value & ~PTE_RW);
    }
    highmem.unmapPtes(on, slot, vma.mm, 'KM_PTE0');
  }
}
