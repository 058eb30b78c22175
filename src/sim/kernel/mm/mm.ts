/** An address space: mm_struct of include/linux/sched.h, 2.6.0. */
import type { KAddr } from '../../base/units.ts';
import type { PageTable } from '../../hardware/page-table.ts';
import type { Vma } from './vma.ts';

export class Mm {
  /** By address, not overlapping. */
  readonly vmas: Vma[] = [];
  /** mm_users: tasks that run in it. */
  users = 0;
  /** Pages (4 KiB) present. */
  rss = 0;
  /** Pages mapped by vmas, and locked in memory. */
  totalVm = 0;
  lockedVm = 0;
  /** pte pages that its upper entries point to (mm->ptepages of shared page tables). */
  ptePages = 0;
  /** Heap: first vpn and end. */
  startBrk = 0;
  brk = 0;
  /** Where the next mmap without an address goes (free_area_cache). */
  mmapBase = 0;
  /** CPUs whose TLB may hold its translations (cpu_vm_mask), by number. */
  readonly cpus = new Set<number>();
  /** Slab object of mm_struct and where it lies; page_table_lock and mmap_sem are in it. */
  at: KAddr = 0 as KAddr;
  object = -1;
  /** Place of the node whose copy of the kernel's text its page tables map (text/replication.ts); -1: as the kernel's own. */
  kernelTextNode = -1;
  /** Reverse map's own business (anonmm). */
  anon: unknown = undefined;
  /** vmas looked up last (mmap_cache). */
  cached: Vma | undefined;

  constructor(
    /** From 1; 0 is no mm. */
    readonly id: number,
    readonly table: PageTable,
  ) {
    table.owner = id;
  }

  /** Index of the vma that ends above `vpn`, as find_vma() has it: vmas.length where there is none. */
  indexAbove(vpn: number): number {
    let low = 0;
    let high = this.vmas.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.vmas[middle].end > vpn) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The vma that a virtual page lies in, or undefined. Costs nothing: see findVma() for what the kernel pays. */
  vmaAt(vpn: number): Vma | undefined {
    const cached = this.cached;
    if (cached !== undefined && cached.start <= vpn && vpn < cached.end) return cached;
    const vma = this.vmas[this.indexAbove(vpn)];
    if (vma === undefined || vma.start > vpn) return undefined;
    this.cached = vma;
    return vma;
  }
}
