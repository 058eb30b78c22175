/** How the kernel reaches highmem pages, whichever way it does: persistent pool, atomic slots, a task's own window. */
import type { KernelCpu } from '../cpu.ts';
import type { Mm } from '../mm/mm.ts';

export interface Highmem {
  /** True for a page without a permanent kernel address. */
  isHigh(page: number): boolean;
  /** kmap() and kunmap(): may sleep. Pages of low memory cost nothing. */
  kmap(on: KernelCpu, page: number): void;
  kunmap(on: KernelCpu, page: number): void;
  /** kmap_atomic() and its inverse, slot `type` of kmap_types.h. */
  kmapAtomic(
    on: KernelCpu,
    page: number,
    type: 'KM_USER0' | 'KM_USER1' | 'KM_PTE0' | 'KM_PTE1' | 'KM_PTE2' | 'KM_BOUNCE_READ',
  ): void;
  kunmapAtomic(
    on: KernelCpu,
    page: number,
    type: 'KM_USER0' | 'KM_USER1' | 'KM_PTE0' | 'KM_PTE1' | 'KM_PTE2' | 'KM_BOUNCE_READ',
  ): void;
  /** pte_offset_map(): reaches the pte page at `slot` of `mm` (UKVA: the own mm's are mapped already); and pte_unmap(). */
  mapPtes(on: KernelCpu, slot: number, mm: Mm | undefined, type: 'KM_PTE0' | 'KM_PTE1' | 'KM_PTE2'): void;
  unmapPtes(on: KernelCpu, slot: number, mm: Mm | undefined, type: 'KM_PTE0' | 'KM_PTE1' | 'KM_PTE2'): void;
}
