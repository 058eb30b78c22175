/**
 * Dirty pages go to disk: pdflush with background_writeout() and wb_kupdate(), and writers that have to help
 * (balance_dirty_pages()); mm/page-writeback.c of 2.6.0. 2.4's bdflush and kupdate do the same by their own limits
 * (bdf_prm: 30 and 60 % of memory), which stand in for the sysctls there.
 *
 * A step writes up to 64 pages. Deviations: an inode's age counts from the first look of the periodic writeback, up to 5 s
 * late; pages dirty in ptes alone are not seen until they are unmapped (as in 2.6.0).
 */
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { AddressSpace } from '../mm/address-space.ts';
import { PG_DIRTY, PG_WRITEBACK } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { MappedPages } from './mapped-pages.ts';
import { writePage } from './page-state.ts';
import type { KernelThread } from './reclaim.ts';
import { TENTH, type Writeback } from './writeback.ts';

const SECOND = 1e9;
/** dirty_writeback_centisecs and dirty_expire_centisecs. */
const PERIOD = 5 * SECOND;
const EXPIRES = 30 * SECOND;
const STEP_PAGES = 64;

export interface DirtyLimits {
  /** Pages above which pdflush writes, and above which writers do. */
  readonly background: number;
  readonly dirty: number;
}

/** get_dirty_limits(): of `total` pages, `mapped` of which are in use by processes. Ratios are percentages. */
export function dirtyLimits(total: number, mapped: number, dirtyRatio: number, backgroundRatio: number): DirtyLimits {
  const unmappedRatio = 100 - Math.floor((mapped * 100) / total);
  const dirty = Math.max(5, Math.min(dirtyRatio, Math.floor(unmappedRatio / 2)));
  const background = backgroundRatio >= dirty ? Math.floor(dirty / 2) : backgroundRatio;
  return { background: Math.floor((background * total) / 100), dirty: Math.floor((dirty * total) / 100) };
}

export class FlusherThread implements KernelThread {
  readonly name = 'pdflush';
  readonly cpus: readonly number[];
  /** Pages still to be written in the background, beyond what the limits ask for. */
  private wanted = 0;
  private overBackground = false;
  private sleepsUntil = 0;
  private nextPeriod = PERIOD;
  /** When a file with dirty pages was first seen so, by number of its address_space. */
  private readonly dirtySince = new Map<number, number>();
  /** Pages made dirty by each CPU since it last looked at the limits. */
  private readonly ratelimits: Int32Array;
  private readonly ratelimit: number;
  private exceeded = false;

  constructor(
    private readonly parts: KernelParts,
    private readonly writeback: Writeback,
    private readonly mapped: MappedPages,
  ) {
    const cpus = parts.profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
    this.cpus = Array.from({ length: cpus }, (_, cpu) => cpu);
    this.ratelimits = new Int32Array(cpus);
    const most = (4096 * 1024) / (4096 << parts.traits.mmuShift);
    this.ratelimit = Math.min(most, Math.max(16, Math.floor(mapped.total / (cpus * 32))));
  }

  private get limits(): DirtyLimits {
    const { sysctl, traits } = this.parts;
    const { total } = this.mapped;
    if (traits.reclaim === '2.6.0') {
      return dirtyLimits(total, this.mapped.pages, sysctl.dirty_ratio, sysctl.dirty_background_ratio);
    }
    return { background: Math.floor((total * 30) / 100), dirty: Math.floor((total * 60) / 100) };
  }

  get wakesAt(): number {
    if (this.parts.pageCache.dirtyPages === 0) return Infinity;
    if (this.wanted > 0 || this.overBackground) return this.sleepsUntil;
    return Math.max(this.nextPeriod, this.sleepsUntil);
  }

  ready(now: number): boolean {
    return now >= this.wakesAt;
  }

  /** wakeup_bdflush(): so many pages are to be written. */
  wake(pages: number): void {
    this.wanted = Math.min(this.parts.pageCache.dirtyPages, Math.max(this.wanted, pages));
  }

  step(on: KernelCpu): void {
    const outer = on.enter(FN.pdflush);
    this.writeback.settle(on);
    if (on.now >= this.nextPeriod) this.period(on);
    else {
      const written = this.writeFiles(on, STEP_PAGES, undefined);
      this.wanted = written === 0 ? 0 : Math.max(0, this.wanted - written);
      const { dirtyPages } = this.parts.pageCache;
      this.overBackground = written > 0 && dirtyPages > this.limits.background;
    }
    if (this.wanted > 0 || this.overBackground) this.sleepsUntil = this.untilUncongested(on);
    on.leave(outer);
  }

  /** balance_dirty_pages_ratelimited(): one more page is dirty. */
  throttle(on: KernelCpu): void {
    const limit = this.exceeded ? 8 : this.ratelimit;
    if (this.ratelimits[on.cpu]++ < limit) return;
    this.ratelimits[on.cpu] = 0;
    const outer = on.enter(FN.balance_dirty_pages);
    this.balance(on);
    on.leave(outer);
  }

  private balance(on: KernelCpu): void {
    const { pageCache } = this.parts;
    const chunk = this.ratelimit + (this.ratelimit >> 1);
    let written = 0;
    const { background, dirty } = this.limits;
    for (;;) {
      this.writeback.settle(on);
      this.exceeded = pageCache.dirtyPages + this.writeback.pages > dirty;
      if (!this.exceeded || written >= chunk) break;
      if (pageCache.dirtyPages > 0) written += this.writeFiles(on, chunk - written, undefined);
      if (pageCache.dirtyPages + this.writeback.pages <= dirty || written >= chunk) continue;
      const before = on.now;
      this.writeback.congestionWait(on, TENTH);
      if (on.now === before) break;
    }
    if (pageCache.dirtyPages > background) this.overBackground = true;
  }

  /** wb_kupdate(): files that have been dirty for 30 seconds. */
  private period(on: KernelCpu): void {
    const { now } = on;
    for (const [id, space] of this.parts.spaces) {
      if (space.dirty.size === 0) this.dirtySince.delete(id);
      else if (!this.dirtySince.has(id)) this.dirtySince.set(id, now);
    }
    const written = this.writeFiles(on, STEP_PAGES, now - EXPIRES);
    // What is left over goes on at once, as wb_kupdate()'s loop does.
    if (written < STEP_PAGES) this.nextPeriod = (Math.floor(now / PERIOD) + 1) * PERIOD;
    else this.sleepsUntil = this.untilUncongested(on);
  }

  private untilUncongested(on: KernelCpu): number {
    const { block } = this.parts;
    for (let device = 0; device < block.devices; device++) {
      if (block.congested(device, on.now)) return this.writeback.congestionEnds(on.now, TENTH);
    }
    return on.now;
  }

  /** writeback_inodes(): up to `most` dirty pages of files (dirty since `before` or earlier, where given); how many. */
  private writeFiles(on: KernelCpu, most: number, before: number | undefined): number {
    const outer = on.enter(FN.writeback_inodes);
    let left = most;
    for (const [id, space] of this.parts.spaces) {
      if (left === 0) break;
      if (space.dirty.size === 0 || space.kind !== 'file') continue;
      if (before !== undefined && (this.dirtySince.get(id) ?? Infinity) > before) continue;
      left -= this.writeFile(on, space, left);
    }
    on.leave(outer);
    return most - left;
  }

  private writeFile(on: KernelCpu, space: AddressSpace, most: number): number {
    const { memMap } = this.parts;
    let written = 0;
    on.read(space.at);
    for (const index of space.dirty) {
      if (written === most) break;
      const page = (space.pages.get(index) ?? 0) - 1;
      if ((memMap.flags[page] & (PG_DIRTY | PG_WRITEBACK)) !== PG_DIRTY) continue;
      on.read(memMap.addressOf(page));
      writePage(on, this.parts, page);
      written++;
    }
    return written;
  }
}
