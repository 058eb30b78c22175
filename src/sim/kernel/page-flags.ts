/** Bits of page->flags that the lab's kernels look at (include/linux/page-flags.h of 2.6.0, and what others add). */
export const PG_LOCKED = 1 << 0;
export const PG_REFERENCED = 1 << 1;
export const PG_DIRTY = 1 << 3;
export const PG_LRU = 1 << 4;
export const PG_ACTIVE = 1 << 5;
export const PG_SLAB = 1 << 6;
export const PG_WRITEBACK = 1 << 8;
export const PG_SWAPCACHE = 1 << 9;
/** The rmap word is a pte, not a chain (pte_chain kernels). */
export const PG_DIRECT = 1 << 10;
/** The page is anonymous (2.6.7: page->mapping is its anon object). */
export const PG_ANON = 1 << 11;
/** The page holds ptes (shared page tables). */
export const PG_PTEPAGE = 1 << 12;
export const PG_RECLAIM = 1 << 13;
/** rmap15's lists. */
export const PG_INACTIVE_DIRTY = 1 << 14;
export const PG_INACTIVE_LAUNDRY = 1 << 15;
export const PG_INACTIVE_CLEAN = 1 << 16;
export const PG_ACTIVE_ANON = 1 << 17;
export const PG_ACTIVE_CACHE = 1 << 18;
/** Has buffer heads. */
export const PG_PRIVATE = 1 << 20;

/** What a page is used for, for the reports: who owns the pages of a zone. */
const owners = [
  'free',
  'reserved',
  'anonymous',
  'page cache',
  'shared memory',
  'page tables',
  'slab',
  'kernel stacks',
  'hugetlb',
  'kernel other',
] as const;
export type PageOwner = (typeof owners)[number];
export const ownerNames: readonly PageOwner[] = owners;
export const OWNER = Object.fromEntries(owners.map((name, index) => [name, index])) as Readonly<
  Record<PageOwner, number>
>;
