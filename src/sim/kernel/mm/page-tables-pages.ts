/**
 * The pages that hold ptes: taken from low memory or, with highpte, from highmem, cleared, entered in an upper entry, and
 * given back when no upper entry points at them. The struct page of such a page means what shared page tables made of it
 * (McCracken, 2.5.43): page_count is the number of upper entries that point at it, ->index its first virtual page, and a
 * list names the mms that use it: one directly, several in a struct mm_chain of two words each, the newest first. Without
 * sharing the same fields stand for 2.6.0's pgtable_add_rmap(). Source: asm-i386/pgalloc.h, asm-generic/rmap.h of 2.6.0;
 * mm/rmap.c of shpte-2.5.43-mm2-4.
 */
import { invariant } from '../../base/errors.ts';
import { KIB } from '../../base/units.ts';
import { GFP_ATOMIC_NOWARN, GFP_HIGHUSER, GFP_KERNEL } from '../alloc/gfp.ts';
import type { SlabCache } from '../alloc/slab.ts';
import type { KernelCpu } from '../cpu.ts';
import { clearHighpage } from '../highmem/highpage.ts';
import { OWNER, PG_PTEPAGE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import { PackedPtePages } from './cluster-pte-pages.ts';
import type { Mm } from './mm.ts';
import { PteLock } from './pte-lock.ts';

/** sizeof(struct mm_chain): next and mm. */
const MM_CHAIN_BYTES = 8;

export class PteTablePages {
  /** Mms whose upper entries point at a pte page, by its number in the pool. */
  private readonly users: Mm[][] = [];
  /** Elements of each pte page's list of mms (slab objects), one for each of `users`; none while one mm uses it. */
  private readonly elements: number[][] = [];
  /** Pte pages whose private pages were copied by unshares while more than one other mm went on sharing them. */
  readonly copied = new Set<number>();
  readonly locks: PteLock;
  private readonly packed: PackedPtePages | undefined;
  private chain: SlabCache | undefined;
  private held = 0;

  constructor(private readonly parts: KernelParts) {
    this.locks = new PteLock(parts);
    const { mmuShift, packPtePages } = parts.traits;
    this.packed = mmuShift > 0 && packPtePages ? new PackedPtePages(parts) : undefined;
  }

  /** Page clusters that hold ptes (nr_page_table_pages). */
  get pages(): number {
    return this.held;
  }

  /** PageTables of /proc/meminfo, kB. */
  get kilobytes(): number {
    return (this.held << this.parts.memMap.shift) * (4096 / KIB);
  }

  mmsOf(ptePage: number): readonly Mm[] {
    return this.users[ptePage];
  }

  /** The page whose struct page describes a pte page. */
  pageOf(ptePage: number): number {
    return this.parts.memMap.pageOf(this.parts.ptePages.slots[ptePage]);
  }

  /** pte_alloc_one(): an empty pte page for the span of `vpn`, with one reference, which is the first upper entry's. */
  make(on: KernelCpu, vpn: number): number {
    const { ptePages } = this.parts;
    const baseVpn = vpn - (vpn & (ptePages.entries - 1));
    const ptePage = ptePages.make(this.frame(on, baseVpn), baseVpn);
    this.users[ptePage] = [];
    this.elements[ptePage] = [];
    return ptePage;
  }

  /**
   * The same with the page_table_lock that the caller holds let go meanwhile: the request may have to wait. Nothing that
   * runs then makes pte pages, so what the kernel looks for afterwards, one that came first, is never there.
   */
  makeUnlocked(on: KernelCpu, mm: Mm, vpn: number): number {
    on.unlock('page_table_lock', mm.at);
    const ptePage = this.make(on, vpn);
    on.lock('page_table_lock', mm.at);
    return ptePage;
  }

  /** Slot of a cleared frame: a page of its own, or a piece of one where pte pages are packed. */
  private frame(on: KernelCpu, baseVpn: number): number {
    const { memMap, pages, traits } = this.parts;
    const piece = this.packed?.take(on) ?? -1;
    if (piece >= 0) {
      clearHighpage(on, this.parts, memMap.pageOf(piece), 1);
      return piece;
    }
    const page = pages.alloc(on, traits.highpte ? GFP_HIGHUSER : GFP_KERNEL, 0, OWNER['page tables']);
    invariant(page >= 0, 'a request that may wait came back without a page', { baseVpn });
    clearHighpage(on, this.parts, page, this.packed === undefined ? undefined : 1);
    this.packed?.open(page);
    memMap.flags[page] |= PG_PTEPAGE;
    memMap.index[page] = baseVpn;
    on.write(memMap.addressOf(page));
    this.held++;
    return memMap.slotOf(page);
  }

  /**
   * pmd_populate() with pgtable_add_rmap(): points the mm's upper entry at a pte page; every user after the first takes a
   * reference. The caller holds page_table_lock of `locked`, which is let go where memory for the list of mms has to be
   * waited for.
   */
  attach(on: KernelCpu, mm: Mm, vpn: number, ptePage: number, writable: boolean, locked = mm): void {
    this.locks.lockPage(on, ptePage);
    this.attachLocked(on, mm, vpn, ptePage, writable, locked);
    this.locks.unlockPage(on, ptePage);
  }

  /** The same under pte_page_lock. */
  attachLocked(on: KernelCpu, mm: Mm, vpn: number, ptePage: number, writable: boolean, locked = mm): void {
    const { pages, ptePages } = this.parts;
    if (ptePages.sharers[ptePage] > 0) {
      pages.get(on, this.pageOf(ptePage));
      this.list(on, ptePage, locked);
    }
    this.users[ptePage].push(mm);
    mm.table.attach(vpn, ptePage, writable);
    mm.ptePages++;
    on.write(mm.table.upperEntryAddress(vpn));
    on.write(mm.at);
  }

  /**
   * pmd_clear() with pgtable_remove_rmap(), under pte_page_lock: the mm uses the pte page no more. The reference that its upper entry held is the caller's to give up
   * (drop() or, after the TLBs are flushed, the gather).
   */
  detach(on: KernelCpu, mm: Mm, vpn: number): number {
    const ptePage = mm.table.detach(vpn);
    const users = this.users[ptePage];
    const place = users.indexOf(mm);
    users.splice(place, 1);
    mm.ptePages--;
    on.write(mm.table.upperEntryAddress(vpn));
    this.unlist(on, ptePage, place);
    this.parts.highmem.forgetPtes(on, this.parts.ptePages.slots[ptePage], mm);
    return ptePage;
  }

  /**
   * Forgets a pte page that no upper entry points at any more: its entries are empty. Returns the page whose reference is
   * to be given up.
   */
  retire(on: KernelCpu, ptePage: number): number {
    const { ptePages, memMap } = this.parts;
    const page = this.pageOf(ptePage);
    if (ptePages.sharers[ptePage] > 0) return page;
    invariant(ptePages.present[ptePage] === 0, 'a pte page goes with ptes in it', { ptePage });
    const slot = ptePages.slots[ptePage];
    ptePages.drop(ptePage);
    this.copied.delete(ptePage);
    if (this.packed?.give(slot) === false) return page;
    memMap.flags[page] &= ~PG_PTEPAGE;
    memMap.index[page] = 0;
    on.write(memMap.addressOf(page));
    this.held--;
    return page;
  }

  /** The list of mms grows by one: the second user makes an element for the first too. */
  private list(on: KernelCpu, ptePage: number, locked: Mm): void {
    const elements = this.elements[ptePage];
    const chain = this.chainCache();
    const missing = this.users[ptePage].length + 1 - elements.length;
    for (let i = 0; i < missing; i++) {
      const element = this.element(on, chain, ptePage, locked);
      on.write(chain.addressOf(element));
      elements.push(element);
    }
    on.write(this.parts.memMap.addressOf(this.pageOf(ptePage)));
  }

  private element(on: KernelCpu, chain: SlabCache, ptePage: number, locked: Mm): number {
    const atOnce = chain.alloc(on, GFP_ATOMIC_NOWARN);
    if (atOnce >= 0) return atOnce;
    this.locks.unlockPage(on, ptePage);
    on.unlock('page_table_lock', locked.at);
    const element = chain.alloc(on);
    on.lock('page_table_lock', locked.at);
    this.locks.lockPage(on, ptePage);
    invariant(element >= 0, 'a request that may wait came back without an element', {});
    return element;
  }

  /** The list loses the mm at `place`, which is looked for from the newest on; the last user but one takes all elements along. */
  private unlist(on: KernelCpu, ptePage: number, place: number): void {
    const elements = this.elements[ptePage];
    on.write(this.parts.memMap.addressOf(this.pageOf(ptePage)));
    if (elements.length === 0) return;
    const chain = this.chainCache();
    for (let at = elements.length - 1; at >= place; at--) on.read(chain.addressOf(elements[at]));
    if (place + 1 < elements.length) on.write(chain.addressOf(elements[place + 1]));
    for (const element of elements.splice(place, 1)) chain.free(on, element);
    if (elements.length > 1) return;
    for (const element of elements.splice(0)) {
      on.read(chain.addressOf(element));
      chain.free(on, element);
    }
  }

  private chainCache(): SlabCache {
    return (this.chain ??= this.parts.slabs.cache('mm_chain', MM_CHAIN_BYTES));
  }
}
