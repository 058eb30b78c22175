/**
 * No reverse map, 2.4.22: a page does not know its ptes. The kernel counts references alone (page_count), and swap_out()
 * scans address spaces for ptes to take away; so nothing is added, removed or found here, and whoever asks for the ptes
 * of a page has confused two kernels.
 */
import { invariant } from '../../base/errors.ts';
import type { KernelCpu } from '../cpu.ts';
import type { UnmapResult } from './rmap.ts';
import type { PageSide } from './sides.ts';

export class NoRmap implements PageSide {
  add(): void {
    // The caller's reference to the page is all there is.
  }

  remove(): void {
    // As add().
  }

  referenced(_on: KernelCpu, page: number): number {
    invariant(false, 'page_referenced() in a kernel without reverse maps', { page });
    return 0;
  }

  tryToUnmap(_on: KernelCpu, page: number): UnmapResult {
    invariant(false, 'try_to_unmap() in a kernel without reverse maps', { page });
    return 'fail';
  }

  moved(): boolean {
    return false;
  }

  ptesOf(): readonly number[] {
    return [];
  }
}
