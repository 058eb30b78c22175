/**
 * KVA remap: node-local mem_maps in windows of low memory's address space. Source: 2.6.0 arch/i386/mm/discontig.c,
 * calculate_numa_remap_pages(). For each node but the boot node the window takes (frames / cluster + 1) struct pages,
 * rounded up to a large page, from the end of the node's own memory; the sum lowers max_low_pfn.
 *
 * Deviation: the pgdat at the start of each window is left out (any size below 90,068 bytes changes nothing on the
 * published boxes); a node without memory has no window.
 */
import { FRAME_BYTES } from '../../base/units.ts';
import type { NodeSpan } from './spans.ts';

export interface KvaWindow {
  /** Index of the node. */
  readonly node: number;
  readonly pages: number;
  /** First of the node's own frames that the window maps: the last `pages` of its memory. */
  readonly startPfn: number;
  /** Address in the direct map's space, as a frame number from PAGE_OFFSET. */
  readonly windowPfn: number;
}

interface KvaRule {
  readonly structPageBytes: number;
  /** 4 KiB frames per page cluster. */
  readonly clusterFrames: number;
  readonly largePageFrames: number;
}

/** 4 KiB frames that a node's mem_map takes as a window: whole large pages. */
function kvaPagesOf(nodeFrames: number, rule: KvaRule): number {
  const bytes = (Math.floor(nodeFrames / rule.clusterFrames) + 1) * rule.structPageBytes;
  return Math.ceil(bytes / (rule.largePageFrames * FRAME_BYTES)) * rule.largePageFrames;
}

/**
 * The windows of all nodes but `bootNode`, in the nodes' order. They run downwards: the first ends at `maxmemPfn`, the
 * last starts at max_low_pfn = maxmemPfn - the sum of their pages (which may come out negative: then nothing boots).
 */
export function kvaWindows(
  spans: readonly NodeSpan[],
  bootNode: number,
  maxmemPfn: number,
  rule: KvaRule,
): KvaWindow[] {
  const windows: KvaWindow[] = [];
  let windowPfn = maxmemPfn;
  for (const span of spans) {
    const frames = span.endPfn - span.startPfn;
    if (span.index === bootNode || frames === 0) continue;
    const pages = kvaPagesOf(frames, rule);
    windowPfn -= pages;
    windows.push({ node: span.index, pages, startPfn: span.endPfn - pages, windowPfn });
  }
  return windows;
}
