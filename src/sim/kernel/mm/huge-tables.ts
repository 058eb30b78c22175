/**
 * Huge pages in page tables (arch/i386/mm/hugetlbpage.c of 2.6.0): an upper entry maps one whole, and no pte page is needed.
 * A huge page's count is that of its first struct page: one for each upper entry, one for its file. Copied at fork entry by entry, with
 * their right to write (only shared mappings have huge pages).
 */
import { PageTable, PMD_HUGE, PMD_RW } from '../../hardware/page-table.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { MmuGather } from './mmu-gather.ts';
import type { UpperTables } from './page-tables-upper.ts';
import type { Vma } from './vma.ts';

export class HugeTables {
  /** Virtual pages of a huge page. */
  readonly entries: number;

  constructor(
    private readonly parts: KernelParts,
    private readonly upper: UpperTables,
  ) {
    this.entries = parts.ptePages.entries;
  }

  /** set_huge_pte(): maps the huge page that begins with `page`, whose reference for it the caller has taken. */
  map(on: KernelCpu, vma: Vma, vpn: number, page: number): void {
    const { mm } = vma;
    const base = vpn - (vpn % this.entries);
    this.upper.ensure(on, mm.table, base);
    mm.table.mapHuge(base, this.parts.memMap.slotOf(page), vma.writable);
    on.write(mm.table.upperEntryAddress(base));
    mm.rss += this.entries;
    on.write(mm.at);
  }

  /** copy_hugetlb_page_range(). */
  copy(on: KernelCpu, parent: Vma, child: Vma): void {
    const outer = on.enter(FN.copy_hugetlb_page_range);
    const { table } = parent.mm;
    for (let base = parent.start; base < parent.end; base += this.entries) {
      if (!table.hasUpperPage(base)) continue;
      on.read(table.upperEntryAddress(base));
      const pmd = table.pmdOf(base);
      if ((pmd & PMD_HUGE) === 0) continue;
      const page = this.parts.memMap.pageOf(PageTable.hugeSlot(pmd));
      this.parts.pages.get(on, page);
      this.map(on, child, base, page);
      if ((pmd & PMD_RW) === 0) child.mm.table.setWritable(base, false);
    }
    on.leave(outer);
  }

  /** unmap_hugepage_range(): with its last reference a huge page goes back to the pool. */
  unmap(on: KernelCpu, gather: MmuGather, vma: Vma, from: number, to: number): void {
    const outer = on.enter(FN.unmap_hugepage_range);
    const { memMap } = this.parts;
    const { mm } = vma;
    for (let base = from; base < to; base += this.entries) {
      if (!mm.table.hasUpperPage(base)) continue;
      on.read(mm.table.upperEntryAddress(base));
      const pmd = mm.table.pmdOf(base);
      if ((pmd & PMD_HUGE) === 0) continue;
      const page = memMap.pageOf(PageTable.hugeSlot(pmd));
      mm.table.mapHuge(base, -1, false);
      on.write(mm.table.upperEntryAddress(base));
      mm.rss -= this.entries;
      gather.flushLater();
      this.drop(on, page);
    }
    on.leave(outer);
  }

  /** huge_page_release(). */
  drop(on: KernelCpu, page: number): void {
    const { memMap, hugetlb } = this.parts;
    on.atomic(memMap.addressOf(page));
    memMap.count[page]--;
    if (memMap.count[page] === 0) hugetlb.give(on, page);
  }
}
