/**
 * What is reserved before anything runs, in the order in which boot takes it: the mem_map that lies in low memory, the
 * kernel image, and the rest that the profile gives. Source: 2.6.0 mm/page_alloc.c, free_area_init_node(): a mem_map
 * has (pages + 1) entries; bootmem gives whole pages, so with page clusters whole clusters.
 *
 * Which mem_map: with the KVA remap the boot node's; without it one flat array for the whole machine (2.4); on a 64-bit
 * machine every node's, each in its own memory.
 */
import { FRAME_BYTES, KIB } from '../../base/units.ts';
import { compiledKiB } from '../../profiles/compilers.ts';
import type { BootPlan } from './plan.ts';

export interface Reserved {
  readonly memMapBytes: number;
  readonly codeBytes: number;
  readonly dataBytes: number;
  /** Freed after boot. */
  readonly initBytes: number;
  readonly otherBytes: number;
  /** All of the above. */
  readonly totalBytes: number;
}

/** Bytes of a mem_map of `frames` 4 KiB frames, allocated in whole page clusters; 0 for none. */
export function memMapBytes(frames: number, structPageBytes: number, clusterFrames: number): number {
  if (frames === 0) return 0;
  const bytes = (Math.floor(frames / clusterFrames) + 1) * structPageBytes;
  const unit = clusterFrames * FRAME_BYTES;
  return Math.ceil(bytes / unit) * unit;
}

function lowMemMapBytes(plan: BootPlan): number {
  const { spans, traits, clusterFrames } = plan;
  const size = (frames: number): number => memMapBytes(frames, traits.structPage.bytes, clusterFrames);
  if (plan.is64) return spans.reduce((sum, span) => sum + size(span.endPfn - span.startPfn), 0);
  if (!traits.kvaRemap) return size(plan.maxPfn);
  const boot = spans[plan.bootNode];
  return boot === undefined ? 0 : size(boot.endPfn - boot.startPfn);
}

/** What boot reserves of low memory, in bytes. */
export function reservedOf(plan: BootPlan): Reserved {
  const { dataKiB, initKiB, reservedKiB } = plan.profile.kernel;
  const codeKiB = compiledKiB(plan.profile.kernel);
  const memMap = lowMemMapBytes(plan);
  return {
    memMapBytes: memMap,
    codeBytes: codeKiB * KIB,
    dataBytes: dataKiB * KIB,
    initBytes: initKiB * KIB,
    otherBytes: reservedKiB * KIB,
    totalBytes: memMap + (codeKiB + dataKiB + initKiB + reservedKiB) * KIB,
  };
}

/** Bytes of low memory that are RAM and hold no remapped mem_map: what the reserved items must fit in. */
export function lowRamBytes(plan: BootPlan): number {
  return (plan.maxLowPfn - plan.holePages - plan.remappedLowPages) * FRAME_BYTES;
}
