/**
 * The figures of a boot that everything else follows from: spans, windows, maxmem and max_low_pfn. Cheap, so that the
 * search for the largest memory that boots can make it again and again. Source: 2.6.0 arch/i386/mm/discontig.c and
 * setup.c (find_max_low_pfn).
 *
 * Generalised: a node may be smaller than low memory, or all nodes together; then low memory reaches over several nodes.
 */
import type { MachineProfile } from '../../profiles/schema.ts';
import type { KernelTraits } from '../../profiles/traits.ts';
import { kvaWindows, type KvaWindow } from './kva.ts';
import { largePageFrames, lowmemLimitPfn } from './limits.ts';
import { bootNodeOf, nodeSpans, overlap, ramIn, type NodeSpan } from './spans.ts';

export interface BootPlan {
  readonly profile: MachineProfile;
  readonly traits: KernelTraits;
  readonly is64: boolean;
  readonly spans: readonly NodeSpan[];
  /** Index of the node that the kernel boots on; -1 where no node has memory. */
  readonly bootNode: number;
  readonly clusterFrames: number;
  /** End of the highest memory. */
  readonly maxPfn: number;
  /** Limit of low memory before the windows are taken. */
  readonly maxmemPfn: number;
  readonly windows: readonly KvaWindow[];
  readonly kvaPagesTotal: number;
  /** maxmem less the windows; 0 where they take more than there is. */
  readonly maxLowPfn: number;
  /** Frames below max_low_pfn that are not RAM. */
  readonly holePages: number;
  /** Frames below max_low_pfn that hold a remapped mem_map (none where node 0 is larger than low memory). */
  readonly remappedLowPages: number;
  /** The kernel sees one flat node, whatever the machine has (2.4 without discontigmem; localAllocation false). */
  readonly nodeBlind: boolean;
}

/** True where memory is one flat node for the kernel's allocator: stock 2.4 on i386, or because the profile says so. */
export function isNodeBlind(traits: KernelTraits): boolean {
  return !traits.localAllocation;
}

/** The plan of a profile whose nodes do not overlap. */
export function makePlan(profile: MachineProfile, traits: KernelTraits): BootPlan {
  const { machine, zones } = profile;
  const is64 = machine.bits === 64;
  const spans = nodeSpans(machine);
  const bootNode = bootNodeOf(spans);
  const clusterFrames = 2 ** traits.mmuShift;
  const maxPfn = spans.reduce((end, span) => (span.startPfn < span.endPfn ? Math.max(end, span.endPfn) : end), 0);
  const maxmemPfn = is64 ? maxPfn : Math.min(maxPfn, lowmemLimitPfn(zones));
  const remaps = !is64 && traits.kvaRemap;
  const rule = { structPageBytes: traits.structPage.bytes, clusterFrames, largePageFrames: largePageFrames(machine) };
  const windows = remaps ? kvaWindows(spans, bootNode, maxmemPfn, rule) : [];
  const kvaPagesTotal = windows.reduce((sum, window) => sum + window.pages, 0);
  const maxLowPfn = Math.max(0, maxmemPfn - kvaPagesTotal);
  const ram = spans.reduce((sum, span) => sum + ramIn(span, 0, maxLowPfn), 0);
  const remappedLowPages = windows.reduce((sum, { startPfn, pages }) => {
    return sum + overlap({ startPfn, endPfn: startPfn + pages }, 0, maxLowPfn);
  }, 0);
  return {
    profile,
    traits,
    is64,
    spans,
    bootNode,
    clusterFrames,
    maxPfn,
    maxmemPfn,
    windows,
    kvaPagesTotal,
    maxLowPfn,
    holePages: maxLowPfn - ram,
    remappedLowPages,
    nodeBlind: isNodeBlind(traits),
  };
}
