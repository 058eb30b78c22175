/**
 * The kernel's locks by name, and what is known of each: acquisitions, time held, and of the schedulers' locks how often and
 * how long CPUs waited for them (lock-waits.ts). Waiting for the others is not modelled yet: such a lock costs the transfer
 * of its line and the atomic instruction, and is always free.
 */
import { LockWaits } from './lock-waits.ts';

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
  'shared_policy.lock',
  'binding.lock',
] as const;

export type LockName = (typeof names)[number];
export const lockNames: readonly LockName[] = names;
export const LOCK = Object.fromEntries(names.map((name, index) => [name, index])) as Readonly<Record<LockName, number>>;

/**
 * Locks that are given back by a locked instruction too: bits of a word that others change (clear_bit()), semaphores and
 * read-write locks (asm-i386/bitops.h, rwsem.h, rwlock.h of 2.6.0). A spinlock is given back by a plain store. Deviation: the
 * i_shared_lock of 2.4, a spinlock, goes by the name of i_shared_sem and is given back as that is.
 */
const lockedRelease: readonly LockName[] = [
  'pte_chainlock',
  'pte_page_lock',
  'mmap_sem',
  'i_shared_sem',
  'tasklist_lock',
];

/** Semaphores: who finds one taken sleeps. */
const sleeping: readonly LockName[] = ['mmap_sem', 'i_shared_sem'];

/** Locks that one waits for where they are held. */
const waiting: readonly LockName[] = ['runqueue_lock', 'rq.lock'];

export class LockTable {
  readonly acquisitions = new Float64Array(names.length);
  readonly heldNs = new Float64Array(names.length);
  /** Acquisitions that had to wait, and how long they did. */
  readonly contended = new Float64Array(names.length);
  readonly waitNs = new Float64Array(names.length);
  /** 1 for locks that one waits for. */
  readonly waited = Uint8Array.from(names, (name) => (waiting.includes(name) ? 1 : 0));
  /** 1 for locks that are given back by a locked instruction. */
  readonly lockedRelease = Uint8Array.from(names, (name) => (lockedRelease.includes(name) ? 1 : 0));
  /** 1 for semaphores. */
  readonly sleeps = Uint8Array.from(names, (name) => (sleeping.includes(name) ? 1 : 0));
  readonly waits = new LockWaits();
}
