/**
 * hugetlb_prefault(): a mapping of a hugetlb segment gets all its huge pages when it is made, from the pool of the node
 * that maps it or as its policy says; arch/i386/mm/hugetlbpage.c of 2.6.0, mm/mempolicy.c. The segment keeps them until it is
 * removed.
 */
import { InputError, makeIssue } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import { clearHighpage } from '../highmem/highpage.ts';
import type { KernelParts } from '../parts.ts';
import type { AddressSpace } from './address-space.ts';
import { markPages, unmarkPages } from './segment-ranges.ts';
import type { Vma } from './vma.ts';

/** Throws InputError where the pool is empty. */
export function mapHugePages(on: KernelCpu, parts: KernelParts, vma: Vma): void {
  const { tables, hugetlb, pages, memMap, placement } = parts;
  const { file } = vma;
  if (file === undefined) return;
  const { entries } = tables.huge;
  const order = Math.log2(entries) - memMap.shift;
  for (let vpn = vma.start; vpn < vma.end; vpn += entries) {
    const index = Math.floor(vma.pgoffOf(vpn) / entries);
    let page = (file.pages.get(index) ?? 0) - 1;
    on.read(file.at);
    if (page < 0) {
      page = hugetlb.take(on, on.node, placement.forHuge(on, vma, vpn));
      if (page < 0) {
        const wanted = Math.ceil((vma.end - vma.start) / entries);
        const expected = `enough huge pages on its nodes (${file.name} maps ${wanted})`;
        const found = `none free for page ${index}`;
        throw new InputError('', [makeIssue('no-huge-pages', 'kernel.hugePages', expected, found)]);
      }
      // clear_huge_page(); the first reference is the segment's.
      for (let i = 0; i < 1 << order; i++) clearHighpage(on, parts, page + i);
      file.pages.set(index, page + 1);
      markPages(parts, file, page, index * entries, 1 << order);
    }
    pages.get(on, page);
    tables.huge.map(on, vma, vpn, page);
  }
}

/** The segment's own references to its huge pages go. */
export function dropHugePages(on: KernelCpu, parts: KernelParts, space: AddressSpace): void {
  const { tables, memMap } = parts;
  for (const slot of space.pages.values()) {
    unmarkPages(parts, space, slot - 1, tables.huge.entries >> memMap.shift);
    tables.huge.drop(on, slot - 1);
  }
  space.pages.clear();
}
