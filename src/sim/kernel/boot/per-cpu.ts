/**
 * The batch of the per-CPU page sets. Source: 2.6.0 mm/page_alloc.c, free_area_init_core(): a thousandth of the zone,
 * at most 256 KB, a quarter of that, at least 1. Marks follow from it: hot 2, 6 and 1 times the batch (low, high,
 * batch), cold 0, 2 and 1 times.
 */
import { FRAME_BYTES, KIB } from '../../base/units.ts';

const CAP_BYTES = 256 * KIB;

/** Batch in page clusters of a zone of `clusters` page clusters of `clusterFrames` frames each. */
export function perCpuBatch(clusters: number, clusterFrames: number): number {
  const cap = CAP_BYTES / (clusterFrames * FRAME_BYTES);
  return Math.max(1, Math.floor(Math.min(Math.floor(clusters / 1024), cap) / 4));
}
