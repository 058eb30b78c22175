/**
 * pte_chains, 2.5.27 to 2.6.6: a page knows its ptes one by one. No pte: the word of struct page is 0; one: it is the pte
 * itself (PG_direct); more: the head of a chain of elements. Free slots are in the head alone, below its first used
 * slot: add() fills them downwards, remove() puts the head's first pte where the one that goes was, so that a page's
 * chain is searched but never left with holes. A chain of one entry becomes direct again in page_referenced() alone.
 * Each operation holds the page's chain lock, a bit of its flags. Source: mm/rmap.c of 2.6.0.
 *
 * Deviation: the trylock of page_table_lock in try_to_unmap() never fails (nobody else runs meanwhile), so it never has to
 * be tried again for that.
 */
import * as C from '../../base/counters.ts';
import { invariant } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { MemMap } from '../mem-map.ts';
import { VmaList } from '../mm/vma-list.ts';
import { VM_LOCKED } from '../mm/vma.ts';
import { PG_DIRECT } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { ChainPool } from './chain-pool.ts';
import type { UnmapResult } from './rmap.ts';
import type { PageSide } from './sides.ts';

export class PteChains implements PageSide {
  readonly pool: ChainPool;
  private readonly memMap: MemMap;
  private readonly vmas: VmaList;

  constructor(private readonly parts: KernelParts) {
    this.pool = new ChainPool(parts);
    this.memMap = parts.memMap;
    this.vmas = new VmaList(parts);
  }

  prepare(on: KernelCpu): void {
    this.pool.prepare(on, 1 << this.memMap.shift);
  }

  tryPrepare(on: KernelCpu): boolean {
    return this.pool.tryPrepare(on, 1);
  }

  /** page_add_rmap(). */
  add(on: KernelCpu, page: number, pte: number): void {
    const { memMap, pool } = this;
    const outer = on.enter(FN.page_add_rmap);
    const at = memMap.addressOf(page);
    on.lock('pte_chainlock', at);
    on.read(memMap.wordOf(page));
    const word = memMap.word[page];
    if ((memMap.flags[page] & PG_DIRECT) !== 0) {
      // ClearPageDirect(), a locked instruction like SetPageDirect().
      on.atomic(at);
      const element = pool.take(on, 0, pool.slots - 2);
      pool.set(element, pool.slots - 1, word);
      pool.set(element, pool.slots - 2, pte);
      on.write(pool.addressOf(element));
      memMap.flags[page] &= ~PG_DIRECT;
      memMap.word[page] = element + 1;
      if (on.follow !== undefined) on.note(() => 'reverse map: the direct pte becomes a pte_chain of two');
    } else if (word === 0) {
      on.atomic(at);
      memMap.flags[page] |= PG_DIRECT;
      memMap.word[page] = pte;
      if (on.follow !== undefined) on.note(() => 'reverse map: the first pte, direct in struct page');
    } else this.push(on, page, word - 1, pte);
    on.write(memMap.wordOf(page));
    on.unlock('pte_chainlock', at);
    on.count(C.RMAP_ADDS);
    on.leave(outer);
  }

  /** One more pte before the first of a chain. */
  private push(on: KernelCpu, page: number, head: number, pte: number): void {
    const { pool } = this;
    on.read(pool.addressOf(head));
    let element = head;
    let slot = pool.firstOf(head) - 1;
    if (slot < 0) {
      slot = pool.slots - 1;
      element = pool.take(on, head + 1, slot);
      this.memMap.word[page] = element + 1;
    }
    pool.setFirst(element, slot);
    pool.set(element, slot, pte);
    on.write(pool.addressOf(element));
    if (on.follow !== undefined) on.note(() => `reverse map: slot ${slot} of the pte_chain's head`);
  }

  /** page_remove_rmap(). */
  remove(on: KernelCpu, page: number, pte: number): void {
    const { memMap } = this;
    const outer = on.enter(FN.page_remove_rmap);
    const at = memMap.addressOf(page);
    on.lock('pte_chainlock', at);
    on.read(memMap.wordOf(page));
    const word = memMap.word[page];
    let found = false;
    if ((memMap.flags[page] & PG_DIRECT) !== 0) {
      found = word === pte;
      if (found) {
        memMap.flags[page] &= ~PG_DIRECT;
        memMap.word[page] = 0;
        on.write(memMap.wordOf(page));
        on.atomic(at);
      }
    } else if (word !== 0) found = this.search(on, page, word - 1, pte);
    on.unlock('pte_chainlock', at);
    invariant(found, 'a pte is not in the chain of its page', { page, pte });
    on.count(C.RMAP_REMOVES);
    on.leave(outer);
  }

  /** Finds a pte in a chain, line by line, and closes the gap. */
  private search(on: KernelCpu, page: number, head: number, pte: number): boolean {
    const { pool } = this;
    for (let element = head; element >= 0; element = pool.nextOf(element)) {
      on.read(pool.addressOf(element));
      on.count(C.RMAP_STEPS);
      for (let slot = pool.firstOf(element); slot < pool.slots; slot++) {
        if (pool.get(element, slot) !== pte) continue;
        this.release(on, page, head, element, slot);
        return true;
      }
    }
    return false;
  }

  /** The pte at a slot goes: the head's first one takes its place, and an emptied head is freed. Returns the head, -1 for none. */
  private release(on: KernelCpu, page: number, head: number, element: number, slot: number): number {
    const { pool, memMap } = this;
    const victim = pool.firstOf(head);
    pool.set(element, slot, pool.get(head, victim));
    on.write(pool.addressOf(element));
    if (victim === pool.slots - 1) {
      const next = pool.nextOf(head);
      memMap.word[page] = next + 1;
      on.write(memMap.wordOf(page));
      pool.free(on, head);
      return next;
    }
    pool.setFirst(head, victim + 1);
    on.write(pool.addressOf(head));
    return head;
  }

  /** page_referenced(): the accessed bits; collapses a chain of one. TLBs are not flushed. */
  referenced(on: KernelCpu, page: number): number {
    const { memMap, pool } = this;
    const outer = on.enter(FN.page_referenced);
    const at = memMap.addressOf(page);
    on.lock('pte_chainlock', at);
    on.read(memMap.wordOf(page));
    const word = memMap.word[page];
    let young = 0;
    let entries = 0;
    if ((memMap.flags[page] & PG_DIRECT) !== 0) young = this.testYoung(on, word);
    else {
      for (let element = word - 1; element >= 0; element = pool.nextOf(element)) {
        on.read(pool.addressOf(element));
        on.count(C.RMAP_STEPS);
        for (let slot = pool.firstOf(element); slot < pool.slots; slot++) {
          young += this.testYoung(on, pool.get(element, slot));
          entries++;
        }
      }
    }
    if (entries === 1) {
      memMap.word[page] = pool.get(word - 1, pool.slots - 1);
      memMap.flags[page] |= PG_DIRECT;
      on.write(memMap.wordOf(page));
      on.atomic(at);
      pool.free(on, word - 1);
    }
    on.unlock('pte_chainlock', at);
    on.leave(outer);
    return young;
  }

  private testYoung(on: KernelCpu, pte: number): number {
    const { walk, highmem, ptePages } = this.parts;
    const slot = ptePages.slots[pte >> ptePages.entriesShift];
    highmem.mapPtes(on, slot, undefined, 'KM_PTE2');
    const young = walk.testAndClearYoung(on, pte);
    highmem.unmapPtes(on, slot, undefined, 'KM_PTE2');
    return young ? 1 : 0;
  }

  /** try_to_unmap(): compacts the chain as it goes; stops at a pte that may not be taken. */
  tryToUnmap(on: KernelCpu, page: number): UnmapResult {
    const { memMap } = this;
    const outer = on.enter(FN.try_to_unmap);
    const at = memMap.addressOf(page);
    on.lock('pte_chainlock', at);
    on.read(memMap.wordOf(page));
    const word = memMap.word[page];
    let result: UnmapResult = 'success';
    if ((memMap.flags[page] & PG_DIRECT) !== 0) {
      result = this.unmapOne(on, page, word);
      if (result === 'success') {
        memMap.flags[page] &= ~PG_DIRECT;
        memMap.word[page] = 0;
        on.write(memMap.wordOf(page));
        on.atomic(at);
        on.count(C.RMAP_REMOVES);
      }
    } else result = this.unmapChain(on, page, word - 1);
    on.unlock('pte_chainlock', at);
    on.leave(outer);
    return result;
  }

  private unmapChain(on: KernelCpu, page: number, first: number): UnmapResult {
    const { pool } = this;
    let head = first;
    for (let element = first; element >= 0;) {
      // The element may be freed on the way, when it is the head.
      const next = pool.nextOf(element);
      on.read(pool.addressOf(element));
      on.count(C.RMAP_STEPS);
      for (let slot = pool.firstOf(element); slot < pool.slots; slot++) {
        const result = this.unmapOne(on, page, pool.get(element, slot));
        if (result === 'fail') return 'fail';
        head = this.release(on, page, head, element, slot);
        on.count(C.RMAP_REMOVES);
      }
      element = next;
    }
    return 'success';
  }

  /** try_to_unmap_one(): from the pte to its page, from there to the mms, and to the vma that may forbid it. */
  private unmapOne(on: KernelCpu, page: number, pte: number): UnmapResult {
    const { ptePages, walk, memMap, highmem } = this.parts;
    const slot = ptePages.slots[pte >> ptePages.entriesShift];
    const tableAt = memMap.addressOf(memMap.pageOf(slot));
    on.read(tableAt);
    const mms = walk.mmsOf(pte);
    const vpn = ptePages.vpnOf(pte);
    const { locks } = this.parts.tables;
    locks.lock(on, mms[0], pte);
    let result: UnmapResult = 'success';
    for (let i = 0; i < mms.length && result === 'success'; i++) {
      const vma = this.vmas.find(on, mms[i], vpn);
      if (vma === undefined || vma.start > vpn || (vma.flags & VM_LOCKED) !== 0) result = 'fail';
    }
    if (result === 'success') {
      highmem.mapPtes(on, slot, undefined, 'KM_PTE2');
      walk.take(on, pte, page);
      highmem.unmapPtes(on, slot, undefined, 'KM_PTE2');
    }
    locks.unlock(on, mms[0], pte);
    return result;
  }

  /** mremap: the old pte's entry goes and the new one's comes. */
  moved(on: KernelCpu, page: number, from: number, to: number): boolean {
    this.remove(on, page, from);
    this.add(on, page, to);
    return false;
  }

  ptesOf(page: number): readonly number[] {
    const { memMap, pool } = this;
    const word = memMap.word[page];
    if ((memMap.flags[page] & PG_DIRECT) !== 0) return [word];
    const ptes: number[] = [];
    for (let element = word - 1; element >= 0; element = pool.nextOf(element)) {
      for (let slot = pool.firstOf(element); slot < pool.slots; slot++) ptes.push(pool.get(element, slot));
    }
    return ptes;
  }
}
