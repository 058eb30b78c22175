/**
 * refill_inactive_zone(): from the active list to the inactive one; mm/vmscan.c of 2.6.0. Pages come off under one hold of
 * the lock, are looked at without it, and are put back 16 at a time, the lock dropped at each full pagevec. A page that
 * no pte maps goes inactive whether it was referenced or not; a mapped one stays unless mapped pages are to be taken.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { PG_LRU } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { Batch } from './batch.ts';
import { hasMapping, pageReferenced } from './page-state.ts';
import type { PutBack } from './put-back.ts';
import type { TwoLists } from './two-lists.ts';

export class Refill26 {
  private readonly held = new Batch();
  private readonly toInactive = new Batch();
  private readonly toActive = new Batch();

  constructor(
    private readonly parts: KernelParts,
    private readonly lru: TwoLists,
    private readonly back: PutBack,
  ) {}

  /** Looks at up to `wanted` active pages of a zone. */
  refill(on: KernelCpu, zone: number, wanted: number, takesMapped: boolean): void {
    const outer = on.enter(FN.refill_inactive_zone);
    const { lru, held, toInactive, toActive } = this;
    lru.drain(on);
    held.clear();
    toInactive.clear();
    toActive.clear();
    isolate(on, this.parts, lru, lru.active(zone), zone, wanted, held);
    for (let i = 0; i < held.size; i++) {
      const page = held.pages[i];
      (this.stays(on, page, takesMapped) ? toActive : toInactive).push(page);
    }
    on.count(C.PGREFILL, held.size);
    on.count(C.PGDEACTIVATE, toInactive.size);
    this.back.putBack(on, zone, toInactive, false);
    this.back.putBack(on, zone, toActive, true);
    on.leave(outer);
  }

  private stays(on: KernelCpu, page: number, takesMapped: boolean): boolean {
    const { memMap, swap } = this.parts;
    on.read(memMap.addressOf(page));
    if (memMap.mapcount[page] > 0 && (pageReferenced(on, this.parts, page) || !takesMapped)) return true;
    return swap.total === 0 && !hasMapping(memMap, page);
  }
}

/** Takes up to `wanted` pages off the tail of a list into `batch`, each with a reference, under one hold of the lock. */
export function isolate(
  on: KernelCpu,
  parts: KernelParts,
  lru: TwoLists,
  list: number,
  zone: number,
  wanted: number,
  batch: Batch,
): void {
  const { memMap, pages } = parts;
  lru.lock.lock(on, zone);
  for (let i = 0; i < wanted; i++) {
    const page = lru.lists.tail(on, list);
    if (page < 0) break;
    lru.lists.remove(on, list, page);
    memMap.flags[page] &= ~PG_LRU;
    pages.get(on, page);
    batch.push(page);
  }
  lru.isolated += batch.size;
  lru.lock.unlock(on, zone);
}
