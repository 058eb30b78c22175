/**
 * kscand: goes through the active lists now and then and moves pages that were used to higher ages; mm/vmscan.c of
 * 2.4.21-rhel3. How often depends on how fast ages move down: the interval of a zone halves (0.5 s at least) where they did
 * twice or more since the last time, and grows by half (300 s at most) where they did not. The first interval, 1 s, is assumed.
 */
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import type { KernelParts } from '../parts.ts';
import type { Zone } from '../zone.ts';
import { AGE_STEP, type AgedLists, ANON, CACHE, type Kind, MAX_AGE } from './aged-lists.ts';
import type { LruLock } from './lru-lock.ts';
import { pageReferenced } from './page-state.ts';
import type { KernelThread } from './reclaim.ts';

const SECOND = 1e9;
export const LEAST_INTERVAL = SECOND / 2;
export const MOST_INTERVAL = 300 * SECOND;
const STEP_PAGES = 64;

/** The interval that follows one in which ages moved down `needScan` times. */
export function nextInterval(interval: number, needScan: number): number {
  if (needScan >= 2) return Math.max(interval / 2, LEAST_INTERVAL);
  return needScan === 0 ? Math.min(interval * 1.5, MOST_INTERVAL) : interval;
}

/** What is left of a list to be scanned. */
interface Work {
  readonly zone: Zone;
  readonly kind: Kind;
  readonly age: number;
  left: number;
}

export class Kscand implements KernelThread {
  readonly name = 'kscand';
  readonly cpus: readonly number[];
  private readonly intervals: Float64Array;
  private readonly next: Float64Array;
  private work: Work[] = [];
  /** No zone is due before. */
  private soonest = SECOND;

  constructor(
    private readonly parts: KernelParts,
    private readonly lists: AgedLists,
    private readonly lock: LruLock,
  ) {
    const cpus = parts.profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0);
    this.cpus = Array.from({ length: cpus }, (_, cpu) => cpu);
    this.intervals = new Float64Array(parts.allZones.length).fill(SECOND);
    this.next = new Float64Array(parts.allZones.length).fill(SECOND);
  }

  /** Sleeps where no page is active; else until the first zone is due. */
  get wakesAt(): number {
    if (this.work.length > 0) return 0;
    let first = Infinity;
    for (const zone of this.parts.allZones) {
      if (this.pagesOf(zone) > 0) first = Math.min(first, this.next[zone.number]);
    }
    return first;
  }

  ready(now: number): boolean {
    return this.work.length > 0 || (now >= this.soonest && now >= this.wakesAt);
  }

  /** speedup_aging(): ages have moved down more than three times, so the zone is due soon. */
  speedUp(zone: number, now: number): void {
    if (this.lists.needScan[zone] <= 3) return;
    this.next[zone] = Math.min(this.next[zone], now + LEAST_INTERVAL);
    this.soonest = Math.min(this.soonest, this.next[zone]);
  }

  step(on: KernelCpu): void {
    if (this.work.length === 0) this.plan(on.now);
    for (let left = STEP_PAGES; left > 0 && this.work.length > 0;) {
      const work = this.work[0];
      const count = Math.min(left, work.left);
      this.scan(on, work, count);
      work.left -= count;
      left -= Math.max(1, count);
      if (work.left <= 0) this.work.shift();
    }
  }

  private plan(now: number): void {
    for (const zone of this.parts.allZones) {
      const { number } = zone;
      if (this.next[number] > now) continue;
      for (const kind of [ANON, CACHE] as const) {
        if (!this.lists.needsScan(number, kind)) continue;
        for (let age = MAX_AGE - 1; age >= 0; age--) {
          const left = this.lists.pagesOfAge(number, kind, age);
          if (left > 0) this.work.push({ zone, kind, age, left });
        }
      }
      this.intervals[number] = nextInterval(this.intervals[number], this.lists.needScan[number]);
      this.lists.needScan[number] = 0;
      this.next[number] = now + this.intervals[number];
    }
    this.soonest = Math.min(...this.next);
  }

  /** scan_active_list(): `count` pages of a list from its tail. */
  private scan(on: KernelCpu, { zone, kind, age }: Work, count: number): void {
    const outer = on.enter(FN.scan_active_list);
    const { lists } = this;
    this.lock.lock(on, zone.number);
    for (let i = 0; i < count; i++) {
      const page = lists.oldest(on, zone.number, kind, age);
      if (page < 0) break;
      if (pageReferenced(on, this.parts, page)) {
        lists.remove(on, page);
        lists.addActive(on, page, Math.min(MAX_AGE, age + AGE_STEP), kind);
      } else lists.rotate(on, page);
    }
    this.lock.unlock(on, zone.number);
    on.leave(outer);
  }

  private pagesOf({ number }: Zone): number {
    return this.lists.activePages(number, ANON) + this.lists.activePages(number, CACHE);
  }
}
