/**
 * Cuts each node's memory into zones: DMA below the DMA limit, Normal up to max_low_pfn, HighMem above, each without
 * the frames at the node's end that hold its own remapped mem_map. Source: 2.6.0 arch/i386/mm/discontig.c,
 * zone_sizes_init(). In those kernels only node 0 has DMA and Normal; here any node that lies low enough does.
 * A 64-bit machine has DMA and Normal only.
 *
 * Several zones of one type, and a fall-back zone at the end of each type, are proposals of 2002 that no kernel had:
 * the type is cut into equal parts at multiples of the largest buddy block (of the page cluster where it is too small).
 */
import { FRAMES_PER_MIB } from '../../base/units.ts';
import type { ZoneName } from './layout.ts';
import type { BootPlan } from './plan.ts';
import { ramIn, type FrameRange } from './spans.ts';

export interface ZoneSpan {
  /** Index of the node. */
  readonly node: number;
  readonly name: ZoneName;
  readonly index: number;
  readonly fallback: boolean;
  readonly startPfn: number;
  readonly pages: number;
  /** Spanned less holes. */
  readonly present: number;
  /** What the kernel counts as present, frames: NUMA-Q's and the flat i386 kernels pass no holes to their zones. */
  readonly counted: number;
}

/** Zone types from low to high. */
export const ZONE_NAMES: readonly ZoneName[] = ['DMA', 'Normal', 'HighMem'];

/** A type's frames cut into `parts` equal zones, the last `share` of them kept as a fall-back zone; none is empty. */
function cutType(
  range: FrameRange,
  parts: number,
  share: number,
  blockFrames: number,
  clusterFrames: number,
): { startPfn: number; endPfn: number; fallback: boolean }[] {
  const length = range.endPfn - range.startPfn;
  const cut = (at: number, unit: number): number => Math.max(range.startPfn, Math.floor(at / unit) * unit);
  const unitFor = (size: number): number => (size >= blockFrames ? blockFrames : clusterFrames);
  const kept = length * share;
  const border = share > 0 ? cut(range.endPfn - kept, unitFor(kept)) : range.endPfn;
  const size = (border - range.startPfn) / parts;
  const zones: { startPfn: number; endPfn: number; fallback: boolean }[] = [];
  let startPfn = range.startPfn;
  for (let part = 1; part <= parts; part++) {
    const endPfn = part === parts ? border : cut(range.startPfn + size * part, unitFor(size));
    if (endPfn > startPfn) zones.push({ startPfn, endPfn, fallback: false });
    startPfn = Math.max(startPfn, endPfn);
  }
  if (border < range.endPfn) zones.push({ startPfn: border, endPfn: range.endPfn, fallback: true });
  return zones;
}

/** Borders of the types: frames below the first are DMA, below the second Normal, above HighMem. */
function typeBorders(plan: BootPlan): readonly [number, number] {
  const low = plan.is64 ? Infinity : plan.maxLowPfn;
  return [Math.min(plan.profile.zones.dmaLimitMiB * FRAMES_PER_MIB, low), low];
}

/** The zones of every node, nodes in the profile's order, types from low to high. */
export function zoneSpans(plan: BootPlan): ZoneSpan[] {
  const { zonesPerType, fallbackShare } = plan.profile.zones;
  const parts = { DMA: zonesPerType.dma, Normal: zonesPerType.normal, HighMem: zonesPerType.highmem };
  const [dma, low] = typeBorders(plan);
  const starts = [0, dma, low];
  const ends = [dma, low, Infinity];
  const blockFrames = 2 ** (plan.traits.maxOrder - 1) * plan.clusterFrames;
  const remapped = new Map(plan.windows.map((window) => [window.node, window.pages]));
  const zones: ZoneSpan[] = [];
  for (const span of plan.spans) {
    const end = Math.max(span.startPfn, span.endPfn - (remapped.get(span.index) ?? 0));
    for (const [type, name] of ZONE_NAMES.entries()) {
      const startPfn = Math.max(span.startPfn, starts[type]);
      const endPfn = Math.min(end, ends[type]);
      if (endPfn <= startPfn) continue;
      const cuts = cutType({ startPfn, endPfn }, parts[name], fallbackShare, blockFrames, plan.clusterFrames);
      for (const [index, cut] of cuts.entries()) {
        const pages = cut.endPfn - cut.startPfn;
        const present = span.holes.length === 0 ? pages : ramIn(span, cut.startPfn, cut.endPfn);
        const counted = plan.is64 ? present : pages;
        const { startPfn, fallback } = cut;
        zones.push({ node: span.index, name, index, fallback, startPfn, pages, present, counted });
      }
    }
  }
  return zones;
}
