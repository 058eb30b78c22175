/**
 * Partial objrmap (McCracken, 2.5.62 to 2.5.66-mm): pages of files have no entries of their own, only mapcount. Whoever
 * looks for their ptes goes through every vma of the file, i_mmap and then i_mmap_shared, whether it covers the page or
 * not; page_referenced() through all of them, try_to_unmap() until mapcount is used up. Anonymous pages keep their
 * pte_chains.
 *
 * A page of a nonlinear mapping (remap_file_pages) has no address that follows from its offset: page_convert_anon()
 * collects its ptes into a pte_chain, and it is treated as an anonymous page is until nothing maps it. Deviations: a page
 * that remap_file_pages puts where it belongs is not converted; trylocks of i_shared_sem never fail.
 */
import * as C from '../../base/counters.ts';
import { invariant } from '../../base/errors.ts';
import { pteNumber } from '../../hardware/pte-pages.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { MemMap } from '../mem-map.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import { type Vma, VM_NONLINEAR } from '../mm/vma.ts';
import { PG_DIRECT } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { FileLists, listsOf } from './file-lists.ts';
import type { PteChains } from './pte-chain.ts';
import type { UnmapResult } from './rmap.ts';
import type { PageSide } from './sides.ts';
import type { VmaNode } from './vma-ring.ts';
import { VmaWalk } from './vma-walk.ts';

export class ObjRmap implements PageSide {
  readonly vmas: FileLists = new FileLists();
  private readonly memMap: MemMap;
  private readonly walk: VmaWalk;

  constructor(
    private readonly parts: KernelParts,
    /** Where pages of nonlinear mappings are. */
    private readonly chains: PteChains,
  ) {
    this.memMap = parts.memMap;
    this.walk = new VmaWalk(parts, { locksFirst: true, sparesYoung: false, skipsEmpty: false });
  }

  prepare(on: KernelCpu, page: number, vma: Vma): void {
    const ptes = this.chainedBy(page, vma, 1 << this.memMap.shift);
    if (ptes > 0) this.chains.pool.prepare(on, ptes);
  }

  tryPrepare(on: KernelCpu, page: number, vma: Vma): boolean {
    const ptes = this.chainedBy(page, vma, 1);
    return ptes === 0 || this.chains.pool.tryPrepare(on, ptes);
  }

  add(on: KernelCpu, page: number, pte: number, vma: Vma, vpn: number): void {
    if (this.chained(page)) this.chains.add(on, page, pte);
    else if ((vma.flags & VM_NONLINEAR) !== 0 && !this.linear(page, pte, vma, vpn)) {
      this.convert(on, page, pte);
      this.chains.add(on, page, pte);
    } else countMapping(on, this.memMap, page, FN.page_add_rmap, C.RMAP_ADDS);
  }

  remove(on: KernelCpu, page: number, pte: number): void {
    if (this.chained(page)) this.chains.remove(on, page, pte);
    else countMapping(on, this.memMap, page, FN.page_remove_rmap, C.RMAP_REMOVES);
  }

  referenced(on: KernelCpu, page: number): number {
    if (this.chained(page)) return this.chains.referenced(on, page);
    const { memMap, walk } = this;
    const space = this.spaceOf(page);
    if (memMap.mapcount[page] === 0 || space === undefined) return 0;
    const outer = on.enter(FN.page_referenced);
    on.lock('pte_chainlock', memMap.addressOf(page));
    on.lock('i_shared_sem', space.at);
    walk.begin(page);
    let young = 0;
    const { priv, shared } = listsOf(space);
    for (let node = priv.first; node !== undefined; node = node.next) young += walk.referenced(on, page, node.vma);
    for (let node = shared.first; node !== undefined; node = node.next) young += walk.referenced(on, page, node.vma);
    on.unlock('i_shared_sem', space.at);
    on.unlock('pte_chainlock', memMap.addressOf(page));
    on.leave(outer);
    return young;
  }

  tryToUnmap(on: KernelCpu, page: number): UnmapResult {
    if (this.chained(page)) return this.chains.tryToUnmap(on, page);
    const { memMap, walk } = this;
    const space = this.spaceOf(page);
    if (space === undefined) return 'fail';
    const outer = on.enter(FN.try_to_unmap);
    on.lock('pte_chainlock', memMap.addressOf(page));
    on.lock('i_shared_sem', space.at);
    walk.begin(page);
    const { priv, shared } = listsOf(space);
    const forbidden = !this.unmapAll(on, page, priv.first) || !this.unmapAll(on, page, shared.first);
    on.unlock('i_shared_sem', space.at);
    on.unlock('pte_chainlock', memMap.addressOf(page));
    on.leave(outer);
    if (forbidden) return 'fail';
    return memMap.mapcount[page] === 0 ? 'success' : 'again';
  }

  /** False where a vma forbids it. */
  private unmapAll(on: KernelCpu, page: number, first: VmaNode | undefined): boolean {
    for (let node = first; node !== undefined && this.walk.left > 0; node = node.next) {
      if (this.walk.unmap(on, page, node.vma) === 'fail') return false;
    }
    return true;
  }

  moved(on: KernelCpu, page: number, from: number, to: number): boolean {
    return this.chained(page) ? this.chains.moved(on, page, from, to) : false;
  }

  ptesOf(page: number): readonly number[] {
    if (this.chained(page)) return this.chains.ptesOf(page);
    const ptes: number[] = [];
    const space = this.spaceOf(page);
    if (space === undefined || this.memMap.mapcount[page] === 0) return ptes;
    const { priv, shared } = listsOf(space);
    for (let node = priv.first; node !== undefined; node = node.next) this.walk.collect(page, node.vma, ptes);
    for (let node = shared.first; node !== undefined; node = node.next) this.walk.collect(page, node.vma, ptes);
    return ptes;
  }

  /** page_convert_anon(): the ptes that map the page so far (all but `fresh`) get a chain. */
  private convert(on: KernelCpu, page: number, fresh: number): void {
    const { memMap, walk, chains } = this;
    const space = this.spaceOf(page);
    invariant(space !== undefined, 'a nonlinear mapping of a page without a file', { page });
    if (memMap.mapcount[page] === 1) return;
    if (on.follow !== undefined) on.note(() => 'reverse map: a nonlinear mapping, so the page gets a pte_chain');
    const found: number[] = [];
    const { priv, shared } = listsOf(space);
    on.lock('i_shared_sem', space.at);
    for (const { first } of [priv, shared]) {
      for (let node = first; node !== undefined; node = node.next) {
        on.count(C.RMAP_STEPS);
        walk.each(on, page, node.vma, (pte) => {
          if (pte !== fresh) found.push(pte);
        });
      }
    }
    on.unlock('i_shared_sem', space.at);
    for (const pte of found) {
      chains.add(on, page, pte);
      // They were counted when they were made.
      on.count(C.RMAP_ADDS, -1);
    }
  }

  /** Most entries that chains get when a vma maps so many more pieces of a page. */
  private chainedBy(page: number, vma: Vma, pieces: number): number {
    if (this.chained(page)) return pieces;
    return (vma.flags & VM_NONLINEAR) === 0 ? 0 : this.memMap.mapcount[page] + pieces;
  }

  /** The page's ptes are in a pte_chain, as those of anonymous pages. */
  private chained(page: number): boolean {
    return this.memMap.word[page] !== 0 || (this.memMap.flags[page] & PG_DIRECT) !== 0;
  }

  /** A pte shows the piece of the file that a linear mapping would show there. */
  private linear(page: number, pte: number, vma: Vma, vpn: number): boolean {
    const { memMap } = this;
    const piece = pteNumber(this.parts.ptePages.get(pte)) - memMap.slotOf(page);
    return vma.pgoffOf(vpn) === memMap.index[page] * (1 << memMap.shift) + piece;
  }

  private spaceOf(page: number): AddressSpace | undefined {
    return this.parts.spaces.get(this.memMap.mapping[page]);
  }
}

/** page->mapcount changes under the page's lock bit: all that a mapping costs where there are no entries. */
export function countMapping(on: KernelCpu, memMap: MemMap, page: number, fn: number, counter: number): void {
  const outer = on.enter(fn);
  const at = memMap.addressOf(page);
  on.lock('pte_chainlock', at);
  on.write(memMap.wordOf(page));
  on.unlock('pte_chainlock', at);
  on.count(counter);
  on.leave(outer);
}
