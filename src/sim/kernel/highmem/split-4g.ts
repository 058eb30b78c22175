/**
 * The 4G/4G split: I. Molnar's patch of July 2003, in 2.4.21-rhel3 (asm-i386/page.h) as a switch. Kernel and user have page
 * tables of their own, so that every way into the kernel and out of it loads CR3 and empties the TLB, and copies from
 * and to user pages walk the user's tables by hand (arch/i386/mm/usercopy.c). The refills after each crossing are the
 * core's own walks. Deviation: the kernel's own refills are not there, since its references do not go through the TLB.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { Mm } from '../mm/mm.ts';
import type { KernelParts } from '../parts.ts';

export class Split4g {
  constructor(private readonly parts: KernelParts) {}

  /** In or out: CR3 is loaded. */
  cross(on: KernelCpu): void {
    on.core.flushTlb();
    on.spend(this.parts.profile.kernel.flush.flushNs);
    on.count(C.CR3_LOADS);
  }

  /** The walk to a user page: upper entry and pte, by way of pte_offset_map(). */
  walk(on: KernelCpu, mm: Mm, vpn: number): void {
    const { table } = mm;
    if (!table.hasUpperPage(vpn)) return;
    const outer = on.enter(FN.user_page_walk);
    on.read(table.upperEntryAddress(vpn));
    const pte = table.pteOf(vpn);
    if (pte >= 0) {
      const { ptePages, highmem } = this.parts;
      const slot = ptePages.slots[pte >> ptePages.entriesShift];
      highmem.mapPtes(on, slot, mm, 'KM_PTE0');
      on.read(ptePages.addressOf(pte));
      highmem.unmapPtes(on, slot, mm, 'KM_PTE0');
    }
    on.leave(outer);
  }
}
