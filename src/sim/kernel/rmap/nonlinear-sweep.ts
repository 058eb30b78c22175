/**
 * Nonlinear vmas of a file in 2.6.7: nobody searches them for a page. try_to_unmap() sweeps them by clusters of 32 pages, each
 * from a cursor of its own, takes away whatever was not accessed since the last sweep, and goes on until as many ptes
 * are gone as the page that it came for has mappings; whether they were that page's is chance. When every cursor has come
 * to the end, all begin anew. Source: try_to_unmap_file() and try_to_unmap_cluster() of mm/rmap.c, 2.6.7.
 */
import * as C from '../../base/counters.ts';
import { PTE_PRESENT, pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { type Vma, VM_LOCKED } from '../mm/vma.ts';
import type { KernelParts } from '../parts.ts';
import { linksOf, type VmaNode, type VmaRing } from './vma-ring.ts';

/** CLUSTER_SIZE, in pages. */
const CLUSTER_PAGES = 32;

export class NonlinearSweep {
  constructor(private readonly parts: KernelParts) {}

  /** Called with i_mmap_lock and the page's lock bit held. */
  sweep(on: KernelCpu, page: number, ring: VmaRing): void {
    let furthest = 0;
    let longest = 0;
    for (let node = ring.first; node !== undefined; node = node.next) {
      on.count(C.RMAP_STEPS);
      on.read(linksOf(node.vma));
      if (isForbidden(node.vma)) continue;
      furthest = Math.max(furthest, node.cursor);
      longest = Math.max(longest, node.vma.end - node.vma.start);
    }
    if (longest === 0) return;
    longest = Math.ceil(longest / CLUSTER_PAGES) * CLUSTER_PAGES;
    if (furthest === 0) furthest = CLUSTER_PAGES;
    let wanted = this.parts.memMap.mapcount[page];
    for (; furthest <= longest; furthest += CLUSTER_PAGES) {
      for (let node = ring.first; node !== undefined; node = node.next) {
        if (isForbidden(node.vma)) continue;
        wanted = this.advance(on, node, furthest, wanted);
        if (wanted <= 0) return;
        node.cursor = furthest;
      }
    }
    for (let node = ring.first; node !== undefined; node = node.next) node.cursor = 0;
  }

  /** Sweeps a vma up to `end`, as long as ptes are wanted; how many still are. */
  private advance(on: KernelCpu, node: VmaNode, end: number, wanted: number): number {
    const { vma } = node;
    let left = wanted;
    while (vma.mm.rss > 0 && node.cursor < end && node.cursor < vma.end - vma.start) {
      left -= this.cluster(on, vma, node.cursor);
      node.cursor += CLUSTER_PAGES;
      on.write(linksOf(vma));
      if (left <= 0) break;
    }
    return left;
  }

  /** try_to_unmap_cluster(): how many ptes it took away. */
  private cluster(on: KernelCpu, vma: Vma, cursor: number): number {
    const { mm } = vma;
    const { walk, memMap, ptePages } = this.parts;
    const aligned = vma.start + cursor - ((vma.start + cursor) % CLUSTER_PAGES);
    const to = Math.min(aligned + CLUSTER_PAGES, vma.end);
    let taken = 0;
    on.lock('page_table_lock', mm.at);
    for (let vpn = Math.max(aligned, vma.start); vpn < to; vpn++) {
      const pte = walk.find(on, mm, vpn);
      if (pte < 0) continue;
      const value = ptePages.get(pte);
      if ((value & PTE_PRESENT) === 0) continue;
      const page = memMap.pageOf(pteNumber(value));
      if (walk.testAndClearYoung(on, pte)) continue;
      walk.take(on, pte, page);
      on.count(C.RMAP_REMOVES);
      taken++;
    }
    on.unlock('page_table_lock', mm.at);
    return taken;
  }

  /** Every pte of a page in a nonlinear vma, at no cost. */
  collect(page: number, vma: Vma, into: number[]): void {
    const { memMap, ptePages } = this.parts;
    const { table } = vma.mm;
    for (let vpn = vma.start; vpn < vma.end; vpn++) {
      const pte = table.hasUpperPage(vpn) ? table.pteOf(vpn) : -1;
      if (pte < 0 || into.includes(pte)) continue;
      const value = ptePages.get(pte);
      if ((value & PTE_PRESENT) !== 0 && memMap.pageOf(pteNumber(value)) === page) into.push(pte);
    }
  }
}

const isForbidden = (vma: Vma): boolean => (vma.flags & VM_LOCKED) !== 0;
