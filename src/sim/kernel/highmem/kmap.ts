/** How the kernel reaches highmem pages, whichever way it does: persistent pool, atomic slots, a task's own window. */
import type { KernelCpu } from '../cpu.ts';
import type { Mm } from '../mm/mm.ts';
import type { Task } from '../task.ts';

/** Slots of kmap_types.h that the memory manager uses; kmap-atomic.ts has all of them. */
export type KmType = 'KM_USER0' | 'KM_USER1' | 'KM_PTE0' | 'KM_PTE1' | 'KM_PTE2' | 'KM_BOUNCE_READ';
export type KmPteType = 'KM_PTE0' | 'KM_PTE1' | 'KM_PTE2';

export interface Highmem {
  /** True for a page without a permanent kernel address. */
  isHigh(page: number): boolean;
  /** kmap() and kunmap(): may sleep. Pages of low memory cost nothing. */
  kmap(on: KernelCpu, page: number): void;
  kunmap(on: KernelCpu, page: number): void;
  /** kmap_atomic() and its inverse, slot `type` of kmap_types.h. */
  kmapAtomic(on: KernelCpu, page: number, type: KmType): void;
  kunmapAtomic(on: KernelCpu, page: number, type: KmType): void;
  /** pte_offset_map(): reaches the pte page at `slot` of `mm` (UKVA: the own mm's are mapped already); and pte_unmap(). */
  mapPtes(on: KernelCpu, slot: number, mm: Mm | undefined, type: KmPteType): void;
  unmapPtes(on: KernelCpu, slot: number, mm: Mm | undefined, type: KmPteType): void;
  /** The pte page at `slot` no longer belongs to `mm`: its entry in a window of the mm changes (UKVA; else nothing). */
  forgetPtes(on: KernelCpu, slot: number, mm: Mm): void;
  /** Every way into the kernel (a system call, a fault) and out of it: 4G/4G loads CR3; else nothing. */
  enterKernel(on: KernelCpu): void;
  leaveKernel(on: KernelCpu): void;
  /** Before a copy from or to the user page `vpn` (copy_to_user()): 4G/4G walks the tables by hand; else nothing. */
  userPage(on: KernelCpu, mm: Mm, vpn: number): void;
  /** kswapd of the node at `place` begins and ends a piece of work: with a window of its own it maps highmem there. */
  enterWindow(on: KernelCpu, place: number): void;
  leaveWindow(on: KernelCpu): void;
  /** False for a task that holds pinned kmaps of the CPU it is on: it may not be moved (counted as a refusal). */
  mayMove(task: Task): boolean;
}
