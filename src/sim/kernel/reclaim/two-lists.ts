/**
 * Active and inactive list, lru_cache_add() and mark_page_accessed(): what 2.4.22 and 2.6.0 have in common; mm/swap.c of
 * both. 2.4 has one pair of lists for the machine, 2.6 one a zone (2.4 with a lock a zone has too: never merged).
 *
 * New anonymous pages: 2.6 puts them on the active list, 2.4 on the inactive one.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { MemMap } from '../mem-map.ts';
import { PG_ACTIVE, PG_LRU, PG_REFERENCED } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { LruLists } from './lru-lists.ts';
import { LruLock } from './lru-lock.ts';
import { Pagevecs } from './pagevec.ts';

const INACTIVE = 0;
const ACTIVE = 1;
const HEADS_BYTES = 32;
/** No zone's lock is held. */
const NONE = -1;

export class TwoLists {
  readonly lists: LruLists;
  readonly lock: LruLock;
  /** Pages that are off the lists while page replacement looks at them. */
  isolated = 0;
  private readonly memMap: MemMap;
  private readonly pagevecs: Pagevecs | undefined;
  private readonly perZone: boolean;

  constructor(
    parts: KernelParts,
    /** True: anonymous pages begin active. */
    private readonly anonActive: boolean,
    perZone: boolean,
  ) {
    this.memMap = parts.memMap;
    this.perZone = perZone;
    this.lock = new LruLock(parts);
    const groups = perZone ? parts.allZones.length : 1;
    const heads = Array.from({ length: groups }, () => parts.data.claim(HEADS_BYTES));
    this.lists = new LruLists(
      parts.memMap,
      heads.flatMap((at) => [at, at]),
    );
    if (parts.traits.pagevecs) {
      this.pagevecs = new Pagevecs(parts.memMap, parts.data, 2, (on, pages, from, count, kind) =>
        this.addMany(on, pages, from, count, kind === ACTIVE),
      );
    }
  }

  /** Lists of a zone: numbers of its inactive and its active one. */
  inactive(zone: number): number {
    return this.perZone ? zone * 2 + INACTIVE : INACTIVE;
  }

  active(zone: number): number {
    return this.perZone ? zone * 2 + ACTIVE : ACTIVE;
  }

  inactivePages(zone: number): number {
    return this.lists.sizes[this.inactive(zone)];
  }

  activePages(zone: number): number {
    return this.lists.sizes[this.active(zone)];
  }

  /** Pages of a zone by list, for reports: counted page by page where zones have their lists in common. */
  census(zone: number): Readonly<Record<string, number>> {
    const { lists, memMap, perZone } = this;
    const pagesOn = (list: number): number =>
      perZone ? lists.sizes[list] : lists.pagesOf(list).filter((page) => memMap.zone[page] === zone).length;
    return { active: pagesOn(this.active(zone)), inactive: pagesOn(this.inactive(zone)) };
  }

  /** Pages in pagevecs, which are on no list yet. */
  get waiting(): number {
    return this.pagevecs?.waiting ?? 0;
  }

  add(on: KernelCpu, page: number): void {
    const { memMap, pagevecs } = this;
    const active = this.anonActive && memMap.mapping[page] === 0;
    const outer = on.enter(FN.lru_cache_add);
    if (pagevecs !== undefined) pagevecs.add(on, active ? ACTIVE : INACTIVE, page);
    else {
      const zone = memMap.zone[page];
      this.lock.lock(on, zone);
      this.putOn(on, page, active);
      this.lock.unlock(on, zone);
    }
    on.leave(outer);
  }

  /** The page is being freed. */
  remove(on: KernelCpu, page: number): void {
    const held = this.takeAway(on, page, NONE);
    if (held !== NONE) this.lock.unlock(on, held);
  }

  /** release_pages(): the lock is kept as long as the pages are of zones that it covers. */
  removeMany(on: KernelCpu, pages: Int32Array, count: number): void {
    let held = NONE;
    for (let i = 0; i < count; i++) held = this.takeAway(on, pages[i], held);
    if (held !== NONE) this.lock.unlock(on, held);
  }

  markAccessed(on: KernelCpu, page: number): void {
    const { memMap } = this;
    const outer = on.enter(FN.mark_page_accessed);
    on.read(memMap.addressOf(page));
    const flags = memMap.flags[page];
    if ((flags & (PG_ACTIVE | PG_REFERENCED)) === PG_REFERENCED && this.isListed(page)) {
      this.activate(on, page);
      memMap.flags[page] &= ~PG_REFERENCED;
    } else if ((flags & PG_REFERENCED) === 0) {
      memMap.flags[page] |= PG_REFERENCED;
      on.atomic(memMap.addressOf(page));
    }
    on.leave(outer);
  }

  /** activate_page(): from the inactive list to the head of the active one. */
  activate(on: KernelCpu, page: number): void {
    const { memMap } = this;
    const zone = memMap.zone[page];
    const outer = on.enter(FN.activate_page);
    this.lock.lock(on, zone);
    if ((memMap.flags[page] & PG_ACTIVE) === 0 && this.isListed(page)) {
      this.takeOff(on, page);
      this.putOn(on, page, true);
      on.count(C.PGACTIVATE);
    }
    this.lock.unlock(on, zone);
    on.leave(outer);
  }

  /** lru_add_drain(). */
  drain(on: KernelCpu): void {
    const outer = on.enter(FN.lru_add_drain);
    this.pagevecs?.drainAll(on);
    on.leave(outer);
  }

  /** To the head of a list of the page's zone; the lock is held. TestSetPageLRU(), and TestSetPageActive() for one that is new there. */
  putOn(on: KernelCpu, page: number, active: boolean): void {
    const { memMap } = this;
    on.atomic(memMap.addressOf(page));
    if (active && (memMap.flags[page] & PG_ACTIVE) === 0) on.atomic(memMap.addressOf(page));
    const zone = memMap.zone[page];
    memMap.flags[page] = (memMap.flags[page] & ~PG_ACTIVE) | PG_LRU | (active ? PG_ACTIVE : 0);
    this.lists.add(on, active ? this.active(zone) : this.inactive(zone), page);
  }

  /** Off the list that it is on; the lock is held. TestClearPageLRU(); PG_ACTIVE stays. */
  takeOff(on: KernelCpu, page: number): void {
    const { memMap } = this;
    on.atomic(memMap.addressOf(page));
    const zone = memMap.zone[page];
    const active = (memMap.flags[page] & PG_ACTIVE) !== 0;
    memMap.flags[page] &= ~PG_LRU;
    this.lists.remove(on, active ? this.active(zone) : this.inactive(zone), page);
  }

  /** rotate_reclaimable_page(): a clean page that waits to be freed goes to the tail of the inactive list. */
  rotate(on: KernelCpu, page: number): void {
    const { memMap } = this;
    const zone = memMap.zone[page];
    this.lock.lock(on, zone);
    if ((memMap.flags[page] & PG_ACTIVE) === 0 && this.isListed(page)) {
      const list = this.inactive(zone);
      this.lists.remove(on, list, page);
      this.lists.addTail(on, list, page);
      on.count(C.PGROTATED);
    }
    this.lock.unlock(on, zone);
  }

  /** True for a page on a list: not in a pagevec, not isolated. */
  private isListed(page: number): boolean {
    return (this.memMap.flags[page] & PG_LRU) !== 0 && this.pagevecs?.holds(page) !== true;
  }

  /** Off its list or out of its pagevec; the zone whose lock is held before and afterwards, or NONE. */
  private takeAway(on: KernelCpu, page: number, held: number): number {
    const { memMap, pagevecs } = this;
    let holds = held;
    if (pagevecs?.holds(page) === true) pagevecs.forget(on, page);
    else if ((memMap.flags[page] & PG_LRU) !== 0) {
      holds = this.holdFor(on, memMap.zone[page], held);
      this.takeOff(on, page);
    }
    memMap.flags[page] &= ~(PG_ACTIVE | PG_REFERENCED);
    return holds;
  }

  /** __pagevec_lru_add(): the lock is kept as long as the pages are of zones that it covers. */
  private addMany(on: KernelCpu, pages: Int32Array, from: number, count: number, active: boolean): void {
    let held = NONE;
    for (let i = from; i < from + count; i++) {
      const page = pages[i];
      if (page < 0) continue;
      held = this.holdFor(on, this.memMap.zone[page], held);
      this.putOn(on, page, active);
    }
    if (held !== NONE) this.lock.unlock(on, held);
  }

  /** Takes the lock for pages of a zone, unless that of `held` covers them; returns the zone. */
  private holdFor(on: KernelCpu, zone: number, held: number): number {
    if (held !== NONE && this.lock.same(held, zone)) return zone;
    if (held !== NONE) this.lock.unlock(on, held);
    this.lock.lock(on, zone);
    return zone;
  }
}
