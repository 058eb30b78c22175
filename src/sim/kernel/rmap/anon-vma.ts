/**
 * anon_vma (Arcangeli; merged in 2.6.7): each vma with anonymous pages points to an object that lists all vmas in which its
 * pages may be: its own, those that fork copied from it, and what splits and mremap made of them. A page remembers the
 * object and its page offset there (index), which mremap does not change; so moving is free. A walk looks at every vma of
 * the list, O(processes of the fork family). Source: mm/rmap.c of 2.6.7; list_add puts the newest first.
 *
 * With page clusters `index` counts clusters, and a vma holds the pieces whose offsets lie in it.
 */
import * as C from '../../base/counters.ts';
import { invariant } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { MemMap } from '../mem-map.ts';
import type { Vma } from '../mm/vma.ts';
import type { KernelParts } from '../parts.ts';
import { AnonVmaLists } from './anon-vma-lists.ts';
import { countMapping } from './objrmap.ts';
import type { UnmapResult } from './rmap.ts';
import type { PageSide } from './sides.ts';
import { VmaWalk } from './vma-walk.ts';

export class AnonVmaRmap implements PageSide {
  readonly vmas: AnonVmaLists;
  private readonly memMap: MemMap;
  private readonly walk: VmaWalk;

  constructor(parts: KernelParts) {
    this.memMap = parts.memMap;
    this.vmas = new AnonVmaLists(parts);
    this.walk = new VmaWalk(parts, { locksFirst: false, sparesYoung: true, skipsEmpty: true });
  }

  /** page_add_anon_rmap(); by fork, page_dup_rmap(), which counts alone. */
  add(on: KernelCpu, page: number, _pte: number, vma: Vma, vpn: number): void {
    const { memMap } = this;
    if (memMap.word[page] === 0) {
      const anon = this.vmas.of(vma);
      invariant(anon !== undefined, 'an anonymous page in a vma without an anon_vma', { page, vpn });
      memMap.word[page] = anon.id;
      memMap.index[page] = Math.floor(vma.pgoffOf(vpn) / (1 << memMap.shift));
    }
    countMapping(on, memMap, page, FN.page_add_rmap, C.RMAP_ADDS);
  }

  remove(on: KernelCpu, page: number): void {
    const { memMap } = this;
    if (memMap.mapcount[page] === 0) this.forget(page);
    countMapping(on, memMap, page, FN.page_remove_rmap, C.RMAP_REMOVES);
  }

  /** page_referenced_anon(). */
  referenced(on: KernelCpu, page: number): number {
    const { memMap, walk } = this;
    const anon = this.vmas.byId(memMap.word[page]);
    if (anon === undefined) return 0;
    const outer = on.enter(FN.page_referenced);
    on.lock('pte_chainlock', memMap.addressOf(page));
    on.lock('anon_vma.lock', anon.at);
    walk.begin(page);
    let young = 0;
    for (let node = anon.ring.first; node !== undefined && walk.left > 0; node = node.next) {
      young += walk.referenced(on, page, node.vma);
    }
    on.unlock('anon_vma.lock', anon.at);
    on.unlock('pte_chainlock', memMap.addressOf(page));
    on.leave(outer);
    return young;
  }

  /** try_to_unmap_anon(). */
  tryToUnmap(on: KernelCpu, page: number): UnmapResult {
    const { memMap, walk } = this;
    const anon = this.vmas.byId(memMap.word[page]);
    if (anon === undefined) return 'fail';
    const outer = on.enter(FN.try_to_unmap);
    on.lock('pte_chainlock', memMap.addressOf(page));
    on.lock('anon_vma.lock', anon.at);
    walk.begin(page);
    let result: UnmapResult = 'again';
    for (let node = anon.ring.first; node !== undefined && walk.left > 0; node = node.next) {
      if (walk.unmap(on, page, node.vma) !== 'fail') continue;
      result = 'fail';
      break;
    }
    on.unlock('anon_vma.lock', anon.at);
    if (memMap.mapcount[page] === 0) {
      this.forget(page);
      on.write(memMap.mappingOf(page));
      result = 'success';
    }
    on.unlock('pte_chainlock', memMap.addressOf(page));
    on.leave(outer);
    return result;
  }

  moved(): boolean {
    return false;
  }

  ptesOf(page: number): readonly number[] {
    const ptes: number[] = [];
    const anon = this.vmas.byId(this.memMap.word[page]);
    for (let node = anon?.ring.first; node !== undefined; node = node.next) this.walk.collect(page, node.vma, ptes);
    return ptes;
  }

  /** clear_page_anon(): nothing maps it any more. */
  private forget(page: number): void {
    this.memMap.word[page] = 0;
  }
}
