/** What a request for pages says: include/linux/gfp.h. */
export type GfpZone = 'GFP_HIGHUSER' | 'GFP_KERNEL' | 'GFP_DMA';

export interface Gfp {
  readonly zone: GfpZone;
  /** May sleep: reclaim and wait (__GFP_WAIT). */
  readonly wait: boolean;
  /** Emergency pools (__GFP_HIGH). */
  readonly high: boolean;
  /** __GFP_NORETRY: fails rather than to go round again. */
  readonly noRetry: boolean;
  /** A page that the CPU will not touch soon: from the cold list (__GFP_COLD). */
  readonly cold?: boolean;
  /** __GFP_NOWARN: the caller has another way where it fails, so that the failure counts for nothing. */
  readonly noWarn?: boolean;
}

const gfp = (zone: GfpZone, wait: boolean, high: boolean): Gfp => ({ zone, wait, high, noRetry: false });

export const GFP_HIGHUSER = gfp('GFP_HIGHUSER', true, false);
export const GFP_KERNEL = gfp('GFP_KERNEL', true, false);
export const GFP_ATOMIC = gfp('GFP_KERNEL', false, true);
/** For what is asked for again with the locks let go. */
export const GFP_ATOMIC_NOWARN: Gfp = { ...GFP_ATOMIC, noWarn: true };
export const GFP_DMA = gfp('GFP_DMA', true, false);
/** page_cache_alloc_cold(): for pages that a disk fills. */
export const GFP_HIGHUSER_COLD: Gfp = { ...GFP_HIGHUSER, cold: true };
