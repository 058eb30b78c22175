/**
 * do_no_page() with filemap_nopage() and shmem_nopage(): a page of a file or a shared segment, mm/memory.c and filemap.c
 * of 2.6.0. A write to a private mapping copies the page at once, so that it is never mapped read-only first. With page
 * clusters as many pieces of the page are mapped as fit the vma and the file. A nonlinear vma's pte says which page of
 * the file it was (do_file_page()).
 */
import { InputError, makeIssue } from '../../base/errors.ts';
import { FRAME_BYTES } from '../../base/units.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_RW } from '../../hardware/pte-pages.ts';
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { copyHighpage } from '../highmem/highpage.ts';
import type { KernelParts } from '../parts.ts';
import type { AddressSpace } from './address-space.ts';
import type { AnonymousFaults } from './anonymous.ts';
import type { Fill } from './fill.ts';
import { VM_NONLINEAR, type Vma } from './vma.ts';

export class FileFaults {
  constructor(
    private readonly parts: KernelParts,
    private readonly fill: Fill,
    private readonly anonymous: AnonymousFaults,
  ) {}

  /** Called and left under the lock over the ptes; `pgoff` is the page (4 KiB) of the file. Throws InputError beyond its end. */
  fault(on: KernelCpu, vma: Vma, file: AddressSpace, vpn: number, pte: number, pgoff: number, write: boolean): void {
    const outer = on.enter(FN.do_no_page);
    const { mm } = vma;
    const { memMap, pageCache, pages, reclaim, rmap, tables } = this.parts;
    const filePages = Math.ceil(file.bytes / FRAME_BYTES);
    if (pgoff >= filePages) throw beyond(on, file, pgoff, filePages);
    tables.locks.unlock(on, mm, pte);
    let page = pageCache.obtain(on, file, pgoff >> memMap.shift);
    reclaim.markAccessed(on, page);
    const copied = write && !vma.shared;
    if (copied) {
      rmap.prepareAnon(on, vma);
      const copy = this.anonymous.page(on, vma, vpn);
      copyHighpage(on, this.parts, page, copy);
      pages.put(on, page);
      page = copy;
      on.count(C.COW_FAULTS);
    }
    rmap.prepareAdd(on, page, vma);
    tables.locks.lock(on, mm, pte);
    this.map(on, vma, vpn, pte, page, pgoff, filePages, write);
    if (copied) {
      reclaim.add(on, page);
      reclaim.markAccessed(on, page);
    }
    on.leave(outer);
  }

  private map(
    on: KernelCpu,
    vma: Vma,
    vpn: number,
    pte: number,
    page: number,
    pgoff: number,
    filePages: number,
    write: boolean,
  ): void {
    const { tables, highmem, ptePages, memMap } = this.parts;
    const slot = ptePages.slots[pte >> ptePages.entriesShift];
    highmem.mapPtes(on, slot, vma.mm, 'KM_PTE0');
    // A private mapping that is only read stays read-only: the first write copies.
    const flags = PTE_PRESENT | PTE_ACCESSED | (vma.writable && (vma.shared || write) ? PTE_RW : 0);
    const own = write ? PTE_DIRTY : 0;
    // Every piece of a private copy holds what the disk does not.
    const all = write && !vma.shared ? flags | PTE_DIRTY : flags;
    if ((vma.flags & VM_NONLINEAR) !== 0) {
      const piece = pgoff & ((1 << memMap.shift) - 1);
      this.fill.one(on, vma, vpn, pte, page, piece, flags | own);
    } else {
      const { clusters } = tables;
      let count = this.fill.reach(vma, vpn, pte, clusters.file(on, vma, vpn, pte));
      while (vma.pgoffOf(clusters.vpns[count - 1]) >= filePages) count--;
      this.fill.vector(on, vma, vpn, pte, page, all, own, count);
    }
    highmem.unmapPtes(on, slot, vma.mm, 'KM_PTE0');
  }
}

/** SIGBUS. */
function beyond(on: KernelCpu, file: AddressSpace, pgoff: number, filePages: number): InputError {
  const who = on.task === undefined ? '' : `${on.task.name} (pid ${on.task.pid}): `;
  const expected = `${who}a page of ${file.name}, which has ${filePages}`;
  return new InputError('Bus error', [makeIssue('bus-error', '', expected, `page ${pgoff}`)]);
}
