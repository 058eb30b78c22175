/**
 * remap_file_pages: other pages of the same file at a range of a shared mapping; mm/fremap.c and filemap_populate() of
 * 2.6.0. The vma is nonlinear from then on, and the pages are mapped at once; when page replacement takes one away, the pte
 * keeps its place in the file (PTE_FILE). Each pte shows one piece of its page: clusters fill no vectors here.
 */
import { FRAME_BYTES } from '../../base/units.ts';
import {
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_FILE,
  PTE_PRESENT,
  PTE_RW,
  pteNumber,
  PTE_SHIFT,
} from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { AddressSpace } from './address-space.ts';
import { type Fill, readyAdd } from './fill.ts';
import { refused } from './mappings.ts';
import type { Mm } from './mm.ts';
import { mmapSem, type VmaList } from './vma-list.ts';
import { VM_HUGETLB, VM_NONLINEAR, type Vma } from './vma.ts';

export class Nonlinear {
  constructor(
    private readonly parts: KernelParts,
    private readonly vmas: VmaList,
    private readonly fill: Fill,
  ) {}

  /** Shows pages `pgoff` and on of the file at [vpn, vpn + pages). Throws InputError where that is not one shared mapping of a file. */
  remap(on: KernelCpu, mm: Mm, vpn: number, pages: number, pgoff: number): void {
    const outer = on.enter(FN.sys_remap_file_pages);
    on.lock('mmap_sem', mmapSem(mm));
    const vma = this.vmas.find(on, mm, vpn);
    const file = vma?.file;
    if (vma === undefined || vma.start > vpn || vma.end < vpn + pages || !vma.shared || file === undefined) {
      throw refused(on, 'not-shared', 'remap_file_pages of a shared mapping of a file', 'a range that is none');
    }
    if ((vma.flags & VM_HUGETLB) !== 0) throw refused(on, 'huge-pages', 'a mapping of small pages', 'huge pages');
    const filePages = Math.ceil(file.bytes / FRAME_BYTES);
    if (pgoff + pages > filePages) {
      // EINVAL of filemap_populate().
      throw refused(on, 'beyond-file', `pages of a file of ${filePages}`, `pages ${pgoff} to ${pgoff + pages - 1}`);
    }
    if (pgoff !== vma.pgoffOf(vpn)) this.makeNonlinear(on, vma);
    for (let i = 0; i < pages; i++) this.install(on, vma, file, vpn + i, pgoff + i);
    on.unlock('mmap_sem', mmapSem(mm));
    on.leave(outer);
  }

  private makeNonlinear(on: KernelCpu, vma: Vma): void {
    if ((vma.flags & VM_NONLINEAR) !== 0) return;
    const { rmap } = this.parts;
    // The reverse map keeps nonlinear vmas apart.
    rmap.unlinkVma(on, vma);
    this.vmas.setFlags(on, vma, vma.flags | VM_NONLINEAR);
    rmap.linkVma(on, vma);
  }

  /** install_page(): the page of the file in place of what was there. */
  private install(on: KernelCpu, vma: Vma, file: AddressSpace, vpn: number, pgoff: number): void {
    const { tables, pageCache, memMap } = this.parts;
    const { mm } = vma;
    const page = pageCache.obtain(on, file, pgoff >> memMap.shift);
    on.lock('page_table_lock', mm.at);
    tables.ensurePte(on, mm, vpn, true);
    const pte = tables.breakShare(on, mm, vpn);
    readyAdd(on, this.parts, page, vma, pte);
    this.clear(on, vma, vpn, pte);
    const piece = pgoff & ((1 << memMap.shift) - 1);
    const flags = PTE_PRESENT | PTE_ACCESSED | (vma.writable ? PTE_RW : 0);
    this.fill.one(on, vma, vpn, pte, page, piece, flags);
    tables.locks.unlockPage(on, mm.table.ptePageOf(vpn));
    on.unlock('page_table_lock', mm.at);
  }

  /** zap_pte(). */
  private clear(on: KernelCpu, vma: Vma, vpn: number, pte: number): void {
    const { ptePages, tables, memMap, rmap, pages, pageCache, swap, tlb } = this.parts;
    const value = ptePages.get(pte);
    if (value === 0) return;
    tables.setPte(on, pte, 0);
    if ((value & PTE_PRESENT) === 0) {
      if ((value & PTE_FILE) === 0) swap.release(on, value >>> PTE_SHIFT);
      return;
    }
    tlb.page(on, vma.mm, vpn);
    const page = memMap.pageOf(pteNumber(value));
    if ((value & PTE_DIRTY) !== 0) pageCache.dirty(on, page);
    memMap.unmap(page);
    rmap.remove(on, page, pte);
    pages.put(on, page);
  }
}
