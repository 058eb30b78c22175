/**
 * Shared page tables (D. McCracken, patches shpte-2.5.43-mm2-4 and shpte-2.5.52-mm2-1, never merged): the unit is one pte
 * page, which several address spaces may point at.
 *
 * - At fork a child takes over the parent's upper entries; where the memory is not a writable shared mapping that covers
 *   the whole pte page, both lose the right to write in the upper entry, which holds for all of its ptes. With the rule of three only
 *   address spaces of more than three pte pages do so: a small process writes to three of them right after fork.
 * - A first fault in a shared mapping that covers the pte page whole joins that of an identical mapping of another mm.
 * - pte_unshare() copies all entries into an own page: at a write, and when part of the range is unmapped, protected or moved.
 * - rss counts a page once for each mm; the reverse map has one entry for each pte, whoever uses it.
 * - ptes have a lock of their own (pte-lock.ts), which every fault takes.
 *
 * Deviations, the first two where the patch would let one process see another's pages. It write-protects the old entries only when
 * exactly two mms share them: when one of three unshares and another exits, the third would write to pages that it shares;
 * here the last user protects them first. And a read fault of a mapping made after the fork fills the entry for everybody; here it
 * unshares unless all have the same mapping there (later patches unshare in mmap(): clear_share_range()). Reverse maps of
 * objects go on taking page_table_lock: the patch knew pte_chains alone.
 */
import * as C from '../../base/counters.ts';
import { PMD_HUGE, PMD_RW } from '../../hardware/page-table.ts';
import { PTE_PRESENT, PTE_RW } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN, STEP } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import { copyPtes } from './copy-range.ts';
import type { Mm } from './mm.ts';
import type { PteTablePages } from './page-tables-pages.ts';
import type { UpperTables } from './page-tables-upper.ts';
import { VM_HUGETLB, VM_NONLINEAR, type Vma } from './vma.ts';

/** The rule of three: so many pte pages an address space may have without sharing them. */
const RULE_PTE_PAGES = 3;

export class SharedPageTables {
  private readonly entries: number;

  constructor(
    private readonly parts: KernelParts,
    private readonly pages: PteTablePages,
    private readonly upper: UpperTables,
  ) {
    this.entries = parts.ptePages.entries;
  }

  /** Whether a fork of the mm shares its pte pages. */
  sharesAtFork(mm: Mm): boolean {
    const { sharedPageTables } = this.parts.traits;
    return sharedPageTables === 'always' || (sharedPageTables === 'rule' && mm.ptePages > RULE_PTE_PAGES);
  }

  /** share_page_range(): the child's upper entries of a vma become the parent's. */
  shareRange(on: KernelCpu, parent: Vma, child: Vma): void {
    const outer = on.enter(FN.share_page_range);
    const from = parent.mm.table;
    const to = child.mm.table;
    on.lock('page_table_lock', parent.mm.at);
    for (let base = this.baseOf(parent.start); base < parent.end; base += this.entries) {
      if (!from.hasUpperPage(base)) continue;
      on.read(from.upperEntryAddress(base));
      on.work(STEP.pmd);
      const pmd = from.pmdOf(base);
      if (pmd === 0) continue;
      const stays = parent.shared && parent.writable && this.covers(parent, base);
      if (!stays && (pmd & PMD_RW) !== 0) {
        from.setWritable(base, false);
        on.write(from.upperEntryAddress(base));
      }
      this.upper.ensure(on, to, base);
      if (to.pmdOf(base) !== 0) {
        on.write(to.upperEntryAddress(base));
        continue;
      }
      const ptePage = from.ptePageOf(base);
      this.pages.attach(on, child.mm, base, ptePage, stays && (pmd & PMD_RW) !== 0, parent.mm);
      this.joined(on, child.mm, ptePage);
    }
    on.unlock('page_table_lock', parent.mm.at);
    on.leave(outer);
  }

  /**
   * pte_try_to_share(): joins the pte page of an identical mapping of another mm, which is left under its pte_page_lock;
   * false where there is none.
   */
  tryToShare(on: KernelCpu, mm: Mm, vpn: number): boolean {
    if (this.parts.traits.sharedPageTables === 'off') return false;
    const vma = mm.vmaAt(vpn);
    const base = this.baseOf(vpn);
    if (vma?.file === undefined || !vma.shared || !this.covers(vma, base)) return false;
    if ((vma.flags & (VM_NONLINEAR | VM_HUGETLB)) !== 0) return false;
    const outer = on.enter(FN.pte_try_to_share);
    on.lock('i_shared_sem', vma.file.at);
    const found = this.findUser(on, vma, base);
    on.unlock('i_shared_sem', vma.file.at);
    if (found >= 0) {
      this.pages.locks.lockPage(on, found);
      this.pages.attachLocked(on, mm, base, found, vma.writable);
      this.joined(on, mm, found);
    }
    on.leave(outer);
    return found >= 0;
  }

  /** The mm stops to use a shared pte page whose whole range it unmaps, under pte_page_lock: its ptes stay as they are. */
  leave(on: KernelCpu, mm: Mm, vpn: number): void {
    const { ptePages } = this.parts;
    mm.rss -= ptePages.present[mm.table.ptePageOf(vpn)];
    on.write(mm.at);
    const ptePage = this.pages.detach(on, mm, vpn);
    this.parts.pages.put(on, this.pages.pageOf(ptePage));
  }

  /** Counts rss of every mm that uses a pte page, and with shared page tables ->private of its struct page. */
  addRss(on: KernelCpu, ptePage: number, change: number): void {
    const { traits, memMap } = this.parts;
    if (traits.sharedPageTables !== 'off') on.write(memMap.addressOf(this.pages.pageOf(ptePage)));
    const users = this.pages.mmsOf(ptePage);
    for (let i = 0; i < users.length; i++) {
      users[i].rss += change;
      on.write(users[i].at);
    }
  }

  /**
   * Whether a read fault may put a page in an entry of a pte page that it shares to be copied on write: where each of the
   * others has the same mapping there.
   */
  mayFill(on: KernelCpu, mm: Mm, vpn: number): boolean {
    const { ptePages, traits } = this.parts;
    if (!this.isShared(mm, vpn) || ptePages.get(mm.table.pteOf(vpn)) !== 0) return true;
    const vma = mm.vmaAt(vpn);
    // An anon_vma knows the vmas of one family alone, and shared page tables were gone when it came.
    if (vma?.file === undefined && traits.anonRmap === 'anon_vma') return false;
    const users = this.pages.mmsOf(mm.table.ptePageOf(vpn));
    return users.every((each) => {
      const other = each.vmaAt(vpn);
      if (vma === undefined || other === undefined) return false;
      on.read(other.at);
      return other.file === vma.file && other.shared === vma.shared && other.pgoffOf(vpn) === vma.pgoffOf(vpn);
    });
  }

  /** True where another mm uses the pte page of `vpn` too. */
  isShared(mm: Mm, vpn: number): boolean {
    const ptePage = mm.table.ptePageOf(vpn);
    return ptePage >= 0 && this.parts.ptePages.sharers[ptePage] > 1;
  }

  /** The pte page of `vpn`, if there is one, is the mm's alone afterwards. Locks as for unshare(). */
  own(on: KernelCpu, mm: Mm, vpn: number): void {
    const pmd = mm.table.pmdOf(vpn);
    if (pmd === 0 || (pmd & PMD_HUGE) !== 0) return;
    if (this.isShared(mm, vpn) || (pmd & PMD_RW) === 0) this.unshare(on, mm, vpn);
  }

  /**
   * pte_unshare(): an own copy of the pte page of `vpn`, which may be written through; the last user keeps the page. The caller
   * holds page_table_lock and pte_page_lock, and afterwards that of the new pte page; both are let go where memory has to
   * be waited for.
   */
  unshare(on: KernelCpu, mm: Mm, vpn: number): void {
    const outer = on.enter(FN.pte_unshare);
    const { ptePages, memMap } = this.parts;
    const base = this.baseOf(vpn);
    const old = mm.table.ptePageOf(base);
    on.read(memMap.addressOf(this.pages.pageOf(old)));
    if (ptePages.sharers[old] === 1) {
      if (this.pages.copied.delete(old)) this.protectAll(on, mm, base);
      mm.table.setWritable(base, true);
      on.write(mm.table.upperEntryAddress(base));
      this.parts.tlb.mm(on, mm);
    } else {
      this.copyTable(on, mm, base, old);
      on.count(C.PTE_UNSHARES);
    }
    on.leave(outer);
  }

  private copyTable(on: KernelCpu, mm: Mm, base: number, old: number): void {
    const { ptePages, pages, rmap, tlb } = this.parts;
    const { locks } = this.pages;
    locks.unlockPage(on, old);
    const fresh = this.pages.makeUnlocked(on, mm, base);
    locks.lockPage(on, old);
    locks.lockPage(on, fresh);
    const last = ptePages.sharers[old] === 2;
    const { entriesShift } = ptePages;
    for (let i = mm.indexAbove(base); i < mm.vmas.length && mm.vmas[i].start < base + this.entries; i++) {
      const vma = mm.vmas[i];
      on.read(vma.at);
      const from = Math.max(base, vma.start);
      const count = Math.min(base + this.entries, vma.end) - from;
      const offset = from - base;
      const source = (old << entriesShift) + offset;
      const target = (fresh << entriesShift) + offset;
      const stretch = { sourceMm: mm, source, target, count, vma, vpn: from, protect: last, page: -1 };
      for (;;) {
        copyPtes(this.parts, on, stretch);
        if (stretch.count === 0) break;
        locks.unlockPage(on, fresh);
        locks.unlockPage(on, old);
        on.unlock('page_table_lock', mm.at);
        rmap.prepareAdd(on, stretch.page, vma);
        on.lock('page_table_lock', mm.at);
        locks.lockPage(on, old);
        locks.lockPage(on, fresh);
      }
      if (vma.copies && !last) this.pages.copied.add(old);
    }
    this.pages.detach(on, mm, base);
    this.pages.attachLocked(on, mm, base, fresh, true);
    tlb.mm(on, mm);
    pages.put(on, this.pages.pageOf(old));
    locks.unlockPage(on, old);
  }

  private joined(on: KernelCpu, mm: Mm, ptePage: number): void {
    mm.rss += this.parts.ptePages.present[ptePage];
    on.count(C.PTE_PAGES_SHARED);
  }

  /** Walks the mapping's i_mmap_shared, oldest first, for an mm that maps the very same and has the pte page; -1 for none. */
  private findUser(on: KernelCpu, vma: Vma, base: number): number {
    for (const other of this.parts.mms.values()) {
      for (const each of other.vmas) {
        if (each.file !== vma.file || each === vma || !each.shared) continue;
        on.read(each.at);
        on.work(STEP.pmd);
        if (each.start !== vma.start || each.end !== vma.end || each.pgoff !== vma.pgoff || other === vma.mm) continue;
        if ((each.flags & VM_NONLINEAR) !== 0 || !other.table.hasUpperPage(base)) continue;
        on.read(other.table.upperEntryAddress(base));
        const ptePage = other.table.ptePageOf(base);
        if (ptePage >= 0) return ptePage;
      }
    }
    return -1;
  }

  /** Takes the right to write from every private page of a pte page that others have copied. */
  private protectAll(on: KernelCpu, mm: Mm, base: number): void {
    const { ptePages } = this.parts;
    const first = mm.table.pteOf(base);
    for (let i = mm.indexAbove(base); i < mm.vmas.length && mm.vmas[i].start < base + this.entries; i++) {
      const vma = mm.vmas[i];
      if (!vma.copies) continue;
      const end = Math.min(base + this.entries, vma.end);
      for (let vpn = Math.max(base, vma.start); vpn < end; vpn++) {
        const pte = first + vpn - base;
        const value = ptePages.get(pte);
        if ((value & PTE_PRESENT) === 0 || (value & PTE_RW) === 0) continue;
        on.atomic(ptePages.addressOf(pte));
        ptePages.set(pte, value & ~PTE_RW);
      }
    }
  }

  private baseOf(vpn: number): number {
    return vpn - (vpn % this.entries);
  }

  /** The pte page that begins at `base` lies wholly inside the vma. */
  private covers(vma: Vma, base: number): boolean {
    return vma.start <= base && vma.end >= base + this.entries;
  }
}
