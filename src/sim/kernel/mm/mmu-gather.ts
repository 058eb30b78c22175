/**
 * mmu_gather: pages that an unmap has taken out of page tables wait in the CPU's array until the TLBs are flushed, 506 at
 * a time; only then are they freed. With one CPU there is nothing to wait for, and each goes at once (fast mode). Source:
 * asm-generic/tlb.h and asm-i386/tlb.h of 2.6.0, where a flush of the gather is flush_tlb_mm(). Where the kernel has pagevecs,
 * pages are freed 16 at a time (free_pages_and_swap_cache(), release_pages()), else one by one.
 */
import { after, type KAddr } from '../../base/units.ts';
import type { KernelCpu } from '../cpu.ts';
import { FN } from '../functions.ts';
import { PG_SWAPCACHE } from '../page-flags.ts';
import type { KernelParts } from '../parts.ts';
import type { Mm } from './mm.ts';

/** FREE_PTE_NR on SMP. */
export const FREE_PTE_NR = 506;
const POINTER_BYTES = 4;
const POINTERS_A_LINE = 8;
/** CHUNK_SIZE of free_pages_and_swap_cache(): a pagevec. */
const CHUNK = 16;

/** One CPU's. */
export class MmuGather {
  private readonly pages = new Int32Array(FREE_PTE_NR);
  private count = 0;
  private needFlush = false;
  private mm: Mm | undefined;

  constructor(
    private readonly parts: KernelParts,
    /** One CPU is online. */
    private readonly fast: boolean,
    private readonly at: KAddr,
  ) {}

  /** tlb_gather_mmu(). */
  begin(mm: Mm): void {
    this.mm = mm;
    this.count = 0;
    this.needFlush = false;
  }

  /** tlb_remove_tlb_entry(): a translation went. */
  flushLater(): void {
    this.needFlush = true;
  }

  /** tlb_remove_page(): gives up a reference, after the flush. */
  remove(on: KernelCpu, page: number): void {
    this.needFlush = true;
    if (this.fast) {
      this.free(on, page);
      return;
    }
    on.write(after(this.at, this.count * POINTER_BYTES));
    this.pages[this.count++] = page;
    if (this.count === FREE_PTE_NR) this.flush(on);
  }

  /** tlb_finish_mmu(). */
  finish(on: KernelCpu): void {
    this.flush(on);
    this.mm = undefined;
  }

  private flush(on: KernelCpu): void {
    const { mm } = this;
    if (!this.needFlush || mm === undefined) return;
    const outer = on.enter(FN.tlb_finish_mmu);
    this.needFlush = false;
    this.parts.tlb.mm(on, mm);
    const { count } = this;
    this.count = 0;
    for (let from = 0; from < count; from += CHUNK) {
      const to = Math.min(count, from + CHUNK);
      for (let i = from; i < to; i += POINTERS_A_LINE) on.read(after(this.at, i * POINTER_BYTES));
      if (this.parts.traits.pagevecs) this.freeMany(on, from, to);
      else for (let i = from; i < to; i++) this.free(on, this.pages[i]);
    }
    on.leave(outer);
  }

  /** free_pages_and_swap_cache() of a chunk. */
  private freeMany(on: KernelCpu, from: number, to: number): void {
    for (let i = from; i < to; i++) this.freeSwapCache(on, this.pages[i]);
    this.parts.pages.putMany(on, this.pages.subarray(from, to), to - from);
  }

  /** free_page_and_swap_cache(). */
  private free(on: KernelCpu, page: number): void {
    this.freeSwapCache(on, page);
    this.parts.pages.put(on, page);
  }

  /** The swap cache lets go of a page that it alone would keep. */
  private freeSwapCache(on: KernelCpu, page: number): void {
    const { memMap, swap } = this.parts;
    if ((memMap.flags[page] & PG_SWAPCACHE) !== 0 && memMap.count[page] === 2) swap.removeExclusive(on, page);
  }
}

/** The gathers of all CPUs, in per-CPU data. */
export class MmuGathers {
  private readonly gathers = new Map<number, MmuGather>();
  private readonly fast: boolean;

  constructor(private readonly parts: KernelParts) {
    this.fast = parts.profile.machine.nodes.reduce((sum, node) => sum + node.cpus, 0) === 1;
  }

  begin(on: KernelCpu, mm: Mm): MmuGather {
    let gather = this.gathers.get(on.cpu);
    if (gather === undefined) {
      gather = new MmuGather(this.parts, this.fast, this.parts.data.claim(FREE_PTE_NR * POINTER_BYTES));
      this.gathers.set(on.cpu, gather);
    }
    gather.begin(mm);
    return gather;
  }
}
