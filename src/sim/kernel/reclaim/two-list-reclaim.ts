/**
 * What page replacement of 2.4.22 and of 2.6.0 have in common: an active and an inactive list (two-lists.ts), kswapd and
 * pdflush, and the frame of try_to_free_pages() and of kswapd's balancing; mm/vmscan.c of both. Which pages go, and in what
 * order, is each one's own (reclaim-2.4.ts, reclaim-2.6.ts).
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import { FlusherThread } from './flusher-thread.ts';
import { type Balanced, Kswapd } from './kswapd.ts';
import { MappedPages } from './mapped-pages.ts';
import type { KernelThread, Reclaim } from './reclaim.ts';
import { Shrinkers } from './shrinkers.ts';
import { TwoLists } from './two-lists.ts';
import { Writeback } from './writeback.ts';

/** How the lists are kept. */
interface Kept {
  /** New anonymous pages begin active. */
  readonly anonActive: boolean;
  /** Each zone has lists of its own. */
  readonly perZone: boolean;
  /** kswapd's first priority. */
  readonly firstPriority: number;
}

export abstract class TwoListReclaim implements Reclaim {
  abstract readonly kind: Reclaim['kind'];
  readonly threads: readonly KernelThread[];
  readonly writeback: Writeback;
  readonly lru: TwoLists;
  protected readonly flusher: FlusherThread;
  protected readonly kswapdOf: readonly (Kswapd | undefined)[];
  protected readonly shrinkers: Shrinkers;
  protected readonly mapped: MappedPages;
  /** Reclaim does not reclaim for itself (PF_MEMALLOC). */
  private busy = false;

  constructor(
    protected readonly parts: KernelParts,
    { anonActive, perZone, firstPriority }: Kept,
  ) {
    this.lru = new TwoLists(parts, anonActive, perZone);
    this.writeback = new Writeback(parts);
    this.shrinkers = new Shrinkers(parts);
    this.mapped = new MappedPages(parts);
    this.flusher = new FlusherThread(parts, this.writeback, this.mapped);
    const kswapds = Kswapd.forNodes(
      parts,
      this.writeback,
      (on, zones, priority, before) => this.balanceBusy(on, zones, priority, before),
      firstPriority,
    );
    this.kswapdOf = Kswapd.byZone(kswapds);
    this.threads = [...kswapds, this.flusher];
  }

  /** Pages freed by direct reclaim for a class zone, priority by priority. */
  protected abstract takeBack(on: KernelCpu, classZone: Zone): number;
  /** One priority over kswapd's zones; `before`: pages that the round has freed already. */
  protected abstract balance(on: KernelCpu, zones: readonly Zone[], priority: number, before: number): Balanced;
  abstract wakeKswapd(on: KernelCpu, zone: Zone): void;

  add(on: KernelCpu, page: number): void {
    this.lru.add(on, page);
  }

  remove(on: KernelCpu, page: number): void {
    this.writeback.forget(page);
    this.lru.remove(on, page);
  }

  removeMany(on: KernelCpu, pages: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.writeback.forget(pages[i]);
    this.lru.removeMany(on, pages, count);
  }

  markAccessed(on: KernelCpu, page: number): void {
    this.lru.markAccessed(on, page);
  }

  /** No list of clean pages here: rmap15 has one. */
  takeClean(): number {
    return -1;
  }

  cleanPages(): number {
    return 0;
  }

  throttle(on: KernelCpu): void {
    this.flusher.throttle(on);
  }

  census(zone: Zone): Readonly<Record<string, number>> {
    return this.lru.census(zone.number);
  }

  tryToFreePages(on: KernelCpu, classZone: Zone): number {
    if (this.busy) return 0;
    this.busy = true;
    const start = on.core.clock;
    const outer = on.enter(FN.try_to_free_pages);
    on.count(C.ALLOCSTALL);
    const { begun } = this;
    const freed = this.takeBack(on, classZone);
    on.leave(outer);
    this.parts.events?.span('direct reclaim', on, start, freed);
    this.busy = false;
    return freed > 0 ? freed : this.begun - begun + this.writeback.pages;
  }

  /** Pages that have come nearer to being free so far, without being free. */
  protected get begun(): number {
    return this.writeback.begun;
  }

  private balanceBusy(on: KernelCpu, zones: readonly Zone[], priority: number, before: number): Balanced {
    this.busy = true;
    const balanced = this.balance(on, zones, priority, before);
    this.busy = false;
    return balanced;
  }
}

/** The zones of the class zone's node from it downwards, fall-back zones apart. */
export function zonesBelow(parts: KernelParts, classZone: Zone): readonly Zone[] {
  const zones = parts.zones[classZone.place];
  return zones
    .slice(0, zones.indexOf(classZone) + 1)
    .reverse()
    .filter(({ layout }) => !layout.fallback);
}
