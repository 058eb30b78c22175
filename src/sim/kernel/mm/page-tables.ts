/**
 * Page tables of address spaces, as the rest of mm/ uses them; the table of contents of what walks them over ranges:
 * page-tables-upper.ts (pgd and pmd pages), page-tables-pages.ts (pte pages and who uses them), copy-range.ts (fork),
 * zap.ts with mmu-gather.ts (unmap, exit), protect.ts, move.ts (mremap), shared-page-tables.ts, huge-tables.ts (hugetlb),
 * cluster.ts (which ptes a fault fills).
 *
 * mm->page_table_lock is taken by the range operations here; around ensurePte() and breakShare() the fault path
 * holds it, around setPte() the lock over the ptes (pte-lock.ts). A walk of the software reads the upper entry and the pte; the pgd entry above them (32 bytes a process, in L1)
 * is not charged. Source: mm/memory.c of 2.6.0.
 */
import { grouped } from '../../base/grouped.ts';
import { invariant } from '../../base/errors.ts';
import { FRAME_BYTES, FRAMES_PER_MIB, type KAddr } from '../../base/units.ts';
import { PMD_RW, type PageTable } from '../../hardware/page-table.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import { Clusters } from './cluster.ts';
import { CopyRange } from './copy-range.ts';
import { HugeTables } from './huge-tables.ts';
import type { Mm } from './mm.ts';
import { MoveRange } from './move.ts';
import { PteTablePages } from './page-tables-pages.ts';
import { UpperTables } from './page-tables-upper.ts';
import { ProtectRange } from './protect.ts';
import type { PteLock } from './pte-lock.ts';
import { SharedPageTables } from './shared-page-tables.ts';
import { VM_HUGETLB, type Vma } from './vma.ts';
import { ZapRange } from './zap.ts';

/** User space of a 4G/4G kernel ends here (asm-i386/page.h of 2.4.21-rhel3). */
const TASK_SIZE_4G4G = 0xff000000;

export class PageTables {
  /** TASK_SIZE of a 32-bit kernel, in virtual pages. */
  readonly taskVpns: number;
  readonly clusters: Clusters;
  readonly pages: PteTablePages;
  readonly huge: HugeTables;
  private readonly upper: UpperTables;
  private readonly shared: SharedPageTables;
  private readonly copying: CopyRange;
  private readonly zapping: ZapRange;
  private readonly protecting: ProtectRange;
  private readonly moving: MoveRange;

  constructor(private readonly parts: KernelParts) {
    const { profile, traits } = parts;
    this.taskVpns = traits.split4g ? TASK_SIZE_4G4G / FRAME_BYTES : profile.zones.userSpaceMiB * FRAMES_PER_MIB;
    this.clusters = new Clusters(parts);
    this.pages = new PteTablePages(parts);
    this.upper = new UpperTables(parts);
    this.huge = new HugeTables(parts, this.upper);
    this.shared = new SharedPageTables(parts, this.pages, this.upper);
    this.copying = new CopyRange(parts, this.pages, this.upper);
    this.zapping = new ZapRange(parts, this.pages, this.shared, this.huge);
    this.protecting = new ProtectRange(parts, this.shared, this.pages.locks);
    this.moving = new MoveRange(parts, this);
  }

  /** A page table with nothing mapped for `vpns` virtual pages from 0 (TASK_SIZE where not given), its upper levels allocated. */
  create(on: KernelCpu, vpns: number = this.taskVpns): PageTable {
    return this.upper.create(on, vpns);
  }

  /** Where byte `offset` of the pmd page lies that an address space has of its own for the kernel (kernelText per node). */
  kernelPmd(table: PageTable, offset: number): KAddr {
    return this.upper.kernelPmd(table, offset);
  }

  /** The lock over ptes. */
  get locks(): PteLock {
    return this.pages.locks;
  }

  /**
   * pmd_alloc() and pte_alloc_map(): the pte of a virtual page, its pte page made where there is none (or joined: shared
   * page tables). With `write` the pte page may be written through afterwards: a shared one that may not is unshared,
   * so the number is good only for what is done at once. The caller holds page_table_lock, and pte_page_lock too
   * afterwards (PteLock.unlockPage()). Not for huge pages.
   */
  ensurePte(on: KernelCpu, mm: Mm, vpn: number, write: boolean): number {
    const { table } = mm;
    this.upper.ensure(on, table, vpn);
    on.read(table.upperEntryAddress(vpn));
    if (table.pmdOf(vpn) === 0) {
      const outer = on.enter(FN.pte_alloc_map);
      if (on.follow !== undefined) on.note(() => `no pte page for virtual page ${grouped(vpn)}: one is made`);
      if (!this.shared.tryToShare(on, mm, vpn)) this.makeTable(on, mm, vpn);
      on.leave(outer);
    } else this.locks.lockPage(on, table.ptePageOf(vpn));
    if ((table.pmdOf(vpn) & PMD_RW) === 0 && (write || !this.shared.mayFill(on, mm, vpn)))
      this.shared.unshare(on, mm, vpn);
    const pte = table.pteOf(vpn);
    invariant(pte >= 0, 'a huge page where a pte was asked for', { vpn });
    this.reach(on, mm, pte);
    return pte;
  }

  /**
   * Under page_table_lock and pte_page_lock: the pte page of a virtual page becomes the mm's own, to be written (mremap, remap_file_pages, a write fault); returns the pte,
   * or -1 where there is no pte page. A pte page that a shared mapping covers whole is left shared by `write` faults
   * alone: see ensurePte().
   */
  breakShare(on: KernelCpu, mm: Mm, vpn: number): number {
    this.shared.own(on, mm, vpn);
    return mm.table.pteOf(vpn);
  }

  /** set_pte() of the fault path: writes the entry, and rss of every mm that uses its pte page where it comes or goes. */
  setPte(on: KernelCpu, pte: number, value: number): void {
    const { ptePages } = this.parts;
    const ptePage = pte >> ptePages.entriesShift;
    const before = ptePages.present[ptePage];
    ptePages.set(pte, value);
    on.write(ptePages.addressOf(pte));
    const change = ptePages.present[ptePage] - before;
    if (change !== 0) this.shared.addRss(on, ptePage, change);
  }

  /** rss of every mm that uses a pte page, where a pte of it was set or cleared otherwise. */
  countRss(on: KernelCpu, ptePage: number, change: number): void {
    this.shared.addRss(on, ptePage, change);
  }

  /**
   * copy_page_range() of fork: what a vma maps, into the child's copy of it. The child's vma is in its mm already, and
   * the rmap knows it. The caller flushes the parent's TLBs once, when all vmas are copied (dup_mmap()).
   */
  copyRange(on: KernelCpu, parent: Vma, child: Vma): void {
    if ((parent.flags & VM_HUGETLB) !== 0) this.huge.copy(on, parent, child);
    else if (this.shared.sharesAtFork(parent.mm)) this.shared.shareRange(on, parent, child);
    else this.copying.copy(on, parent, child);
  }

  /** zap_page_range(): unmaps the virtual pages [from, to) of a vma; pages are freed after the flush. */
  zap(on: KernelCpu, vma: Vma, from: number, to: number): void {
    this.zapping.zap(on, vma, from, to);
  }

  /**
   * unmap_region(): whole vmas that follow one another in their mm, in which they still are, with one gather for all; then
   * free_pgtables(). The caller takes the vmas out of the mm and out of the reverse map afterwards.
   */
  unmapRegion(on: KernelCpu, vmas: readonly Vma[]): void {
    this.zapping.unmapRegion(on, vmas);
  }

  /** change_protection() of [from, to): `writable` is the vma's new right; one flush at the end. */
  protect(on: KernelCpu, vma: Vma, from: number, to: number, writable: boolean): void {
    this.protecting.protect(on, vma, from, to, writable);
  }

  /** move_page_tables() of mremap: `pages` pages of `vma` from `from` to `to`, which lies in `newVma` of the same mm. */
  move(on: KernelCpu, vma: Vma, from: number, to: number, pages: number, newVma: Vma): void {
    this.moving.move(on, vma, from, to, pages, newVma);
  }

  /** exit_mmap(): unmaps every vma of the mm and frees its page tables, with one gather for all; then pgd_free(). */
  freeTables(on: KernelCpu, mm: Mm): void {
    this.zapping.exit(on, mm);
    this.upper.free(on, mm.table);
  }

  /** Bytes of the upper levels of a page table. */
  upperBytes(table: PageTable): number {
    return this.upper.bytesOf(table);
  }

  /** pte_page_lock twice, as in the patch: pgtable_add_rmap() takes it and lets it go before handle_mm_fault() takes it. */
  private makeTable(on: KernelCpu, mm: Mm, vpn: number): void {
    const ptePage = this.pages.makeUnlocked(on, mm, vpn);
    this.pages.attach(on, mm, vpn, ptePage, true);
    this.locks.lockPage(on, ptePage);
  }

  private reach(on: KernelCpu, mm: Mm, pte: number): void {
    const { ptePages, highmem } = this.parts;
    const slot = ptePages.slots[pte >> ptePages.entriesShift];
    highmem.mapPtes(on, slot, mm, 'KM_PTE0');
    on.read(ptePages.addressOf(pte));
    highmem.unmapPtes(on, slot, mm, 'KM_PTE0');
  }
}
