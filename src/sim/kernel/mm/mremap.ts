/**
 * mremap: do_mremap() and move_vma() of mm/mremap.c, 2.6.0. A mapping shrinks and grows in place where it can; otherwise
 * a new vma takes its pages' ptes over (with their page offsets, so that nobody notices) and the old range goes.
 */
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Faults } from './faults.ts';
import { type Mappings, refused } from './mappings.ts';
import { populate } from './mlock.ts';
import type { Mm } from './mm.ts';
import { mmapSem } from './vma-list.ts';
import { VM_HUGETLB, VM_LOCKED, type Vma } from './vma.ts';

export class Mremap {
  constructor(
    private readonly parts: KernelParts,
    private readonly mappings: Mappings,
    private readonly faults: Faults,
  ) {}

  /** Returns the first page of the mapping. Throws InputError where the old range is not one mapping, or of huge pages. */
  remap(on: KernelCpu, mm: Mm, vpn: number, pages: number, newPages: number): number {
    const outer = on.enter(FN.do_mremap);
    on.lock('mmap_sem', mmapSem(mm));
    if (newPages < pages) this.mappings.unmap(on, mm, vpn + newPages, pages - newPages);
    const start = newPages > pages ? this.grow(on, mm, vpn, pages, newPages) : vpn;
    on.unlock('mmap_sem', mmapSem(mm));
    on.leave(outer);
    return start;
  }

  private grow(on: KernelCpu, mm: Mm, vpn: number, pages: number, newPages: number): number {
    const { vmas } = this.mappings;
    const vma = vmas.find(on, mm, vpn);
    if (vma === undefined || vma.start > vpn || vma.end < vpn + pages) {
      throw refused(on, 'not-mapped', `mremap of ${pages} pages of one mapping`, 'a range that no mapping holds whole');
    }
    if ((vma.flags & VM_HUGETLB) !== 0) {
      throw refused(on, 'huge-pages', 'mremap of a mapping of small pages', 'huge pages');
    }
    if (vma.end === vpn + pages) {
      const next = mm.vmas[mm.indexAbove(vma.end)];
      const room = next === undefined ? this.parts.tables.taskVpns : next.start;
      if (vpn + newPages <= room) {
        const from = vma.end;
        vmas.setBounds(on, vma, vma.start, vpn + newPages);
        const whole = vmas.merge(on, vma);
        this.presentIfLocked(on, whole, from, vpn + newPages);
        return vpn;
      }
    }
    return this.move(on, mm, vma, vpn, pages, newPages);
  }

  /** move_vma(). */
  private move(on: KernelCpu, mm: Mm, vma: Vma, vpn: number, pages: number, newPages: number): number {
    const { parts, mappings } = this;
    const { vmas } = mappings;
    const to = mappings.unmappedArea(on, mm, newPages, 1);
    const { flags, file, name } = vma;
    const moved = vmas.make(on, mm, to, to + newPages, flags, file, vma.pgoffOf(vpn), name);
    moved.policy = vma.policy;
    parts.rmap.forkVma(on, vma, moved);
    vmas.insert(on, moved);
    parts.tables.move(on, vma, vpn, to, pages, moved);
    mappings.unmap(on, mm, vpn, pages);
    const whole = vmas.merge(on, moved);
    this.presentIfLocked(on, whole, to, to + newPages);
    return to;
  }

  private presentIfLocked(on: KernelCpu, vma: Vma, from: number, to: number): void {
    if ((vma.flags & VM_LOCKED) !== 0) populate(on, this.parts, this.faults, vma, from, to);
  }
}
