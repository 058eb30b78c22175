/**
 * The kernel's locks by name, and what is known of each: acquisitions and time held. Waiting for one is not modelled
 * yet: a lock costs the transfer of its line and the atomic instruction, and is always free.
 */
const names = [
  'zone.lock',
  'zone.lru_lock',
  'pagemap_lru_lock',
  'page_table_lock',
  'mmap_sem',
  'i_shared_sem',
  'anon_vma.lock',
  'pte_chainlock',
  'pagecache_lock',
  'mapping.page_lock',
  'kmap_lock',
  'tlbstate_lock',
  'cache.lock',
  'swap_lock',
  'htlbpage_lock',
  'call_lock',
  'queue_lock',
  'page_address_lock',
  'pte_page_lock',
  'i_mmap_lock',
  'anonhd.lock',
  'runqueue_lock',
  'rq.lock',
  'tasklist_lock',
] as const;

export type LockName = (typeof names)[number];
export const lockNames: readonly LockName[] = names;
export const LOCK = Object.fromEntries(names.map((name, index) => [name, index])) as Readonly<Record<LockName, number>>;

export class LockTable {
  readonly acquisitions = new Float64Array(names.length);
  readonly heldNs = new Float64Array(names.length);
}
