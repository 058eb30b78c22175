/**
 * Unmapping: unmap_vmas(), zap_pte_range(), free_pgtables(), clear_page_tables() and exit_mmap() of 2.6.0 mm/memory.c and
 * mm/mmap.c. A pte that goes hands its dirty and accessed bits to the page, loses its entry in the reverse map and its
 * place in rss at once; the page itself is freed by the gather, after the flush. pte pages go with their pgd entry (1 GiB
 * with PAE, 4 MiB without) when nothing lies in its range any more, as 2.6.0 does it, and all of them at exit.
 *
 * With shared page tables a pte page that others use is left alone where its whole range goes, and unshared where part of it
 * does. Deviation: page_table_lock is not dropped between chunks (2.6.0 without preemption does not either).
 */
import { PTE_ACCESSED, PTE_DIRTY, PTE_FILE, PTE_PRESENT, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import { PG_DIRTY, PG_SWAPCACHE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { ptesPerGranule } from './copy-range.ts';
import type { HugeTables } from './huge-tables.ts';
import type { Mm } from './mm.ts';
import { type MmuGather, MmuGathers } from './mmu-gather.ts';
import type { PteTablePages } from './page-tables-pages.ts';
import type { SharedPageTables } from './shared-page-tables.ts';
import { VM_HUGETLB, type Vma } from './vma.ts';

export class ZapRange {
  private readonly gathers: MmuGathers;
  private readonly entries: number;
  /** Virtual pages that an entry of the pgd spans. */
  private readonly pgdSpan: number;

  constructor(
    private readonly parts: KernelParts,
    private readonly pages: PteTablePages,
    private readonly shared: SharedPageTables,
    private readonly huge: HugeTables,
  ) {
    this.gathers = new MmuGathers(parts);
    this.entries = parts.ptePages.entries;
    const { pae, bits } = parts.profile.machine;
    this.pgdSpan = this.entries ** (bits === 64 ? 3 : pae ? 2 : 1);
  }

  /** zap_page_range(). */
  zap(on: KernelCpu, vma: Vma, from: number, to: number): void {
    const outer = on.enter(FN.unmap_vmas);
    const { mm } = vma;
    on.lock('page_table_lock', mm.at);
    const gather = this.gathers.begin(on, mm);
    this.unmap(on, gather, vma, from, to, false);
    gather.finish(on);
    on.unlock('page_table_lock', mm.at);
    on.leave(outer);
  }

  /** unmap_region(): whole vmas that follow one another and are about to leave their mm. */
  unmapRegion(on: KernelCpu, vmas: readonly Vma[]): void {
    if (vmas.length === 0) return;
    const outer = on.enter(FN.unmap_vmas);
    const { mm } = vmas[0];
    on.lock('page_table_lock', mm.at);
    const gather = this.gathers.begin(on, mm);
    for (const vma of vmas) this.unmap(on, gather, vma, vma.start, vma.end, false);
    this.freeTables(on, gather, vmas);
    gather.finish(on);
    on.unlock('page_table_lock', mm.at);
    on.leave(outer);
  }

  /** exit_mmap(), up to where the vmas themselves go. */
  exit(on: KernelCpu, mm: Mm): void {
    const outer = on.enter(FN.exit_mmap);
    on.lock('page_table_lock', mm.at);
    const gather = this.gathers.begin(on, mm);
    const inner = on.enter(FN.unmap_vmas);
    for (const vma of mm.vmas) {
      on.read(vma.at);
      this.unmap(on, gather, vma, vma.start, vma.end, true);
    }
    on.leave(inner);
    this.clearTables(on, gather, mm, 0, mm.table.vpns);
    gather.finish(on);
    on.unlock('page_table_lock', mm.at);
    on.leave(outer);
  }

  /** Every pte page under a range of a vma; `all`: the whole address space goes. */
  private unmap(on: KernelCpu, gather: MmuGather, vma: Vma, from: number, to: number, all: boolean): void {
    if ((vma.flags & VM_HUGETLB) !== 0) {
      this.huge.unmap(on, gather, vma, from, to);
      return;
    }
    const { table } = vma.mm;
    for (let vpn = from; vpn < to;) {
      const base = vpn - (vpn % this.entries);
      const next = Math.min(to, base + this.entries);
      if (table.hasUpperPage(vpn)) {
        on.read(table.upperEntryAddress(vpn));
        on.work(STEP.pmd);
        if (table.ptePageOf(vpn) >= 0) {
          const whole = all || (from <= base && to >= base + this.entries);
          this.zapTable(on, gather, vma, vpn, next, whole);
        }
      }
      vpn = next;
    }
  }

  /** One pte page, under its lock; `whole`: no other vma of the mm has ptes in it that stay. */
  private zapTable(on: KernelCpu, gather: MmuGather, vma: Vma, vpn: number, next: number, whole: boolean): void {
    const { mm } = vma;
    const { locks } = this.pages;
    const ptePage = mm.table.ptePageOf(vpn);
    locks.lockPage(on, ptePage);
    if (whole && this.shared.isShared(mm, vpn)) {
      this.shared.leave(on, mm, vpn);
      gather.flushLater();
      locks.unlockPage(on, ptePage);
      return;
    }
    if (this.shared.isShared(mm, vpn)) {
      // pte_unshare() may wait for memory, so what was gathered is flushed and freed before.
      gather.finish(on);
      this.shared.own(on, mm, vpn);
      gather.begin(mm);
    }
    this.zapPtes(on, gather, vma, vpn, next);
    locks.unlockPage(on, mm.table.ptePageOf(vpn));
  }

  /** zap_pte_range(). */
  private zapPtes(on: KernelCpu, gather: MmuGather, vma: Vma, from: number, to: number): void {
    const outer = on.enter(FN.zap_pte_range);
    const { ptePages, highmem } = this.parts;
    const { mm } = vma;
    const granule = ptesPerGranule(ptePages);
    const first = mm.table.pteOf(from);
    const slot = ptePages.slots[first >> ptePages.entriesShift];
    highmem.mapPtes(on, slot, mm, 'KM_PTE0');
    let freed = 0;
    for (let i = 0; i < to - from; i++) {
      const pte = first + i;
      if (i === 0 || pte % granule === 0) on.read(ptePages.addressOf(pte));
      const value = ptePages.get(pte);
      if (value === 0) {
        on.work(STEP.skip);
        continue;
      }
      on.work(STEP.zap);
      ptePages.set(pte, 0);
      if ((value & PTE_PRESENT) === 0) {
        on.write(ptePages.addressOf(pte));
        if ((value & PTE_FILE) === 0) this.parts.swap.release(on, pteNumber(value));
        continue;
      }
      on.atomic(ptePages.addressOf(pte));
      gather.flushLater();
      freed++;
      this.zapPage(on, gather, pte, value);
    }
    highmem.unmapPtes(on, slot, mm, 'KM_PTE0');
    if (freed > 0) {
      mm.rss -= freed;
      on.write(mm.at);
    }
    on.leave(outer);
  }

  private zapPage(on: KernelCpu, gather: MmuGather, pte: number, value: number): void {
    const { memMap, reclaim, traits, rmap } = this.parts;
    const page = memMap.pageOf(pteNumber(value));
    on.read(memMap.addressOf(page));
    const flags = memMap.flags[page];
    if ((value & PTE_DIRTY) !== 0) setPageDirty(this.parts, on, page);
    const young = (value & PTE_ACCESSED) !== 0;
    const ofFile = memMap.mapping[page] !== 0 && (flags & PG_SWAPCACHE) === 0;
    if (young && ofFile && traits.reclaim === '2.6.0') reclaim.markAccessed(on, page);
    memMap.unmap(page);
    rmap.remove(on, page, pte);
    gather.remove(on, page);
  }

  /** free_pgtables(): the pgd entries that lie wholly in the hole that the vmas leave. */
  private freeTables(on: KernelCpu, gather: MmuGather, vmas: readonly Vma[]): void {
    const { mm, start } = vmas[0];
    const { end } = vmas[vmas.length - 1];
    const at = mm.indexAbove(start);
    const { pgdSpan } = this;
    const below = at > 0 ? mm.vmas[at - 1].end : 0;
    const above = at + vmas.length < mm.vmas.length ? mm.vmas[at + vmas.length].start : Infinity;
    const first = start - (start % pgdSpan);
    const from = below > first ? Math.ceil(below / pgdSpan) * pgdSpan : first;
    const to = Math.floor(Math.min(end + pgdSpan - 1, above) / pgdSpan) * pgdSpan;
    if (to > from) this.clearTables(on, gather, mm, from, Math.min(to, mm.table.vpns));
  }

  /** clear_page_tables(): every upper entry of whole pgd entries is looked at; the pages of upper entries stay. */
  private clearTables(on: KernelCpu, gather: MmuGather, mm: Mm, from: number, to: number): void {
    const outer = on.enter(FN.clear_page_tables);
    const { table } = mm;
    const { entries } = this;
    const upperSpan = entries * entries;
    for (let start = from; start < to; start += upperSpan) {
      if (!table.hasUpperPage(start)) continue;
      const end = Math.min(to, start - (start % upperSpan) + upperSpan);
      const count = Math.ceil((end - start) / entries);
      on.readRange(table.upperEntryAddress(start), count << this.parts.ptePages.entryShift);
      on.work(STEP.skip * count);
      for (let vpn = start; vpn < end; vpn += entries) {
        if (table.ptePageOf(vpn) >= 0) this.freeTable(on, gather, mm, vpn);
      }
    }
    on.leave(outer);
  }

  /** free_one_pmd(). */
  private freeTable(on: KernelCpu, gather: MmuGather, mm: Mm, vpn: number): void {
    on.work(STEP.pmd);
    const { locks } = this.pages;
    const ptePage = mm.table.ptePageOf(vpn);
    locks.lockPage(on, ptePage);
    const shared = this.shared.isShared(mm, vpn);
    if (shared) this.shared.leave(on, mm, vpn);
    else this.pages.detach(on, mm, vpn);
    locks.unlockPage(on, ptePage);
    if (!shared) gather.remove(on, this.pages.retire(on, ptePage));
  }
}

/** set_page_dirty(). */
export function setPageDirty(parts: KernelParts, on: KernelCpu, page: number): void {
  const { memMap } = parts;
  const space = parts.spaces.get(memMap.mapping[page]);
  if (space !== undefined && space.kind !== 'swap' && (memMap.flags[page] & PG_SWAPCACHE) === 0) {
    parts.pageCache.dirty(on, page);
    return;
  }
  memMap.flags[page] |= PG_DIRTY;
  on.atomic(memMap.addressOf(page));
}
