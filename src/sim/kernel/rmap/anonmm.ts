/**
 * anonmm (H. Dickins, March 2004; never merged): every address space has an anonmm, and all that descend by fork from one
 * exec are in one bundle, whose head keeps the list. An anonymous page remembers the anonmm that it was first mapped in
 * and one virtual address: wherever else in the bundle it is mapped, it is there. A walk tries the indicated mm, then the
 * others of the bundle in turn, also those that never had the page: O(forked mms since exec). mremap breaks the
 * rule; the only pte of a page takes its address along, shared pages must be copied before they are moved.
 *
 * An anonmm whose mm is gone stays while pages name it. Deviation: with page clusters (which it never met) the address is that
 * of the page's first piece, and a cluster that is mapped by more than one pte counts as shared when it is moved.
 */
import * as C from '../../base/counters.ts';
import { invariant } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { MemMap } from '../mem-map.ts';
import type { Vma } from '../mm/vma.ts';
import type { KernelParts } from '../parts.ts';
import { type AnonMm, AnonMmBundles } from './anonmm-bundles.ts';
import { countMapping } from './objrmap.ts';
import type { UnmapResult } from './rmap.ts';
import type { PageSide } from './sides.ts';
import { VmaWalk } from './vma-walk.ts';

export class AnonMmRmap implements PageSide {
  readonly mms: AnonMmBundles;
  private readonly memMap: MemMap;
  private readonly walk: VmaWalk;

  constructor(parts: KernelParts) {
    this.memMap = parts.memMap;
    this.mms = new AnonMmBundles(parts);
    this.walk = new VmaWalk(parts, { locksFirst: false, sparesYoung: false, skipsEmpty: true });
  }

  /** page_add_anon_rmap(); by fork, page_dup_rmap(), which counts alone. */
  add(on: KernelCpu, page: number, _pte: number, vma: Vma, vpn: number): void {
    const { memMap, mms } = this;
    if (memMap.word[page] === 0) {
      const anon = mms.of(vma.mm);
      invariant(anon !== undefined, 'an anonymous page in an address space without an anonmm', { page, vpn });
      memMap.word[page] = anon.id;
      memMap.index[page] = this.addressOf(vma, vpn);
      mms.hold(on, anon);
    }
    countMapping(on, memMap, page, FN.page_add_rmap, C.RMAP_ADDS);
  }

  remove(on: KernelCpu, page: number): void {
    const { memMap } = this;
    if (memMap.mapcount[page] === 0) this.forget(on, page);
    countMapping(on, memMap, page, FN.page_remove_rmap, C.RMAP_REMOVES);
  }

  referenced(on: KernelCpu, page: number): number {
    const { memMap, walk } = this;
    const anon = this.mms.byId(memMap.word[page]);
    if (anon === undefined) return 0;
    const outer = on.enter(FN.page_referenced);
    on.lock('pte_chainlock', memMap.addressOf(page));
    on.lock('anonhd.lock', anon.head.at);
    walk.begin(page);
    let young = 0;
    let each: AnonMm | undefined = anon;
    do {
      const mm = this.look(on, each);
      if (mm !== undefined) young += walk.referencedAt(on, page, mm, memMap.index[page]);
      each = each.next;
    } while (each !== anon && walk.left > 0);
    on.unlock('anonhd.lock', anon.head.at);
    on.unlock('pte_chainlock', memMap.addressOf(page));
    on.leave(outer);
    return young;
  }

  tryToUnmap(on: KernelCpu, page: number): UnmapResult {
    const { memMap, walk } = this;
    const anon = this.mms.byId(memMap.word[page]);
    if (anon === undefined) return 'fail';
    const outer = on.enter(FN.try_to_unmap);
    const at = memMap.addressOf(page);
    on.lock('pte_chainlock', at);
    on.lock('anonhd.lock', anon.head.at);
    walk.begin(page);
    let result: UnmapResult = 'again';
    let each: AnonMm = anon;
    do {
      const mm = this.look(on, each);
      if (mm !== undefined && walk.unmapAt(on, page, mm, memMap.index[page]) === 'fail') {
        result = 'fail';
        break;
      }
      each = each.next;
    } while (each !== anon && walk.left > 0);
    on.unlock('anonhd.lock', anon.head.at);
    if (memMap.mapcount[page] === 0) {
      this.forget(on, page);
      on.write(at);
      result = 'success';
    }
    on.unlock('pte_chainlock', at);
    on.leave(outer);
    return result;
  }

  /** The only pte of a page takes its address along (page_update_anon_rmap()); other pages have to be copied. */
  moved(on: KernelCpu, page: number, _from: number, _to: number, vma: Vma, vpn: number): boolean {
    const { memMap } = this;
    const index = this.addressOf(vma, vpn);
    if (memMap.index[page] === index) return false;
    if (memMap.mapcount[page] > 1) return true;
    memMap.index[page] = index;
    on.write(memMap.addressOf(page));
    return false;
  }

  ptesOf(page: number): readonly number[] {
    const ptes: number[] = [];
    const { memMap, mms, walk } = this;
    const anon = mms.byId(memMap.word[page]);
    if (anon === undefined) return ptes;
    let each: AnonMm = anon;
    do {
      if (each.mm !== undefined) walk.collectAt(page, each.mm, memMap.index[page], 0, each.mm.table.vpns, ptes);
      each = each.next;
    } while (each !== anon);
    return ptes;
  }

  /** Address, in virtual pages, of the first piece of the page that a vma shows at `vpn`. */
  private addressOf(vma: Vma, vpn: number): number {
    return vpn - (vma.pgoffOf(vpn) & ((1 << this.memMap.shift) - 1));
  }

  /** The address space of an anonmm, if it may have pages. */
  private look(on: KernelCpu, anon: AnonMm): AnonMm['mm'] {
    on.count(C.RMAP_STEPS);
    on.read(anon.at);
    const { mm } = anon;
    if (mm === undefined) return undefined;
    on.read(mm.at);
    return mm.rss > 0 ? mm : undefined;
  }

  /** clear_page_anon(): nothing maps it any more. */
  private forget(on: KernelCpu, page: number): void {
    const { memMap, mms } = this;
    const anon = mms.byId(memMap.word[page]);
    memMap.word[page] = 0;
    if (anon !== undefined) mms.release(on, anon);
  }
}
