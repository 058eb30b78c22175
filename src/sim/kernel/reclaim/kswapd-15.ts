/**
 * kswapd of 2.4.21-rhel3: works over all zones when memory is short of its high marks in all, or of a low mark anywhere; fills free lists
 * from clean pages, and deactivates and launders a little once a second. It sleeps a second, or a fortieth while the machine is short.
 */
import * as C from '../../base/counters.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import type { KernelThread } from './reclaim.ts';
import { BATCH, needsDirtyWork, needsLaundryWork } from './rmap15-limits.ts';
import type { Rmap15 } from './rmap15.ts';

const SECOND = 1e9;
const DEF_PRIORITY = 6;

export class Kswapd15 implements KernelThread {
  readonly name = 'kswapd';
  readonly cpus: readonly number[];
  private until = SECOND;
  private lastAging = 0;
  /** kswapd_overloaded. */
  private overloaded = false;

  constructor(
    private readonly parts: KernelParts,
    private readonly reclaim: Rmap15,
  ) {
    const cpus = parts.profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
    this.cpus = Array.from({ length: cpus }, (_, cpu) => cpu);
  }

  /** Where no page can be reclaimed there is nothing to come by for. */
  get wakesAt(): number {
    return this.reclaim.lists.lists.sizes.some((size) => size > 0) ? this.until : Infinity;
  }

  ready(now: number): boolean {
    return now >= this.until && this.wakesAt <= now;
  }

  /** Cuts the second short, not the fortieth that it sleeps while memory is short. */
  wake(on: KernelCpu): void {
    if (this.overloaded) return;
    if (this.until > on.now) this.parts.events?.woken?.(on, this.name);
    this.until = Math.min(this.until, on.now);
  }

  step(on: KernelCpu): void {
    const start = on.core.clock;
    const outer = on.enter(FN.kswapd);
    const memalloc = on.task?.memalloc;
    if (on.task !== undefined) on.task.memalloc = true;
    const { reclaim } = this;
    const zones = reclaim.targets;
    this.parts.highmem.enterWindow(on, 0);
    reclaim.writeback.settle(on);
    const inAll = zones.reduce((sum, zone) => sum + this.short(zone, zone.marks.high), 0);
    const anywhere = zones.some((zone) => this.short(zone, zone.marks.low) > 0);
    if (inAll >= 0 || anywhere) this.balance(on, zones);
    for (const zone of zones) reclaim.refillFreelist(on, zone);
    if (on.now > this.lastAging + SECOND) {
      this.lastAging = on.now;
      for (const zone of zones) reclaim.background(on, zone);
    }
    this.parts.highmem.leaveWindow(on);
    if (on.task !== undefined) on.task.memalloc = memalloc === true;
    const stillShort = zones.reduce((sum, zone) => sum + this.short(zone, zone.marks.low), 0);
    this.overloaded = stillShort > 0;
    this.until = on.now + (this.overloaded ? SECOND / 40 : SECOND);
    this.parts.events?.span('kswapd', on, start, 0);
    on.leave(outer);
  }

  /** zone_free_limit(): how many free and clean pages a zone lacks. */
  private short(zone: Zone, mark: number): number {
    return mark - zone.free - this.reclaim.cleanPages(zone);
  }

  /** do_try_to_free_pages_kswapd(). */
  private balance(on: KernelCpu, zones: readonly Zone[]): void {
    const { reclaim } = this;
    on.count(C.PAGEOUTRUN);
    for (const zone of zones) {
      const work = Math.max(this.short(zone, zone.marks.low), BATCH);
      if (needsLaundryWork(reclaim.pagesOf(zone))) reclaim.launder.rebalanceLaundry(on, zone, work, false);
      if (needsDirtyWork(reclaim.pagesOf(zone), zone.marks.high)) reclaim.launder.rebalanceDirty(on, zone, 4 * work);
      reclaim.rebalanceInactive(on, zone, Math.max(work, 4 * BATCH), 20);
    }
    const lowShort = zones.some((zone) => zone.layout.name !== 'HighMem' && this.short(zone, zone.marks.low) > 0);
    if (!lowShort) return;
    reclaim.shrinkers.prune(on, DEF_PRIORITY, true);
    reclaim.shrinkers.reap(on);
  }
}
