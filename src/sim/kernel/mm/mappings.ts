/**
 * mmap, munmap, mprotect and brk: do_mmap_pgoff(), do_munmap(), do_brk() of mm/mmap.c and mprotect.c, 2.6.0. mremap.ts,
 * nonlinear.ts (remap_file_pages) and mlock.ts stand beside it; the list of vmas is vma-list.ts.
 *
 * The program's mistakes (a hole, no room left) end the run as bad input, where the kernel would return an error. Limits
 * (rlimits, max_map_count, overcommit) are not checked.
 */
import { InputError, makeIssue } from '../../base/errors.ts';
import { FRAME_BYTES } from '../../base/units.ts';
import type { Mapping } from '../../workloads/workload.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { MmapRequest } from '../syscalls.ts';
import type { AddressSpace } from './address-space.ts';
import type { Faults } from './faults.ts';
import { mapHugePages } from './huge-pages.ts';
import type { Mm } from './mm.ts';
import { populate } from './mlock.ts';
import { continues, mmapSem, type VmaList } from './vma-list.ts';
import { VM_HUGETLB, VM_LOCKED, VM_READ, VM_SHARED, VM_WRITE, type Vma } from './vma.ts';

/** What a mapping needs of segments: shared anonymous memory is one of its own (shmem_zero_setup()). */
export interface Segments {
  /** An unnamed segment, gone with its last mapping. */
  zero(on: KernelCpu, pages: number): AddressSpace;
  /** The segment of a number of a trace or pattern. */
  numbered(number: number, bytes: number): AddressSpace;
}

export class Mappings {
  /** TASK_UNMAPPED_BASE: a third of user space. */
  readonly unmappedBase: number;

  constructor(
    private readonly parts: KernelParts,
    readonly vmas: VmaList,
    private readonly faults: Faults,
    private readonly segments: Segments,
  ) {
    this.unmappedBase = Math.floor(parts.tables.taskVpns / 3);
  }

  /** Returns the first page. Throws InputError where there is no room. */
  mmap(on: KernelCpu, mm: Mm, request: MmapRequest): number {
    const outer = on.enter(FN.do_mmap_pgoff);
    on.lock('mmap_sem', mmapSem(mm));
    const { pages, shared, writable, locked } = request;
    const file = request.file ?? (shared ? this.segments.zero(on, pages) : undefined);
    const huge = file?.kind === 'hugetlb';
    if (huge) this.wholeHugePages(on, 'mmap', pages, request.pgoff, request.at ?? 0);
    const start = request.at ?? this.unmappedArea(on, mm, pages, huge ? this.parts.ptePages.entries : 1);
    if (request.at !== undefined) this.unmap(on, mm, start, pages);
    const flags =
      VM_READ |
      (writable ? VM_WRITE : 0) |
      (shared ? VM_SHARED : 0) |
      (locked === true ? VM_LOCKED : 0) |
      (huge ? VM_HUGETLB : 0);
    const pgoff = file === undefined ? start : request.pgoff;
    const vma = this.map(on, mm, start, pages, flags, file, pgoff, request.name ?? file?.name ?? '');
    if (huge) mapHugePages(on, this.parts, vma);
    else if (locked === true) populate(on, this.parts, this.faults, vma, start, start + pages);
    on.unlock('mmap_sem', mmapSem(mm));
    on.leave(outer);
    return start;
  }

  munmap(on: KernelCpu, mm: Mm, vpn: number, pages: number): void {
    const outer = on.enter(FN.do_munmap);
    on.lock('mmap_sem', mmapSem(mm));
    this.unmap(on, mm, vpn, pages);
    on.unlock('mmap_sem', mmapSem(mm));
    on.leave(outer);
  }

  /** Throws InputError where part of the range is not mapped, or of huge pages (2.6.0 returns EACCES). */
  mprotect(on: KernelCpu, mm: Mm, vpn: number, pages: number, writable: boolean): void {
    const outer = on.enter(FN.sys_mprotect);
    on.lock('mmap_sem', mmapSem(mm));
    for (const vma of this.covering(on, mm, vpn, pages, 'mprotect')) {
      if ((vma.flags & VM_HUGETLB) !== 0) {
        throw refused(on, 'huge-pages', 'mprotect of a mapping of small pages', 'huge pages');
      }
      if (vma.writable === writable) continue;
      this.vmas.setFlags(on, vma, writable ? vma.flags | VM_WRITE : vma.flags & ~VM_WRITE);
      this.parts.tables.protect(on, vma, vma.start, vma.end, writable);
    }
    this.mergeAround(on, mm, vpn, pages);
    on.unlock('mmap_sem', mmapSem(mm));
    on.leave(outer);
  }

  /** Returns the old end of the heap. Throws InputError where the heap runs into a mapping. */
  brk(on: KernelCpu, mm: Mm, pages: number): number {
    const outer = on.enter(FN.do_brk);
    on.lock('mmap_sem', mmapSem(mm));
    const old = mm.brk;
    mm.brk = Math.max(mm.startBrk, old + pages);
    if (mm.brk < old) this.unmap(on, mm, mm.brk, old - mm.brk);
    else if (mm.brk > old) {
      const above = this.vmas.find(on, mm, old);
      if (above !== undefined && above.start < mm.brk) {
        throw refused(
          on,
          'no-room',
          `brk of ${pages} pages below the next mapping`,
          `${Math.max(0, above.start - old)} pages of room`,
        );
      }
      const vma = this.map(on, mm, old, mm.brk - old, VM_READ | VM_WRITE, undefined, old, '[heap]');
      if ((vma.flags & VM_LOCKED) !== 0) populate(on, this.parts, this.faults, vma, old, mm.brk);
    }
    on.unlock('mmap_sem', mmapSem(mm));
    on.leave(outer);
    return old;
  }

  /** A vma for a free range, or one that is there already made longer (vma_merge()). */
  map(
    on: KernelCpu,
    mm: Mm,
    start: number,
    pages: number,
    flags: number,
    file: AddressSpace | undefined,
    pgoff: number,
    name: string,
  ): Vma {
    const { vmas } = this;
    const end = start + pages;
    if (end > mm.table.vpns) {
      const room = `${Math.max(0, mm.table.vpns - start)} pages of room`;
      throw refused(on, 'no-room', `${name}: ${pages} pages below the end of user space`, room);
    }
    const at = mm.indexAbove(start);
    const before = mm.vmas[at - 1];
    const after = mm.vmas[at];
    if (before !== undefined) on.read(before.at);
    if (before !== undefined && before.end === start && continues(before, flags, file, pgoff, name)) {
      vmas.setBounds(on, before, before.start, end);
      return vmas.merge(on, before);
    }
    if (after !== undefined && after.start === end && after.file === file && after.pgoff === pgoff + pages) {
      if (after.flags === flags && after.name === name && after.policy === undefined) {
        vmas.setBounds(on, after, start, after.end);
        return after;
      }
    }
    const vma = vmas.make(on, mm, start, end, flags, file, pgoff, name);
    vmas.insert(on, vma);
    return vma;
  }

  /** do_munmap(), with mmap_sem held. Throws InputError where it would cut a huge page. */
  unmap(on: KernelCpu, mm: Mm, vpn: number, pages: number): void {
    for (const at of [vpn, vpn + pages]) {
      const cut = mm.vmas[mm.indexAbove(at)];
      if (cut !== undefined && cut.start < at && (cut.flags & VM_HUGETLB) !== 0) this.wholeHugePages(on, 'munmap', at);
    }
    const gone = this.vmas.isolate(on, mm, vpn, vpn + pages);
    if (gone.length === 0) return;
    this.parts.tables.unmapRegion(on, gone);
    for (const vma of gone) this.vmas.remove(on, vma);
    if (vpn >= this.unmappedBase && vpn < mm.mmapBase) mm.mmapBase = vpn;
  }

  /** get_unmapped_area(): first fit from free_area_cache on, then from TASK_UNMAPPED_BASE. */
  unmappedArea(on: KernelCpu, mm: Mm, pages: number, align: number): number {
    const from = Math.max(mm.mmapBase, this.unmappedBase);
    const found = this.firstFit(on, mm, from, pages, align) ?? this.firstFit(on, mm, this.unmappedBase, pages, align);
    if (found === undefined) {
      throw refused(on, 'no-room', `room for ${pages} pages in the address space`, 'no hole of that size');
    }
    mm.mmapBase = found + pages;
    on.write(mm.at);
    return found;
  }

  /** The vmas of a range, split at its ends; all of it must be mapped. */
  covering(on: KernelCpu, mm: Mm, vpn: number, pages: number, call: string): readonly Vma[] {
    const vmas = this.vmas.isolate(on, mm, vpn, vpn + pages);
    let next = vpn;
    for (const vma of vmas) {
      if (vma.start !== next) break;
      next = vma.end;
    }
    if (next < vpn + pages) {
      const hole = `a hole at 0x${(next * FRAME_BYTES).toString(16)}`;
      throw refused(on, 'not-mapped', `${call} of a range that is mapped`, hole);
    }
    return vmas;
  }

  /** Joins what became alike in a range, and with its neighbours. */
  mergeAround(on: KernelCpu, mm: Mm, vpn: number, pages: number): void {
    for (let at = vpn; at < vpn + pages;) {
      const vma = mm.vmaAt(at);
      if (vma === undefined) return;
      at = this.vmas.merge(on, vma).end;
    }
  }

  /**
   * Mappings of a trace or a pattern, which nobody mapped: private memory, or shared segments by number. They do not
   * overlap; addresses and lengths are bytes, whole pages count.
   */
  adopt(on: KernelCpu, mm: Mm, mappings: readonly Mapping[]): void {
    for (const { start, end, segment, segmentOffset } of mappings) {
      const first = Math.floor(start / FRAME_BYTES);
      const pages = Math.ceil(end / FRAME_BYTES) - first;
      const offset = Math.floor(segmentOffset / FRAME_BYTES);
      const shared = segment >= 0;
      const file = shared ? this.segments.numbered(segment, (offset + pages) * FRAME_BYTES) : undefined;
      const flags = VM_READ | VM_WRITE | (shared ? VM_SHARED : 0);
      this.map(on, mm, first, pages, flags, file, shared ? offset : first, file?.name ?? '');
    }
  }

  /** is_aligned_hugepage_range(): huge pages are mapped and unmapped whole. */
  private wholeHugePages(on: KernelCpu, call: string, ...vpns: readonly number[]): void {
    const { entries } = this.parts.ptePages;
    const odd = vpns.find((vpn) => vpn % entries !== 0);
    if (odd === undefined) return;
    throw refused(on, 'huge-pages', `${call} of whole huge pages, ${entries} pages each`, `page ${odd}`);
  }

  private firstFit(on: KernelCpu, mm: Mm, from: number, pages: number, align: number): number | undefined {
    let at = Math.ceil(from / align) * align;
    for (let i = mm.indexAbove(at); at + pages <= this.parts.tables.taskVpns; i++) {
      const vma = mm.vmas[i];
      if (vma === undefined) return at;
      on.read(vma.at);
      if (at + pages <= vma.start) return at;
      at = Math.max(at, Math.ceil(vma.end / align) * align);
    }
    return undefined;
  }
}

/** A system call that the kernel would have answered with an error. */
export function refused(on: KernelCpu, code: string, expected: string, found: string): InputError {
  const who = on.task === undefined ? '' : `${on.task.name} (pid ${on.task.pid}): `;
  return new InputError('', [makeIssue(code, '', `${who}${expected}`, found)]);
}
