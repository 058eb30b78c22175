/**
 * clear_user_highpage() and copy_user_highpage() of include/linux/highmem.h, 2.6.0 (2.4.22 has the same): a page that may lie
 * in highmem is mapped by kmap_atomic() while it is cleared or copied. Deviation: a page cluster is mapped as one page is.
 */
import type { KernelCpu } from '../cpu.ts';
import type { KernelParts } from '../parts.ts';

/** Clears a whole cluster, or `frames` 4 KiB from its start. */
export function clearHighpage(on: KernelCpu, { highmem, pages }: KernelParts, page: number, frames?: number): void {
  highmem.kmapAtomic(on, page, 'KM_USER0');
  pages.clear(on, page, frames);
  highmem.kunmapAtomic(on, page, 'KM_USER0');
}

/** Copies a whole cluster. */
export function copyHighpage(on: KernelCpu, { highmem, pages }: KernelParts, from: number, to: number): void {
  highmem.kmapAtomic(on, from, 'KM_USER0');
  highmem.kmapAtomic(on, to, 'KM_USER1');
  pages.copy(on, from, to);
  highmem.kunmapAtomic(on, from, 'KM_USER0');
  highmem.kunmapAtomic(on, to, 'KM_USER1');
}
