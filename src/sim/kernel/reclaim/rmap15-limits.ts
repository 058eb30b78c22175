/**
 * When rmap15 does what: shares of the page cache, and the triggers of its laundry; need_rebalance_dirty(),
 * need_rebalance_laundry(), refill_inactive_zone() and free_limit() of 2.4.21-rhel3. Whole numbers of pages, as the kernel divides.
 */

/** BATCH_WORK_AMOUNT. */
export const BATCH = 64;
/** inactive_clean_percent. */
export const INACTIVE_CLEAN_PERCENT = 30;
/** cache_limits: the page cache's share of the active pages, per cent. */
export const CACHE_LIMITS = { min: 1, borrow: 15, max: 30 } as const;
/** INACTIVE_FACTOR: a fifth (20 %) of the active pages. */
const INACTIVE_FACTOR = 5;

/** Pages of a zone by state. */
export interface ZonePages {
  readonly free: number;
  readonly anon: number;
  readonly cache: number;
  readonly dirty: number;
  readonly laundry: number;
  readonly clean: number;
}

const percent = (pages: number, of: number): number => Math.floor((pages * of) / 100);

/** Too little is being cleaned or is clean. `high`: the zone's mark. */
export function needsDirtyWork({ free, dirty, laundry, clean }: ZonePages, high: number): boolean {
  return percent(dirty, INACTIVE_CLEAN_PERCENT) > laundry + clean || Math.floor(laundry / 2) + clean + free < high;
}

export function needsLaundryWork({ laundry, clean }: ZonePages): boolean {
  return laundry > clean;
}

/** cache_ratio(): the page cache's share of active pages, per cent. */
export function cacheRatio({ anon, cache }: ZonePages): number {
  return Math.floor((100 * cache) / (cache + anon + 1));
}

/** Of `target` pages to deactivate, how many are to be page cache. */
export function cacheWork({ anon, cache }: ZonePages, target: number): number {
  const total = anon + cache;
  const low = percent(total, CACHE_LIMITS.min);
  const high = percent(total, CACHE_LIMITS.max);
  if (cache < low) return 0;
  if (cache > high) return target;
  const goal = Math.max(low, Math.min(high, percent(total, CACHE_LIMITS.borrow)));
  const share =
    cache >= goal
      ? 50 + Math.floor(((cache - goal) * 50) / (total - goal + 1))
      : 50 - (Math.floor(((goal - cache) * 50) / goal) + 1);
  return percent(target, share);
}

/** inactive_low(): how many free and inactive pages the zone is short of. */
export function inactiveShortage({ free, anon, cache, dirty, laundry, clean }: ZonePages, high: number): number {
  return high + Math.floor((anon + cache) / INACTIVE_FACTOR) - (free + clean + dirty + laundry);
}

/** True where free and inactive pages are less than `goal` per cent of the zone's. */
export function belowGoal({ free, anon, cache, dirty, laundry, clean }: ZonePages, goal: number): boolean {
  const inactive = dirty + laundry + clean + free;
  return inactive * 100 < (anon + cache + inactive) * goal;
}
